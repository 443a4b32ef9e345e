"""Sums of groups of points: by the balance of the day, in coal by its factors, exact."""

from collections.abc import Callable, Container, Hashable, Iterable, Mapping
from decimal import Context, Decimal, Inexact, InvalidOperation
from enum import StrEnum
from typing import NamedTuple, TypeVar

from hengneng.registry.energy.rules import coal, order
from hengneng.telemetry.consumption.rules import balance

# Rounding would be an error, not an answer: nothing summed has near so many digits.
_EXACT = Context(prec=100, traps=[Inexact, InvalidOperation])
ZERO = Decimal(0)
Key = TypeVar("Key", bound=Hashable)


class Share(StrEnum):
    """How much of a unit's period is known."""

    COMPLETE = "COMPLETE"  # every boundary point's amount speaks for the whole period, as coal too
    PARTIAL = "PARTIAL"
    SILENT = "SILENT"  # nothing is known of any boundary point
    NO_POINTS = "NO_POINTS"  # no boundary point counts


class Cell(NamedTuple):
    """Boundary points of one kind in one period, added up.

    Attributes:
        unit_id: Their unit; 0 where the cell is of several.
        district: Where they stand; None: not known, or in no district alone.
        energy_type: What they meter.
        flow: Which way it goes.
        amount: Sum of what is known, in the type's unit of measure; None where nothing is.
        estimated: The part of it that is estimated.
        points: Points that count in the period. [count]
        known: Those with an amount. [count]
        whole: Those whose amount speaks for the whole period. [count]
        expected: Slots that the points have. [count]
        received: Slots received. [count]
        measured: Factor of their unit's own measured fuel, which goes before any table's; None: it
            was not measured. [kgce per unit of measure]
    """

    unit_id: int
    district: str | None
    energy_type: str
    flow: str
    amount: Decimal | None
    estimated: Decimal
    points: int
    known: int
    whole: int
    expected: int
    received: int
    measured: Decimal | None = None


class TypeSum(NamedTuple):
    """One energy type, over the boundary points that count.

    Attributes:
        energy_type: Its code.
        amount: Sum of what is known by the balance, in its unit of measure; None: nothing is.
        tonnes: As coal, as far as amount and factor are known; None where nothing is. [tce]
        estimated: Amount at points, whichever way it went, that is estimated.
        points: Points that count. [count]
        missing: Those of which nothing is known. [count]
        partial: Those whose amount is of a part of the period. [count]
        expected: Slots that the points have. [count]
        received: Slots received. [count]
        has_factor: Whether a factor is known of every part of it.
        estimated_tonnes: Coal of what is estimated, as far as a factor is known. [tce]
        gross: What is known at points, whichever way it went.
        gross_tonnes: The same as coal, as far as a factor is known. [tce]
    """

    energy_type: str
    amount: Decimal | None
    tonnes: Decimal | None
    estimated: Decimal
    points: int
    missing: int
    partial: int
    expected: int
    received: int
    has_factor: bool
    estimated_tonnes: Decimal
    gross: Decimal = ZERO
    gross_tonnes: Decimal = ZERO

    @property
    def completeness(self) -> Decimal | None:
        """Slots received over slots expected; None where none is expected. [1]"""
        return _ratio(self.received, self.expected)

    @property
    def estimated_share(self) -> Decimal | None:
        """What is estimated over what is known, whichever way it went; None: nothing is. [1]"""
        return _ratio(self.estimated, self.gross)


class Sum(NamedTuple):
    """What some points consumed together in one period.

    Attributes:
        tonnes: Sum of what is known; None where nothing is. [tce]
        estimated_tonnes: Coal of what was estimated, whichever way it went. [tce]
        types: By energy type, by code.
        points: Points that count. [count]
        missing: Those of which nothing is known. [count]
        partial: Those whose amount is of a part of the period. [count]
        expected: Slots that the points have. [count]
        received: Slots received. [count]
        share: How much of it is known.
        gross_tonnes: What is known at points, whichever way it went. [tce]
    """

    tonnes: Decimal | None
    estimated_tonnes: Decimal
    types: list[TypeSum]
    points: int
    missing: int
    partial: int
    expected: int
    received: int
    share: Share
    gross_tonnes: Decimal = ZERO

    @property
    def completeness(self) -> Decimal | None:
        """Slots received over slots expected; None where none is expected. [1]"""
        return _ratio(self.received, self.expected)

    @property
    def estimated_share(self) -> Decimal | None:
        """Coal estimated over coal known, whichever way it went; None where none is. [1]

        What has no factor is in neither.
        """
        return _ratio(self.estimated_tonnes, self.gross_tonnes)


