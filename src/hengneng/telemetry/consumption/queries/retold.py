"""Many units' figures as reported then: kept ones where they still are what they were.

A kept figure is what an instant knew if its day was not worked out again after that instant and
nothing that came before it still waits (``Revision.computed_at`` is no earlier than anything that
could be read for the day). Only the other days are replayed, of the points that count alone, and
no more of them in one asking than a person waits for: the rest is named as pending. What a settled
instant knew never changes, so this process remembers it, and who asks again finds more of it done,
until nothing is pending. Where so much changed that it could not be remembered, units are named as
beyond, and asking again does not help.
"""

import threading
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from django.db import connection, transaction

from hengneng.kernel import clock
from hengneng.kernel.facts import queries as facts
from hengneng.protocol.records import day_of
from hengneng.telemetry.consumption.queries import evidence, figures, sums, tracks
from hengneng.telemetry.consumption.queries.figures import PointDay
from hengneng.telemetry.consumption.queries.mixed import Mixed, touched_days
from hengneng.telemetry.consumption.queries.months import next_month
from hengneng.telemetry.consumption.queries.sums import Counted, GroupSum
from hengneng.telemetry.consumption.rules import balance
from hengneng.telemetry.consumption.rules.amounts import Amount
from hengneng.telemetry.consumption.rules.tracks import Track
from hengneng.telemetry.journal import queries as journal

# Unit-days worked out in one asking: a few seconds of one core.
DAYS_AT_ONCE = 200
# Amounts worked out for one asking, however often it is repeated; some 25 MB.
AMOUNTS_AT_MOST = 40_000
# Amounts remembered of other instants beside it: two more of the largest askings fit.
_KEPT_MOST = 3 * AMOUNTS_AT_MOST


class Retold(NamedTuple):
    """What an instant knew of some units' days and months, where it is not what is kept now.

    Attributes:
        as_of: The instant. Aware.
        touched: By unit, the days whose kept figures are not to be read.
        days: Of those days what was known, by unit, point and day.
        months: Of the months they lie in, by unit, point and month's first.
        pending: Units of which this is still to be worked out.
        beyond: Units of which it will not be, together with so many others.
    """

    as_of: datetime
    touched: dict[int, frozenset[date]]
    days: dict[tuple[int, int, date], Amount]
    months: dict[tuple[int, int, date], Amount]
    pending: frozenset[int]
    beyond: frozenset[int]


@dataclass(frozen=True)
class _Unit:
    """What was worked out of a unit: of whole days and months; a point not there: nothing known.

    Attributes:
        days: Of days up to ``end``, by point.
        months: Of months, by point.
        end: Of no day after it anything was known, and none is entered.
    """

    days: Mapping[date, Mapping[int, Amount]] = field(default_factory=dict)
    months: Mapping[date, Mapping[int, Amount]] = field(default_factory=dict)
    end: date = date.max

    @property
    def size(self) -> int:
        """Amounts in it, and one for each day and month that may have some. [count]"""
        some = (*self.days.values(), *self.months.values())
        return sum(len(one) + 1 for one in some)

    def lacks(self, days: Iterable[date]) -> set[date]:
        """Return those of the days that are not worked out yet."""
        return {day for day in days if day <= self.end and day not in self.days}


_Key = tuple[datetime, int, frozenset[int]]
_kept: dict[_Key, _Unit] = {}
_keeping = threading.Lock()


@contextmanager
def one_moment() -> Iterator[None]:
    """Let all that is read inside be of one moment, whatever workers write meanwhile."""
    if connection.in_atomic_block:
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def retold(
    points_of: Mapping[int, Collection[int]],
    *,
    first: date,
    until: date,
    as_of: datetime,
    most: int = DAYS_AT_ONCE,
) -> Retold:
    """Return what an instant knew of units' days and months, where it is not what is kept now.

    Read it and what is kept in ``one_moment``. Four queries, and some for each unit that is
    worked out anew.

    Args:
        points_of: The points that count, by unit.
        first: First local day, of a month.
        until: Day after the last.
        as_of: As known then. Aware.
        most: Days of units worked out at most; one unit is always taken. [count]

    Raises:
        NotSettled: If ``as_of`` lies in what is not settled yet.
    """
    figures.check_settled(as_of)
    waiting = _waiting(points_of, as_of)
    touched = _touched(points_of, waiting, first=first, until=until, as_of=as_of)
    beyond = _beyond(points_of, touched, first=first, as_of=as_of)
    days_by_unit = {u: frozenset(days) for u, days in touched.items()}
    found = Retold(as_of, days_by_unit, {}, {}, frozenset(), beyond)
    keys = {u: (as_of, u, frozenset(points_of[u])) for u in sorted(touched) if u not in beyond}
    left, pending, worked = most, set(), dict[_Key, _Unit]()
    for unit_id, key in keys.items():
        days, known = touched[unit_id], _recalled(key)
        months = {day.replace(day=1) for day in days}
        if known.lacks(days) or months - known.months.keys():
            if left <= 0:
                pending.add(unit_id)
                continue
            known, count = _worked(key, known, days, months, is_waiting=unit_id in waiting)
            worked[key] = known
            left -= count
        _enter(found, unit_id, known, days, months)
    _remember(worked, in_hand=set(keys.values()))
    return found._replace(pending=frozenset(pending))


