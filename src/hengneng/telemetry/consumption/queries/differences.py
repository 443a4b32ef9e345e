"""The difference note: which figures of a unit changed between two instants, and why.

Both sides are the same arithmetic with both times cut at an instant (ARCHITECTURE 1.3). A figure
can change for two reasons only: a message came, or a fact was edited. Either may reach days that
it does not itself touch: energy hangs between registers.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from hengneng.kernel import clock
from hengneng.kernel.audit import queries as audit
from hengneng.kernel.facts import operations as facts
from hengneng.kernel.facts.queries import Version
from hengneng.protocol.records import DAY_SECONDS
from hengneng.registry.instruments import queries as instruments
from hengneng.registry.points import history
from hengneng.registry.points import queries as points
from hengneng.telemetry.consumption.queries import figures, parameters
from hengneng.telemetry.consumption.queries.figures import PointDay
from hengneng.telemetry.consumption.rules.amounts import Amount
from hengneng.telemetry.consumption.rules.methods import Method
from hengneng.telemetry.journal import queries as journal
from hengneng.telemetry.journal.rules import Channel

# An edit's entry is recorded in the edit's transaction, after its facts.
_ENTRY_WITHIN = timedelta(minutes=1)
_LATE_AFTER = timedelta(days=1)
# What edits of many points at once are about.
_MANY = ("points", "instruments")


class Kind(StrEnum):
    """Why figures change."""

    MESSAGE = "MESSAGE"
    FACT = "FACT"


class Cause(NamedTuple):
    """Something recorded between the two instants.

    Attributes:
        kind: A message or an edit of a fact.
        recorded_at: When it was recorded. Aware.
        first: First local day that it speaks of.
        last: Last one; None: for good.
        sequence: The message's number; None: an edit.
        channel: By which way the message came; None: an edit.
        is_late: Whether the message came more than a day after the first day it touches was over.
        fact: ``DESCRIPTION``, ``SOURCE``, ``EXCHANGE``; empty: a message.
        point_code: Whose fact; empty: a message.
        action: The operation that edited it; empty: a message, or not on record.
        by: The account that did; None: the script, or not on record.
    """

    kind: Kind
    recorded_at: datetime
    first: date
    last: date | None
    sequence: int | None = None
    channel: Channel | None = None
    is_late: bool = False
    fact: str = ""
    point_code: str = ""
    action: str = ""
    by: int | None = None

    def touches(self, day: date) -> bool:
        """Answer whether it speaks of a day."""
        return self.first <= day and (self.last is None or day <= self.last)


class Changed(NamedTuple):
    """A point's day that was shown differently at the two instants.

    Attributes:
        day: The local day.
        point_id: The point.
        code: The unit's own name of it.
        before: As known at the earlier instant; None: nothing was.
        after: As known at the later one; None: nothing is.
        causes: Places in the note's causes of what speaks of that day, or, where nothing does, of
            what speaks of the nearest days around; where gaps may follow sibling points also of
            what was said of those.
    """

    day: date
    point_id: int
    code: str
    before: Amount | None
    after: Amount | None
    causes: list[int]

    @property
    def more(self) -> Decimal | None:
        """How much more it is now; None where either was not known."""
        before, after = _known(self.before), _known(self.after)
        return None if before is None or after is None else after - before


class Note(NamedTuple):
    """What changed.

    Attributes:
        earlier: The one instant. Aware.
        later: The other. Aware.
        changed: By day and point.
        causes: What was recorded between them and explains it, in the record's order.
    """

    earlier: datetime
    later: datetime
    changed: list[Changed]
    causes: list[Cause]

    @property
    def days(self) -> list[date]:
        """The days of which any figure changed, ascending."""
        return sorted({one.day for one in self.changed})


def note_of(
    *, unit_id: int, from_day: date, to_day: date, earlier: datetime, later: datetime
) -> Note:
    """Return what changed in a unit's days between two instants, and why.

    Args:
        unit_id: The unit.
        from_day: First local day.
        to_day: Last local day, included.
        earlier: As known then. Aware.
        later: And as known then. Aware.

    Raises:
        NotSettled: If either lies in what is not settled yet.
    """
    every = _causes(unit_id, earlier, later)
    if not every:
        return Note(earlier, later, [], [])
    span = {"unit_id": unit_id, "from_day": from_day, "to_day": to_day}
    changed = changed_days(
        figures.days_of(**span, as_of=earlier),  # type: ignore[arg-type]
        figures.days_of(**span, as_of=later),  # type: ignore[arg-type]
        codes={one.point_id: one.code for one in points.timelines(unit_id)},
        causes=every,
    )
    used = sorted({place for one in changed for place in one.causes})
    places = {old: new for new, old in enumerate(used)}
    told = [one._replace(causes=[places[place] for place in one.causes]) for one in changed]
    return Note(earlier, later, told, [every[place] for place in used])


def edition_note(*, unit_id: int, from_day: date, to_day: date) -> Note:
    """Return how figures worked out now, from the messages themselves, differ from those kept.

    Empty where the arithmetic is that of the kept figures and nothing waits to be worked out.

    Args:
        unit_id: The unit.
        from_day: First local day.
        to_day: Last local day, included.
    """
    at = facts.settle()
    span = {"unit_id": unit_id, "from_day": from_day, "to_day": to_day}
    changed = changed_days(
        figures.days_of(**span),  # type: ignore[arg-type]
        figures.days_of(**span, as_of=at),  # type: ignore[arg-type]
        codes={one.point_id: one.code for one in points.timelines(unit_id)},
        causes=[],
    )
    return Note(at, at, changed, [])


def changed_days(
    before: Iterable[PointDay],
    after: Iterable[PointDay],
    *,
    codes: Mapping[int, str],
    causes: Sequence[Cause],
) -> list[Changed]:
    """Return the days of points that differ, by day and point.

    Args:
        before: As known at the earlier instant.
        after: As known at the later one.
        codes: The points' codes.
        causes: What was recorded between.
    """
    was = {(row.day, row.point_id): row.amount for row in before}
    now = {(row.day, row.point_id): row.amount for row in after}
    found = []
    for key in sorted({*was, *now}):
        if was.get(key) != now.get(key):
            day, point_id = key
            code = codes.get(point_id, "")
            why = _why(day, code, causes)
            found.append(Changed(day, point_id, code, was.get(key), now.get(key), why))
    return found


def _why(day: date, code: str, causes: Sequence[Cause]) -> list[int]:
    """Return the places of what explains a change of a point's day."""
    fitting = [n for n, one in enumerate(causes) if one.point_code in ("", code)]
    direct = [n for n in fitting if causes[n].touches(day)]
    return direct or sorted({*_nearest(day, fitting, causes), *_beside(day, code, causes)})


