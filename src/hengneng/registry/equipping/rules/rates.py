"""Equipping rates: instruments there over instruments needed, and what they are held against."""

from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from hengneng.registry.equipping.rules.verdicts import Because, Verdict


class NothingRequired(ValueError):
    """No instrument is needed here, so a rate has no meaning."""


class Count(NamedTuple):
    """How many places need an instrument, and how many have one.

    Attributes:
        need: Places that need one. [count]
        have: Of them, those that have one. [count]
        undecided_with: Places that have one, and may or may not need it. [count]
        undecided_without: Places that have none, and may or may not need one. [count]
    """

    need: int
    have: int
    undecided_with: int = 0
    undecided_without: int = 0


class Judged(NamedTuple):
    """A verdict and why."""

    verdict: Verdict
    because: Because


def equipping_rate(*, have: int, need: int) -> Fraction:
    """Return the share of the energy measuring instruments needed that are there.

    Args:
        have: Instruments in place. [count]
        need: Instruments that are needed. [count]

    Returns:
        The rate, 0 to 1; more instruments than needed still count as 1. [1]

    Raises:
        NothingRequired: If none is needed.

    Source:
        GB 17167-2006, 3.2.

    >>> equipping_rate(have=19, need=20)
    Fraction(19, 20)
    """
    if need == 0:
        raise NothingRequired("no instrument is needed")
    return min(Fraction(have, need), Fraction(1))


def judge(count: Count, required: Decimal) -> Judged:
    """Return whether a rate is reached, whatever the undecided places turn out to be.

    Args:
        count: What is needed and there.
        required: The rate required, 0 to 1. [1]

    Returns:
        FINE where it is reached even if every undecided place without an instrument needs one;
        PROBLEM where it is missed even if every one with an instrument needs it; else NOT_CHECKED.

    >>> judge(Count(need=20, have=19), Decimal("0.95")).verdict
    <Verdict.FINE: 'FINE'>
    """
    worst = count.need + count.undecided_without
    if worst == 0:
        return Judged(Verdict.FINE, Because.NOTHING_NEEDED)
    if _is_reached(count.have, worst, required):
        return Judged(Verdict.FINE, Because.RATE_REACHED)
    best_have, best_need = count.have + count.undecided_with, count.need + count.undecided_with
    if best_need and not _is_reached(best_have, best_need, required):
        return Judged(Verdict.PROBLEM, Because.RATE_MISSED)
    return Judged(Verdict.NOT_CHECKED, Because.UNDECIDED_CONSUMERS)


def _is_reached(have: int, need: int, required: Decimal) -> bool:
    """Answer whether the rate is at least the required one; both sides exact."""
    return equipping_rate(have=have, need=need) >= Fraction(required)
