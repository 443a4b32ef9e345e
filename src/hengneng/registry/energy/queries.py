"""Energy types, the factor of a day, the balance of a day."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple, Protocol, TypeVar

from django.db.models import Count, Min, Q, QuerySet

from hengneng.kernel.facts.queries import known_at
from hengneng.registry.energy.models import BalanceWeight, CoalHeat, EnergyType, Factor
from hengneng.registry.energy.rules import order

CALORIFIC, EQUIVALENT = "CALORIFIC", "EQUIVALENT"
INDICATOR = "INDICATOR"


class EnergyTypeRow(NamedTuple):
    """An energy type, a medium or an indicator, with its standing.

    Attributes:
        code: ``ELECTRICITY``.
        name_zh: Its Chinese name.
        name_en: Its English name.
        uom: The unit of measure its amounts are kept in.
        class_code: National class, two digits.
        variety_code: National variety, four digits; empty: not known.
        citation: By which text.
        verified: Whether somebody held it against that text.
        kind: ``ENERGY``, ``MEDIUM`` or ``INDICATOR``.
        differs_by_basis: Whether its equivalent value is another than its calorific one.
    """

    code: str
    name_zh: str
    name_en: str
    uom: str
    class_code: str
    variety_code: str
    citation: str
    verified: bool
    kind: str
    differs_by_basis: bool


class FactorRow(NamedTuple):
    """A coal-equivalent factor with its standing.

    Attributes:
        energy_type_id: ``ELECTRICITY``.
        basis: ``CALORIFIC`` or ``EQUIVALENT``.
        kgce_per_uom: The factor. [kgce per unit of measure]
        edition: ``GB/T 2589-2020``; of a measured heat value the report it stands in.
        clause: Where in it.
        valid_from: First day.
        valid_until: Day after the last; None: until further notice.
        citation: How we know it.
        verified: Whether somebody held it against the text.
        scope: ``NATIONAL``, ``LOCAL`` (the city's own) or ``MEASURED`` (a unit's heat value).
        lowest: Lower end of the range where the text gives one. [kgce per unit of measure]
        highest: Upper end. [kgce per unit of measure]
        rivals: What other sources give in its place; empty: none known.
        heat_value_kj: Lower heating value it goes with. [kJ per unit of measure]
        document_id: The kept file of the text; None: none.
        id: The record; None of a measured one.
    """

    energy_type_id: str
    basis: str
    kgce_per_uom: Decimal
    edition: str
    clause: str
    valid_from: date
    valid_until: date | None
    citation: str
    verified: bool
    scope: str = "NATIONAL"
    lowest: Decimal | None = None
    highest: Decimal | None = None
    rivals: tuple[Decimal, ...] = ()
    heat_value_kj: Decimal | None = None
    document_id: int | None = None
    id: int | None = None


class CoalHeatRow(NamedTuple):
    """The heat of standard coal with its standing. [kJ/kgce]"""

    kj_per_kgce: Decimal
    edition: str
    clause: str
    valid_from: date
    valid_until: date | None
    citation: str
    verified: bool


class EditionRow(NamedTuple):
    """An edition of factors by which a past month can be restated.

    Attributes:
        edition: Its name.
        valid_from: First day on which any of its factors is in force.
        factors: How many it holds. [count]
        unchecked: How many of them nobody held against the text. [count]
    """

    edition: str
    valid_from: date
    factors: int
    unchecked: int


class WeightRow(NamedTuple):
    """By which weight a flow counts in overall consumption, with its standing."""

    flow: str
    weight: int
    edition: str
    clause: str
    valid_from: date
    valid_until: date | None
    citation: str
    verified: bool


def energy_types() -> list[EnergyTypeRow]:
    """Return every energy type as lists show them: electricity first, then as the record does."""
    rows = [EnergyTypeRow(*row) for row in EnergyType.objects.values_list(*EnergyTypeRow._fields)]
    return sorted(rows, key=lambda row: order.place_in_kind(row.code, row.kind))


def is_energy_type(code: str) -> bool:
    """Answer whether there is an energy type of that code."""
    return EnergyType.objects.filter(code=code).exists()


def energy_type_of_code(class_code: str, variety_code: str) -> str | None:
    """Return the energy type that a national class and variety name; None where none does.

    A variety without a record of its own counts as its class of varieties: 0104 (general
    bituminous coal) as 0100 (raw coal).

    Args:
        class_code: Places 9-10 of the data code.
        variety_code: Places 11-14 of the data code.
    """
    varieties = [variety_code, variety_code[:2] + "00"]
    found = dict(
        EnergyType.objects.filter(class_code=class_code, variety_code__in=varieties).values_list(
            "variety_code", "code"
        )
    )
    return next((found[variety] for variety in varieties if variety in found), None)


def measurable_types() -> list[EnergyTypeRow]:
    """Return the fuels whose heat value can be measured: energy kept by mass or by volume.

    Not steam, whose heat is not what burning it gives and whose values differ by basis.
    """
    energy = (row for row in energy_types() if row.kind == "ENERGY" and row.uom in ("t", "m3"))
    return [row for row in energy if not row.differs_by_basis]


def factors() -> list[FactorRow]:
    """Return every factor that is believed, by energy type, basis and first day."""
    believed = Factor.objects.filter(known_at(None))
    return _rows(believed.order_by("energy_type_id", "basis", "valid_from", "id"))


def editions() -> list[EditionRow]:
    """Return every edition of factors that is believed, the one that began last first."""
    counted = Factor.objects.filter(known_at(None)).values("edition")
    rows = counted.annotate(
        first=Min("valid_from"), n=Count("id"), unchecked=Count("id", filter=Q(verified=False))
    ).order_by("-first", "edition")
    return [EditionRow(*row) for row in rows.values_list("edition", "first", "n", "unchecked")]


def weights() -> list[WeightRow]:
    """Return every weight of the balance, the edition that began last first, then by flow."""
    rows = BalanceWeight.objects.order_by("-valid_from", "-weight", "flow", "id")
    return [WeightRow(*row) for row in rows.values_list(*WeightRow._fields)]


def coal_heats() -> list[CoalHeatRow]:
    """Return every heat of standard coal, the edition that began last first."""
    rows = CoalHeat.objects.order_by("-valid_from", "id")
    return [CoalHeatRow(*row) for row in rows.values_list(*CoalHeatRow._fields)]


def coal_heats_over(
    first: date, until: date, *, as_of: datetime | None = None
) -> dict[date, CoalHeatRow | None]:
    """Return the heat of standard coal in force on each day of a span, None where none is known.

    One query.

    Args:
        first: First local day.
        until: Day after the last.
        as_of: Of those loaded by then; None: of all. Aware.
    """
    touching = CoalHeat.objects.filter(_over(first, until), _loaded_by(as_of))
    ranked = touching.order_by("verified", "valid_from", "id")
    rows = [CoalHeatRow(*row) for row in ranked.values_list(*CoalHeatRow._fields)]
    found = _by_day(rows, first, until, lambda row: ("", row), None)
    return {day: said.get("") for day, said in found.items()}


def factor_on(energy_type_id: str, basis: str, day: date) -> FactorRow | None:
    """Return the factor in force on a day; None where none is known.

    Where several are, a verified one goes before, then the city's own, then the one that began
    last.

    Args:
        energy_type_id: ``ELECTRICITY``.
        basis: ``CALORIFIC`` or ``EQUIVALENT``.
        day: Local day.
    """
    return factors_on(basis, day).get(energy_type_id)


def factors_on(basis: str, day: date) -> dict[str, FactorRow]:
    """Return the factor in force on a day for each energy type that has one, in one query.

    A type whose value does not differ by basis has its calorific one on both.
    """
    in_force = Factor.objects.filter(_on(day), _of(basis), known_at(None))
    return {row.energy_type_id: row for row in _rows(_ranked(in_force))}  # the best stays


def factors_over(
    basis: str,
    first: date,
    until: date,
    *,
    as_of: datetime | None = None,
    edition: str | None = None,
) -> dict[date, dict[str, FactorRow]]:
    """Return what ``factors_on`` answers for each day of a span, in one query.

    Args:
        basis: ``CALORIFIC`` or ``EQUIVALENT``.
        first: First local day.
        until: Day after the last.
        as_of: Of the factors loaded by then; None: of all. Aware.
        edition: Restated by this edition: what it gives goes before what was in force on the day,
            whenever it began. A type it does not give keeps the factor of its day, and the row
            says by which edition that is. None: each day by its own.
    """
    asked = _over(first, until) | _of_edition(edition)
    known = Factor.objects.filter(asked, known_at(as_of), _of(basis))
    rows = _rows(_ranked(known))
    return _by_day(rows, first, until, lambda row: (row.energy_type_id, row), edition)


def balance_on(day: date) -> dict[str, int]:
    """Return each flow's weight in overall consumption on a day; empty where none is known."""
    in_force = BalanceWeight.objects.filter(_on(day)).order_by("verified", "valid_from", "id")
    return dict(in_force.values_list("flow", "weight"))


