"""Digests, from the table as it stands or replayed from what was recorded by an instant."""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from itertools import pairwise
from typing import Protocol

from django.db import connection

from hengneng.kernel import clock
from hengneng.protocol.records import DAY_SECONDS, Record
from hengneng.telemetry.consumption.queries import parameters, records
from hengneng.telemetry.consumption.rules import digest, marks
from hengneng.telemetry.consumption.rules.digest import Entry, SeriesEntries, Window
from hengneng.telemetry.consumption.rules.outliers import CONTEXT, REACH_DAYS
from hengneng.telemetry.consumption.rules.tracks import Track, keys_of
from hengneng.telemetry.journal import queries as journal

Digests = Mapping[int, Window]


class Evidence(Protocol):
    """Where a unit's digests come from.

    Attributes:
        unit_id: The unit.
        as_of: As known then; None: now. Aware.
    """

    unit_id: int
    as_of: datetime | None

    def digests(self, days: Collection[int], *, kind: str = "") -> Digests:
        """Return the digests of the days that have one; of the series that begin so at least."""

    def nearest(self, series: Collection[str], *, before: int | None = None,
                after: int | None = None) -> dict[str, int]:  # fmt: skip
        """Return, per series, the nearest day before or after with a good value."""


# Whoever looks around more often than this is given all days of the series at once.
_LOOKS_FEW = 16
# Days on either side that are read at once: as many as a living register's energy depends on.
_NEAR = CONTEXT + 1
_NOWHERE = 2**31, -1  # bounds that every day lies outside of


class Kept:
    """The digests as the table holds them."""

    as_of: datetime | None = None

    def __init__(self, unit_id: int) -> None:
        self.unit_id = unit_id
        self._looks = 0
        self._calendar: dict[int, list[int]] = {}  # series → its days with a good value, ascending
        self._near: dict[int, frozenset[int]] = {}  # day → its series with a good value
        self._bounds: tuple[int, int] | None = None  # first and last day with a digest

    def forget(self) -> None:
        """Look again: the table holds other digests from now on; only under the unit's lock."""
        self._calendar.clear()
        self._near.clear()
        self._bounds = None

    def digests(self, days: Collection[int], *, kind: str = "") -> Digests:
        """Return the digests of the days that have one; of the series that begin so at least."""
        bodies = self.bodies(days)
        return {day: digest.decode(body, kind=kind) for day, body in bodies.items()}

    def bodies(self, days: Collection[int]) -> dict[int, bytes]:
        """Return the bytes of the digests of the days that have one."""
        dates = [clock.date_of(day) for day in days]
        if not dates:
            return {}
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT day, body FROM consumption_digest WHERE unit_id = %s AND day = ANY(%s)",
                [self.unit_id, dates],
            )
            return {clock.day_number(day): bytes(body) for day, body in cursor.fetchall()}

    def nearest(
        self, series: Collection[str], *, before: int | None = None, after: int | None = None
    ) -> dict[str, int]:
        """Return, per series, the nearest day before or after with a good value.

        Looks in widening windows, so that a living register costs one row and a dead one few; of
        a long backlog it reads every day's series once.
        """
        found = self._nearest_near(series, before=before, after=after)
        missing = {digest.series_id(one): one for one in series if one not in found}
        if not missing or self._is_outside(before, after):
            return found
        self._looks += 1
        if self._looks > _LOOKS_FEW:
            rest = list(missing.values())
            return found | self._nearest_noted(rest, before=before, after=after)
        for first, last in _windows(before, after):
            if not missing:
                break
            for number, day in self._nearest_in(list(missing), first, last, before is not None):
                found[missing.pop(number)] = clock.day_number(day)
        return found

    def _nearest_near(
        self, series: Collection[str], *, before: int | None, after: int | None
    ) -> dict[str, int]:
        """Return the same of the series that lived a few days around; one query for many looks."""
        edge = before if before is not None else after or 0
        step = -1 if before is not None else 1
        self._note_near(range(edge - _NEAR, edge + _NEAR + 1))
        if self._near[edge + step].issuperset(map(digest.series_id, series)):
            return dict.fromkeys(series, edge + step)  # as a rule all of them live on
        found: dict[str, int] = {}
        missing = {digest.series_id(one): one for one in series}
        for day in range(edge + step, edge + step * (_NEAR + 1), step):
            for number in self._near[day] & missing.keys():
                found[missing.pop(number)] = day
        return found

    def _is_outside(self, before: int | None, after: int | None) -> bool:
        """Answer whether no digest lies beyond what ``_nearest_near`` has looked at."""
        if self._bounds is None:
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT min(day), max(day) FROM consumption_digest WHERE unit_id = %s",
                    [self.unit_id],
                )
                first, last = cursor.fetchone()
            known = () if first is None else (clock.day_number(first), clock.day_number(last))
            self._bounds = known or _NOWHERE
        if before is not None:
            return before - _NEAR <= self._bounds[0]
        return (after or 0) + _NEAR >= self._bounds[1]

    def _note_near(self, days: range) -> None:
        """Read which series have a good value on these days, unless known."""
        new = [day for day in days if day not in self._near]
        if not new:
            return
        self._near |= dict.fromkeys(new, frozenset())
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT day, series FROM consumption_digest WHERE unit_id = %s AND day = ANY(%s)",
                [self.unit_id, [clock.date_of(day) for day in new]],
            )
            for day, numbers in cursor:
                self._near[clock.day_number(day)] = frozenset(numbers)

    def _nearest_noted(
        self, series: Collection[str], *, before: int | None, after: int | None
    ) -> dict[str, int]:
        """Return the same from the calendar."""
        numbers = {one: digest.series_id(one) for one in series}
        self._note_days([number for number in numbers.values() if number not in self._calendar])
        found: dict[str, int] = {}
        for one, number in numbers.items():
            days = self._calendar[number]
            if before is not None:
                place = bisect_left(days, before) - 1
            else:
                place = bisect_right(days, after or 0)
            if 0 <= place < len(days):
                found[one] = days[place]
        return found

    def _note_days(self, numbers: list[int]) -> None:
        """Enter series into the calendar."""
        if not numbers:
            return
        self._calendar |= {number: [] for number in numbers}
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT one, day FROM consumption_digest, unnest(series) AS one"
                " WHERE unit_id = %s AND one = ANY(%s) ORDER BY day",
                [self.unit_id, numbers],
            )
            for number, day in cursor:
                self._calendar[number].append(clock.day_number(day))

    def _nearest_in(
        self, numbers: list[int], first: date, last: date, is_before: bool
    ) -> list[tuple[int, date]]:
        choose = "max" if is_before else "min"
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT one, {choose}(day) FROM consumption_digest, unnest(series) AS one"  # noqa: S608 max or min
                " WHERE unit_id = %s AND day BETWEEN %s AND %s AND one = ANY(%s) GROUP BY one",
                [self.unit_id, first, last, numbers],
            )
            rows: list[tuple[int, date]] = cursor.fetchall()
            return rows


