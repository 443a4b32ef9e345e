"""Decide about terminals: admit, refuse, withdraw, take over from another platform."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from hengneng.kernel import states
from hengneng.kernel.audit import operations as audit
from hengneng.registry.terminals import queries
from hengneng.registry.terminals.models import Terminal
from hengneng.registry.terminals.operations import asking, steps
from hengneng.registry.terminals.states import TRANSITIONS, TerminalEvent, TerminalState


class NothingPending(Exception):
    """No terminal of this unit waits for admission."""


class NoReason(ValueError):
    """A terminal is refused or withdrawn for a reason, which is not given."""


class AlreadyAsked(ValueError):
    """A unit whose terminal is to be taken over has one already, or a request of one."""


class Registrant(NamedTuple):
    """Who a terminal is that another platform had admitted.

    Attributes:
        unit_id: The unit it speaks for.
        source_address: Where it speaks from.
        region: Administrative code it stated.
    """

    unit_id: int
    source_address: str
    region: str


@transaction.atomic
def admit(
    *, unit_code: str | None = None, terminal_id: int | None = None, by: int | None, at: datetime
) -> Terminal:
    """Admit a terminal that waits: one by its number, or the unit's that asked first.

    Args:
        unit_code: The unit whose oldest request is admitted.
        terminal_id: The request, where no unit is named.
        by: Account acting; None for the script.
        at: Now. Aware.

    Raises:
        NothingPending: If none waits.
    """
    terminal = _pending(unit_code, terminal_id)
    steps.step(terminal, TerminalEvent.ADMIT)
    terminal.admitted_at, terminal.admitted_by = at, by
    terminal.save(update_fields=["state", "admitted_at", "admitted_by"])
    steps.record("terminal.admitted", terminal, by=by, at=at)
    return terminal


@transaction.atomic
def refuse(*, terminal_id: int, reason: str, by: int | None, at: datetime) -> Terminal:
    """Refuse a terminal that waits; its unit reads why, the terminal hears the protocol's words.

    Args:
        terminal_id: The request.
        reason: Why, kept with it and in the audit log.
        by: Account acting.
        at: Now. Aware.

    Raises:
        NoReason: If none is given.
        NothingPending: If it does not wait.
    """
    because = _given(reason)
    terminal = _pending(None, terminal_id)
    steps.step(terminal, TerminalEvent.REFUSE)
    terminal.refused_at, terminal.ended_reason = at, because
    terminal.save(update_fields=["state", "refused_at", "ended_reason"])
    steps.record("terminal.refused", terminal, by=by, at=at, reason=because)
    return terminal


@transaction.atomic
def revoke(*, terminal_id: int, reason: str, by: int | None, at: datetime) -> Terminal:
    """End a terminal's right to speak; every process heeds it within five seconds.

    Args:
        terminal_id: The terminal.
        reason: Why, kept with it and in the audit log.
        by: Account acting.
        at: Now. Aware.

    Raises:
        NoReason: If none is given.
        EventOutOfTurn: If it holds no right.
    """
    because = _given(reason)
    terminal = Terminal.objects.select_for_update().get(id=terminal_id)
    steps.step(terminal, TerminalEvent.REVOKE)
    terminal.ended_reason = because
    terminal.save(update_fields=["state", "ended_reason"])
    transaction.on_commit(queries.forget)
    queries.forget()
    steps.record("terminal.revoked", terminal, by=by, at=at, reason=because)
    return terminal


@transaction.atomic
def take_over(*, rows: Sequence[Registrant], by: int | None, at: datetime) -> list[str]:
    """Admit many terminals that spoke to the platform before this one, and give each its id.

    Only for units that no terminal has asked to speak for yet, all of them or none.

    Args:
        rows: The terminals. Shape (n,).
        by: Account acting.
        at: Now. Aware.

    Returns:
        Their secret ids, of which only the digests are kept, in the order of the rows. Shape (n,).

    Raises:
        AlreadyAsked: If a unit has a terminal, or a request of one.
    """
    unit_ids = [row.unit_id for row in rows]
    taken = Terminal.objects.filter(unit_id__in=unit_ids).values_list("unit_id", flat=True).first()
    if taken is not None or len(set(unit_ids)) < len(unit_ids):
        raise AlreadyAsked(f"unit {taken or 'twice named'} has a terminal already")
    state = TerminalState.PENDING
    for event in (TerminalEvent.ADMIT, TerminalEvent.ISSUE):
        state = states.after(TRANSITIONS, state, event)
    secret_ids = [secrets.token_hex(asking.SECRET_BYTES) for _ in rows]
    made = Terminal.objects.bulk_create(
        Terminal(
            unit_id=row.unit_id,
            state=state,
            source_address=row.source_address,
            region=row.region,
            requested_at=at,
            asked_at=at,
            admitted_at=at,
            admitted_by=by,
            issued_at=at,
            secret_sha256=queries.digest_of(secret),
            is_contested=False,
        )
        for row, secret in zip(rows, secret_ids, strict=True)
    )
    details = {"terminals": [[terminal.pk, terminal.unit_id] for terminal in made]}
    audit.record("terminals.taken_over", subject="terminals", by=by, at=at, details=details)
    return secret_ids


def _given(reason: str) -> str:
    """Return the reason without its margins.

    Raises:
        NoReason: If there is none.
    """
    because = reason.strip()
    if not because:
        raise NoReason("say why the terminal is refused or withdrawn")
    return because


def _pending(unit_code: str | None, terminal_id: int | None) -> Terminal:
    """Return the request named, or the unit's oldest, locked.

    Raises:
        NothingPending: If none waits.
    """
    requests = Terminal.objects.filter(state=TerminalState.PENDING)
    if terminal_id is not None:
        requests = requests.filter(id=terminal_id)
    if unit_code is not None:
        requests = requests.filter(unit__code=unit_code)
    if unit_code is None and terminal_id is None:
        raise ValueError("name a unit or a terminal")
    oldest = requests.order_by("requested_at", "id").select_for_update().first()
    if oldest is None:
        raise NothingPending(f"no terminal of unit {unit_code or '-'} waits for admission")
    return oldest
