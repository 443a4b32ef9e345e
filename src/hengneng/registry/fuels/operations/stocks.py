"""Record what a unit holds of a fuel and what it bought of it by invoice; take it back.

As with heat values no day is marked to be worked out again: what no meter counts is joined to what
meters count when it is asked for, by what is believed at the instant asked about.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from hengneng.kernel import clock
from hengneng.kernel.audit import operations as audit
from hengneng.kernel.facts import operations as facts
from hengneng.registry.energy import operations as energy_writes
from hengneng.registry.energy import queries as energy
from hengneng.registry.fuels import rules
from hengneng.registry.fuels.models import Determination, Purchase, StockTaking
from hengneng.registry.fuels.operations.heat import NotAFuel


class NotYet(ValueError):
    """The day has not come."""


class UnknownDetermination(ValueError):
    """There is no such way to determine a stock."""


class NoPaper(ValueError):
    """A purchase names its invoice or delivery note and its supplier."""


class NoReason(ValueError):
    """What is taken back says why."""


@transaction.atomic
def record_stock(
    *,
    unit_id: int,
    energy_type_id: str,
    day: date,
    amount: Decimal,
    measure: str,
    determined_by: str,
    by: int | None,
    at: datetime,
    document: energy_writes.Document | None = None,
) -> None:
    """Say what a unit holds of a fuel at the end of a day; what was believed of it is superseded.

    Args:
        unit_id: The unit.
        energy_type_id: The fuel: ``RAW_COAL``.
        day: The day at whose end stock was taken.
        amount: How much was there; zero says that nothing was. [measure]
        measure: The type's unit of measure, or a multiple of it.
        determined_by: A ``Determination``.
        by: Account acting.
        at: When. Aware.
        document: The record of the stock taking; None: the one brought before, if any.

    Raises:
        NotAFuel: If the type is not energy kept by mass or by volume.
        NotItsMeasure: If the fuel is not kept so.
        NotAnAmount: If the amount is negative or too fine.
        NotYet: If the day has not come.
        UnknownDetermination: If there is no such way.
        DocumentRefused: If the record is no document that is kept.

    Source:
        JJF 1356-2012, form B.10: opening and closing stock.
    """
    if determined_by not in Determination.values:
        raise UnknownDetermination(determined_by)
    own = _own_amount(energy_type_id, amount, measure, day, at)
    identity = {"unit_id": unit_id, "energy_type_id": energy_type_id}
    with facts.edit():
        former = _taken(identity, day).values_list("document_id", flat=True).first()
        kept = energy_writes.keep_document(document=document, by=by, at=at) if document else former
        values = {"amount": own, "determined_by": determined_by, "document_id": kept}
        facts.replace(model=StockTaking, identity=identity, **_span(day), values=values)
    details = {"day": str(day), "amount": str(amount), "measure": measure, "how": determined_by}
    _record("fuel.stock_taken", unit_id, energy_type_id, details, by, at)


@transaction.atomic
def withdraw_stock(
    *, unit_id: int, energy_type_id: str, day: date, reason: str, by: int | None, at: datetime
) -> None:
    """Believe no longer what was said of a fuel's stock at the end of a day.

    Args:
        unit_id: The unit.
        energy_type_id: The fuel.
        day: The day.
        reason: Why.
        by: Account acting.
        at: When. Aware.

    Raises:
        NoReason: If none is given.
        NothingKnown: If nothing is believed of that day.
    """
    _check_reason(reason)
    identity = {"unit_id": unit_id, "energy_type_id": energy_type_id}
    with facts.edit():
        if not _taken(identity, day).exists():
            raise facts.NothingKnown(f"no stock of {energy_type_id} on {day}")
        facts.replace(model=StockTaking, identity=identity, **_span(day), values=None)
    details = {"day": str(day), "reason": reason}
    _record("fuel.stock_withdrawn", unit_id, energy_type_id, details, by, at)


@transaction.atomic
def record_purchase(
    *,
    unit_id: int,
    energy_type_id: str,
    paper: str,
    supplier: str,
    day: date,
    amount: Decimal,
    measure: str,
    by: int | None,
    at: datetime,
    document: energy_writes.Document | None = None,
) -> None:
    """Say what a unit bought of a fuel by one paper; what the paper was said to be is superseded.

    Args:
        unit_id: The unit.
        energy_type_id: The fuel.
        paper: Number of the invoice or delivery note.
        supplier: Who sold it.
        day: When it came in.
        amount: How much; zero says that nothing was bought. [measure]
        measure: The type's unit of measure, or a multiple of it.
        by: Account acting.
        at: When. Aware.
        document: The paper itself; None: the one brought before, if any.

    Raises:
        NotAFuel: If the type is not energy kept by mass or by volume.
        NotItsMeasure: If the fuel is not kept so.
        NotAnAmount: If the amount is negative or too fine.
        NotYet: If the day has not come.
        NoPaper: If the paper or the supplier are not named.
        DocumentRefused: If the paper is no document that is kept.
    """
    if not paper.strip() or not supplier.strip():
        raise NoPaper("paper and supplier are not both named")
    own = _own_amount(energy_type_id, amount, measure, day, at)
    with facts.edit():
        former = _forget_purchase(unit_id, energy_type_id, paper.strip())
        kept = energy_writes.keep_document(document=document, by=by, at=at) if document else former
        facts.replace(
            model=Purchase,
            identity=_paper(unit_id, energy_type_id, paper),
            **_span(day),
            values={"supplier": supplier.strip(), "amount": own, "document_id": kept},
        )
    details = {"day": str(day), "amount": str(amount), "measure": measure, "paper": paper.strip()}
    _record("fuel.purchase_recorded", unit_id, energy_type_id, details, by, at)


@transaction.atomic
def withdraw_purchase(
    *, unit_id: int, energy_type_id: str, paper: str, reason: str, by: int | None, at: datetime
) -> None:
    """Believe no longer that a fuel was bought by a paper.

    Args:
        unit_id: The unit.
        energy_type_id: The fuel.
        paper: Number of the invoice or delivery note.
        reason: Why.
        by: Account acting.
        at: When. Aware.

    Raises:
        NoReason: If none is given.
        NothingKnown: If nothing is believed of that paper.
    """
    _check_reason(reason)
    identity = _paper(unit_id, energy_type_id, paper)
    with facts.edit():
        if not Purchase.objects.filter(**identity, superseded_at=None).exists():
            raise facts.NothingKnown(f"no purchase of {energy_type_id} by {paper}")
        _forget_purchase(unit_id, energy_type_id, paper.strip())
    details = {"paper": paper.strip(), "reason": reason}
    _record("fuel.purchase_withdrawn", unit_id, energy_type_id, details, by, at)


def _taken(identity: Mapping[str, Any], day: date) -> QuerySet[StockTaking]:
    """Return what is believed of a fuel's stock at the end of a day."""
    return StockTaking.objects.filter(
        **identity, valid_from=clock.midnight(day), superseded_at=None
    )


