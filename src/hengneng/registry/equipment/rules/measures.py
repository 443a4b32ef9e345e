"""Measures of a demand, and which of them can be compared."""

from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple


class UnknownMeasure(ValueError):
    """This is no measure of a demand."""


class NotComparable(ValueError):
    """The two measures tell different things: a power and an amount a year."""


class Measure(NamedTuple):
    """A measure of a demand.

    Attributes:
        quantity: What it tells; measures of one quantity can be compared.
        scale: How many of the quantity's smallest measure it is. [1]
    """

    quantity: str
    scale: Fraction


_POWER, _ENERGY = "energy per hour", "energy per year"
# 1 kWh is 3.6 MJ by definition of the watt, so a power and a flow of heat can be compared.
MEASURES: dict[str, Measure] = {
    "MJ/h": Measure(_POWER, Fraction(1)),
    "kW": Measure(_POWER, Fraction(18, 5)),
    "GJ/h": Measure(_POWER, Fraction(1000)),
    "MW": Measure(_POWER, Fraction(3600)),
    "MJ/a": Measure(_ENERGY, Fraction(1)),
    "kWh/a": Measure(_ENERGY, Fraction(18, 5)),
    "GJ/a": Measure(_ENERGY, Fraction(1000)),
    "MWh/a": Measure(_ENERGY, Fraction(3600)),
    "kg/h": Measure("mass per hour", Fraction(1)),
    "t/h": Measure("mass per hour", Fraction(1000)),
    "kg/a": Measure("mass per year", Fraction(1)),
    "t/a": Measure("mass per year", Fraction(1000)),
    "m3/h": Measure("volume per hour", Fraction(1)),
    "m3/a": Measure("volume per year", Fraction(1)),
}


def measure_of(name: str) -> Measure:
    """Return the measure of that name.

    Raises:
        UnknownMeasure: If there is none.
    """
    measure = MEASURES.get(name)
    if measure is None:
        raise UnknownMeasure(f"{name} is none of {', '.join(MEASURES)}")
    return measure


def reaches(amount: Decimal, measure: str, *, limit: Decimal, limit_measure: str) -> bool:
    """Answer whether a demand reaches a limit; exactly at the limit it does.

    Args:
        amount: The demand.
        measure: What it is told in.
        limit: The limit.
        limit_measure: What the limit is told in.

    Raises:
        UnknownMeasure: If a measure is none.
        NotComparable: If the two tell different quantities.

    >>> reaches(Decimal("0.1"), "MW", limit=Decimal(100), limit_measure="kW")
    True
    """
    told, asked = measure_of(measure), measure_of(limit_measure)
    if told.quantity != asked.quantity:
        raise NotComparable(f"{measure} tells {told.quantity}, {limit_measure} {asked.quantity}")
    return Fraction(amount) * told.scale >= Fraction(limit) * asked.scale
