"""Who counts, and days that are over: remembered while nothing that they follow from changes."""

import threading
from collections.abc import Collection, Hashable, Mapping
from datetime import date, datetime, timedelta
from typing import NamedTuple, TypeVar

from hengneng.insight.statistics.queries.days import days_of
from hengneng.insight.statistics.queries.roll import Book, PeriodSum, Reach, days_between, reach_of
from hengneng.telemetry.consumption.queries import sums

# Boards are few: the city's, and each district's by two bases.
_KEPT_MOST = 64
Value = TypeVar("Value")


class _Day(NamedTuple):
    """A day, and the state of all that it follows from."""

    state: Hashable
    found: PeriodSum


# A city's reach is the largest; each stands here with the day's span of each page that asks.
_REACHES_MOST = 16
_reaches: dict[Hashable, Reach] = {}
# By units, district and basis; what was asked for last stands last.
_kept: dict[Hashable, dict[date, _Day]] = {}
_keeping = threading.Lock()


def reach(
    unit_ids: Collection[int],
    *,
    first: date,
    until: date,
    edited: tuple[int, datetime] | None,
) -> Reach:
    """Return ``reach_of``, from memory while no fact was edited: it follows from facts alone.

    Args:
        unit_ids: The units.
        first: First local day.
        until: Day after the last.
        edited: The last edit of facts, read before this is asked for.
    """
    key = (edited, tuple(unit_ids), first, until)
    known = _reaches.get(key)
    if known is None:
        known = reach_of(unit_ids, first=first, until=until)
    _keep(_reaches, key, known, most=_REACHES_MOST)
    return known


def past_days(
    reach: Reach,
    book_of: Mapping[date, Book],
    first: date,
    until: date,
    *,
    basis: str,
    district: str | None,
    edited: tuple[int, datetime] | None,
) -> list[PeriodSum]:
    """Return ``days_of`` of days that are over, from memory where it is still true.

    A day is still true while no fact was edited, none of its units' days was worked out again, and
    its factors and weights are the same. One query, two where some day is not. What has changed
    since the questions were asked is seen by the next one who asks.

    Args:
        reach: The units' points over the days.
        book_of: The books of the days.
        first: First local day.
        until: Day after the last.
        basis: Of the books.
        district: Only points that stand there; None: all.
        edited: The last edit of facts as it was *before* the reach was read: read after it, an
            edit in between would be taken for one that the reach has seen.
    """
    last = until - timedelta(days=1)
    revisions = sums.revisions_of(reach.unit_ids, from_day=first, to_day=last)
    states = {
        day: (edited, revisions.get(day), _book(book_of[day])) for day in days_between(first, until)
    }
    whose = (tuple(reach.unit_ids), district, basis)
    known = {day: one for day, one in _kept.get(whose, {}).items() if states.get(day) == one.state}
    lacking = [day for day in states if day not in known]
    if lacking:
        end = lacking[-1] + timedelta(days=1)
        for one in days_of(reach, book_of, lacking[0], end, district):
            known[one.period] = _Day(states[one.period], one)
    _keep(_kept, whose, known, most=_KEPT_MOST)
    return [known[day].found for day in states]


def _keep(into: dict[Hashable, Value], key: Hashable, value: Value, *, most: int) -> None:
    """Keep what was asked for as the last, and forget what nobody has asked for longest."""
    with _keeping:
        into.pop(key, None)
        into[key] = value
        while len(into) > most:
            del into[next(iter(into))]


def _book(book: Book) -> Hashable:
    factors = ((code, row.kgce_per_uom) for code, row in sorted(book.factors.items()))
    return tuple(sorted(book.weights.items())), tuple(factors)
