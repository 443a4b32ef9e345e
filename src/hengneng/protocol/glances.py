"""What a plain message touches, seen without reading each of its records.

All that the journal needs before it answers: who speaks, that every record counts, which local
days. Three times as fast as reading, and strict: whatever is not of the plain kind, or flawed,
answers None and is read in general. A property test holds the two ways together.
"""

from collections.abc import Iterable
from operator import attrgetter
from typing import Any, Literal, NamedTuple

import msgspec

from hengneng.protocol import numbers, registers
from hengneng.protocol.national import energy
from hengneng.protocol.national.envelopes import is_text, read_fast
from hengneng.protocol.national.registration import CODE_LENGTH_MAX, DEVICE_ID_LENGTH_MAX
from hengneng.protocol.records import Extent, day_of

_REMEMBERED_MAX = 1 << 16


class Glance(NamedTuple):
    """A message of which every record counts.

    Attributes:
        device_id: The terminal's secret.
        enterprise_code: The unit it says it speaks for.
        content: Its days, at least one; it has no flaws.
    """

    device_id: str
    enterprise_code: str
    content: Extent


class _Increment(msgspec.Struct, rename="camel", gc=False):
    data_code: str
    data_value: str
    stat_type: Literal["0"]
    stat_date: str
    scope: Literal["1", "2", "3", "4"] | None = None
    input_type: Literal["1", "2", "3", "4", "5"] | None = None
    valid: Literal["1", "true", "0", "false"] | None = None
    # Read, although nothing hangs on it here: the general reader refuses what is no JSON in it.
    upload_date: Any = None


class _Reading(msgspec.Struct, rename="camel", gc=False):
    meter: str
    instant: str
    value: str
    register: str | None = None
    status: Any = None
    upload_date: Any = None


class _Increments(msgspec.Struct, rename="camel"):
    data: list[_Increment]
    device_id: str
    enterprise_code: str


class _Readings(msgspec.Struct, rename="camel"):
    data: list[_Reading]
    device_id: str
    enterprise_code: str


_INCREMENTS = msgspec.json.Decoder(_Increments, float_hook=str)
_READINGS = msgspec.json.Decoder(_Readings, float_hook=str)
_CODE, _START, _AMOUNT = map(attrgetter, ("data_code", "stat_date", "data_value"))
_INSTANT, _VALUE = map(attrgetter, ("instant", "value"))
_SCOPED, _REGISTER = attrgetter("data_code", "scope"), attrgetter("meter", "register")

# Names that were found good, in the form that rows hold them.
_good_codes: set[tuple[str, str | None]] = set()
_good_registers: set[tuple[str, str | None]] = set()


def at_increments(body: bytes) -> Glance | None:
    """Return a plain ``uploadEnergyData`` message's outline; None where only reading can tell."""
    wire = read_fast(_INCREMENTS, body)
    if wire is None or not _is_envelope(wire) or not numbers.are_plain(map(_AMOUNT, wire.data)):
        return None
    try:
        if not _good_codes.issuperset(map(_SCOPED, wire.data)):
            for code, scope in set(map(_SCOPED, wire.data)):
                energy.series_of("0", code, scope)
                _remember(_good_codes, (code, scope))
        starts = {energy.start_of(text, energy.REALTIME) for text in set(map(_START, wire.data))}
    except ValueError:  # a flaw: the general reader says which
        return None
    return Glance(wire.device_id, wire.enterprise_code, _extent(starts))


def at_registers(body: bytes, *, offset_s: int) -> Glance | None:
    """Return a plain message of registers in outline; None where only reading can tell.

    Args:
        body: The message.
        offset_s: The city's civil time minus UTC, for instants that name their zone. [s]
    """
    wire = read_fast(_READINGS, body)
    if wire is None or not _is_envelope(wire) or not numbers.are_plain(map(_VALUE, wire.data)):
        return None
    try:
        if not _good_registers.issuperset(map(_REGISTER, wire.data)):
            for meter, register in set(map(_REGISTER, wire.data)):
                registers.series_of(meter, register)
                _remember(_good_registers, (meter, register))
    except ValueError:
        return None
    instants = set()
    for text in set(map(_INSTANT, wire.data)):
        instant = registers.instant_of(text, offset_s)
        if instant is None:
            return None
        instants.add(instant)
    return Glance(wire.device_id, wire.enterprise_code, _extent(instants))


def _is_envelope(wire: _Increments | _Readings) -> bool:
    """Answer whether it says who speaks for whom, and anything at all."""
    return (
        bool(wire.data)
        and is_text(wire.device_id, longest=DEVICE_ID_LENGTH_MAX)
        and is_text(wire.enterprise_code, longest=CODE_LENGTH_MAX)
    )


def _remember(good: set[tuple[str, str | None]], name: tuple[str, str | None]) -> None:
    if len(good) >= _REMEMBERED_MAX:
        good.clear()
    good.add(name)


def _extent(seconds: Iterable[int]) -> Extent:
    return Extent(tuple(sorted({day_of(second) for second in seconds})), [])
