"""Ask for admission, admit, refuse, revoke, take in a configuration."""

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from hengneng.kernel import states
from hengneng.kernel.audit import operations as audit
from hengneng.kernel.policy.rules import Permission, Viewer
from hengneng.protocol.national import CollectItem
from hengneng.registry.points import operations as points
from hengneng.registry.terminals import queries
from hengneng.registry.terminals.models import Terminal
from hengneng.registry.terminals.rules import admission
from hengneng.registry.terminals.states import TRANSITIONS, TerminalEvent, TerminalState
from hengneng.registry.units import queries as units

# Advisory lock of one unit's admissions, in the space of two-number keys.
ADMISSION_LOCK = 7302
_LOCK_KEYS = 2**31
_SECRET_BYTES = 16
_NO_RIVALS = (TerminalState.LAPSED, TerminalState.REFUSED)
# The public code is all a terminal must know to ask, so the lookup is the platform's own.
_PLATFORM = Viewer(city=frozenset({Permission.ADMIT_TERMINAL}))


class NothingPending(Exception):
    """No terminal of this unit waits for admission."""


class NoReason(ValueError):
    """A terminal is withdrawn for a reason, which is not given."""


class TooManyPending(Exception):
    """So many requests of this unit wait that no more are taken until some are decided."""


class AlreadyAsked(ValueError):
    """A unit whose terminal is to be taken over has one already, or a request of one."""


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
        _step(admitted, TerminalEvent.LAPSE)
        admitted.save(update_fields=["state"])
    if mine.filter(state=TerminalState.PENDING).update(asked_at=at):
        return Registered(Outcome.WAITING, unit.id, None)
    since = at - admission.rule_on(timezone.localdate(at)).refused_for
    if mine.filter(state=TerminalState.REFUSED, refused_at__gte=since).exists():
        return Registered(Outcome.REFUSED, unit.id, None)
    _request(unit.id, unit_code, source_address, certificate_sha256, region, by=by, at=at)
    return Registered(Outcome.WAITING, unit.id, None)


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
    _step(terminal, TerminalEvent.ADMIT)
    terminal.admitted_at, terminal.admitted_by = at, by
    terminal.save(update_fields=["state", "admitted_at", "admitted_by"])
    _record("terminal.admitted", terminal, by=by, at=at)
    return terminal


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
    secret_ids = [secrets.token_hex(_SECRET_BYTES) for _ in rows]
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


@transaction.atomic
def refuse(*, terminal_id: int, by: int | None, at: datetime) -> Terminal:
    """Refuse a terminal that waits.

    Raises:
        NothingPending: If it does not wait.
    """
    terminal = _pending(None, terminal_id)
    _step(terminal, TerminalEvent.REFUSE)
    terminal.refused_at = at
    terminal.save(update_fields=["state", "refused_at"])
    _record("terminal.refused", terminal, by=by, at=at)
    return terminal


@transaction.atomic
def revoke(*, terminal_id: int, reason: str, by: int | None, at: datetime) -> Terminal:
    """End a terminal's right to speak; every process heeds it within five seconds.

    Args:
        terminal_id: The terminal.
        reason: Why, for the audit log.
        by: Account acting.
        at: Now. Aware.

    Raises:
        NoReason: If none is given.
        EventOutOfTurn: If it holds no right.
    """
    if not reason.strip():
        raise NoReason("say why the terminal is withdrawn")
    terminal = Terminal.objects.select_for_update().get(id=terminal_id)
    _step(terminal, TerminalEvent.REVOKE)
    terminal.save(update_fields=["state"])
    transaction.on_commit(queries.forget)
    queries.forget()
    _record("terminal.revoked", terminal, by=by, at=at, reason=reason.strip())
    return terminal


@transaction.atomic
def configure(
    *,
    terminal_id: int,
    items: Iterable[CollectItem],
    is_new: bool,
    at: datetime,
    by: int | None = None,
) -> int:
    """Take in what a terminal says it collects: each item without a point becomes a proposed one.

    Args:
        terminal_id: The terminal.
        items: What it collects; an item named twice (by stat type) is proposed once.
        is_new: False where the same configuration came before; it is no new version then.
        at: Now. Aware.
        by: Nobody: terminals have no account.

    Returns:
        The configuration's version, from 1.
    """
    terminal = Terminal.objects.select_for_update().get(id=terminal_id)
    for code, item in _first_by_code(items).items():
        points.propose(
            unit_id=terminal.unit_id,
            key=f"N:{code}",
            name=item.name,
            configuration=item.fields,
            at=at,
        )
    terminal.config_version += is_new
    terminal.save(update_fields=["config_version"])
    _record("terminal.configured", terminal, by=by, at=at)
    return terminal.config_version


def _first_by_code(items: Iterable[CollectItem]) -> dict[str, CollectItem]:
    """Return the first item of each data code."""
    firsts: dict[str, CollectItem] = {}
    for item in items:
        firsts.setdefault(item.code, item)
    return firsts


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
    secret = secrets.token_hex(_SECRET_BYTES)
    _step(terminal, TerminalEvent.ISSUE)
    terminal.secret_sha256, terminal.issued_at = queries.digest_of(secret), at
    terminal.save(update_fields=["state", "secret_sha256", "issued_at"])
    _record("terminal.issued", terminal, by=by, at=at)
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
    _record("terminal.requested", terminal, by=by, at=at)


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


def _step(terminal: Terminal, event: TerminalEvent) -> None:
    """Take the terminal to the state that follows."""
    terminal.state = states.after(TRANSITIONS, TerminalState(terminal.state), event)


def _record(action: str, terminal: Terminal, *, by: int | None, at: datetime, **more: str) -> None:
    """Record what was done to a terminal."""
    audit.record(
        action,
        subject=f"terminal:{terminal.id}",
        by=by,
        at=at,
        details={"unit": terminal.unit.code, "source_address": terminal.source_address, **more},
    )
