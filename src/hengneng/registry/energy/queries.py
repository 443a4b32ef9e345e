"""Energy types, the factor of a day, the balance of a day."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple, Protocol, TypeVar

from django.db.models import Q, QuerySet

from hengneng.registry.energy.models import BalanceWeight, EnergyType, Factor


class EnergyTypeRow(NamedTuple):
    """An energy type with its standing."""

    code: str
    name_zh: str
    name_en: str
    uom: str
    class_code: str
    variety_code: str
    citation: str
    verified: bool


class FactorRow(NamedTuple):
    """A coal-equivalent factor with its standing."""

    energy_type_id: str
    basis: str
    kgce_per_uom: Decimal
    edition: str
    clause: str
    valid_from: date
    valid_until: date | None
    citation: str
    verified: bool


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
    """Return every energy type, by national class and variety."""
    ordered = EnergyType.objects.order_by("class_code", "variety_code", "code")
    return [EnergyTypeRow(*row) for row in ordered.values_list(*EnergyTypeRow._fields)]


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


def factors() -> list[FactorRow]:
    """Return every factor, by energy type, basis and first day."""
    return _rows(Factor.objects.order_by("energy_type_id", "basis", "valid_from", "id"))


def weights() -> list[WeightRow]:
    """Return every weight of the balance, the edition that began last first, then by flow."""
    rows = BalanceWeight.objects.order_by("-valid_from", "-weight", "flow", "id")
    return [WeightRow(*row) for row in rows.values_list(*WeightRow._fields)]


def factor_on(energy_type_id: str, basis: str, day: date) -> FactorRow | None:
    """Return the factor in force on a day; None where none is known.

    Where several are, a verified one goes before, then the one that began last.

    Args:
        energy_type_id: ``ELECTRICITY``.
        basis: ``CALORIFIC`` or ``EQUIVALENT``.
        day: Local day.
    """
    return factors_on(basis, day).get(energy_type_id)


def factors_on(basis: str, day: date) -> dict[str, FactorRow]:
    """Return the factor in force on a day for each energy type that has one, in one query."""
    in_force = Factor.objects.filter(_on(day), basis=basis)
    ranked = _rows(in_force.order_by("verified", "valid_from", "id"))
    return {row.energy_type_id: row for row in ranked}  # the last, that is the best, stays


def factors_over(
    basis: str, first: date, until: date, *, as_of: datetime | None = None
) -> dict[date, dict[str, FactorRow]]:
    """Return what ``factors_on`` answers for each day of a span, in one query.

    Args:
        basis: ``CALORIFIC`` or ``EQUIVALENT``.
        first: First local day.
        until: Day after the last.
        as_of: Of the factors loaded by then; None: of all. Aware.
    """
    touching = Factor.objects.filter(_over(first, until), _loaded_by(as_of), basis=basis)
    rows = _rows(touching.order_by("verified", "valid_from", "id"))
    return _by_day(rows, first, until, lambda row: (row.energy_type_id, row))


def balance_on(day: date) -> dict[str, int]:
    """Return each flow's weight in overall consumption on a day; empty where none is known."""
    in_force = BalanceWeight.objects.filter(_on(day)).order_by("verified", "valid_from", "id")
    return dict(in_force.values_list("flow", "weight"))


def balance_over(
    first: date, until: date, *, as_of: datetime | None = None
) -> dict[date, dict[str, int]]:
    """Return what ``balance_on`` answers for each day of a span, in one query.

    Args:
        first: First local day.
        until: Day after the last.
        as_of: Of the weights loaded by then; None: of all. Aware.
    """
    touching = BalanceWeight.objects.filter(_over(first, until), _loaded_by(as_of))
    rows = list(touching.order_by("verified", "valid_from", "id"))
    return _by_day(rows, first, until, lambda row: (row.flow, row.weight))


class _Dated(Protocol):
    """A record with the days on which it is in force."""

    @property
    def valid_from(self) -> date: ...

    @property
    def valid_until(self) -> date | None: ...


Record = TypeVar("Record", bound=_Dated)
Said = TypeVar("Said")


def _by_day(
    rows: Sequence[Record], first: date, until: date, said: Callable[[Record], tuple[str, Said]]
) -> dict[date, dict[str, Said]]:
    """Return, for each day of a span, what the records in force say; the last of a name stays.

    Made anew only on days on which a record begins or ends: the days between share it.
    """
    edges = {first} | {row.valid_from for row in rows} | {row.valid_until for row in rows}
    found: dict[date, dict[str, Said]] = {}
    now: dict[str, Said] = {}
    for day in _days(first, until):
        if day in edges:
            now = dict(said(row) for row in rows if _is_on(row, day))
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


def _rows(factors: QuerySet[Factor]) -> list[FactorRow]:
    return [FactorRow(*row) for row in factors.values_list(*FactorRow._fields)]
