"""What a unit consumed: the boundary points' amounts, summed as the balance of the date says.

Level 2 and 3 points lie behind the boundary and are never counted on top of it (ARCHITECTURE 5.4);
pass the points of level 1 only.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Context, Decimal, Inexact, InvalidOperation
from typing import NamedTuple

from hengneng.telemetry.consumption.rules.amounts import Amount, Basis

# Amounts have 40 digits; far more are allowed here, and rounding is an error, not an answer.
_EXACT = Context(prec=100, traps=[Inexact, InvalidOperation])
WHOLE = frozenset({Basis.DAY_RECORD, Basis.MONTH_RECORD})


class Part(NamedTuple):
    """What passed one boundary point in one period.

    Attributes:
        energy_type: Its code.
        flow: Which way the energy goes.
        amount: In the type's unit of measure; None where nothing is known.
        is_whole: Whether the amount speaks for the whole period.
    """

    energy_type: str
    flow: str
    amount: Decimal | None
    is_whole: bool = True


class Total(NamedTuple):
    """What a unit consumed of one energy type in one period.

    Attributes:
        energy_type: Its code.
        amount: Sum of what is known, by the balance; None where nothing is known.
        points: Boundary points that count. [count]
        points_missing: Those of them of which nothing is known. [count]
        points_partial: Those of them whose amount is of a part of the period only. [count]
    """

    energy_type: str
    amount: Decimal | None
    points: int
    points_missing: int
    points_partial: int


def totals(parts: Iterable[Part], *, weights: Mapping[str, int]) -> list[Total]:
    """Return what was consumed of each energy type, by the codes' order.

    Args:
        parts: One per boundary point, of one period.
        weights: Flow to the weight it counts by: 1 adds, -1 takes off; a flow whose weight is 0 or
            not known does not count.

    >>> bought = Part("ELECTRICITY", "BOUGHT", Decimal("12.5"))
    >>> passed_on = Part("ELECTRICITY", "SUPPLIED_OUT", Decimal("2.25"))
    >>> totals([bought, passed_on], weights={"BOUGHT": 1, "SUPPLIED_OUT": -1})[0].amount
    Decimal('10.25')
    """
    counted: dict[str, list[Part]] = {}
    for part in parts:
        if weights.get(part.flow, 0):
            counted.setdefault(part.energy_type, []).append(part)
    return [_total(code, some, weights) for code, some in sorted(counted.items())]


def _total(energy_type: str, parts: Sequence[Part], weights: Mapping[str, int]) -> Total:
    """Return the total of the parts of one energy type."""
    amounts = [
        None if part.amount is None else _EXACT.multiply(part.amount, Decimal(weights[part.flow]))
        for part in parts
    ]
    partial = sum(part.amount is not None and not part.is_whole for part in parts)
    return Total(energy_type, known_sum(amounts), len(parts), amounts.count(None), partial)


def is_whole(amount: Amount) -> bool:
    """Answer whether an amount speaks for its whole period.

    A valid day or month record does; a sum of slots does where every slot has a value.
    """
    if amount.amount is None:
        return False
    return amount.basis in WHOLE or amount.known >= amount.expected


def known_sum(amounts: Iterable[Decimal | None]) -> Decimal | None:
    """Return the exact sum of what is known; None where nothing is: missing is not zero.

    >>> known_sum([Decimal("0.1"), None, Decimal("0.2")]), known_sum([None])
    (Decimal('0.3'), None)
    """
    known = [amount for amount in amounts if amount is not None]
    if not known:
        return None
    total = Decimal(0)
    for amount in known:
        total = _EXACT.add(total, amount)
    return total
