"""Answer a terminal that asks to speak for a unit."""

import secrets
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from hengneng.kernel.policy.rules import Permission, Viewer
from hengneng.registry.terminals import queries
from hengneng.registry.terminals.models import Terminal
from hengneng.registry.terminals.operations import steps
from hengneng.registry.terminals.rules import admission
from hengneng.registry.terminals.states import TerminalEvent, TerminalState
from hengneng.registry.units import queries as units

# Advisory lock of one unit's admissions, in the space of two-number keys.
ADMISSION_LOCK = 7302
_LOCK_KEYS = 2**31
SECRET_BYTES = 16
_NO_RIVALS = (TerminalState.LAPSED, TerminalState.REFUSED)
# The public code is all a terminal must know to ask, so the lookup is the platform's own.
_PLATFORM = Viewer(city=frozenset({Permission.ADMIT_TERMINAL}))


class TooManyPending(Exception):
    """So many requests of this unit wait that no more are taken until some are decided."""


class Outcome(StrEnum):
    """What a request to register came to."""

    REFUSED = "REFUSED"  # an official refused it a while ago
    WAITING = "WAITING"  # kept, an official has yet to decide
    ISSUED = "ISSUED"  # admitted, and here is the id, this once
    KNOWN = "KNOWN"  # it showed an id that holds


class Registered(NamedTuple):
    """The answer to a request to register.

    Attributes:
        outcome: What it came to.
        unit_id: The unit.
        device_id: The terminal's secret id, unless it waits or was refused.
    """

    outcome: Outcome
    unit_id: int
    device_id: str | None


@transaction.atomic
def ask_to_register(
    *,
    unit_code: str,
    source_address: str,
    certificate_sha256: bytes | None,
    region: str,
    device_id: str | None,
    at: datetime,
    by: int | None = None,
) -> Registered:
    """Answer a terminal that asks to speak for a unit.

    The unit's code is public, so a request alone earns nothing: it waits, and once an official
    admits it, the id goes to the same registrant alone, once. Whoever else asks is another request,
    shown as an alert. One that was refused is told so for a while, and nobody is asked again.

    Args:
        unit_code: The unit's unified social credit code.
        source_address: Where the request comes from.
        certificate_sha256: Digest of the client's certificate, where it showed one.
        region: Administrative code it stated.
        device_id: The id it holds, where it says so.
        at: Now. Aware.
        by: Nobody: terminals have no account.

    Raises:
        UnknownUnit: If there is no such unit.
        TooManyPending: If too many requests of the unit wait already.

    Source:
        ARCHITECTURE 5.1, Admission.
    """
    unit = units.unit_by_code(_PLATFORM, Permission.ADMIT_TERMINAL, unit_code)
    holder = queries.terminal_by_secret(device_id) if device_id else None
    if holder is not None and holder.unit_id == unit.id:
        return Registered(Outcome.KNOWN, unit.id, device_id)
    _lock_admissions(unit.id)
    mine = Terminal.objects.filter(
        _registrant(source_address, certificate_sha256), unit_id=unit.id
    ).select_for_update()
    admitted = mine.filter(state=TerminalState.ADMITTED).order_by("admitted_at").first()
    if admitted is not None:
        if _is_in_time(admitted, at):
            return _issue(admitted, by=by, at=at)
        steps.step(admitted, TerminalEvent.LAPSE)
        admitted.save(update_fields=["state"])
    if mine.filter(state=TerminalState.PENDING).update(asked_at=at):
        return Registered(Outcome.WAITING, unit.id, None)
    since = at - admission.rule_on(timezone.localdate(at)).refused_for
    if mine.filter(state=TerminalState.REFUSED, refused_at__gte=since).exists():
        return Registered(Outcome.REFUSED, unit.id, None)
    _request(unit.id, unit_code, source_address, certificate_sha256, region, by=by, at=at)
    return Registered(Outcome.WAITING, unit.id, None)


def _lock_admissions(unit_id: int) -> None:
    """Wait until no other request of the unit is being answered."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s, %s)", [ADMISSION_LOCK, unit_id % _LOCK_KEYS]
        )


def _registrant(source_address: str, certificate_sha256: bytes | None) -> Q:
    """Return who counts as the same registrant: the certificate's holder, else the address."""
    if certificate_sha256 is not None:
        return Q(certificate_sha256=certificate_sha256)
    return Q(certificate_sha256__isnull=True, source_address=source_address)


def _is_in_time(admitted: Terminal, at: datetime) -> bool:
    """Answer whether an admitted terminal came back within its time."""
    if admitted.admitted_at is None:
        raise ValueError(f"terminal {admitted.id} is admitted and has no admitted_at")
    rule = admission.rule_on(timezone.localdate(admitted.admitted_at))
    return at - admitted.admitted_at <= rule.fetch_within


def _issue(terminal: Terminal, *, by: int | None, at: datetime) -> Registered:
    """Give an admitted terminal its secret, of which only the digest is kept."""
    secret = secrets.token_hex(SECRET_BYTES)
    steps.step(terminal, TerminalEvent.ISSUE)
    terminal.secret_sha256, terminal.issued_at = queries.digest_of(secret), at
    terminal.save(update_fields=["state", "secret_sha256", "issued_at"])
    steps.record("terminal.issued", terminal, by=by, at=at)
    return Registered(Outcome.ISSUED, terminal.unit_id, secret)


def _request(
    unit_id: int,
    unit_code: str,
    source_address: str,
    certificate_sha256: bytes | None,
    region: str,
    *,
    by: int | None,
    at: datetime,
) -> None:
    """Keep a new request.

    Raises:
        TooManyPending: If too many of the unit wait already.
    """
    of_unit = Terminal.objects.filter(unit_id=unit_id)
    rule = admission.rule_on(timezone.localdate(at))
    if of_unit.filter(state=TerminalState.PENDING).count() >= rule.pending_max:
        raise TooManyPending(f"{rule.pending_max} requests of unit {unit_code} wait already")
    terminal = Terminal.objects.create(
        unit_id=unit_id,
        state=TerminalState.PENDING,
        source_address=source_address,
        certificate_sha256=certificate_sha256,
        region=region,
        requested_at=at,
        asked_at=at,
        # One that came back too late, or was refused, is no rival of the one that asks now.
        is_contested=of_unit.exclude(state__in=_NO_RIVALS).exists(),
    )
    steps.record("terminal.requested", terminal, by=by, at=at)
