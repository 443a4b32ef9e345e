"""Which terminal holds a secret, who waits for admission, what terminals a unit has."""

import hashlib
import time
from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from django.utils import timezone

from hengneng.kernel.policy.rules import Permission, Viewer
from hengneng.registry.terminals.models import Terminal
from hengneng.registry.terminals.rules import admission
from hengneng.registry.terminals.states import TerminalState
from hengneng.registry.units import queries as units

# A revocation in another process takes effect here within this time. [s]
REMEMBERED_S = 5.0
_REMEMBERED_MAX = 10_000


class UnknownTerminal(LookupError):
    """There is no such terminal in the viewer's reach."""


class TerminalRow(NamedTuple):
    """A terminal that may speak, and for which unit."""

    terminal_id: int
    unit_id: int
    unit_code: str


class AwaitingRow(NamedTuple):
    """A request that waits for admission.

    Attributes:
        terminal_id: The request.
        unit_code: The unit it wants to speak for.
        unit_name: That unit's name.
        source_address: Where it came from.
        has_certificate: Whether it showed a client certificate.
        requested_at: When it was first made. Aware.
        asked_at: When it was last made. Aware.
        is_contested: An alert: somebody else speaks, or asked to speak, for the unit already.
    """

    terminal_id: int
    unit_code: str
    unit_name: str
    source_address: str
    has_certificate: bool
    requested_at: datetime
    asked_at: datetime
    is_contested: bool


class UnitTerminalRow(NamedTuple):
    """One of a unit's terminals; ``ended_reason`` says why it was refused or withdrawn."""

    terminal_id: int
    state: TerminalState
    source_address: str
    requested_at: datetime
    admitted_at: datetime | None
    issued_at: datetime | None
    is_contested: bool
    config_version: int
    ended_reason: str


class AdmittedRow(NamedTuple):
    """A terminal that an account admitted and that has not fetched its id yet.

    Attributes:
        terminal_id: The terminal.
        unit_code: The unit it is to speak for.
        unit_name: That unit's name.
        source_address: Where it asked from.
        admitted_at: When it was admitted. Aware.
        due_at: Until when it may fetch its id; then it has to ask anew. Aware.
    """

    terminal_id: int
    unit_code: str
    unit_name: str
    source_address: str
    admitted_at: datetime
    due_at: datetime


_remembered: dict[bytes, tuple[TerminalRow, float]] = {}


def digest_of(secret: str) -> bytes:
    """Return what is kept of a terminal's secret."""
    return hashlib.sha256(secret.encode()).digest()


def terminal_by_secret(secret: str) -> TerminalRow | None:
    """Return the terminal that holds a secret; None where none does, or it was revoked.

    Remembered for ``REMEMBERED_S``, for this runs on every upload.
    """
    known = remembered(secret)
    if known is not None:
        return known
    digest = digest_of(secret)
    row = _issued(digest)
    if row is None:
        _remembered.pop(digest, None)
        return None
    if len(_remembered) >= _REMEMBERED_MAX:
        _remembered.clear()
    _remembered[digest] = (row, time.monotonic())
    return row


def remembered(secret: str) -> TerminalRow | None:
    """Return the terminal where its secret was looked up a moment ago; asks no database."""
    known = _remembered.get(digest_of(secret))
    if known is None or time.monotonic() - known[1] >= REMEMBERED_S:
        return None
    return known[0]


def forget() -> None:
    """Look up every terminal anew; called where one was revoked in this process."""
    _remembered.clear()


def awaiting(viewer: Viewer) -> list[AwaitingRow]:
    """Return the requests that the viewer may admit, contested ones first, then the oldest."""
    reached = units.visible_to(viewer, Permission.ADMIT_TERMINAL)
    requests = Terminal.objects.filter(state=TerminalState.PENDING, unit__in=reached)
    return [
        AwaitingRow(
            terminal.id,
            terminal.unit.code,
            terminal.unit.name,
            terminal.source_address,
            terminal.certificate_sha256 is not None,
            terminal.requested_at,
            terminal.asked_at,
            terminal.is_contested,
        )
        for terminal in requests.select_related("unit").order_by(
            "-is_contested", "requested_at", "id"
        )
    ]


def admitted_by(account_id: int, *, at: datetime) -> list[AdmittedRow]:
    """Return the terminals that an account admitted and that are still to fetch their id.

    Those whose time is over are left out: they ask anew and wait for admission again.

    Args:
        account_id: Who admitted them.
        at: Now. Aware.
    """
    admitted = Terminal.objects.filter(state=TerminalState.ADMITTED, admitted_by=account_id)
    fields = ("id", "unit__code", "unit__name", "source_address", "admitted_at")
    rows = []
    for number, code, name, address, since in admitted.order_by("admitted_at", "id").values_list(
        *fields
    ):
        due_at = since + admission.rule_on(timezone.localdate(since)).fetch_within
        if at <= due_at:
            rows.append(AdmittedRow(number, code, name, address, since, due_at))
    return rows


def units_of_terminals(terminal_ids: Collection[int]) -> dict[int, tuple[str, str]]:
    """Return code and name of the unit that each terminal speaks, or asked to speak, for."""
    rows = Terminal.objects.filter(id__in=terminal_ids)
    return {
        number: (code, name)
        for number, code, name in rows.values_list("id", "unit__code", "unit__name")
    }


def terminals_of(unit_id: int) -> list[UnitTerminalRow]:
    """Return a unit's terminals and requests, newest first."""
    own = Terminal.objects.filter(unit_id=unit_id).order_by("-requested_at", "-id")
    return [_unit_row(terminal) for terminal in own]


def terminal_row(
    viewer: Viewer, permission: Permission, terminal_id: int
) -> tuple[str, str, UnitTerminalRow]:
    """Return code and name of a terminal's unit, and the terminal.

    Raises:
        UnknownTerminal: If there is none, or the viewer does not reach its unit.
    """
    reached = units.visible_to(viewer, permission)
    found = Terminal.objects.filter(id=terminal_id, unit__in=reached).select_related("unit").first()
    if found is None:
        raise UnknownTerminal(f"no terminal {terminal_id} in reach")
    return found.unit.code, found.unit.name, _unit_row(found)


def _unit_row(terminal: Terminal) -> UnitTerminalRow:
    return UnitTerminalRow(
        terminal.id,
        TerminalState(terminal.state),
        terminal.source_address,
        terminal.requested_at,
        terminal.admitted_at,
        terminal.issued_at,
        terminal.is_contested,
        terminal.config_version,
        terminal.ended_reason,
    )


def _issued(digest: bytes) -> TerminalRow | None:
    """Look the secret's digest up."""
    issued = Terminal.objects.filter(secret_sha256=digest, state=TerminalState.ISSUED)
    row = issued.values_list("id", "unit_id", "unit__code").first()
    return TerminalRow(*row) if row else None
