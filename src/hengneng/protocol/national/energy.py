"""``uploadEnergyData``: increments per period, labelled with the period's start.

On the hot path at ingest and again in the recompute: what repeats from record to record (code,
stat type, times) is read once and remembered; only good texts are, and those are short.
"""

from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec

from hengneng.protocol import codes, numbers, times
from hengneng.protocol.national.envelopes import NoEnvelope, is_text, read_fast, read_row, read_wire
from hengneng.protocol.national.registration import CODE_LENGTH_MAX, DEVICE_ID_LENGTH_MAX
from hengneng.protocol.records import DAY_SECONDS, Content, Flaw, Record

REALTIME, DAY, MONTH, YEAR = "N0", "N1", "N2", "N3"
_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
_STAT_TYPES = {"0": REALTIME, "1": DAY, "2": MONTH, "3": YEAR}
# SOURCE: facts/protocol.md 2.4: 1 to 4 come from systems and meters, 5 from a person's hand.
_INPUT_MARKS = {None: "M", "1": "M", "2": "M", "3": "M", "4": "M", "5": "H"}
# One client's comment says the opposite, its own good samples and every other source say this.
_VALID = {None: True, "1": True, "true": True, "0": False, "false": False}
_SCOPES = {"1": 1, "2": 2, "3": 3, "4": 4}
_WITHDRAWN = {"M": "R", "H": "W"}
_WIRE_INPUTS = {"M": ("4", "1"), "H": ("5", "1"), "R": ("4", "0"), "W": ("5", "0")}


class Envelope(NamedTuple):
    """An upload: who says it is from whom, and what it holds."""

    device_id: str
    enterprise_code: str
    content: Content


class _Flawed(ValueError):
    """A record that cannot count; its text is the reason."""


class _Row(msgspec.Struct, rename="camel", gc=False):
    data_code: Any = None
    data_value: Any = None
    input_type: Any = None
    stat_type: Any = None
    stat_date: Any = None
    upload_date: Any = None
    scope: Any = None
    valid: Any = None


class _Fast(msgspec.Struct, rename="camel"):
    data: list[_Row]
    device_id: Any = None
    enterprise_code: Any = None


class _Careful(msgspec.Struct, rename="camel"):
    data: list[msgspec.Raw]
    device_id: Any = None
    enterprise_code: Any = None


# Numbers with a point stay the text they were sent as: a float never holds energy.
_FAST = msgspec.json.Decoder(_Fast, float_hook=str)
_CAREFUL = msgspec.json.Decoder(_Careful, float_hook=str)
_ROW = msgspec.json.Decoder(_Row, float_hook=str)


def read_energy(body: bytes) -> Envelope:
    """Return an ``uploadEnergyData`` message; a record that cannot count never blocks the rest.

    Raises:
        NotJson: If the body is not JSON.
        NoEnvelope: If device, unit or list is missing.

    Source:
        facts/protocol.md 2.4.
    """
    wire: _Fast | _Careful | None = read_fast(_FAST, body)
    rows: Iterable[_Row | None]
    if isinstance(wire, _Fast):
        rows = wire.data
    else:
        wire = read_wire(_CAREFUL, body)
        rows = (read_row(_ROW, raw) for raw in wire.data)
    if not is_text(wire.device_id, longest=DEVICE_ID_LENGTH_MAX):
        raise NoEnvelope("no deviceId")
    if not is_text(wire.enterprise_code, longest=CODE_LENGTH_MAX):
        raise NoEnvelope("no enterpriseCode")
    return Envelope(wire.device_id, wire.enterprise_code, _content(rows))


def write_energy(device_id: str, enterprise_code: str, records: Iterable[Record]) -> bytes:
    """Return the bytes that ``read_energy`` reads as the same records.

    Raises:
        ValueError: If a record is no increment, or its mark has no place on this wire.
    """
    rows = [_row_of(record) for record in records]
    wire = {"deviceId": device_id, "enterpriseCode": enterprise_code, "data": rows}
    return msgspec.json.encode(wire)


def _content(rows: Iterable[_Row | None]) -> Content:
    """Sort the rows into records and flaws."""
    records: list[Record] = []
    flaws: list[Flaw] = []
    for position, row in enumerate(rows):
        try:
            records.append(_record(row))
        except _Flawed as flaw:
            flaws.append(Flaw(position, str(flaw)))
    return Content(records, flaws)


