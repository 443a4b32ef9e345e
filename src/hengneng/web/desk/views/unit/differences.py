"""The difference note: what changed in a unit's month between two instants, and why."""

from collections.abc import Hashable, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from hengneng.kernel import clock
from hengneng.kernel.facts import operations as facts
from hengneng.people.accounts import queries as accounts
from hengneng.telemetry.consumption.queries import differences
from hengneng.telemetry.consumption.queries.differences import Cause, Changed, Kind
from hengneng.web.desk import fact_words
from hengneng.web.desk.views.unit.base import File, Look, UnitTab
from hengneng.web.parts import marks, tags
from hengneng.web.parts.instants import instant_in

_DEFAULT_BACK = timedelta(days=7)


class Told(NamedTuple):
    """A cause in words, or many messages of one day that speak of the same days.

    Attributes:
        cause: The first of them.
        what: In words.
        who: The account that did; empty: a terminal, the script, or not on record.
        messages: How many they are. [count]
    """

    cause: Cause
    what: str
    who: str
    messages: int = 1


class Row(NamedTuple):
    """A change, and the places of its causes among those told."""

    changed: Changed
    causes: list[int]


class Differences(UnitTab):
    """The tab; ``?day=`` chooses the month, ``?earlier=`` and ``?later=`` the instants.

    Worked out only once an instant is chosen: a month is replayed twice.
    """

    template = "desk/unit/differences.html"
    tab = "unit-differences"

    def shown(self, look: Look) -> dict[str, Any]:
        """Return the note, or the form alone."""
        said = look.query
        earlier, later = instant_in(said.get("earlier", "")), instant_in(said.get("later", ""))
        is_asked = "earlier" in said
        settled = facts.settle() if is_asked else None
        fault = _fault(said.get("earlier", ""), said.get("later", ""), settled)
        note = None
        if is_asked and not fault and earlier is not None and settled is not None:
            note = differences.note_of(
                unit_id=look.unit.id,
                from_day=look.words.month,
                to_day=look.words.month_end,
                earlier=earlier,
                later=later or settled,
            )
        told, places = _told(note.causes) if note else ([], [])
        return {
            "note": note,
            "told": told,
            "rows": [
                Row(one, sorted({places[place] for place in one.causes}))
                for one in (note.changed if note else ())
            ],
            "said_fault": fault if is_asked else "",
            "earlier": earlier or clock.now() - _DEFAULT_BACK,
            "later": later,
        }

    def files(self, context: dict[str, Any]) -> dict[str, File]:
        """Return the changes with their causes."""
        head = (_("Day"), _("Point"), _("Before"), _("After"), _("More"), _("Because"))
        rows = [_cells(one, context["told"]) for one in context["rows"]]
        return {"": File("differences", head, rows)}


def _fault(earlier: str, later: str, settled: datetime | None) -> str:
    """Return why the note cannot be made; empty where it can."""
    one, other = instant_in(earlier), instant_in(later) or settled
    if one is None or (later and instant_in(later) is None):
        return _("An instant cannot be read.")
    if settled is None or other is None or one > settled or other > settled:
        return _("An instant has not come yet.")
    return _("The later instant lies before the earlier one.") if other < one else ""


def _told(causes: Sequence[Cause]) -> tuple[list[Told], list[int]]:
    """Return the causes in words, messages of a day together, and where each cause went."""
    names = {row.id: row.name for row in accounts.accounts()}
    told: list[Told] = []
    places: list[int] = []
    known: dict[Hashable, int] = {}
    for number, one in enumerate(causes):
        of_day = (clock.day_of(one.recorded_at), one.first, one.last, one.channel, one.is_late)
        key: Hashable = of_day if one.kind is Kind.MESSAGE else number
        if key in known:
            place = known[key]
            told[place] = told[place]._replace(messages=told[place].messages + 1)
        else:
            place = known[key] = len(told)
            told.append(Told(one, _what(one), names.get(one.by or 0, "")))
        places.append(place)
    return told, places


def _what(one: Cause) -> str:
    if one.kind is Kind.FACT:
        return f"{fact_words.KINDS[one.fact]} {one.point_code}"
    word = marks.CHANNELS[str(int(one.channel or 0))]
    return _("%(channel)s, came late") % {"channel": word} if one.is_late else str(word)


def _cells(row: Row, told: list[Told]) -> tuple[Any, ...]:
    one = row.changed
    why = "; ".join(
        f"{tags.moment(told[place].cause.recorded_at)} {told[place].what} {told[place].who}".strip()
        for place in row.causes
    )
    before, after = (None if a is None else a.amount for a in (one.before, one.after))
    return one.day, one.code, before, after, one.more, why