def sums_of_days(
    counted: Sequence[Counted], *, from_day: date, to_day: date, then: Retold | None
) -> list[GroupSum]:
    """Return ``sums.sums_of_days`` as an instant knew them; None: as they are known now."""
    if then is None:
        return sums.sums_of_days(counted, from_day=from_day, to_day=to_day)
    kept = [part for row in counted for part in _without(row, then.touched.get(row.unit_id, ()))]
    read = sums.sums_of_days(kept, from_day=from_day, to_day=to_day)
    told = _told(counted, then.days, from_day, to_day)
    return _together([*read, *told])


def sums_of_months(
    counted: Sequence[Counted], *, from_month: date, to_month: date, then: Retold | None
) -> list[GroupSum]:
    """Return ``sums.sums_of_months`` as an instant knew them; None: as they are known now."""
    if then is None:
        return sums.sums_of_months(counted, from_month=from_month, to_month=to_month)
    touched = {
        unit_id: {day.replace(day=1) for day in days} for unit_id, days in then.touched.items()
    }
    kept = [part for row in counted for part in _without(row, touched.get(row.unit_id, ()))]
    read = sums.sums_of_months(kept, from_month=from_month, to_month=to_month)
    told = _told(counted, then.months, from_month, to_month)
    return _together([*read, *told])


def _waiting(unit_ids: Collection[int], as_of: datetime) -> set[int]:
    """Return the units of which something that the instant knew is not worked out yet."""
    return journal.units_marked(unit_ids, until=as_of) | facts.units_changed(unit_ids)


def _touched(
    unit_ids: Collection[int],
    waiting: Collection[int],
    *,
    first: date,
    until: date,
    as_of: datetime,
) -> dict[int, set[date]]:
    """Return, per unit with any, the days to be worked out: all of those that wait."""
    found = touched_days(unit_ids, first=first, last=until - timedelta(days=1), as_of=as_of)
    every = {first + timedelta(days=n) for n in range((until - first).days)}
    return found | {unit_id: set(every) for unit_id in waiting}


def _beyond(
    points_of: Mapping[int, Collection[int]],
    touched: Mapping[int, Collection[date]],
    *,
    first: date,
    as_of: datetime,
) -> frozenset[int]:
    """Return the units that are too much to work out together; those of least work are taken.

    It follows from the record and not from what is remembered, so each asking, and each process,
    says the same. Of a day after the last message nothing is known: it costs nothing.
    """
    a_day = timedelta(days=1)
    span = {"first": first - a_day, "last": clock.day_of(as_of) + a_day}
    ends = journal.last_days_touched(touched, **span, as_of=as_of)
    work = {
        unit_id: len(points_of[unit_id]) * sum(day <= ends[unit_id] + a_day for day in days)
        for unit_id, days in touched.items()
        if unit_id in ends
    }
    total, found = 0, set()
    for amounts, unit_id in sorted((amounts, unit_id) for unit_id, amounts in work.items()):
        if total and total + amounts > AMOUNTS_AT_MOST:
            found.add(unit_id)
        total += amounts
    return frozenset(found)


def _worked(
    key: _Key, known: _Unit, days: set[date], months: set[date], *, is_waiting: bool
) -> tuple[_Unit, int]:
    """Return a unit with what it lacked worked out, and how many days that took."""
    as_of, unit_id, point_ids = key
    source = evidence.Replayed(unit_id, as_of) if is_waiting else Mixed(unit_id, as_of)
    every = tracks.tracks_of(unit_id, as_of=as_of)
    counting = [track for track in every if track.point_id in point_ids]
    end = _end_of(unit_id, counting, as_of)
    known = replace(known, end=end)
    lacking = known.lacks(days)
    live = sorted(map(clock.day_number, lacking))
    made: dict[date, Mapping[int, Amount]] = {day: {} for day in lacking}
    for point_id, one in figures.worked_out(source, counting, live):
        day = clock.date_of(one.day)
        made[day] = {**made[day], point_id: one.amount}
    unit = _Unit({**known.days, **made}, {}, end)
    made_months = dict(known.months)
    for month in sorted(months - known.months.keys()):
        of_days = _days_of_month(unit_id, month, unit, days, point_ids)
        span = [clock.day_number(month)]
        told = figures.months_from_days(source, counting, span, of_days)
        made_months[month] = {one.point_id: one.amount for one in told}
    return replace(unit, months=made_months), len(live) + 1


