"""An instrument's life as a drawn line, and the same in words for the table beside it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import zip_longest
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hengneng.kernel import clock
from hengneng.registry.instruments.queries import LifeEvent
from hengneng.web.parts import marks, tags

WIDTH, LEFT, RIGHT = 960, 170, 20
TOP, LANE, BAR = 24, 34, 20
LETTER = 9  # [px] a letter's width; narrower bars bear no words
TICKS_MOST = 12
WHAT = {
    "INSTALLED": gettext_lazy("Put at a point"),
    "REMOVED": gettext_lazy("Taken from its point"),
    "STATUS": gettext_lazy("Condition"),
    "CERTIFICATE": gettext_lazy("Certificate given"),
    "EXCHANGE": gettext_lazy("Exchange"),
    "NOTICE": gettext_lazy("Change notice"),
}
Span = tuple[date, date | None, str, str]  # first day, day after the last, words, class


class Bar(NamedTuple):
    """A time on a lane. [px]"""

    x: int
    width: int
    kind: str
    words: str

    @property
    def text(self) -> str:
        """The words where they fit into the bar, else nothing."""
        return self.words if len(self.words) * LETTER < self.width else ""

    @property
    def text_x(self) -> int:
        """Where they begin."""
        return self.x + 6


class Lane(NamedTuple):
    """One kind of thing along the time; ``y`` is its bars' upper edge. [px]"""

    label: str
    y: int
    bars: list[Bar]

    @property
    def text_y(self) -> int:
        """The line on which its words stand."""
        return self.y + 14


class Drawn(NamedTuple):
    """The drawing. [px]"""

    width: int
    height: int
    lanes: list[Lane]
    ticks: list[tuple[int, str]]
    today_x: int


def drawn(
    events: Sequence[LifeEvent], *, today: date, readings: Iterable[date] = ()
) -> Drawn | None:
    """Return an instrument's life as lanes along the time; None where nothing is known of it.

    Args:
        events: What happened to it, the earliest first. Shape (n,).
        today: The local day.
        readings: Months of which its point has figures while it stood there; each its first day.
    """
    lanes = [(label, spans) for label, spans in _lanes(events, readings) if spans]
    if not lanes:
        return None
    days = [day for _label, spans in lanes for span in spans for day in span[:2] if day]
    first, last = min(days), max([*days, today]) + timedelta(days=1)
    scale = (WIDTH - LEFT - RIGHT) / max((last - first).days, 1)

    def at(day: date) -> int:
        return LEFT + round((day - first).days * scale)

    made = [
        Lane(
            label,
            TOP + LANE * place,
            [
                Bar(at(since), max(at(until or last) - at(since), 2), kind, words)
                for since, until, words, kind in spans
            ],
        )
        for place, (label, spans) in enumerate(lanes)
    ]
    ticks = [(at(day), str(day.year)) for day in _years(first, last)]
    return Drawn(WIDTH, TOP + LANE * len(made) + TOP, made, ticks, at(today))


def told(event: LifeEvent) -> str:
    """Return an event's own words."""
    said = event.said
    if event.what in ("INSTALLED", "REMOVED"):
        return str(said["point_code"])
    if event.what == "STATUS":
        return str(marks.CONDITIONS[said["condition"]])
    if event.what == "EXCHANGE":
        shown = {
            "point": said["point_code"],
            "before": tags.exact(said["before_value"]),
            "after": tags.exact(said["after_value"]),
        }
        return _("%(point)s: old register %(before)s, new register %(after)s") % shown
    if event.what == "NOTICE":
        return f"{marks.CHANGES[said['kind']]} · {marks.CHANGE_NOTICES[said['state']].word}"
    return _certificate(said)


def _certificate(said: Mapping[str, Any]) -> str:
    """Return a certificate in a line."""
    parts = [
        str(marks.CERTIFICATES[said["kind"]]),
        said["number"],
        str(marks.RESULTS[said["result"]]),
        said["accuracy_class"],
        _("until %(day)s") % {"day": said["due_on"]} if said["due_on"] else "",
    ]
    return " · ".join(part for part in parts if part)


def _lanes(
    events: Sequence[LifeEvent], readings: Iterable[date]
) -> Iterator[tuple[str, list[Span]]]:
    """Yield each lane's label and its times."""
    yield _("Place"), list(_places(events))
    yield _("Condition"), list(_conditions(events))
    yield _("Verification certificates"), list(_certificates(events))
    changes = [event for event in events if event.what in ("EXCHANGE", "NOTICE")]
    yield (
        _("Changes"),
        [(_day(one.at), _day(one.at) + timedelta(days=1), told(one), "is-dot") for one in changes],
    )
    yield (
        _("Readings"),
        [(one, (one + timedelta(days=31)).replace(day=1), f"{one:%Y-%m}", "") for one in readings],
    )


def _places(events: Sequence[LifeEvent]) -> Iterator[Span]:
    """Yield where it stood."""
    left = [event for event in events if event.what == "REMOVED"]
    for event in events:
        if event.what == "INSTALLED":
            point = event.said["point_id"]
            ends = (one.at for one in left if one.said["point_id"] == point and one.at > event.at)
            end = next(ends, None)
            words = str(event.said["point_code"])
            yield _day(event.at), _day(end) if end else None, words, "is-level-1"


def _conditions(events: Sequence[LifeEvent]) -> Iterator[Span]:
    """Yield how it might be used, each until the next is said."""
    said = [event for event in events if event.what == "STATUS"]
    for event, following in zip_longest(said, said[1:]):
        kind = "is-owed" if event.said["condition"] == "STOPPED" else "is-level-2"
        end = _day(following.at) if following else None
        yield _day(event.at), end, told(event), kind


def _certificates(events: Sequence[LifeEvent]) -> Iterator[Span]:
    """Yield how long each certificate holds; one that says that it failed is drawn so."""
    for event in events:
        if event.what == "CERTIFICATE":
            said = event.said
            words = said["number"] or str(marks.CERTIFICATES[said["kind"]])
            kind = "is-owed" if said["result"] == "FAILED" else "is-level-2"
            until = None if said["result"] == "FAILED" else said["due_on"]
            yield said["verified_on"], until, words, kind


def _years(first: date, last: date) -> list[date]:
    """Return the days at which years begin, so many that their numbers stand apart."""
    years = range(first.year + 1, last.year + 1)
    step = -(-len(years) // TICKS_MOST) or 1
    return [date(year, 1, 1) for year in years[::step]]


def _day(at: datetime) -> date:
    return clock.day_of(at)