def balance_over(
    first: date, until: date, *, as_of: datetime | None = None, edition: str | None = None
) -> dict[date, dict[str, int]]:
    """Return what ``balance_on`` answers for each day of a span, in one query.

    Args:
        first: First local day.
        until: Day after the last.
        as_of: Of the weights loaded by then; None: of all. Aware.
        edition: Restated by this edition, where it gives a weight; None: each day by its own.
    """
    asked = _over(first, until) | _of_edition(edition)
    known = BalanceWeight.objects.filter(asked, _loaded_by(as_of))
    rows = list(known.order_by("verified", "valid_from", "id"))
    return _by_day(rows, first, until, lambda row: (row.flow, row.weight), edition)


class _Dated(Protocol):
    """A record with the days on which it is in force."""

    @property
    def edition(self) -> str: ...

    @property
    def valid_from(self) -> date: ...

    @property
    def valid_until(self) -> date | None: ...


Record = TypeVar("Record", bound=_Dated)
Said = TypeVar("Said")


def _by_day(
    rows: Sequence[Record],
    first: date,
    until: date,
    said: Callable[[Record], tuple[str, Said]],
    edition: str | None,
) -> dict[date, dict[str, Said]]:
    """Return, for each day of a span, what the records in force say; the last of a name stays.

    What a chosen edition says goes over it, and of that what is in force on the day.
    Made anew only on days on which a record begins or ends: the days between share it.
    """
    chosen = [row for row in rows if row.edition == edition]
    edges = {first} | {row.valid_from for row in rows} | {row.valid_until for row in rows}
    found: dict[date, dict[str, Said]] = {}
    now: dict[str, Said] = {}
    for day in _days(first, until):
        if day in edges:
            now = dict(said(row) for row in rows if _is_on(row, day))
            now |= (said(row) for row in sorted(chosen, key=lambda row: _is_on(row, day)))
        found[day] = now
    return found


