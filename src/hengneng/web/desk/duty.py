"""The few figures of one's own duty: units in reach by standing, completeness, yesterday's coal."""

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from django.utils import timezone

from hengneng.insight.coverage import queries as coverage
from hengneng.insight.coverage.queries import Connection, Standing
from hengneng.insight.statistics import queries as statistics
from hengneng.insight.statistics.queries import CityDay
from hengneng.kernel.policy.rules import Permission, Viewer
from hengneng.registry.units import queries as units
from hengneng.registry.units.queries import UnitRow
from hengneng.telemetry.journal import queries as journal
from hengneng.web.desk.unit_list import BASIS

CARE_SHOWN = 8
ORDER = (Standing.LIVE, Standing.LATE, Standing.SILENT, Standing.NEVER)


class Reach(NamedTuple):
    """Some units together.

    Attributes:
        units: How many. [count]
        standings: How many of them stand how, in the order of ``ORDER``.
        received: Slots received over the last full days. [count]
        expected: Slots expected. [count]
    """

    units: int
    standings: list[tuple[Standing, int]]
    received: int
    expected: int

    @property
    def completeness(self) -> Decimal | None:
        """Received over expected; None where nothing is expected."""
        return Decimal(self.received) / self.expected if self.expected else None


class DistrictLine(NamedTuple):
    """One district, and what its points consumed yesterday; None where nothing is known."""

    code: str
    reach: Reach
    tonnes: Decimal | None


class Duty(NamedTuple):
    """The figures.

    Attributes:
        whole: All units in reach.
        day: Yesterday over their boundary points.
        care: Units that fell silent or are late, the longest first.
        districts: By district; empty for who has one alone.
        behind: Units with data that came a while ago and are not worked out yet. [count]
    """

    whole: Reach
    day: CityDay
    care: list[tuple[UnitRow, Connection]]
    districts: list[DistrictLine]
    behind: int


def duty_of(viewer: Viewer, *, at: datetime) -> Duty:
    """Return the figures of what the viewer reaches; a bounded number of queries.

    Args:
        viewer: Who asks.
        at: Now. Aware.
    """
    rows = units.units_reached(viewer, Permission.VIEW_UNIT)
    known = coverage.connections([row.id for row in rows], at=at)
    yesterday: date = timezone.localdate(at) - timedelta(days=1)
    day = statistics.city_day(viewer=viewer, day=yesterday, basis=BASIS)
    by_district: dict[str, list[int]] = {}
    for row in rows:
        for code in row.districts:
            by_district.setdefault(code, []).append(row.id)
    lines = [
        DistrictLine(code, _reach(ids, known), _tonnes(day, code))
        for code, ids in sorted(by_district.items())
    ]
    return Duty(
        whole=_reach(known, known),
        day=day,
        care=_care(rows, known),
        districts=lines if len(lines) > 1 else [],
        behind=journal.units_behind(known, at=at),
    )


def _tonnes(day: CityDay, district: str) -> Decimal | None:
    own = day.districts.get(district)
    return own.tonnes if own else None


def _reach(ids: Collection[int], known: dict[int, Connection]) -> Reach:
    """Return some units together."""
    own = [known[unit_id] for unit_id in ids]
    count = Counter(one.standing for one in own)
    return Reach(
        len(own),
        [(standing, count[standing]) for standing in ORDER],
        sum(one.received for one in own),
        sum(one.expected for one in own),
    )


def _care(
    rows: Iterable[UnitRow], known: dict[int, Connection]
) -> list[tuple[UnitRow, Connection]]:
    """Return the units whose data stay away, the longest silent first."""
    away = [
        (row, known[row.id])
        for row in rows
        if known[row.id].standing in (Standing.SILENT, Standing.LATE)
    ]
    away.sort(key=lambda one: (one[1].received_at is None, one[1].received_at))
    return away[:CARE_SHOWN]