class Replayed:
    """The digests as they follow from the messages recorded by an instant."""

    def __init__(self, unit_id: int, as_of: datetime) -> None:
        self.unit_id = unit_id
        self.as_of: datetime | None = as_of
        self._known: dict[int, SeriesEntries] = {}
        touched = journal.days_touched(unit_id, as_of=as_of)
        self._days = sorted(clock.day_number(day) for day in touched)

    def digests(self, days: Collection[int], *, kind: str = "") -> dict[int, SeriesEntries]:  # noqa: ARG002 all at hand
        """Return the digests of the days that have one."""
        asked = set(days)
        new = [day for day in self._days if day in asked and day not in self._known]
        self._known |= digests_from_messages(self.unit_id, new, as_of=self.as_of)
        return {day: self._known[day] for day in days if self._known.get(day)}

    def nearest(
        self, series: Collection[str], *, before: int | None = None, after: int | None = None
    ) -> dict[str, int]:
        """Return, per series, the nearest day before or after with a good value."""
        missing = set(series)
        found: dict[str, int] = {}
        for day in self._outward(before, after):
            if not missing:
                break
            here = {s for s in missing & set(self._digest(day)) if _good(self._digest(day)[s])}
            found |= dict.fromkeys(here, day)
            missing -= here
        return found

    def _digest(self, day: int) -> SeriesEntries:
        return self.digests([day]).get(day, {})

    def _outward(self, before: int | None, after: int | None) -> Iterator[int]:
        if before is not None:
            return (day for day in reversed(self._days) if day < before)
        return (day for day in self._days if after is not None and day > after)


