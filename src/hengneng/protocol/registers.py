"""The native channel: cumulative readings of registers at instants.

``POST /devices/v1/registers`` with ``{"deviceId", "enterpriseCode", "data": [{"meter", "register",
"instant", "value", "status", "uploadDate"}]}``; the platform names the address in its answer to
``register``. Registers carry what increments lose: a gap's energy stays known (ARCHITECTURE 5.3).
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import msgspec

from hengneng.protocol import numbers, times
from hengneng.protocol.national.energy import Envelope
from hengneng.protocol.national.envelopes import NoEnvelope, is_text, read_fast, read_row, read_wire
from hengneng.protocol.national.registration import CODE_LENGTH_MAX, DEVICE_ID_LENGTH_MAX
from hengneng.protocol.records import Content, Flaw, Record

NAME_LENGTH_MAX = 40
_GOOD = {None, "", "0", "good", "ok", "valid"}


class _Flawed(ValueError):
    """A reading that cannot count; its text is the reason."""


class _Row(msgspec.Struct, rename="camel", gc=False):
    meter: Any = None
    register: Any = None
    instant: Any = None
    value: Any = None
    status: Any = None
    upload_date: Any = None


class _Fast(msgspec.Struct, rename="camel"):
    data: list[_Row] | None = None
    registers: list[_Row] | None = None
    device_id: Any = None
    enterprise_code: Any = None


class _Careful(msgspec.Struct, rename="camel"):
    data: list[msgspec.Raw] | None = None
    registers: list[msgspec.Raw] | None = None
    device_id: Any = None
    enterprise_code: Any = None


_FAST = msgspec.json.Decoder(_Fast, float_hook=str)
_CAREFUL = msgspec.json.Decoder(_Careful, float_hook=str)
_ROW = msgspec.json.Decoder(_Row, float_hook=str)


def read_registers(body: bytes, *, offset_s: int) -> Envelope:
    """Return a message of registers; a reading that cannot count never blocks the rest.

    Args:
        body: The message.
        offset_s: The city's civil time minus UTC, for instants that name their zone. [s]

    Raises:
        NotJson: If the body is not JSON.
        NoEnvelope: If device, unit or list is missing.
    """
    wire: _Fast | _Careful | None = read_fast(_FAST, body)
    rows: Iterable[_Row | None] | None
    if isinstance(wire, _Fast):
        rows = wire.registers if wire.data is None else wire.data
    else:
        wire = read_wire(_CAREFUL, body)
        raws = wire.registers if wire.data is None else wire.data
        rows = None if raws is None else [read_row(_ROW, raw) for raw in raws]
    if not is_text(wire.device_id, longest=DEVICE_ID_LENGTH_MAX):
        raise NoEnvelope("no deviceId")
    if not is_text(wire.enterprise_code, longest=CODE_LENGTH_MAX):
        raise NoEnvelope("no enterpriseCode")
    if rows is None:
        raise NoEnvelope("no data")
    return Envelope(wire.device_id, wire.enterprise_code, _content(rows, offset_s))


def write_registers(device_id: str, enterprise_code: str, records: Iterable[Record]) -> bytes:
    """Return the bytes that ``read_registers`` reads as the same records.

    Raises:
        ValueError: If a record is no register reading, or its mark has no place on this wire.
    """
    rows = [_row_of(record) for record in records]
    wire = {"deviceId": device_id, "enterpriseCode": enterprise_code, "data": rows}
    return msgspec.json.encode(wire)


def _content(rows: Iterable[_Row | None], offset_s: int) -> Content:
    """Sort the rows into records and flaws."""
    records: list[Record] = []
    flaws: list[Flaw] = []
    for position, row in enumerate(rows):
        try:
            records.append(_record(row, offset_s))
        except _Flawed as flaw:
            flaws.append(Flaw(position, str(flaw)))
        except numbers.BadNumber:
            flaws.append(Flaw(position, "BAD_NUMBER"))
    return Content(records, flaws)


def _record(row: _Row | None, offset_s: int) -> Record:
    """Return what one row says.

    Raises:
        _Flawed: If it cannot count, with the reason.
        BadNumber: If its value is no number.
    """
    if row is None:
        raise _Flawed("BAD_RECORD")
    try:
        series = series_of(row.meter, row.register)
    except TypeError:
        # A list or an object stands where a name should: it cannot be looked up.
        raise _Flawed("BAD_CODE") from None
    at = instant_of(row.instant, offset_s)
    if at is None:
        raise _Flawed("BAD_TIME")
    digits, scale = numbers.parse(row.value)
    if digits < 0:
        raise _Flawed("BAD_NUMBER")
    sent_at = instant_of(row.upload_date, offset_s) or 0
    mark = "M" if row.status == "good" else _mark(row.status)
    return Record(series, at, digits, scale, mark, sent_at)


# On the hot path: what repeats from record to record is read once; only good texts are remembered,
# and those are short. typed=True: true and 1 are equal in Python and different on the wire.
@lru_cache(maxsize=1 << 16, typed=True)
def series_of(meter: object, register: object) -> str:
    """Return the series that a meter's register makes.

    Raises:
        _Flawed: If a name has no such form.
    """
    named = "total" if register is None else register
    if not _is_name(meter) or ":" in str(meter) or not _is_name(named):
        raise _Flawed("BAD_CODE")
    return f"R:{meter}:{named}"


def _mark(status: object) -> str:
    """Return the mark: a meter's good status in its usual words, else withdrawn."""
    word = status.strip().lower() if isinstance(status, str) else status
    if type(word) is int:
        word = str(word)
    return "M" if (word is None or isinstance(word, str)) and word in _GOOD else "R"


def _is_name(text: object) -> bool:
    """Answer whether a meter's or register's name has the form that makes a series."""
    return is_text(text, longest=NAME_LENGTH_MAX)


def instant_of(text: object, offset_s: int) -> int | None:
    """Return an instant as local seconds, or None where it cannot be read."""
    if not isinstance(text, str):
        return None
    try:
        return times.instant_seconds(text, offset_s)
    except times.BadTime:
        return None


def _row_of(record: Record) -> dict[str, str]:
    """Return a reading as this channel writes it."""
    kind, _, name = record.series.partition(":")
    meter, _, register = name.partition(":")
    if kind != "R" or record.mark not in {"M", "R"}:
        raise ValueError(f"{record.series} with mark {record.mark} has no place on this wire")
    row = {
        "meter": meter,
        "register": register,
        "instant": times.text_of(record.at),
        "value": numbers.text_of(record.digits, record.scale),
        "status": "good" if record.mark == "M" else "bad",
    }
    return row | ({"uploadDate": times.text_of(record.sent_at)} if record.sent_at else {})
