"""Virtual meters that several tests look at."""

from datetime import date
from fractions import Fraction

from hengneng.protocol import times
from hengneng.sim.loads.weeks import Energy
from hengneng.sim.maps import Wired, WordOrder
from hengneng.sim.meters import MeterPlan
from hengneng.sim.plans import Bus, SimPlan

DAY = date(2026, 11, 23).toordinal() - date(1970, 1, 1).toordinal()
NOON = times.local_seconds("2026-11-23 12:00:00")
HOUR = 3600
UNIT = "91310101DEM000014F"
FINE = MeterPlan("E-fine", Energy.ELECTRICITY, "b5", 1000, 2, Fraction(1), 0, DAY)
MAIN = MeterPlan("E-main", Energy.ELECTRICITY, "b5", 4788, 4, Fraction(6000), 1_234_567, DAY)
GAS = MeterPlan("G-1", Energy.GAS, "b19", 9000, 2, Fraction(1), 99_999_000, DAY)


def plan_on(port: int, control_port: int = 0) -> SimPlan:
    """A unit's bus: two electricity meters, one with the least significant register first; gas."""
    wired = (Wired(FINE, 1), Wired(MAIN, 2, WordOrder.LITTLE), Wired(GAS, 7))
    return SimPlan((Bus(UNIT, port, wired),), control_port=control_port)