def _record(row: _Row | None) -> Record:
    """Return what one row says.

    Raises:
        _Flawed: If it cannot count, with the reason.
    """
    if row is None:
        raise _Flawed("BAD_RECORD")
    try:
        kind, series = series_of(row.stat_type, row.data_code, row.scope)
        at = start_of(row.stat_date, kind)
        mark = _mark(row.input_type, row.valid)
        digits, scale = numbers.parse(row.data_value)
        return Record(series, at, digits, scale, mark, sent_second(row.upload_date))
    except numbers.BadNumber:
        raise _Flawed("BAD_NUMBER") from None
    except TypeError:
        # A list or an object stands where a word should: it cannot be looked up.
        if any(isinstance(value, list | dict) for value in msgspec.structs.astuple(row)):
            raise _Flawed("BAD_RECORD") from None
        raise


# typed=True: true and 1 are equal in Python and different on the wire.
@lru_cache(maxsize=1 << 16, typed=True)
def series_of(stat_type: object, code: object, scope: object) -> tuple[str, str]:
    """Return the kind of increment and its series."""
    kind = _STAT_TYPES.get(_word(stat_type) or "")
    if kind is None:
        raise _Flawed("BAD_STAT_TYPE")
    if not isinstance(code, str):
        raise _Flawed("BAD_CODE")
    try:
        digits = codes.canonical(code)
    except codes.BadCode:
        raise _Flawed("BAD_CODE") from None
    if scope is not None and _SCOPES.get(_word(scope) or "") != codes.scope_of(digits):
        raise _Flawed("BAD_SCOPE")
    return kind, f"{kind}:{digits}"


@lru_cache(maxsize=64, typed=True)
def _mark(input_type: object, valid: object) -> str:
    """Return the record's mark from how it came about and whether its sender stands by it."""
    is_valid = _VALID.get(str(valid).lower() if isinstance(valid, bool) else _word(valid))
    if is_valid is None:
        raise _Flawed("BAD_VALID")
    mark = _INPUT_MARKS.get(_word(input_type))
    if mark is None:
        raise _Flawed("BAD_RECORD")
    return mark if is_valid else _WITHDRAWN[mark]


@lru_cache(maxsize=1 << 16, typed=True)
def start_of(text: object, kind: str) -> int:
    """Return the start of the period that a ``statDate`` lies in."""
    if not isinstance(text, str) or (kind == REALTIME and not times.has_clock(text)):
        raise _Flawed("BAD_TIME")
    try:
        at = times.local_seconds(text)
    except times.BadTime:
        raise _Flawed("BAD_TIME") from None
    if kind == REALTIME:
        return at
    day = date.fromordinal(at // DAY_SECONDS + _EPOCH_ORDINAL)
    if kind == MONTH:
        day = day.replace(day=1)
    elif kind == YEAR:
        day = day.replace(month=1, day=1)
    return (day.toordinal() - _EPOCH_ORDINAL) * DAY_SECONDS


def sent_second(text: object) -> int:
    """Return an ``uploadDate``; one that cannot be read says nothing."""
    if not isinstance(text, str):
        return 0
    try:
        return times.local_seconds(text)
    except times.BadTime:
        return 0


def _word(value: object) -> str | None:
    """Return a small number or word as its text; None stays None, anything else is no word."""
    if value is None or type(value) is str:
        return value
    return str(value) if type(value) is int else ""


def _row_of(record: Record) -> dict[str, str]:
    """Return a record as this flavour writes it."""
    kind, _, code = record.series.partition(":")
    stat_type = next((word for word, known in _STAT_TYPES.items() if known == kind), None)
    if stat_type is None or record.mark not in _WIRE_INPUTS:
        raise ValueError(f"{record.series} with mark {record.mark} has no place on this wire")
    input_type, valid = _WIRE_INPUTS[record.mark]
    row = {
        "dataCode": codes.dashed(code),
        "dataValue": numbers.text_of(record.digits, record.scale),
        "inputType": input_type,
        "statType": stat_type,
        "statDate": times.text_of(record.at),
        "scope": str(codes.scope_of(code)),
        "valid": valid,
    }
    return row | ({"uploadDate": times.text_of(record.sent_at)} if record.sent_at else {})
