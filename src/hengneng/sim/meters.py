"""What a meter counts: a building's load in whole counts of its last decimal.

A day's energy below one count is not carried into the next day: the truth of a simulated city is
what its meters count, so that a register integrates it exactly.
"""

import hashlib
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from hengneng.sim.loads import days
from hengneng.sim.loads.days import QUARTER_SECONDS, QUARTERS
from hengneng.sim.loads.weeks import Energy

# Registers show six digits before the point: DL/T 645 meters in their usual form.
CAPACITY = 1_000_000
_WHOLE = 1000


class UncountableMeter(ValueError):
    """One count of a meter is worth no whole number of Wh or litres."""


class MeterPlan(NamedTuple):
    """A virtual meter.

    Attributes:
        number: The number on its plate.
        energy: What it meters.
        building: The building whose loads it plays (``loads.weeks.buildings``).
        load_permille: Thousandths of the building that it meters. [‰]
        places: Decimals that it shows, of kWh or m³. [0 to 4]
        ratio: CT × PT: what it shows times this is the energy. [1]
        start: What it shows when it begins to count. [count]
        begins: First day on which it counts, days since 1970-01-01.
    """

    number: str
    energy: Energy
    building: str
    load_permille: int
    places: int
    ratio: Fraction
    start: int
    begins: int

    @property
    def step(self) -> int:
        """What one count of its last decimal is worth. [Wh or l]

        Raises:
            UncountableMeter: If that is no whole number.
        """
        step = self.ratio * Fraction(_WHOLE, 10**self.places)
        if step.denominator != 1:
            raise UncountableMeter(f"{self.number}: a count is worth {step}")
        return step.numerator

    @property
    def capacity(self) -> int:
        """The counts after which its register goes round. [count]"""
        return CAPACITY * int(10**self.places)


def any_start(number: str, places: int) -> int:
    """Return what a meter may show when it begins: the same for the same number. [count]"""
    noise = int.from_bytes(hashlib.sha256(number.encode()).digest()[:4])
    # Somewhere in the lower half: a register that goes round is a listed event, not an accident.
    return noise % (CAPACITY * int(10**places) // 2)


@lru_cache(maxsize=8192)
def counts_of(meter: MeterPlan, day: int) -> tuple[int, ...]:
    """Return what a meter counts in each quarter hour of a local day.

    Args:
        meter: The meter.
        day: Days since 1970-01-01.

    Returns:
        Counts, each worth ``meter.step``. Shape (96,).
    """
    counts, energy, counted = [], 0, 0
    worth = _WHOLE * meter.step
    for quarter in days.quarters_of(meter.building, meter.energy, day):
        energy += quarter * meter.load_permille
        upto = energy // worth
        counts.append(upto - counted)
        counted = upto
    return tuple(counts)


def counts_by_slot(meter: MeterPlan, day: int, *, slot_s: int) -> tuple[int, ...]:
    """Return the counts of a local day by slots.

    Args:
        meter: The meter.
        day: Days since 1970-01-01.
        slot_s: A slot's length, whole quarters that divide the day. [s]
    """
    counts, width = counts_of(meter, day), slot_s // QUARTER_SECONDS
    return tuple(sum(counts[first : first + width]) for first in range(0, QUARTERS, width))


def counts_of_day(meter: MeterPlan, day: int) -> int:
    """Return what a meter counts in a local day: the sum of its quarters, found faster. [count]"""
    energy = days.energy_of_day(meter.building, meter.energy, day) * meter.load_permille
    return energy // (_WHOLE * meter.step)


def energy_of(meter: MeterPlan, day: int) -> int:
    """Return the energy that a meter counts in a local day. [Wh or l]"""
    return counts_of_day(meter, day) * meter.step
