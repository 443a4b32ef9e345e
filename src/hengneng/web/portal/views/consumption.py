"""A unit's consumption by month: every energy type in its own measure, all in standard coal."""

from datetime import date
from decimal import Decimal
from itertools import dropwhile
from typing import Any, NamedTuple

from django.http import HttpRequest
from django.utils.translation import gettext as _

from hengneng.registry.energy import queries as energy
from hengneng.registry.energy.queries import EnergyTypeRow
from hengneng.registry.fuels import queries as fuels
from hengneng.registry.units.queries import UnitRow
from hengneng.telemetry.consumption.queries import statement
from hengneng.telemetry.consumption.queries.statement import PeriodTotal, TypeTotal
from hengneng.web.parts import marks, tags
from hengneng.web.portal import asked
from hengneng.web.portal.chapters import Listing, UnitFile, UnitPage
from hengneng.web.portal.estimates import estimated_tonnes
from hengneng.web.portal.views.home import factors_of

FIRST_YEAR, MONTHS = 2000, 12
YEAR_DIGITS = 4


class Month(NamedTuple):
    """A month and its types, in the order of the table's columns; None: no such point then."""

    total: PeriodTotal
    types: list[TypeTotal | None]
    estimated: Decimal  # part of the sum [tce]


class Consumption(UnitPage):
    """The year by month."""

    template = "portal/consumption.html"
    chapter = "portal-consumption"

    def of_unit(self, unit: UnitRow) -> dict[str, Any]:
        """Return the months of the year that have begun, latest first."""
        year, basis = year_of(self.request), asked.basis_of(self.request)
        columns, months = months_of(unit, year, basis)
        return {
            "year": year,
            "is_last": year >= asked.today().year,
            "this_month": asked.today().replace(day=1),
            "basis": basis,
            "bases": asked.BASES,
            "columns": columns,
            "months": months[::-1],
            "drawn": months,
            "has_data": any(month.total.tonnes is not None for month in months),
            "factors": factors_of(month.total for month in months),
            "by_papers": fuels.fuels_over(unit.id, date(year, 1, 1), date(year + 1, 1, 1)),
        }


class ConsumptionFile(UnitFile):
    """The year by month and energy type, as a file."""

    def listing(self, unit: UnitRow) -> Listing:
        """Return a row for each month and energy type, with the factor it stands on."""
        year, basis = year_of(self.request), asked.basis_of(self.request)
        columns, months = months_of(unit, year, basis)
        head = (
            _("Month"), _("Energy type"), _("Amount"), _("Unit of measure"), "tce", _("Basis"),
            _("Factor, kgce per unit of measure"), _("Edition"), _("Factor checked"),
            _("Boundary points"), _("of them without figures"), _("of them in part"),
        )  # fmt: skip
        rows = [
            _file_row(month.total.period, column, one, basis)
            for month in months
            for column, one in zip(columns, month.types, strict=True)
            if one is not None
        ]
        return Listing(f"consumption-{year}", head, rows)


def months_of(unit: UnitRow, year: int, basis: str) -> tuple[list[EnergyTypeRow], list[Month]]:
    """Return the energy types that the unit used in a year, and its months so far.

    The months begin with the first of the year in which a boundary point counted.
    """
    today = asked.today()
    begun = [date(year, number, 1) for number in range(1, MONTHS + 1)]
    told = statement.statement_of_months(
        unit_id=unit.id, months=[month for month in begun if month <= today], basis=basis
    )
    totals = told.totals
    estimated = estimated_tonnes(totals, told.lines, until=date(year + 1, 1, 1))
    seen = {one.total.energy_type for total in totals for one in total.types}
    columns = [row for row in energy.energy_types() if row.code in seen]
    # Months before the unit's first boundary point would only say so, one after the other.
    begun_to_count = dropwhile(lambda total: not total.types, totals)
    return columns, [_month(total, columns, estimated[total.period]) for total in begun_to_count]


def _month(total: PeriodTotal, columns: list[EnergyTypeRow], estimated: Decimal) -> Month:
    known = {one.total.energy_type: one for one in total.types}
    return Month(total, [known.get(column.code) for column in columns], estimated)


def _file_row(month: date, column: EnergyTypeRow, one: TypeTotal, basis: str) -> tuple[Any, ...]:
    factor = one.factor
    checked = None if factor is None else _("yes") if factor.verified else _("no")
    return (
        f"{month:%Y-%m}", tags.name(column), one.total.amount, column.uom, one.tonnes,
        str(marks.COAL_BASES[basis]), factor.kgce_per_uom if factor else None,
        tags.cited(factor.edition) if factor else None, checked,
        one.total.points, one.total.points_missing, one.total.points_partial,
    )  # fmt: skip


def year_of(request: HttpRequest) -> int:
    """Return the year asked for, this one at most and where it cannot be read."""
    this, text = asked.today().year, request.GET.get("year", "")
    is_number = text.isascii() and text.isdigit() and len(text) == YEAR_DIGITS
    return min(max(int(text), FIRST_YEAR), this) if is_number else this
