"""Days that are over, kept in the process for as long as nothing that they follow from changes."""

import threading
from collections.abc import Hashable, Mapping
from datetime import date, datetime, timedelta
from typing import NamedTuple

from hengneng.insight.statistics.queries.days import days_of
from hengneng.insight.statistics.queries.roll import Book, PeriodSum, Reach, days_between
from hengneng.telemetry.consumption.queries import sums

# Boards are few: the city's, and each district's by two bases.
_KEPT_MOST = 64


class _Day(NamedTuple):
    """A day, and the state of all that it follows from."""

    state: Hashable
    found: PeriodSum


# By units, district and basis; what was asked for last stands last.
_kept: dict[Hashable, dict[date, _Day]] = {}
_keeping = threading.Lock()


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
    _keep(whose, known)
    return [known[day].found for day in states]


def _keep(whose: Hashable, days: dict[date, _Day]) -> None:
    """Keep the days as what was asked for last, and forget what nobody has asked for longest."""
    with _keeping:
        _kept.pop(whose, None)
        _kept[whose] = days
        while len(_kept) > _KEPT_MOST:
            del _kept[next(iter(_kept))]


def _book(book: Book) -> Hashable:
    factors = ((code, row.kgce_per_uom) for code, row in sorted(book.factors.items()))
    return tuple(sorted(book.weights.items())), tuple(factors)
