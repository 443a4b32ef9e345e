"""A day of the city and of each of its units, and many days one after the other."""

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from hengneng.insight.statistics.queries.roll import Book, PeriodSum, books, period_sum, roll_of
from hengneng.insight.statistics.rules import Cell, Share, Sum, TypeSum, grouped
from hengneng.kernel.policy.rules import Permission, Viewer
from hengneng.registry.energy.queries import FactorRow
from hengneng.registry.units import queries as units
from hengneng.telemetry.consumption.queries import sums


class Shares(NamedTuple):
    """Units by how much of their period is known. [count]"""

    complete: int
    partial: int
    silent: int
    no_points: int

    @property
    def units(self) -> int:
        """All of them. [count]"""
        return sum(self)


class UnitDay(NamedTuple):
    """A unit's day over its boundary points, as its own statement says.

    Attributes:
        unit_id: The unit.
        day: The local day.
        tonnes: Sum of what is known; None where nothing is. [tce]
        estimated_tonnes: Coal of what was estimated. [tce]
        share: How much of it is known.
        points: Boundary points that count. [count]
        missing: Those of which nothing is known. [count]
        partial: Those whose amount is of a part of the day. [count]
    """

    unit_id: int
    day: date
    tonnes: Decimal | None
    estimated_tonnes: Decimal
    share: Share
    points: int
    missing: int
    partial: int


class CityDay(NamedTuple):
    """A day of all units in reach, over their boundary points.

    Attributes:
        day: The local day.
        basis: ``EQUIVALENT`` or ``CALORIFIC``.
        tonnes: Sum of what is known; None where nothing is. [tce]
        whole: The sum with all that belongs to it.
        types: By energy type, in its unit of measure and in coal.
        districts: By district; None: points whose district is not known.
        shares: Units by how much is known of them.
        district_shares: The same of the units with points in a district.
        factors: The factor of each energy type that has one.
    """

    day: date
    basis: str
    tonnes: Decimal | None
    whole: Sum
    types: list[TypeSum]
    districts: dict[str | None, Sum]
    shares: Shares
    district_shares: dict[str | None, Shares]
    factors: dict[str, FactorRow]


def city_day(*, viewer: Viewer, day: date, basis: str, district: str | None = None) -> CityDay:
    """Return the day of all units that the viewer may read; six queries, however many.

    Args:
        viewer: Who asks; counted is what ``VIEW_READINGS`` reaches.
        day: Local day.
        basis: ``EQUIVALENT`` or ``CALORIFIC``: how electricity and heat become coal.
        district: Only points that stand there, and units with any; None: all.
    """
    reached = units.ids_visible_to(viewer, Permission.VIEW_READINGS)
    cells, book = _cells_of(reached, day, basis, district)
    by_unit = {one: book.sum_of(some) for one, some in grouped(cells, by=_unit).items()}
    by_district = grouped(cells, by=_district)
    whole = book.sum_of(cells)
    silent_about = len(reached) - len(by_unit) if district is None else 0
    return CityDay(
        day=day,
        basis=basis,
        tonnes=whole.tonnes,
        whole=whole,
        types=whole.types,
        districts={code: book.sum_of(some) for code, some in by_district.items()},
        shares=_shares((one.share for one in by_unit.values()), silent_about),
        district_shares={
            code: _shares(book.sum_of(own).share for own in grouped(some, by=_unit).values())
            for code, some in by_district.items()
        },
        factors=book.factors,
    )


def city_days(
    *, viewer: Viewer, from_day: date, to_day: date, basis: str, district: str | None = None
) -> list[PeriodSum]:
    """Return each day of all units that the viewer may read, both ends included, ascending.

    Six queries, however many units and days.

    Args:
        viewer: Who asks; counted is what ``VIEW_READINGS`` reaches.
        from_day: First local day.
        to_day: Last local day, included.
        basis: ``EQUIVALENT`` or ``CALORIFIC``: how electricity and heat become coal.
        district: Only points that stand there; None: all.
    """
    reached = units.ids_visible_to(viewer, Permission.VIEW_READINGS)
    until = to_day + timedelta(days=1)
    roll = roll_of(reached, first=from_day, until=until, district=district)
    found = sums.sums_of_days(roll.counted, from_day=from_day, to_day=to_day)
    by_day = books(basis, first=from_day, until=until)
    return [period_sum(day, cells, by_day[day]) for day, cells in roll.cells(found)]


def unit_amounts(unit_ids: Collection[int], *, day: date, basis: str) -> dict[int, UnitDay]:
    """Return the day of each of the units; five queries, however many.

    Args:
        unit_ids: The units; who asks has been asked already.
        day: Local day.
        basis: ``EQUIVALENT`` or ``CALORIFIC``: how electricity and heat become coal.
    """
    cells, book = _cells_of(unit_ids, day, basis, None)
    by_unit = grouped(cells, by=_unit)
    return {
        unit_id: _unit_day(unit_id, day, book.sum_of(by_unit.get(unit_id, ())))
        for unit_id in unit_ids
    }


def _cells_of(
    unit_ids: Collection[int], day: date, basis: str, district: str | None
) -> tuple[list[Cell], Book]:
    """Return what each unit's points add up to on a day, and the day's book."""
    until = day + timedelta(days=1)
    roll = roll_of(unit_ids, first=day, until=until, district=district, by_unit=True)
    found = sums.sums_of_days(roll.counted, from_day=day, to_day=day)
    ((_, cells),) = roll.cells(found)
    return cells, books(basis, first=day, until=until)[day]


def _unit_day(unit_id: int, day: date, own: Sum) -> UnitDay:
    return UnitDay(
        unit_id,
        day,
        own.tonnes,
        own.estimated_tonnes,
        own.share,
        own.points,
        own.missing,
        own.partial,
    )


def _shares(found: Iterable[Share], without: int = 0) -> Shares:
    """Return how many units there are of each share; ``without`` have no boundary point at all."""
    count = Counter(found)
    return Shares(
        count[Share.COMPLETE],
        count[Share.PARTIAL],
        count[Share.SILENT],
        count[Share.NO_POINTS] + without,
    )


def _unit(cell: Cell) -> int:
    return cell.unit_id


def _district(cell: Cell) -> str | None:
    return cell.district
