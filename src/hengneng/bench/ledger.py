"""The units, points and terminals of the load, entered by the same operations that people use."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from django.db import connection, transaction

from hengneng.bench.messages import POINTS, SLOT_SECONDS, Flavour, Sender, source_key
from hengneng.kernel import clock
from hengneng.protocol import codes, glances
from hengneng.registry.bodies import queries as bodies
from hengneng.registry.points import operations as points
from hengneng.registry.points.operations import NewPoint
from hengneng.registry.terminals import operations as terminals
from hengneng.registry.terminals.queries import digest_of, terminal_by_secret
from hengneng.registry.units import operations as units
from hengneng.registry.units.operations import NewUnit
from hengneng.telemetry.journal import operations as journal
from hengneng.telemetry.journal.rules import Channel

_ADDRESS = "127.0.0.1"
_CAPACITY = Decimal(10) ** 12
# Hundreds at once, which an official would admit one by one.
_TERMINALS = """
INSERT INTO terminals_terminal (unit_id, state, source_address, region, requested_at, asked_at,
    is_contested, admitted_at, issued_at, secret_sha256, config_version, ended_reason)
SELECT unit_id, 'ISSUED', %s, '', %s, %s, false, %s, %s, secret, 0, ''
FROM unnest(%s::bigint[], %s::bytea[]) AS issued (unit_id, secret)
"""


class Entered(NamedTuple):
    """A unit of the load and its terminal."""

    unit_id: int
    sender: Sender


def enter_many(count: int, *, width: int, since: int) -> list[Entered]:
    """Enter units whose terminals speak the national flavour, all at once.

    Args:
        count: Units. [count]
        width: Points of each. [count]
        since: First day of the points, days since 1970-01-01.
    """
    at, valid_from = clock.now(), clock.instant(since * 86_400)
    codes_of = [_credit_code(number) for number in range(count)]
    district = bodies.districts()[0].code
    rows = [
        NewUnit(
            code=code,
            name=f"负载单位{number + 1}",
            name_en=f"Load unit {number + 1}",
            sector="",
            address="",
            site_code="S1",
            district_code=district,
            valid_from=valid_from,
        )
        for number, code in enumerate(codes_of)
    ]
    unit_ids = [unit_id for unit_id, _ in units.enter_units(rows=rows, by=None, at=at)]
    points.create_points(rows=_new_points(unit_ids, width, valid_from), by=None, at=at)
    secrets_of = [secrets.token_hex(16) for _ in unit_ids]
    with connection.cursor() as cursor:
        digests = [digest_of(secret) for secret in secrets_of]
        cursor.execute(_TERMINALS, [_ADDRESS, at, at, at, at, unit_ids, digests])
    return [
        Entered(unit_id, Sender(Flavour.NATIONAL, number, code, secret))
        for number, (unit_id, code, secret) in enumerate(
            zip(unit_ids, codes_of, secrets_of, strict=True)
        )
    ]


def _new_points(unit_ids: Sequence[int], width: int, valid_from: datetime) -> list[NewPoint]:
    return [
        NewPoint(
            unit_id=unit_id,
            code=f"P{number + 1:03}",
            name=f"负载计量点{number + 1}",
            energy_type_id="ELECTRICITY",
            level="LEVEL_2",
            kind="INCREMENT",
            valid_from=valid_from,
            slot_seconds=SLOT_SECONDS,
            key=source_key(Flavour.NATIONAL, number),
        )
        for unit_id in unit_ids
        for number in range(width)
    ]


def enter(flavour: Flavour, number: int, *, since: int) -> Sender:
    """Enter a unit with its points and return its terminal, admitted.

    Args:
        flavour: What its terminal speaks; its points are of that kind.
        number: From 0, another for each unit.
        since: First day of its points, days since 1970-01-01.
    """
    at = clock.now()
    code = _credit_code(number)
    with transaction.atomic():
        unit = units.create_unit(code=code, name=f"负载单位{number + 1}", by=None, at=at)
        _make_points(unit.pk, flavour, since=clock.instant(since * 86_400), at=at)
        _ask(code, at=at)
        terminals.admit(unit_code=code, by=None, at=at)
    device_id = _ask(code, at=at)
    if device_id is None:
        raise LookupError(f"the terminal of {code} was admitted and got no id")
    return Sender(flavour, number, code, device_id)


def keep(sender: Sender, body: bytes) -> None:
    """Keep a message of a terminal of the load in the journal, as the front would.

    Raises:
        LookupError: If there is no such terminal, or the message is not plain.
    """
    terminal, seen = terminal_by_secret(sender.device_id), glances.at_increments(body)
    if terminal is None or seen is None:
        raise LookupError(f"a message of {sender.code} could not be kept")
    journal.accept(
        unit_id=terminal.unit_id,
        terminal_id=terminal.terminal_id,
        channel=Channel.NATIONAL,
        body=body,
        content=seen.content,
        at=clock.now(),
    )


def _make_points(unit_id: int, flavour: Flavour, *, since: datetime, at: datetime) -> None:
    """Make the unit's points, each fed from the load."""
    is_register = flavour is Flavour.REGISTERS
    for number in range(POINTS):
        points.create_point(
            unit_id=unit_id,
            code=f"P{number + 1:03}",
            name=f"负载计量点{number + 1}",
            energy_type_id="ELECTRICITY",
            level="LEVEL_2",
            kind="REGISTER" if is_register else "INCREMENT",
            slot_seconds=SLOT_SECONDS,
            capacity=_CAPACITY if is_register else None,
            key=source_key(flavour, number),
            valid_from=since,
            by=None,
            at=at,
        )


def _ask(code: str, *, at: datetime) -> str | None:
    """Let the unit's terminal ask to register; return its id once it is admitted."""
    asked = terminals.ask_to_register(
        unit_code=code,
        source_address=_ADDRESS,
        certificate_sha256=None,
        region="",
        device_id=None,
        at=at,
    )
    return asked.device_id


def _credit_code(number: int) -> str:
    """Return a social credit code that no real unit has."""
    base = f"91310000MABCH{number:04}"
    return base + codes.credit_check_character(base)