def _beside(day: date, code: str, causes: Sequence[Cause]) -> list[int]:
    """Return the places of other points' facts of a day, where gaps may follow siblings."""
    if not any(Method.SIBLING in rule.shaping for rule in parameters.spreading()):
        return []
    others = (n for n, one in enumerate(causes) if one.point_code not in ("", code))
    return [n for n in others if causes[n].touches(day)]


def _nearest(day: date, fitting: Sequence[int], causes: Sequence[Cause]) -> list[int]:
    """Return the places of what ended last before a day and of what began first after it."""
    far = {n: _distance(causes[n], day) for n in fitting}
    before = max((d for d in far.values() if d < 0), default=None)
    after = min((d for d in far.values() if d > 0), default=None)
    return [n for n in fitting if far[n] in (before, after)]


def _distance(cause: Cause, day: date) -> int:
    """Return how many days after a day a cause begins, or, negative, ended before it."""
    if cause.first > day:
        return (cause.first - day).days
    return ((cause.last or day) - day).days


def _causes(unit_id: int, earlier: datetime, later: datetime) -> list[Cause]:
    """Return everything recorded between the instants that figures can follow from."""
    came = [
        _of_message(one) for one in journal.recorded_between(unit_id, earlier=earlier, later=later)
    ]
    edits = _edits(unit_id, earlier, later)
    return sorted([*came, *edits], key=lambda one: (one.recorded_at, one.first))


