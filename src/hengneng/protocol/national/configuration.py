"""``uploadConfigData``: what a unit's terminal collects, item by item."""

from collections.abc import Iterable
from typing import Any, NamedTuple

import msgspec

from hengneng.protocol import codes
from hengneng.protocol.national.envelopes import NoEnvelope, is_text, read_row, read_wire
from hengneng.protocol.national.registration import CODE_LENGTH_MAX, DEVICE_ID_LENGTH_MAX
from hengneng.protocol.records import Flaw

NAME_LENGTH_MAX = 200
_NUL = b"\\u0000"
# The parts of the data code in their order, with their lengths: facts/protocol.md 4.1.
_PARTS = (
    ("processCode", 2),
    ("processUnitCode", 2),
    ("equipmentCode", 2),
    ("equipmentUnitCode", 2),
    ("energyClassCode", 2),
    ("energyTypeCode", 4),
    ("dataUsageCode", 2),
)


class CollectItem(NamedTuple):
    """One thing the terminal collects.

    Attributes:
        code: Its 16-digit data code.
        name: The unit's name for it, at most 200 characters.
        fields: The item's fields as sent.
    """

    code: str
    name: str
    fields: dict[str, Any]


class Configuration(NamedTuple):
    """A terminal's configuration.

    Attributes:
        device_id: The terminal's secret id.
        enterprise_code: The unit it speaks for.
        items: What it collects.
        flaws: Items that name no data code.
    """

    device_id: str
    enterprise_code: str
    items: list[CollectItem]
    flaws: list[Flaw]


class _Wire(msgspec.Struct, rename="camel"):
    collect_item_config: list[msgspec.Raw] = []
    device_id: Any = None
    enterprise_code: Any = None


_WIRE = msgspec.json.Decoder(_Wire)
_ITEM = msgspec.json.Decoder(dict[str, Any], float_hook=str)


def read_configuration(body: bytes) -> Configuration:
    """Return an ``uploadConfigData`` message; an item without a data code never blocks the rest.

    Raises:
        NotJson: If the body is not JSON.
        NoEnvelope: If device or unit is missing, or the list is none.

    Source:
        facts/protocol.md 2.3 b.
    """
    wire = read_wire(_WIRE, body)
    if not is_text(wire.device_id, longest=DEVICE_ID_LENGTH_MAX):
        raise NoEnvelope("no deviceId")
    if not is_text(wire.enterprise_code, longest=CODE_LENGTH_MAX):
        raise NoEnvelope("no enterpriseCode")
    items: list[CollectItem] = []
    flaws: list[Flaw] = []
    for position, raw in enumerate(wire.collect_item_config):
        # A NUL is legal in JSON text and in no database's.
        fields = None if _NUL in bytes(raw) else read_row(_ITEM, raw)
        item = None if fields is None else _item(fields)
        if item is None:
            flaws.append(Flaw(position, "BAD_CODE"))
        else:
            items.append(item)
    return Configuration(wire.device_id, wire.enterprise_code, items, flaws)


def write_configuration(
    device_id: str, enterprise_code: str, items: Iterable[CollectItem]
) -> bytes:
    """Return the bytes that ``read_configuration`` reads as the same items."""
    rows = [item.fields | _parts(item.code) | {"name": item.name} for item in items]
    wire = {"deviceId": device_id, "enterpriseCode": enterprise_code, "collectItemConfig": rows}
    return msgspec.json.encode(wire)


def _item(fields: dict[str, Any]) -> CollectItem | None:
    """Return one item, or None where its parts make no data code."""
    parts = [_digits(fields.get(name), length) for name, length in _PARTS]
    try:
        code = codes.canonical("".join(parts))
    except codes.BadCode:
        return None
    name = fields.get("name")
    shown = name.strip() if isinstance(name, str) else ""
    readable = "".join(sign for sign in shown if sign.isprintable())
    return CollectItem(code, readable[:NAME_LENGTH_MAX] or codes.dashed(code), fields)


def _digits(value: object, length: int) -> str:
    """Return a part's digits; a missing part of the place is zeros, a number regains its zeros."""
    if value is None or value == "":
        return "0" * length
    return str(value).zfill(length) if type(value) is int else str(value)


def _parts(code: str) -> dict[str, str]:
    """Return a data code as the wire's parts."""
    return dict(zip((name for name, _ in _PARTS), codes.parts_of(code), strict=True))