def sum_of(
    cells: Iterable[Cell], *, weights: Mapping[str, int], factors: Mapping[str, Decimal]
) -> Sum:
    """Return what the cells of one period add up to.

    Args:
        cells: Each kind of points once for each unit and district.
        weights: Flow to the weight it counts by; a flow without one, or with 0, does not count.
        factors: Energy type to its factor. [kgce per unit of measure]
    """
    counted = [cell for cell in cells if weights.get(cell.flow, 0)]
    types = [
        _type_sum(code, some, weights, factors.get(code))
        for code, some in grouped(counted, by=lambda cell: cell.energy_type).items()
    ]
    types.sort(key=lambda one: order.place(one.energy_type))
    return Sum(
        tonnes=balance.known_sum(one.tonnes for one in types),
        estimated_tonnes=balance.known_sum(one.estimated_tonnes for one in types) or ZERO,
        types=types,
        points=sum(one.points for one in types),
        missing=sum(one.missing for one in types),
        partial=sum(one.partial for one in types),
        expected=sum(one.expected for one in types),
        received=sum(one.received for one in types),
        share=share_of(counted, weights=weights, factors=factors),
        gross_tonnes=balance.known_sum(one.gross_tonnes for one in types) or ZERO,
    )


def share_of(
    cells: Iterable[Cell], *, weights: Mapping[str, int], factors: Container[str]
) -> Share:
    """Return how much of the cells is known, as ``sum_of`` says it, without adding them up."""
    counted = [cell for cell in cells if weights.get(cell.flow, 0)]
    if not counted:
        return Share.NO_POINTS
    if not any(cell.known for cell in counted):
        return Share.SILENT
    is_whole = all(
        cell.whole == cell.points and (cell.measured is not None or cell.energy_type in factors)
        for cell in counted
    )
    return Share.COMPLETE if is_whole else Share.PARTIAL


def grouped(cells: Iterable[Cell], *, by: Callable[[Cell], Key]) -> dict[Key, list[Cell]]:
    """Return the cells by a key, in their order."""
    found: dict[Key, list[Cell]] = {}
    for cell in cells:
        found.setdefault(by(cell), []).append(cell)
    return found


def _type_sum(
    energy_type: str, cells: list[Cell], weights: Mapping[str, int], factor: Decimal | None
) -> TypeSum:
    known = sum(cell.known for cell in cells)
    points = sum(cell.points for cell in cells)
    by_factor = grouped(cells, by=lambda cell: factor if cell.measured is None else cell.measured)
    parts = [(one, _weighed(some, weights), _estimated(some)) for one, some in by_factor.items()]
    gross = {one: _gross(some) for one, some in by_factor.items()}
    return TypeSum(
        energy_type,
        balance.known_sum(amount for _, amount, _ in parts),
        balance.known_sum(_coal(amount, one) for one, amount, _ in parts),
        balance.known_sum(estimated for _, _, estimated in parts) or ZERO,
        points,
        points - known,
        known - sum(cell.whole for cell in cells),
        sum(cell.expected for cell in cells),
        sum(cell.received for cell in cells),
        None not in by_factor,
        balance.known_sum(_coal(estimated, one) for one, _, estimated in parts) or ZERO,
        balance.known_sum(gross.values()) or ZERO,
        balance.known_sum(_coal(amount, one) for one, amount in gross.items()) or ZERO,
    )


def _weighed(cells: Iterable[Cell], weights: Mapping[str, int]) -> Decimal | None:
    """Return what is known of cells of one energy type by the balance; None where nothing is."""
    return balance.known_sum(
        None if cell.amount is None else _EXACT.multiply(cell.amount, Decimal(weights[cell.flow]))
        for cell in cells
    )


def _estimated(cells: Iterable[Cell]) -> Decimal:
    return balance.known_sum(cell.estimated for cell in cells) or ZERO


def _gross(cells: Iterable[Cell]) -> Decimal | None:
    """Return what is known of cells, whichever way it went; None where nothing is."""
    return balance.known_sum(cell.amount for cell in cells)


def _ratio(part: Decimal | int, whole: Decimal | int) -> Decimal | None:
    """Return a part of a whole; None where there is no whole."""
    return Decimal(part) / whole if whole else None


def _coal(amount: Decimal | None, factor: Decimal | None) -> Decimal | None:
    """Return an amount as coal; None where it or its factor is unknown. [tce]"""
    if amount is None or factor is None:
        return None
    return coal.tonnes_of_coal(amount, factor)
