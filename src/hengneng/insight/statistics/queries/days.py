"""A day of the city and of each of its units, and many days one after the other."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from hengneng.insight.statistics.queries.roll import (
    Book,
    PeriodSum,
    Reach,
    books,
    period_sum,
    reach_of,
)
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
    """Return the day of all units that the viewer may read; eight queries at most, however many.

    Args:
        viewer: Who asks; counted is what ``VIEW_READINGS`` reaches.
        day: Local day.
        basis: ``EQUIVALENT`` or ``CALORIFIC``: how electricity and heat become coal.
        district: Only points that stand there, and units with any; None: all.
    """
    reached = units.ids_visible_to(viewer, Permission.VIEW_READINGS)
    until = day + timedelta(days=1)
    reach = reach_of(reached, first=day, until=until)
    return day_of(reach, books(basis, first=day, until=until), day, basis, district)


def day_of(
    reach: Reach, book_of: Mapping[date, Book], day: date, basis: str, district: str | None
) -> CityDay:
    """Return the day of the units of a reach; one query.

    Args:
        reach: Their points over the day, and perhaps more days.
        book_of: The books of the day, and perhaps of more.
        day: Local day.
        basis: Of the books.
        district: Only points that stand there, and units with any; None: all.
    """
    cells = _cells_of(reach, day, district)
    return day_of_cells(cells, reach, book_of[day], day, basis, district)


def day_of_cells(
    cells: list[Cell], reach: Reach, book: Book, day: date, basis: str, district: str | None
) -> CityDay:
    """Return the day of the units of a reach from what each unit's points add up to on it.

    Args:
        cells: Of each unit, district, energy type and flow.
        reach: The units.
        book: Of the day.
        day: Local day.
        basis: Of the book.
        district: To which the cells were cut; None: to none.
    """
    by_place = grouped(cells, by=lambda cell: (cell.district, cell.unit_id))
    own = {place: book.share_of(some) for place, some in by_place.items()}
    by_unit = grouped(cells, by=_unit)
    places = Counter(unit_id for _, unit_id in own)
    share = {unit_id: code for (_, unit_id), code in own.items() if places[unit_id] == 1} | {
        unit_id: book.share_of(by_unit[unit_id]) for unit_id, n in places.items() if n > 1
    }
    by_district = grouped(cells, by=_district)
    whole = book.sum_of(cells)
    without = len(reach.unit_ids) - len(by_unit) if district is None else 0
    return CityDay(
        day=day,
        basis=basis,
        tonnes=whole.tonnes,
        whole=whole,
        types=whole.types,
        districts={code: book.sum_of(some) for code, some in by_district.items()},
        shares=_shares(share.values(), without),
        district_shares={
            code: _shares(found for (place, _), found in own.items() if place == code)
            for code in by_district
        },
        factors=book.factors,
    )


def days_of(
    reach: Reach, book_of: Mapping[date, Book], first: date, until: date, district: str | None
) -> list[PeriodSum]:
    """Return the days of the units of a reach, by district; one query."""
    roll = reach.roll(first=first, until=until, district=district)
    found = sums.sums_of_days(roll.counted, from_day=first, to_day=until - timedelta(days=1))
    return [period_sum(day, cells, book_of[day]) for day, cells in roll.cells(found)]


def unit_days_of(
    reach: Reach, book_of: Mapping[date, Book], first: date, until: date, district: str | None
) -> dict[int, list[tuple[date, Sum]]]:
    """Return the days of each unit of a reach; one query. A day without any point is left out."""
    roll = reach.roll(first=first, until=until, district=district, by_unit=True)
    found = sums.sums_of_days(roll.counted, from_day=first, to_day=until - timedelta(days=1))
    days: dict[int, list[tuple[date, Sum]]] = {}
    for day, cells in roll.cells(found):
        for unit_id, own in grouped(cells, by=_unit).items():
            days.setdefault(unit_id, []).append((day, book_of[day].sum_of(own)))
    return days


def unit_amounts(unit_ids: Collection[int], *, day: date, basis: str) -> dict[int, UnitDay]:
    """Return the day of each of the units; seven queries at most, however many.

    Args:
        unit_ids: The units; who asks has been asked already.
        day: Local day.
        basis: ``EQUIVALENT`` or ``CALORIFIC``: how electricity and heat become coal.
    """
    until = day + timedelta(days=1)
    book = books(basis, first=day, until=until)[day]
    reach = reach_of(unit_ids, first=day, until=until)
    by_unit = grouped(_cells_of(reach, day, None), by=_unit)
    return {
        unit_id: _unit_day(unit_id, day, book.sum_of(by_unit.get(unit_id, ())))
        for unit_id in unit_ids
    }


def _cells_of(reach: Reach, day: date, district: str | None) -> list[Cell]:
    """Return what each unit's points add up to on a day; one query."""
    until = day + timedelta(days=1)
    roll = reach.roll(first=day, until=until, district=district, by_unit=True)
    found = sums.sums_of_days(roll.counted, from_day=day, to_day=day)
    ((_, cells),) = roll.cells(found)
    return cells


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