def digests_from_messages(
    unit_id: int, days: Sequence[int], *, as_of: datetime | None = None
) -> dict[int, SeriesEntries]:
    """Return the digests that follow from the messages, each message decoded once.

    Args:
        unit_id: The unit.
        days: Days since 1970-01-01.
        as_of: Only messages recorded by then; None: all. Aware.
    """
    by_day: dict[int, list[Record]] = {day: [] for day in days}
    if not by_day:
        return {}
    dates = [clock.date_of(day) for day in days]
    for message in journal.messages_of_days(unit_id, dates, as_of=as_of):
        for record in records.records_of(message):
            into = by_day.get(record.at // 86_400)
            if into is not None:
                into.append(record)
    return {
        day: digest.digest_day(rows, day=day, late_after=parameters.on(day).late_after)
        for day, rows in by_day.items()
    }


def window_of(
    evidence: Evidence, tracks: Iterable[Track], days: Sequence[int]
) -> dict[str, list[Entry]]:
    """Return the entries that the days of these points need: their digests and the anchors around.

    Args:
        evidence: Where digests come from.
        tracks: The points.
        days: Neighbouring days, ascending.
    """
    registers = {key for key in keys_of(tracks) if key[0] == "R"}
    window = before(evidence, registers, days[0])
    # Nonsense may have begun, or end, a few days away: those are taken whole.
    around = range(days[0] - REACH_DAYS, days[-1] + REACH_DAYS + 1)
    opening, closing = around.start * DAY_SECONDS, around.stop * DAY_SECONDS
    window = {key: [row for row in rows if row.at < opening] for key, rows in window.items()}
    inside = evidence.digests(around)
    for day in around:
        for series, rows in inside.get(day, {}).items():
            window.setdefault(series, []).extend(rows)
    for key, rows in after(evidence, registers, days[-1]).items():
        window.setdefault(key, []).extend(row for row in rows if row.at >= closing)
    return window


def before(evidence: Evidence, keys: Iterable[str], day: int) -> dict[str, list[Entry]]:
    """Return each key's last good readings before a day, as many as energy can depend on."""
    found: dict[str, list[Entry]] = {}
    for some, nearest in outward(evidence, keys, before=day):
        for key, rows in some.items():
            found[key] = [*rows, *found.get(key, [])][-CONTEXT:]
        nearest.difference_update({key for key in nearest if len(found[key]) == CONTEXT})
    return found


def after(evidence: Evidence, keys: Iterable[str], day: int) -> dict[str, list[Entry]]:
    """Return each key's first good readings after a day, as many as energy can depend on."""
    found: dict[str, list[Entry]] = {}
    for some, nearest in outward(evidence, keys, after=day):
        for key, rows in some.items():
            found[key] = [*found.get(key, []), *rows][:CONTEXT]
        nearest.difference_update({key for key in nearest if len(found[key]) == CONTEXT})
    return found


def outward(
    evidence: Evidence, keys: Iterable[str], *, before: int | None = None, after: int | None = None
) -> Iterator[tuple[dict[str, list[Entry]], set[str]]]:
    """Yield the keys' good readings by day with any, the nearest day of each first.

    Of each day no more than energy beyond it can depend on.

    Beside the readings comes the set of keys that go on; take away those that have enough.
    """
    edges = dict.fromkeys(keys, before if before is not None else after or 0)
    is_backward = before is not None
    while edges:
        nearest = next_days(evidence, edges, is_backward=is_backward)
        digests = evidence.digests(set(nearest.values()))
        going_on = set(nearest)
        near = {
            key: digest.outermost(digests[day][key], CONTEXT, is_last=is_backward)
            for key, day in nearest.items()
        }
        yield near, going_on
        edges = {key: nearest[key] for key in going_on}


def next_days(evidence: Evidence, edges: Mapping[str, int], *, is_backward: bool) -> dict[str, int]:
    """Return each key's nearest day with a good value beyond its own edge, where it has one."""
    nearest: dict[str, int] = {}
    for edge in set(edges.values()):
        here = [key for key, at in edges.items() if at == edge]
        if is_backward:
            nearest |= evidence.nearest(here, before=edge)
        else:
            nearest |= evidence.nearest(here, after=edge)
    return nearest


def _good(rows: Sequence[Entry]) -> list[Entry]:
    return [row for row in rows if row.mark != marks.REJECTED]


# Distances in days: first the next day alone, then ever wider, then all there is.
_EDGES = (0, 1, 9, 73, 585)


@lru_cache(maxsize=1024)
def _windows(before: int | None, after: int | None) -> list[tuple[date, date]]:
    """Return windows of days that lie next to each other, outward from the day, ever wider."""
    if before is not None:
        spans = [(before - far, before - near - 1) for near, far in pairwise(_EDGES)]
        dates = [(clock.date_of(first), clock.date_of(last)) for first, last in spans]
        return [*dates, (date.min, clock.date_of(before - _EDGES[-1] - 1))]
    spans = [((after or 0) + near + 1, (after or 0) + far) for near, far in pairwise(_EDGES)]
    dates = [(clock.date_of(first), clock.date_of(last)) for first, last in spans]
    return [*dates, (clock.date_of((after or 0) + _EDGES[-1] + 1), date.max)]
