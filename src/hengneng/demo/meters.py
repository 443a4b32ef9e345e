"""What a point's meter counts: a building's load in whole counts of the meter's last decimal.

A day's energy below one count is not carried into the next day: the truth of the demo city is what
its meters count, so that a register integrates it exactly.
"""

import hashlib
from functools import lru_cache

from hengneng.demo.city import CAPACITY, PointPlan
from hengneng.demo.loads import days
from hengneng.demo.loads.days import QUARTER_SECONDS, QUARTERS

_WHOLE = 1000


@lru_cache(maxsize=8192)
def counts_of(point: PointPlan, building: str, day: int) -> tuple[int, ...]:
    """Return what a meter counts in each quarter hour of a local day.

    Args:
        point: The point it stands at.
        building: The building it meters.
        day: Days since 1970-01-01.

    Returns:
        Counts, each worth ``point.step``. Shape (96,).
    """
    counts, energy, counted = [], 0, 0
    worth = _WHOLE * point.step
    for quarter in days.quarters_of(building, point.energy, day):
        energy += quarter * point.load_permille
        upto = energy // worth
        counts.append(upto - counted)
        counted = upto
    return tuple(counts)


def counts_by_slot(point: PointPlan, building: str, day: int) -> tuple[int, ...]:
    """Return the counts of a local day by the point's own slots."""
    counts, width = counts_of(point, building, day), point.slot_seconds // QUARTER_SECONDS
    return tuple(sum(counts[first : first + width]) for first in range(0, QUARTERS, width))


def energy_of(point: PointPlan, building: str, day: int) -> int:
    """Return the energy that a meter counts in a local day. [Wh or l]"""
    return sum(counts_of(point, building, day)) * point.step


def capacity_of(point: PointPlan) -> int:
    """Return the counts after which a register goes round. [count]"""
    return CAPACITY * int(10**point.places)


def first_count(point: PointPlan) -> int:
    """Return what a register shows when the history begins. [count]"""
    if point.start is not None:
        return int(point.start * 10**point.places)
    noise = int.from_bytes(hashlib.sha256(point.meter.encode()).digest()[:4])
    # Somewhere in the lower half: a register that goes round is a listed event, not an accident.
    return noise % (capacity_of(point) // 2)
