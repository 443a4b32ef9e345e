"""A unit's digests as an instant knew them: kept ones where they still are what they were."""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.db import connection

from hengneng.kernel import clock
from hengneng.telemetry.consumption.queries import evidence
from hengneng.telemetry.consumption.rules import marks
from hengneng.telemetry.consumption.rules.digest import SeriesEntries
from hengneng.telemetry.journal import queries as journal

_FIRST, _LAST = date(1970, 1, 1), date(2199, 12, 31)
_TOUCHED = """
SELECT unit_id, day FROM consumption_revision
WHERE unit_id = ANY(%(units)s::bigint[]) AND day BETWEEN %(first)s AND %(last)s
AND computed_at > %(as_of)s
UNION
SELECT unit_id, greatest(first, %(first)s) + step
FROM consumption_unstitched, generate_series(
    0, least(last, %(last)s) - greatest(first, %(first)s)
) AS step
WHERE unit_id = ANY(%(units)s::bigint[]) AND first <= %(last)s AND last >= %(first)s
"""


def touched_days(
    unit_ids: Collection[int], *, first: date, last: date, as_of: datetime
) -> dict[int, set[date]]:
    """Return, per unit with any, the days whose kept figures may not be what an instant knew.

    What came by then and is not worked out yet stands in neither: ask for that beside it.

    Args:
        unit_ids: The units.
        first: First local day.
        last: Last local day, included.
        as_of: The instant. Aware.
    """
    found: dict[int, set[date]] = {}
    asked: dict[str, Any] = {
        "units": "{" + ",".join(map(str, unit_ids)) + "}", "first": first, "last": last,
        "as_of": as_of,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_TOUCHED, asked)
        for unit_id, day in cursor.fetchall():
            found.setdefault(unit_id, set()).add(day)
    return found


class Mixed:
    """A unit's digests as an instant knew them: kept ones, and replayed ones of touched days."""

    def __init__(self, unit_id: int, as_of: datetime) -> None:
        self.unit_id = unit_id
        self.as_of: datetime | None = as_of
        self._kept = evidence.Kept(unit_id)
        found = touched_days([unit_id], first=_FIRST, last=_LAST, as_of=as_of)
        touched = found.get(unit_id, set())
        told = journal.days_touched(unit_id, as_of=as_of, among=sorted(touched))
        self._touched = {clock.day_number(day) for day in touched}
        self._told = [clock.day_number(day) for day in told]
        self._known: dict[int, SeriesEntries] = {}

    def digests(self, days: Collection[int], *, kind: str = "") -> evidence.Digests:
        """Return the digests of the days that have one; of the series that begin so at least."""
        kept = self._kept.digests([day for day in days if day not in self._touched], kind=kind)
        asked = set(days)
        replayed = self._replayed([day for day in self._told if day in asked])
        return {**kept, **{day: rows for day, rows in replayed.items() if rows}}

    def nearest(
        self, series: Collection[str], *, before: int | None = None, after: int | None = None
    ) -> dict[str, int]:
        """Return, per series, the nearest day before or after with a good value."""
        is_backward = before is not None
        edges = dict.fromkeys(series, before if before is not None else after or 0)
        found: dict[str, int] = {}
        while edges:
            kept = evidence.next_days(self._kept, edges, is_backward=is_backward)
            going_on = {}
            for one, edge in edges.items():
                far = kept.get(one)
                near = self._nearest_told(one, edge, far, is_backward=is_backward)
                if near is not None:
                    found[one] = near
                elif far is not None and far in self._touched:
                    going_on[one] = far
                elif far is not None:
                    found[one] = far
            edges = going_on
        return found

    def _nearest_told(
        self, series: str, edge: int, far: int | None, *, is_backward: bool
    ) -> int | None:
        """Return the nearest replayed day beyond the edge with a good value, up to another day."""
        if is_backward:
            end = bisect_left(self._told, edge)
            start = 0 if far is None else bisect_left(self._told, far)
            days: Iterable[int] = reversed(self._told[start:end])
        else:
            start = bisect_right(self._told, edge)
            end = len(self._told) if far is None else bisect_right(self._told, far)
            days = self._told[start:end]
        return next((day for day in days if self._is_good(day, series)), None)

    def _is_good(self, day: int, series: str) -> bool:
        rows = self._replayed([day]).get(day, {}).get(series, ())
        return any(row.mark != marks.REJECTED for row in rows)

    def _replayed(self, days: Sequence[int]) -> dict[int, SeriesEntries]:
        new = [day for day in days if day not in self._known]
        if new:
            self._known |= evidence.digests_from_messages(self.unit_id, new, as_of=self.as_of)
        return {day: self._known[day] for day in days}
