"""Say whether a unit works."""

from datetime import datetime

from django.db import transaction

from hengneng.kernel.audit import operations as audit
from hengneng.kernel.facts import operations as facts
from hengneng.kernel.files import queries as files
from hengneng.kernel.files.queries import UnknownFile
from hengneng.registry.units.models import Business, BusinessState, Unit


class UnknownState(ValueError):
    """A unit is in business, suspended or closed."""


class NoProof(ValueError):
    """That a unit does not work is shown by a document."""


@transaction.atomic
def record_business(
    *,
    unit_id: int,
    state: str,
    valid_from: datetime,
    by: int | None,
    at: datetime,
    valid_until: datetime | None = None,
    proof_id: int | None = None,
    reason: str = "",
) -> None:
    """Say whether a unit works in a span of time.

    Args:
        unit_id: The unit.
        state: ``IN_BUSINESS``, ``SUSPENDED`` or ``CLOSED``.
        valid_from: Since when. Aware.
        by: Account acting.
        at: When. Aware.
        valid_until: Until when, exclusive; None: for good. Aware.
        proof_id: The kept file that shows it; needed unless the unit is in business.
        reason: Why.

    Raises:
        UnknownState: If there is no such state.
        NoProof: If the unit is said not to work and nothing shows it.
        UnknownFile: If the proof was never kept.
        EmptySpan: If the span holds no instant.

    Source:
        Notice 321 (2020), II(3): closed or suspended units, with proof from the regulator.
    """
    if state not in BusinessState.values:
        raise UnknownState(f"no state {state}")
    if state != BusinessState.IN_BUSINESS and proof_id is None:
        raise NoProof(f"nothing shows that unit {unit_id} is {state}")
    if proof_id is not None and proof_id not in files.kept([proof_id]):
        raise UnknownFile(f"no file {proof_id}")
    facts.replace(
        model=Business,
        identity={"unit_id": unit_id},
        valid_from=valid_from,
        valid_until=valid_until,
        values={"state": state, "proof_id": proof_id, "reason": reason},
    )
    subject = f"unit:{Unit.objects.values_list('code', flat=True).get(id=unit_id)}"
    details = {
        "state": str(state),
        "valid_from": valid_from.isoformat(),
        "proof": proof_id,
        "reason": reason,
    }
    audit.record("unit.business_recorded", subject=subject, by=by, at=at, details=details)