def _is_on(record: _Dated, day: date) -> bool:
    """Answer whether the record is in force on a day."""
    return record.valid_from <= day and (record.valid_until is None or record.valid_until > day)


def _days(first: date, until: date) -> Iterator[date]:
    return (first + timedelta(days=n) for n in range((until - first).days))


def _over(first: date, until: date) -> Q:
    """Return the filter for records in force on some day of a span."""
    return Q(valid_from__lt=until) & (Q(valid_until__isnull=True) | Q(valid_until__gt=first))


def _on(day: date) -> Q:
    """Return the filter for records in force on a day."""
    return Q(valid_from__lte=day) & (Q(valid_until__isnull=True) | Q(valid_until__gt=day))


def _loaded_by(as_of: datetime | None) -> Q:
    """Return the filter for records loaded by an instant; they are never edited."""
    return Q() if as_of is None else Q(recorded_at__lte=as_of)


def _of(basis: str) -> Q:
    """Return the filter for factors of a basis: one value serves both where they do not differ."""
    if basis == CALORIFIC:
        return Q(basis=CALORIFIC)
    return Q(basis=basis) | Q(basis=CALORIFIC, energy_type__differs_by_basis=False)


def _of_edition(edition: str | None) -> Q:
    """Return the filter for the records of an edition; of None there are none."""
    return Q(edition=edition) if edition else Q(pk__in=())


def _ranked(factors: QuerySet[Factor]) -> QuerySet[Factor]:
    """Order factors from the worst to the best: a verified one, the city's own, the latest."""
    # The names fall into place by the alphabet: CALORIFIC before EQUIVALENT, LOCAL before NATIONAL.
    return factors.order_by("basis", "verified", "-scope", "valid_from", "id")


def _rows(factors: QuerySet[Factor]) -> list[FactorRow]:
    rows = (FactorRow(*row) for row in factors.values_list(*FactorRow._fields))
    return [row._replace(rivals=tuple(row.rivals)) for row in rows]
