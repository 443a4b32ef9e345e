"""Amounts of fuel in their own unit of measure, and what was used of what no meter stands for."""

from collections.abc import Mapping
from datetime import date
from decimal import Context, Decimal
from enum import StrEnum
from typing import NamedTuple

PLACES, DIGITS = 6, 18
# By the energy type's own unit of measure: those it may be stated in, and what one of them is.
MEASURES: Mapping[str, Mapping[str, Decimal]] = {
    "t": {"t": Decimal(1), "kg": Decimal("0.001")},
    "m3": {"m3": Decimal(1), "10000 m3": Decimal(10_000)},
}


class NotAnAmount(ValueError):
    """An amount of fuel is not negative and has six places at most in its own unit of measure."""


class NotItsMeasure(ValueError):
    """This fuel is not kept in that unit of measure, nor in a multiple of it."""


class Lack(StrEnum):
    """Why what was used cannot be told."""

    OPENING = "OPENING"  # nobody took stock at the end of the day before the span
    PURCHASES = "PURCHASES"  # no purchase is on record: that is not the same as none
    CLOSING = "CLOSING"  # nobody took stock at the end of the span's last day
    CONTRADICTION = "CONTRADICTION"  # more is left than ever was there


class Derived(NamedTuple):
    """What was used of a fuel, told from papers alone.

    Attributes:
        used: In the type's unit of measure; None where it cannot be told.
        lacks: Why it cannot; empty where it can.
    """

    used: Decimal | None
    lacks: tuple[Lack, ...]


class FuelSpan(NamedTuple):
    """One fuel over a span of days, by papers alone: nothing of it is measured by the platform.

    Attributes:
        energy_type_id: The fuel.
        opening: Stock at the end of the day before the span; None: nobody took it.
        bought: Sum of the papers; None: no paper is on record.
        closing: Stock at the end of the span's last day; None: nobody took it.
        derived: What follows was used, or why that cannot be told.
        by_month: What came in by papers, by the month's first day; a month without is not there.
    """

    energy_type_id: str
    opening: Decimal | None
    bought: Decimal | None
    closing: Decimal | None
    derived: Derived
    by_month: Mapping[date, Decimal]


def in_own_measure(amount: Decimal, *, measure: str, own: str) -> Decimal:
    """Return an amount in the unit of measure its energy type is kept in, exactly.

    Zeros behind the last digit that counts say nothing: 500.000000 kg are half a tonne.

    Args:
        amount: As stated. [measure]
        measure: The unit of measure it is stated in.
        own: The energy type's own.

    Raises:
        NotItsMeasure: If the one is no multiple of the other.
        NotAnAmount: If it is negative, none, or has too many digits or places.

    >>> in_own_measure(Decimal("1500"), measure="kg", own="t")
    Decimal('1.5')
    """
    times = MEASURES.get(own, {}).get(measure)
    if times is None:
        raise NotItsMeasure(f"{own} is not stated in {measure}")
    if not amount.is_finite() or amount < 0:
        raise NotAnAmount(f"{amount} {measure}")
    stated = _bare(amount)
    if len(stated.as_tuple().digits) > DIGITS:
        raise NotAnAmount(f"{amount} {measure} has more than {DIGITS} digits")
    stated = _bare(stated * times)
    exponent = stated.as_tuple().exponent
    whole = stated.adjusted() + 1
    if not isinstance(exponent, int) or -exponent > PLACES or whole > DIGITS:
        raise NotAnAmount(f"{stated} {own} has more than {PLACES} places or {DIGITS} digits")
    return stated.quantize(Decimal(1)) if exponent > 0 else stated


def _bare(amount: Decimal) -> Decimal:
    """Return an amount without the zeros behind its last digit that counts, exactly."""
    return amount.normalize(Context(prec=len(amount.as_tuple().digits)))


def derived(opening: Decimal | None, bought: Decimal | None, closing: Decimal | None) -> Derived:
    """Return what was used: what was there, and came in, and is there no more.

    Nothing that is missing is taken for zero.

    Args:
        opening: Stock before the span; None: nobody took it.
        bought: What came in; None: nothing is on record.
        closing: Stock at its end; None: nobody took it.

    Source:
        JJF 1356-2012, form B.10, whose figures are opening stock, purchase, use, closing stock.

    >>> derived(Decimal(10), Decimal(100), Decimal(30)).used
    Decimal('80')
    """
    told = ((opening, Lack.OPENING), (bought, Lack.PURCHASES), (closing, Lack.CLOSING))
    if opening is None or bought is None or closing is None:
        return Derived(None, tuple(lack for amount, lack in told if amount is None))
    used = opening + bought - closing
    return Derived(None, (Lack.CONTRADICTION,)) if used < 0 else Derived(used, ())
