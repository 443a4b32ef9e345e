"""Say how many instruments may be used, in a number of statements that does not grow."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from hengneng.kernel.audit import operations as audit
from hengneng.kernel.facts import operations as facts
from hengneng.kernel.facts.drafts import Draft
from hengneng.registry.instruments.models import Status
from hengneng.registry.instruments.operations.ledger import UnknownCondition
from hengneng.registry.instruments.rules.standing import Condition


class NewCondition(NamedTuple):
    """How an instrument may be used.

    Attributes:
        instrument_id: The instrument.
        condition: ``QUALIFIED``, ``LIMITED`` or ``STOPPED``.
        valid_from: Since when. Aware.
        valid_until: Until when, exclusive; None: for good. Aware.
    """

    instrument_id: int
    condition: str
    valid_from: datetime
    valid_until: datetime | None = None


@transaction.atomic
def set_conditions(*, rows: Sequence[NewCondition], by: int | None, at: datetime) -> None:
    """Say how many instruments may be used; one after the other, as ``set_status`` does for one.

    No figure reads it, so no day is left stale.

    Args:
        rows: How each may be used, and since when.
        by: Account acting.
        at: When it is entered. Aware.

    Raises:
        UnknownCondition: If there is no such condition.
        EmptySpan: If a span holds no instant.

    Source:
        JJF 1356-2012, form B.3: 合格, 准用, 停用.
    """
    if strange := {row.condition for row in rows} - set(Condition):
        raise UnknownCondition(f"{min(strange)} is none of {', '.join(Condition)}")
    ids = {row.instrument_id: row.instrument_id for row in rows}
    with facts.edit():
        draft = Draft(Status, key="instrument_id", subjects=ids)
        for row in rows:
            draft.replace(
                row.instrument_id,
                valid_from=row.valid_from,
                valid_until=row.valid_until,
                values={"condition": str(row.condition)},
            )
        draft.write(ids)
    details = {"count": len(rows)}
    audit.record("instruments.status_set", subject="instruments", by=by, at=at, details=details)
