"""Increments from registers, for platforms that take nothing else: exact, or none.

An increment stands only where both its ends are good readings: a realtime one between two scheduled
instants next to each other, a day's and a month's between the readings at local midnight. So a gap
within a day is still whole in the day, and one over midnight still whole in the month. A month is
long: it stands only where all its readings add up to it.
"""

from collections.abc import Callable, Iterable
from datetime import date
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from hengneng.gateway.decoding import Number
from hengneng.protocol.national.energy import DAY, MONTH, REALTIME
from hengneng.protocol.records import DAY_SECONDS

# SOURCE: facts/protocol.md 5: the day's data may be a minute off its time.
BOUNDARY_S = 60
# A full turn of the register is believed where this share of its capacity, or less, has passed
# (decision 0006 says the same of the platform).
_TURN_SHARE = 10
_EPOCH = date(1970, 1, 1).toordinal()


class Ending(NamedTuple):
    """A period that ends with a reading.

    Attributes:
        kind: ``N0`` realtime, ``N1`` day, ``N2`` month.
        start: Its start, which labels it. [local s]
        begin_by: The reading it begins with lies between the start and this. [local s]
    """

    kind: str
    start: int
    begin_by: int


def endings(at: int, *, period_s: int, is_first_since: Callable[[int], bool]) -> list[Ending]:
    """Return the periods that end with a good reading.

    Args:
        at: Its instant. [local s]
        period_s: Time between scheduled instants. [s]
        is_first_since: Answers whether it is the register's first good reading since an instant.
    """
    found: list[Ending] = []
    if at % period_s == 0:
        found.append(Ending(REALTIME, at - period_s, at - period_s))
    midnight = at - at % DAY_SECONDS
    if at - midnight > BOUNDARY_S or not is_first_since(midnight):
        return found
    found.append(_ending(DAY, midnight - DAY_SECONDS))
    day = date.fromordinal(midnight // DAY_SECONDS + _EPOCH)
    if day.day == 1:
        start = date.fromordinal(day.toordinal() - 1).replace(day=1)
        found.append(_ending(MONTH, (start.toordinal() - _EPOCH) * DAY_SECONDS))
    return found


def difference(begin: Number, end: Number, capacity: Number | None) -> Number | None:
    """Return what a register counted between two readings; None where that is not known.

    >>> difference(Number(9990, 1), Number(5, 1), Number(1000, 0))
    Number(digits=15, scale=1)
    >>> difference(Number(100, 0), Number(40, 0), None) is None
    True
    """
    scale = max(begin.scale, end.scale, capacity.scale if capacity else 0)
    first, last = at_scale(begin, scale), at_scale(end, scale)
    if last >= first:
        return Number(last - first, scale)
    full = at_scale(capacity, scale) if capacity else 0
    turned = full - first + last
    return Number(turned, scale) if 0 <= turned * _TURN_SHARE <= full else None


def adds_up(shown: Iterable[Number], total: Number, capacity: Number | None) -> bool:
    """Answer whether readings one after another count up to a total.

    They do not where the register turned round, or another meter took its place, so that first and
    last reading alone would say too little.

    >>> adds_up([Number(7, 0), Number(9, 0), Number(20, 0)], Number(13, 0), None)
    True
    >>> adds_up([Number(7, 0), Number(9, 0), Number(0, 0), Number(8, 0)], Number(1, 0), None)
    False
    """
    left = Fraction(-total.digits, 10**total.scale)
    for begin, end in pairwise(shown):
        step = difference(begin, end, capacity)
        if step is None:
            return False
        left += Fraction(step.digits, 10**step.scale)
    return left == 0


def _ending(kind: str, start: int) -> Ending:
    return Ending(kind, start, start + BOUNDARY_S)


def at_scale(number: Number, scale: int) -> int:
    """Return a number's digits with so many decimals, at least its own."""
    return number.digits * int(10 ** (scale - number.scale))
