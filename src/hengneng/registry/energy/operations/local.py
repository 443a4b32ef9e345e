"""Enter the city's own factors from the documents that give them; take them back."""

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from hengneng.kernel.audit import operations as audit
from hengneng.kernel.facts import operations as facts
from hengneng.registry.energy.models import EnergyKind, EnergyType, Factor, FactorScope
from hengneng.registry.energy.operations.documents import Document, keep_document
from hengneng.registry.energy.operations.loading import RuleChanged
from hengneng.registry.energy.rules import records


class UnknownType(LookupError):
    """There is no energy or medium of that code, so no factor turns it into coal."""


class NotAFactor(ValueError):
    """A factor is above zero and has ten places at most."""


class NotTheCitys(LookupError):
    """There is no such value of the city's own, or it is withdrawn already."""


class NoReason(ValueError):
    """What is withdrawn is withdrawn for a reason."""


@transaction.atomic
def enter_local_factor(
    *,
    energy_type_id: str,
    basis: str,
    kgce_per_uom: Decimal,
    edition: str,
    clause: str,
    valid_from: date,
    valid_until: date | None,
    citation: str,
    verified: bool,
    document: Document,
    by: int | None,
    at: datetime,
) -> Factor:
    """Enter a factor of the city's own from the document that gives it.

    It goes before a national value of the same standing; a verified one before any that is not.

    Args:
        energy_type_id: ``ELECTRICITY``.
        basis: ``CALORIFIC`` or ``EQUIVALENT``.
        kgce_per_uom: The factor. [kgce per unit of measure]
        edition: Name of the document.
        clause: Where in it.
        valid_from: First day.
        valid_until: Day after the last; None: until further notice.
        citation: Who issued it, and when.
        verified: Whether the value was held against the document.
        document: The document itself; it is kept.
        by: Account acting.
        at: When. Aware.

    Raises:
        UnknownType: If there is no such energy or medium.
        NotAFactor: If the number is not above zero, or has more than ten places.
        DocumentRefused: If it is no document that is kept.
        RuleChanged: If the document has a value of this type, basis and first day already.
        EmptySpan: If no day is left.
    """
    _check_local(energy_type_id, kgce_per_uom, valid_from, valid_until)
    key = {
        "energy_type_id": energy_type_id,
        "basis": basis,
        "edition": edition,
        "valid_from": valid_from,
    }
    with facts.edit() as recorded_at:
        if Factor.objects.filter(**key, superseded_at__isnull=True).exists():
            raise RuleChanged(f"{edition} has a value of {energy_type_id} from {valid_from} on")
        factor = Factor.objects.create(
            **key,
            scope=FactorScope.LOCAL,
            clause=clause,
            kgce_per_uom=kgce_per_uom,
            valid_until=valid_until,
            citation=citation,
            verified=verified,
            document_id=keep_document(document=document, by=by, at=at),
            recorded_at=recorded_at,
        )
    details = {"energy_type": energy_type_id, "edition": edition, "kgce": str(kgce_per_uom)}
    audit.record(
        "energy.local_factor_entered", subject=f"factor:{factor.id}", by=by, at=at, details=details
    )
    return factor


def _check_local(
    energy_type_id: str,
    kgce_per_uom: Decimal,
    valid_from: date,
    valid_until: date | None,
) -> None:
    """Refuse what cannot be a factor of the city's own.

    Raises:
        UnknownType: If there is no such energy or medium.
        NotAFactor: If the number is not above zero, or has more than ten places.
        EmptySpan: If no day is left.
    """
    known = EnergyType.objects.filter(code=energy_type_id).exclude(kind=EnergyKind.INDICATOR)
    if not known.exists():
        raise UnknownType(f"no energy or medium {energy_type_id}")
    exponent = kgce_per_uom.as_tuple().exponent
    if not isinstance(exponent, int) or kgce_per_uom <= 0 or -exponent > records.PLACES:
        raise NotAFactor(f"{kgce_per_uom} is not above zero with {records.PLACES} places at most")
    if valid_until is not None and valid_until <= valid_from:
        raise facts.EmptySpan(f"{valid_from} to {valid_until} holds no day")


@transaction.atomic
def withdraw_local_factor(*, factor_id: int, reason: str, by: int | None, at: datetime) -> None:
    """Believe a value of the city's own no longer; what was reported by it still can be.

    Args:
        factor_id: The value.
        reason: Why.
        by: Account acting.
        at: When. Aware.

    Raises:
        NoReason: If no reason is given.
        NotTheCitys: If there is no such value of the city's own that is believed.
    """
    if not reason.strip():
        raise NoReason("no reason given")
    with facts.edit() as recorded_at:
        believed = Factor.objects.filter(
            id=factor_id, scope=FactorScope.LOCAL, superseded_at__isnull=True
        )
        if not believed.update(superseded_at=recorded_at):
            raise NotTheCitys(f"no value {factor_id} of the city's own")
    details = {"reason": reason}
    audit.record(
        "energy.local_factor_withdrawn",
        subject=f"factor:{factor_id}",
        by=by,
        at=at,
        details=details,
    )
