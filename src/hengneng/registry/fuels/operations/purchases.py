"""Record what a unit bought of a fuel by an invoice or delivery note; correct it, take it back.

A paper is known by its supplier, its number and the year of the day on which the fuel came in.
"""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from hengneng.kernel import clock
from hengneng.kernel.facts import operations as facts
from hengneng.registry.energy import operations as energy_writes
from hengneng.registry.fuels.models import Purchase
from hengneng.registry.fuels.operations import papers


class NoPaper(ValueError):
    """A purchase names its invoice or delivery note and its supplier."""


class PaperKnown(ValueError):
    """That paper of that supplier is on record for that fuel and year; it is corrected there."""


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
    """Say what a unit bought of a fuel by one paper that is not on record yet.

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
        document: The paper itself; None: it was not brought.

    Raises:
        NotAFuel: If the type is not energy kept by mass or by volume.
        NotItsMeasure: If the fuel is not kept so.
        NotAnAmount: If the amount is negative or too fine.
        NotYet: If the day has not come.
        NoPaper: If the paper or the supplier are not named.
        PaperKnown: If the paper is on record; ``correct_purchase`` corrects it.
        DocumentRefused: If the paper is no document that is kept.
    """
    identity = _identity(unit_id, energy_type_id, paper, supplier, day)
    own = papers.own_amount(energy_type_id, amount, measure, day, at)
    with facts.edit():
        _check_unknown(identity)
        _believe(identity, day, own, papers.kept(document, former=None, by=by, at=at))
    details = papers.told(day, amount, measure, **_named(identity))
    papers.record("fuel.purchase_recorded", unit_id, energy_type_id, details, by, at)


@transaction.atomic
def correct_purchase(
    *,
    unit_id: int,
    purchase_id: int,
    supplier: str,
    day: date,
    amount: Decimal,
    measure: str,
    by: int | None,
    at: datetime,
    document: energy_writes.Document | None = None,
) -> None:
    """Believe from now on that a paper said something else; fuel and number stay.

    Args:
        unit_id: The unit.
        purchase_id: The version that is corrected.
        supplier: Who sold it.
        day: When it came in.
        amount: How much; zero says that nothing was bought. [measure]
        measure: The type's unit of measure, or a multiple of it.
        by: Account acting.
        at: When. Aware.
        document: The paper itself; None: the one brought before, if any.

    Raises:
        Superseded: If the unit has no such purchase, or it was corrected or taken back since.
        PaperKnown: If another purchase of that supplier and year bears the number.
        NotItsMeasure: If the fuel is not kept so.
        NotAnAmount: If the amount is negative or too fine.
        NotYet: If the day has not come.
        NoPaper: If the supplier is not named.
        DocumentRefused: If the paper is no document that is kept.
    """
    with facts.edit():
        known = papers.believed(Purchase, unit_id, purchase_id)
        kind = known.energy_type_id
        identity = _identity(unit_id, kind, known.paper, supplier, day)
        own = papers.own_amount(kind, amount, measure, day, at)
        _forget(known)
        _check_unknown(identity)
        kept = papers.kept(document, former=known.document_id, by=by, at=at)
        _believe(identity, day, own, kept)
    details = papers.told(day, amount, measure, **_named(identity))
    papers.record("fuel.purchase_corrected", unit_id, kind, details, by, at)


@transaction.atomic
def withdraw_purchase(
    *, unit_id: int, purchase_id: int, reason: str, by: int | None, at: datetime
) -> None:
    """Believe no longer that a fuel was bought by a paper.

    Args:
        unit_id: The unit.
        purchase_id: The version that is taken back.
        reason: Why.
        by: Account acting.
        at: When. Aware.

    Raises:
        NoReason: If none is given.
        Superseded: If the unit has no such purchase, or it was corrected or taken back since.
    """
    papers.check_reason(reason)
    with facts.edit():
        known = papers.believed(Purchase, unit_id, purchase_id)
        _forget(known)
    details = {"paper": known.paper, "supplier": known.supplier, "reason": reason}
    papers.record("fuel.purchase_withdrawn", unit_id, known.energy_type_id, details, by, at)


def _identity(
    unit_id: int, energy_type_id: str, paper: str, supplier: str, day: date
) -> dict[str, Any]:
    """Return by what a paper is known.

    Raises:
        NoPaper: If the paper or the supplier are not named.
    """
    if not paper.strip() or not supplier.strip():
        raise NoPaper("paper and supplier are not both named")
    return {
        "unit_id": unit_id,
        "energy_type_id": energy_type_id,
        "paper": paper.strip(),
        "supplier": supplier.strip(),
        "year": day.year,
    }


def _check_unknown(identity: Mapping[str, Any]) -> None:
    """Refuse a paper that is on record.

    Raises:
        PaperKnown: If it is.
    """
    if Purchase.objects.filter(**identity, superseded_at=None).exists():
        named = "{paper} of {supplier} in {year}".format_map(identity)
        raise PaperKnown(f"{named} is on record")


def _believe(
    identity: Mapping[str, Any], day: date, amount: Decimal, document_id: int | None
) -> None:
    """Believe from now on that so much came in by a paper."""
    values = {"amount": amount, "document_id": document_id}
    facts.replace(model=Purchase, identity=identity, **papers.span(day), values=values)


def _forget(known: Purchase) -> None:
    """Believe a version no longer."""
    facts.replace(
        model=Purchase,
        identity=_identity(
            known.unit_id,
            known.energy_type_id,
            known.paper,
            known.supplier,
            clock.day_of(known.valid_from),
        ),
        valid_from=known.valid_from,
        valid_until=known.valid_until,
        values=None,
    )


def _named(identity: Mapping[str, Any]) -> dict[str, str]:
    """Return the words by which the entry names a paper."""
    return {"paper": identity["paper"], "supplier": identity["supplier"]}