def _of_message(one: journal.Recorded) -> Cause:
    over = clock.midnight(one.days[0] + timedelta(days=1))
    return Cause(
        Kind.MESSAGE,
        one.recorded_at,
        one.days[0],
        one.days[-1],
        sequence=one.sequence,
        channel=one.channel,
        is_late=one.recorded_at - over > _LATE_AFTER,
    )


def _edits(unit_id: int, earlier: datetime, later: datetime) -> list[Cause]:
    """Return the edits of the facts that figures follow from."""
    versions = [*history.versions_of(unit_id), *instruments.exchange_versions(unit_id)]
    edited = [
        (at, version)
        for at in sorted(_instants(versions, earlier, later))
        for version in _edited_at(versions, at)
    ]
    if not edited:
        return []
    numbers = {one.code: one.point_id for one in points.timelines(unit_id)}
    subjects = [*(f"point:{number}" for number in numbers.values()), *_MANY]
    done = audit.done_to(subjects, first=earlier, last=later + _ENTRY_WITHIN)
    return [_of_version(version, at, done, numbers.get(version.subject)) for at, version in edited]


def _instants(versions: Iterable[Version], earlier: datetime, later: datetime) -> set[datetime]:
    """Return the instants between the two at which any fact was edited."""
    ends = {at for one in versions for at in (one.recorded_at, one.superseded_at)}
    return {at for at in ends if at is not None and earlier < at <= later}


def _edited_at(versions: Iterable[Version], at: datetime) -> list[Version]:
    """Return what an edit made others believe: new versions, or those that ended for nothing.

    An edit records again, trimmed, what of a version stays true beside it: that is no change.
    """
    here = [one for one in versions if at in (one.recorded_at, one.superseded_at)]
    found = []
    for subject in dict.fromkeys((one.kind, one.subject) for one in here):
        own = [one for one in here if (one.kind, one.subject) == subject]
        was = [one for one in own if one.superseded_at == at]
        now = [one for one in own if one.recorded_at == at]
        new = [one for one in now if not any(_covers(other, one) for other in was)]
        found += new or (was if not now else [])
    return found


def _covers(other: Version, one: Version) -> bool:
    """Answer whether a version said the same, over all of another's span."""
    ends_later = other.valid_until is None or (
        one.valid_until is not None and one.valid_until <= other.valid_until
    )
    return other.said == one.said and other.valid_from <= one.valid_from and ends_later


def _of_version(
    version: Version, at: datetime, done: Sequence[audit.Done], point_id: int | None
) -> Cause:
    """Return a version's coming or going as a cause, with the entry of its edit."""
    near = [one for one in done if at <= one.recorded_at <= at + _ENTRY_WITHIN]
    own = [one for one in near if one.subject == f"point:{point_id}"]
    entry = next(iter(own or near), None)
    until, first = version.valid_until, clock.day_of(version.valid_from)
    return Cause(
        Kind.FACT,
        at,
        first,
        None if until is None else max(first, _last_day(until)),
        fact=version.kind,
        point_code=version.subject,
        action="" if entry is None else entry.action,
        by=None if entry is None else entry.by,
    )


def _last_day(until: datetime) -> date:
    """Return the last local day that a span touches; its end is exclusive."""
    return clock.date_of((clock.local_second(until) - 1) // DAY_SECONDS)


def _known(amount: Amount | None) -> Decimal | None:
    return None if amount is None else amount.amount
