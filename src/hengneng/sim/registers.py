"""What a virtual meter's register shows at any second: start plus all it has counted since."""

import threading
from functools import lru_cache

from hengneng.protocol.records import DAY_SECONDS
from hengneng.sim import meters
from hengneng.sim.loads.days import QUARTER_SECONDS
from hengneng.sim.meters import MeterPlan

_growing = threading.Lock()


def register_at(meter: MeterPlan, at: int) -> int:
    """Return what a faultless meter's register shows.

    Args:
        meter: The meter.
        at: When. [local s]

    Returns:
        Start and everything counted since, gone round at the capacity. [count]

    Raises:
        UnknownBuilding: If there is no such building.
    """
    return (meter.start + counted_until(meter, at)) % meter.capacity


def counted_until(meter: MeterPlan, at: int) -> int:
    """Return what a meter has counted since it began.

    Exact at the ends of quarter hours; within one, its counts come evenly, rounded down.

    Args:
        meter: The meter.
        at: When; before the meter begins nothing is counted. [local s]

    Returns:
        Counts, each worth ``meter.step``. [count]
    """
    day, second = divmod(at, DAY_SECONDS)
    if day < meter.begins:
        return 0
    quarter, into = divmod(second, QUARTER_SECONDS)
    counts = meters.counts_of(meter, day)
    begun = counts[quarter] * into // QUARTER_SECONDS
    return _counted_before(meter, day) + sum(counts[:quarter]) + begun


def power_at(meter: MeterPlan, at: int) -> int:
    """Return the load behind a meter, on average over the quarter hour. [W or l/h]"""
    day, second = divmod(at, DAY_SECONDS)
    if day < meter.begins:
        return 0
    counts = meters.counts_of(meter, day)[second // QUARTER_SECONDS]
    return counts * meter.step * 3600 // QUARTER_SECONDS


def _counted_before(meter: MeterPlan, day: int) -> int:
    """Return what a meter has counted before a day; what was summed once is kept."""
    sums, wanted = _sums(meter), day - meter.begins
    if wanted >= len(sums):
        with _growing:
            for later in range(len(sums), wanted + 1):
                sums.append(sums[-1] + meters.counts_of_day(meter, meter.begins + later - 1))
    return sums[wanted]


# Grown by the one above: a year of days takes 366 integers a meter.
@lru_cache(maxsize=2048)
def _sums(_meter: MeterPlan) -> list[int]:
    """Return the counts before each day since the meter began; as yet of its first day alone."""
    return [0]
