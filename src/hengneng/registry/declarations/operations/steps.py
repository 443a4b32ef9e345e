"""One step of a declaration's workflow, and its record; parts of the operations."""

from datetime import datetime
from typing import Any

from hengneng.kernel import states as workflow
from hengneng.kernel.audit import operations as audit
from hengneng.registry.declarations.models import Declaration
from hengneng.registry.declarations.states import (
    DECLARATION_TRANSITIONS,
    DeclarationEvent,
    DeclarationState,
)


class DeclaredAnew(ValueError):
    """It was declared anew since it was read, so what is decided on is not what was seen."""


def stepped(declaration_id: int, event: DeclarationEvent) -> Declaration:
    """Return the locked declaration in the state that follows; not saved.

    Raises:
        EventOutOfTurn: If the event cannot happen to it now.
    """
    there = Declaration.objects.select_for_update().get(id=declaration_id)
    state = DeclarationState(there.state)
    there.state = workflow.after(DECLARATION_TRANSITIONS, state, event)
    return there


def decide(
    declaration_id: int,
    event: DeclarationEvent,
    reason: str,
    *,
    by: int | None,
    at: datetime,
    seen_at: datetime | None = None,
) -> Declaration:
    """Take the declaration to its next state, with the reason, and record it.

    Raises:
        EventOutOfTurn: If the event cannot happen to it now.
        DeclaredAnew: If ``seen_at`` is not when it was declared last.
    """
    there = stepped(declaration_id, event)
    if seen_at is not None and there.declared_at != seen_at:
        raise DeclaredAnew(f"declaration {declaration_id} was declared anew since {seen_at}")
    there.decided_at, there.decided_by, there.reason = at, by, reason
    there.save(update_fields=["state", "decided_at", "decided_by", "reason"])
    record(f"declaration.{there.state.lower()}", there, by=by, at=at, reason=reason)
    return there


def record(action: str, there: Declaration, *, by: int | None, at: datetime, **more: Any) -> None:
    """Record what became of a declaration."""
    details = {"kind": str(there.kind), **more}
    audit.record(action, subject=f"declaration:{there.pk}", by=by, at=at, details=details)
