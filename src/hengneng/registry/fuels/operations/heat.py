"""Record what a unit's fuel was measured to give, and take it back.

No day is marked to be worked out again: energy is kept in its own unit of measure and turned into
coal when it is asked for, by the facts believed at the instant asked about.
"""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from hengneng.kernel import clock
from hengneng.kernel.audit import operations as audit
from hengneng.kernel.facts import operations as facts
from hengneng.registry.energy import operations as energy_writes
from hengneng.registry.energy import queries as energy
from hengneng.registry.fuels.models import HeatValue

PLACES = 6


class NotAFuel(ValueError):
    """Only energy kept by mass or by volume has a heat value to measure."""


class NotAHeatValue(ValueError):
    """A heat value is above zero and has six places at most."""


class NotWholeMonths(ValueError):
    """A heat value holds for whole months: from the first of one to before the first of another."""


class NoReport(ValueError):
    """A measured value names its test report and its laboratory, a withdrawn one its reason."""


@transaction.atomic
def record_heat_value(
    *,
    unit_id: int,
    energy_type_id: str,
    heat_value_kj: Decimal,
    first: date,
    until: date | None,
    report: str,
    laboratory: str,
    by: int | None,
    at: datetime,
    document: energy_writes.Document | None = None,
    document_id: int | None = None,
) -> None:
    """Say what a unit's fuel gives over whole months; it goes before every table's factor.

    What was believed of these months before is superseded.

    Args:
        unit_id: The unit.
        energy_type_id: The fuel: ``NATURAL_GAS``.
        heat_value_kj: Lower heating value. [kJ per unit of measure of the type]
        first: First day, a month's first.
        until: Day after the last, a month's first; None: until another is recorded.
        report: Number of the test report.
        laboratory: Who measured.
        by: Account acting.
        at: When. Aware.
        document: The report itself, which is kept; None: it was not brought.
        document_id: The kept file of a report that was brought before; None: there is none.

    Raises:
        NotAFuel: If the type is not energy kept by mass or by volume.
        NotAHeatValue: If the number is not above zero, or has more than six places.
        NotWholeMonths: If the span does not begin and end with a month.
        NoReport: If report or laboratory are not named.
        DocumentRefused: If the report is no document that is kept.
        EmptySpan: If no month is left.

    Source:
        GB/T 2589-2020, chapter 8 (recollection).
    """
    if energy_type_id not in {row.code for row in energy.measurable_types()}:
        raise NotAFuel(f"{energy_type_id} has no heat value to measure")
    exponent = heat_value_kj.as_tuple().exponent
    if not isinstance(exponent, int) or heat_value_kj <= 0 or -exponent > PLACES:
        raise NotAHeatValue(f"{heat_value_kj} is not above zero with {PLACES} places at most")
    if not report.strip() or not laboratory.strip():
        raise NoReport("report and laboratory are not both named")
    if document is not None:
        document_id = energy_writes.keep_document(document=document, by=by, at=at)
    values = {
        "heat_value_kj": heat_value_kj,
        "report": report.strip(),
        "laboratory": laboratory.strip(),
        "document_id": document_id,
    }
    _replace(unit_id, energy_type_id, first, until, values)
    details = {"first": str(first), "until": str(until), "kj": str(heat_value_kj), "report": report}
    _record("fuel.heat_value_recorded", unit_id, energy_type_id, details, by, at)


@transaction.atomic
def withdraw_heat_value(
    *,
    unit_id: int,
    energy_type_id: str,
    first: date,
    until: date | None,
    reason: str,
    by: int | None,
    at: datetime,
) -> None:
    """Believe of some months that the fuel was not measured; the table's factor serves again.

    Args:
        unit_id: The unit.
        energy_type_id: The fuel.
        first: First day, a month's first.
        until: Day after the last, a month's first; None: for good.
        reason: Why.
        by: Account acting.
        at: When. Aware.

    Raises:
        NotWholeMonths: If the span does not begin and end with a month.
        NoReport: If no reason is given.
        EmptySpan: If no month is left.
    """
    if not reason.strip():
        raise NoReport("no reason given")
    _replace(unit_id, energy_type_id, first, until, None)
    details = {"first": str(first), "until": str(until), "reason": reason}
    _record("fuel.heat_value_withdrawn", unit_id, energy_type_id, details, by, at)


def _replace(
    unit_id: int,
    energy_type_id: str,
    first: date,
    until: date | None,
    values: Mapping[str, Any] | None,
) -> None:
    """Believe from now on that in these months one value, or none, was measured.

    Raises:
        NotWholeMonths: If the span does not begin and end with a month.
        EmptySpan: If no month is left.
    """
    if first.day != 1 or (until is not None and until.day != 1):
        raise NotWholeMonths(f"{first} to {until} are not whole months")
    facts.replace(
        model=HeatValue,
        identity={"unit_id": unit_id, "energy_type_id": energy_type_id},
        valid_from=clock.midnight(first),
        valid_until=None if until is None else clock.midnight(until),
        values=values,
    )


def _record(
    action: str,
    unit_id: int,
    energy_type_id: str,
    details: dict[str, str],
    by: int | None,
    at: datetime,
) -> None:
    """Leave the one entry of the operation, under the unit it is about."""
    code = HeatValue(unit_id=unit_id).unit.code
    about = {"energy_type": energy_type_id, **details}
    audit.record(action, subject=f"unit:{code}", by=by, at=at, details=about)
