"""Days that are over, kept in the process for as long as nothing that they follow from changes."""

from collections import OrderedDict
from collections.abc import Hashable, Mapping
from datetime import date, timedelta

from hengneng.insight.statistics.queries.days import days_of
from hengneng.insight.statistics.queries.roll import Book, PeriodSum, Reach
from hengneng.kernel.facts import queries as facts
from hengneng.telemetry.consumption.queries import sums

# Boards are few: the city's, and each district's by two bases.
_KEPT_MOST = 64
_kept: OrderedDict[Hashable, list[PeriodSum]] = OrderedDict()


def past_days(
    reach: Reach, book_of: Mapping[date, Book], first: date, until: date, district: str | None
) -> list[PeriodSum]:
    """Return ``days_of`` of days that are over, from memory where it is still true; two queries.

    It is still true while no fact was edited, no day of these units was worked out again, and the
    days' factors and weights are the same. What has changed since the questions were asked is
    seen by the next one who asks.
    """
    last = until - timedelta(days=1)
    revisions = sums.revisions_of(reach.unit_ids, from_day=first, to_day=last)
    books = tuple(_book(book_of[first + timedelta(days=n)]) for n in range((until - first).days))
    units = tuple(reach.unit_ids)
    key = (first, until, district, units, revisions, facts.last_sequence("fact"), books)
    known = _kept.get(key)
    if known is None:
        known = _kept[key] = days_of(reach, book_of, first, until, district)
        while len(_kept) > _KEPT_MOST:
            _kept.popitem(last=False)
    return known


def _book(book: Book) -> Hashable:
    factors = ((code, row.kgce_per_uom) for code, row in sorted(book.factors.items()))
    return tuple(sorted(book.weights.items())), tuple(factors)
