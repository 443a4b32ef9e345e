"""The factors that measured heat values make, by unit and day, and their history."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from typing import NamedTuple

from django.db.models import Q, QuerySet

from hengneng.kernel import clock
from hengneng.kernel.facts import queries as facts
from hengneng.kernel.facts.queries import Version, known_at
from hengneng.registry.energy import queries as energy
from hengneng.registry.energy.queries import CoalHeatRow, FactorRow
from hengneng.registry.energy.rules import coal
from hengneng.registry.fuels.models import HeatValue

MEASURED = "MEASURED"
# By unit and energy type; the factors of one fuel ascending, without overlap.
Measured = Mapping[tuple[int, str], tuple[FactorRow, ...]]


class HeatValueRow(NamedTuple):
    """A heat value as the unit's page shows it.

    Attributes:
        energy_type_id: The fuel.
        heat_value_kj: Lower heating value. [kJ per unit of measure]
        first: First day.
        until: Day after the last; None: until another is recorded.
        report: Number of the test report.
        laboratory: Who measured.
        document_id: The kept file of the report; None: none.
        recorded_at: Since when we know it. Aware.
    """

    energy_type_id: str
    heat_value_kj: Decimal
    first: date
    until: date | None
    report: str
    laboratory: str
    document_id: int | None
    recorded_at: datetime

    @property
    def last(self) -> date | None:
        """The last day; None: until another value is recorded."""
        return None if self.until is None else date.fromordinal(self.until.toordinal() - 1)


def heat_values_of(unit_id: int, *, as_of: datetime | None = None) -> list[HeatValueRow]:
    """Return a unit's heat values by fuel, the latest months first.

    Args:
        unit_id: The unit.
        as_of: As believed then; None: now. Aware.
    """
    rows = HeatValue.objects.filter(known_at(as_of), unit_id=unit_id)
    return [_row(value) for value in rows.order_by("energy_type_id", "-valid_from")]


def heat_value_versions(unit_id: int) -> list[Version]:
    """Return everything that was ever believed of a unit's heat values; one query."""
    rows = HeatValue.objects.filter(unit_id=unit_id)
    said = ("heat_value_kj", "report", "laboratory")
    return facts.versions("HEAT_VALUE", rows, subject="energy_type_id", said=said)


def measured_over(
    unit_ids: Collection[int], first: date, until: date, *, as_of: datetime | None = None
) -> Measured:
    """Return the factors of units' measured fuels over a span of days; two queries at most.

    They serve on either basis: a type whose values differ by basis is none that is measured.

    Args:
        unit_ids: The units.
        first: First local day.
        until: Day after the last.
        as_of: As believed then; None: now. Aware.
    """
    values = list(_touching(unit_ids, first, until, as_of))
    if not values:
        return {}
    heats = _runs(energy.coal_heats_over(first, until, as_of=as_of))
    rows = [row for value in values for row in _factors(value, heats)]
    return {
        key: tuple(row for _, row in some) for key, some in groupby(rows, key=lambda one: one[0])
    }


def factor_on(rows: Iterable[FactorRow], day: date) -> FactorRow | None:
    """Return which of a fuel's factors is in force on a day; None: it was not measured then."""
    return next((row for row in rows if _is_on(row, day)), None)


def _touching(
    unit_ids: Collection[int], first: date, until: date, as_of: datetime | None
) -> QuerySet[HeatValue]:
    """Return the heat values that count in a span, by unit, fuel and time."""
    start, end = clock.midnight(first), clock.midnight(until)
    lasting = Q(valid_until__isnull=True) | Q(valid_until__gt=start)
    found = HeatValue.objects.filter(
        lasting, known_at(as_of), unit_id__in=unit_ids, valid_from__lt=end
    )
    return found.order_by("unit_id", "energy_type_id", "valid_from")


Run = tuple[date, date | None, CoalHeatRow]


def _runs(heats: Mapping[date, CoalHeatRow | None]) -> list[Run]:
    """Return the runs of days on which one heat of standard coal is in force."""
    runs: list[Run] = []
    for heat, some in groupby(heats.items(), key=lambda one: one[1]):
        days = [day for day, _ in some]
        if heat is not None:
            runs.append((days[0], date.fromordinal(days[-1].toordinal() + 1), heat))
    return runs


def _factors(value: HeatValue, heats: Sequence[Run]) -> Iterable[tuple[tuple[int, str], FactorRow]]:
    """Yield what a heat value makes of each heat of standard coal, under its unit and fuel."""
    begins = clock.day_of(value.valid_from)
    ends = None if value.valid_until is None else clock.day_of(value.valid_until)
    for first, until, heat in heats:
        start = max(begins, first)
        end = min(one for one in (ends, until) if one is not None)
        if start < end:
            yield (value.unit_id, value.energy_type_id), _factor(value, heat, start, end)


def _factor(value: HeatValue, heat: CoalHeatRow, start: date, end: date) -> FactorRow:
    """Return the factor of a heat value while one heat of standard coal is in force."""
    return FactorRow(
        energy_type_id=value.energy_type_id,
        basis=energy.CALORIFIC,
        kgce_per_uom=coal.factor_of_heat(value.heat_value_kj, heat.kj_per_kgce),
        edition=value.report,
        clause=value.laboratory,
        valid_from=start,
        valid_until=end,
        citation=f"{value.heat_value_kj.normalize():f} kJ ÷ {heat.kj_per_kgce.normalize():f} kJ"
        f" ({heat.edition}, {heat.clause})",
        verified=heat.verified,
        scope=MEASURED,
        heat_value_kj=value.heat_value_kj,
        document_id=value.document_id,
    )


def _row(value: HeatValue) -> HeatValueRow:
    return HeatValueRow(
        value.energy_type_id,
        value.heat_value_kj,
        clock.day_of(value.valid_from),
        None if value.valid_until is None else clock.day_of(value.valid_until),
        value.report,
        value.laboratory,
        value.document_id,
        value.recorded_at,
    )


def _is_on(row: FactorRow, day: date) -> bool:
    return row.valid_from <= day and (row.valid_until is None or day < row.valid_until)
