"""The review units' year before they were read each quarter hour: a midnight register a day."""

from collections.abc import Iterator
from functools import lru_cache

from hengneng.demo.city import PointPlan, UnitPlan
from hengneng.demo.readings import SENT_AFTER_SECONDS
from hengneng.protocol.records import DAY_SECONDS, Record
from hengneng.sim import meters


def registers(unit: UnitPlan, *, first: int, last: int, fine: int) -> Iterator[Record]:
    """Yield what the unit's registers showed at midnight, day by day.

    Args:
        unit: The unit.
        first: First day, days since 1970-01-01.
        last: Day after the last one, not after ``fine``.
        fine: Day on whose midnight the register shows what its plan says.
    """
    for point in unit.points:
        if point.is_register:
            shown = _midnights(point, unit.building, first, fine)
            for day in range(first, last):
                at = day * DAY_SECONDS
                count = shown[day - first]
                sent_at = at + SENT_AFTER_SECONDS
                yield Record(point.key, at, count, point.places, "M", sent_at)


def whole_days(unit: UnitPlan, *, first: int, last: int, fine: int) -> Iterator[Record]:
    """Yield the day records of what sends increments."""
    for point in unit.points:
        if not point.is_register:
            meter = point.meter_of(unit.building, fine)
            for day in range(first, last):
                count = meters.counts_of_day(meter, day)
                at, sent_at = day * DAY_SECONDS, (day + 1) * DAY_SECONDS + SENT_AFTER_SECONDS
                series = f"N1:{point.data_code}"
                yield Record(series, at, count, point.places, "M", sent_at)


@lru_cache(maxsize=128)
def _midnights(point: PointPlan, building: str, first: int, fine: int) -> list[int]:
    """Return what a register showed at each midnight from the first day to the fine one."""
    meter = point.meter_of(building, fine)
    shown = [meter.start]
    for day in range(fine - 1, first - 1, -1):
        shown.append((shown[-1] - meters.counts_of_day(meter, day)) % meter.capacity)
    return shown[::-1]
