"""The units, points and terminals of the load, entered by the same operations that people use."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction

from hengneng.bench.messages import POINTS, SLOT_SECONDS, Flavour, Sender, source_key
from hengneng.kernel import clock
from hengneng.protocol import codes
from hengneng.registry.points import operations as points
from hengneng.registry.terminals import operations as terminals
from hengneng.registry.units import operations as units

_ADDRESS = "127.0.0.1"
_CAPACITY = Decimal(10) ** 12


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