def _end_of(unit_id: int, counting: Iterable[Track], as_of: datetime) -> date:
    """Return the last day of which anything can have been known.

    Energy hangs between readings and exchanges: a day after the last of them has none. A reading
    a little early may speak for the next day.
    """
    last = journal.last_day_touched(unit_id, as_of=as_of)
    ends = [] if last is None else [clock.day_number(last) + 1]
    ends += [day_of(one.at) + 1 for track in counting for one in track.exchanges]
    return clock.date_of(max(ends, default=-1))


def _days_of_month(
    unit_id: int, month: date, unit: _Unit, touched: Collection[date], point_ids: Collection[int]
) -> list[PointDay]:
    """Return what was known of a month's days: kept ones, and those worked out."""
    last = next_month(month) - timedelta(days=1)
    kept = figures.days_of(unit_id=unit_id, from_day=month, to_day=last)
    own = [row for row in kept if row.day not in touched and row.point_id in point_ids]
    for day in touched:
        if day.replace(day=1) == month:
            own += [PointDay(point, day, one) for point, one in unit.days.get(day, {}).items()]
    return own


def _enter(
    found: Retold, unit_id: int, known: _Unit, days: Iterable[date], months: Iterable[date]
) -> None:
    """Enter what is asked for of a unit."""
    for day in days:
        for point_id, one in known.days.get(day, {}).items():
            found.days[unit_id, point_id, day] = one
    for month in months:
        for point_id, one in known.months[month].items():
            found.months[unit_id, point_id, month] = one


def _recalled(key: _Key) -> _Unit:
    """Return what is remembered of a unit, as what was asked for last."""
    with _keeping:
        known = _kept.pop(key, None)
        if known is None:
            return _Unit()
        _kept[key] = known
        return known


def _remember(worked: Mapping[_Key, _Unit], *, in_hand: Collection[_Key]) -> None:
    """Remember units; where it is too much, forget what was asked for longest ago.

    Nothing that is in hand is forgotten: else who asks again would never come to an end of it.
    """
    with _keeping:
        _kept.update(worked)
        total = sum(one.size for one in _kept.values())
        for key in [key for key in _kept if key not in in_hand]:
            if total <= _KEPT_MOST:
                break
            total -= _kept.pop(key).size


def _without(row: Counted, periods: Collection[date]) -> Iterator[Counted]:
    """Yield the runs of a point's days, or months, that are left without some of them."""
    begin = row.first
    for period in sorted(one for one in periods if row.first <= one < row.until):
        if period > begin:
            yield row._replace(first=begin, until=period)
        begin = period + timedelta(days=1)
    if begin < row.until:
        yield row._replace(first=begin)


def _told(
    counted: Iterable[Counted],
    amounts: Mapping[tuple[int, int, date], Amount],
    first: date,
    last: date,
) -> list[GroupSum]:
    """Return each amount that counts as a sum of its own."""
    places: dict[tuple[int, int], list[Counted]] = {}
    for row in counted:
        places.setdefault((row.unit_id, row.point_id), []).append(row)
    found = []
    for (unit_id, point_id, period), one in amounts.items():
        for row in places.get((unit_id, point_id), ()):
            if row.first <= period < row.until and first <= period <= last:
                known = int(one.amount is not None)
                whole = int(balance.is_whole(one))
                found.append(
                    GroupSum(
                        period, row.group, one.amount, one.estimated, known, whole, one.received
                    )
                )
    return found


def _together(some: Iterable[GroupSum]) -> list[GroupSum]:
    """Return one sum for each period and group."""
    groups: dict[tuple[date, int], list[GroupSum]] = {}
    for one in some:
        groups.setdefault((one.period, one.group), []).append(one)
    return [
        GroupSum(
            *key,
            balance.known_sum(one.amount for one in rows),
            balance.known_sum(one.estimated for one in rows) or Decimal(0),
            sum(one.points for one in rows),
            sum(one.whole for one in rows),
            sum(one.received for one in rows),
        )
        for key, rows in groups.items()
    ]