def _forget_purchase(unit_id: int, energy_type_id: str, paper: str) -> int | None:
    """Believe nothing of a paper any more, whatever its day was; return the kept file of it."""
    identity = _paper(unit_id, energy_type_id, paper)
    known = Purchase.objects.filter(**identity, superseded_at=None).first()
    if known is None:
        return None
    facts.replace(
        model=Purchase,
        identity=identity,
        valid_from=known.valid_from,
        valid_until=known.valid_until,
        values=None,
    )
    return known.document_id


def _paper(unit_id: int, energy_type_id: str, paper: str) -> dict[str, Any]:
    return {"unit_id": unit_id, "energy_type_id": energy_type_id, "paper": paper.strip()}


def _span(day: date) -> dict[str, datetime]:
    """Return the instants between which a day lies."""
    return {
        "valid_from": clock.midnight(day),
        "valid_until": clock.midnight(day + timedelta(days=1)),
    }


def _own_amount(
    energy_type_id: str, amount: Decimal, measure: str, day: date, at: datetime
) -> Decimal:
    """Return an amount in its type's unit of measure.

    Raises:
        NotAFuel: If the type is not energy kept by mass or by volume.
        NotYet: If the day has not come.
        NotItsMeasure: If the fuel is not kept so.
        NotAnAmount: If it is negative or too fine.
    """
    own = {row.code: row.uom for row in energy.measurable_types()}.get(energy_type_id)
    if own is None:
        raise NotAFuel(f"{energy_type_id} is not kept in stock")
    if day > clock.day_of(at):
        raise NotYet(f"{day} has not come")
    return rules.in_own_measure(amount, measure=measure, own=own)


def _check_reason(reason: str) -> None:
    """Refuse to take something back without saying why."""
    if not reason.strip():
        raise NoReason("no reason given")


def _record(
    action: str,
    unit_id: int,
    energy_type_id: str,
    details: dict[str, str],
    by: int | None,
    at: datetime,
) -> None:
    """Leave the one entry of the operation, under the unit it is about."""
    code = StockTaking(unit_id=unit_id).unit.code
    about = {"energy_type": energy_type_id, **details}
    audit.record(action, subject=f"unit:{code}", by=by, at=at, details=about)
