"""``uploadMeteringData``: the metering instruments of a unit, element by element.

The official message table was not held: the object's fields are those of the reference terminals,
the name of the list around them was not seen, so whatever the one list is called, it is read.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

import msgspec

from hengneng.protocol import codes, times
from hengneng.protocol.national.envelopes import NoEnvelope, is_text, read_row, read_wire
from hengneng.protocol.national.registration import CODE_LENGTH_MAX, DEVICE_ID_LENGTH_MAX
from hengneng.protocol.records import DAY_SECONDS, Flaw

# The name under which this platform's own writer sends the list: that of ``uploadEnergyData``.
LIST_NAME = "data"
_NAME_LENGTH_MAX = 120
_CODE_LENGTH_MAX = 60
_TEXT_LENGTH_MAX = 200
_NUL = b"\\u0000"
_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
_STATES = {"1": "NORMAL", "2": "FAULTY", "3": "STOPPED"}
_LEVELS = {"1": 1, "2": 2, "3": 3}
_RESULTS = {"合格": True, "不合格": False}


class MeteringItem(NamedTuple):
    """A metering instrument as its terminal describes it; empty or None where it does not say.

    Attributes:
        name: ``meteringName``.
        manage_code: ``manageCode``, the unit's own number of it.
        type_code: ``meteringType``.
        level: ``meteringLevel``: 1 boundary, 2 main sub-unit, 3 main equipment.
        data_code: The 16 digits of ``dataCode``, the data it gives.
        maker: ``manuFacturer``.
        model: ``typeSpecification``.
        accuracy_class: ``accuracyLevel``.
        measuring_range: ``measureRange``.
        place: ``installationSite``.
        installed_on: ``installDate``.
        is_qualified: ``calibrationState``: 合格 or 不合格.
        verified_on: ``latelyCalibration``.
        due_on: ``nextCalibration``.
        body: ``inspectionOrganization``.
        state: ``measureState``: ``NORMAL``, ``FAULTY`` or ``STOPPED``.
        state_since: ``measureStateDate``.
        fields: The element as sent.
    """

    name: str
    manage_code: str = ""
    type_code: str = ""
    level: int | None = None
    data_code: str = ""
    maker: str = ""
    model: str = ""
    accuracy_class: str = ""
    measuring_range: str = ""
    place: str = ""
    installed_on: date | None = None
    is_qualified: bool | None = None
    verified_on: date | None = None
    due_on: date | None = None
    body: str = ""
    state: str = ""
    state_since: date | None = None
    fields: dict[str, Any] = {}


class Metering(NamedTuple):
    """A unit's metering instruments.

    Attributes:
        device_id: The terminal's secret id.
        enterprise_code: The unit it speaks for.
        items: The instruments.
        flaws: Elements that are none, or have neither name nor number.
    """

    device_id: str
    enterprise_code: str
    items: list[MeteringItem]
    flaws: list[Flaw]


_WIRE = msgspec.json.Decoder(dict[str, msgspec.Raw])
_TEXT = msgspec.json.Decoder(str)
_LIST = msgspec.json.Decoder(list[msgspec.Raw])
_ITEM = msgspec.json.Decoder(dict[str, Any], float_hook=str)


def read_metering(body: bytes) -> Metering:
    """Return an ``uploadMeteringData`` message; an element that is none never blocks the rest.

    Raises:
        NotJson: If the body is not JSON.
        NoEnvelope: If device or unit is missing, or there is not exactly one list.

    Source:
        facts/protocol.md 2.3 c (columns of reference terminals; official text not held).
    """
    wire = read_wire(_WIRE, body)
    device_id, enterprise_code = (_string(wire.get(n)) for n in ("deviceId", "enterpriseCode"))
    if not is_text(device_id, longest=DEVICE_ID_LENGTH_MAX):
        raise NoEnvelope("no deviceId")
    if not is_text(enterprise_code, longest=CODE_LENGTH_MAX):
        raise NoEnvelope("no enterpriseCode")
    lists = [raw for raw in wire.values() if bytes(raw).lstrip()[:1] == b"["]
    if len(lists) != 1:
        raise NoEnvelope(f"{len(lists)} lists where one is expected")
    items: list[MeteringItem] = []
    flaws: list[Flaw] = []
    for position, raw in enumerate(_LIST.decode(lists[0])):
        # A NUL is legal in JSON text and in no database's.
        fields = None if _NUL in bytes(raw) else read_row(_ITEM, raw)
        item = None if fields is None else read_item(fields)
        if item is None:
            flaws.append(Flaw(position, "BAD_RECORD"))
        else:
            items.append(item)
    return Metering(str(device_id), str(enterprise_code), items, flaws)


def write_metering(device_id: str, enterprise_code: str, items: Iterable[MeteringItem]) -> bytes:
    """Return the bytes that ``read_metering`` reads as the same instruments."""
    rows = [_row(item) for item in items]
    wire = {"deviceId": device_id, "enterpriseCode": enterprise_code, LIST_NAME: rows}
    return msgspec.json.encode(wire)


def read_item(fields: dict[str, Any]) -> MeteringItem | None:
    """Return one element, or None where it has neither name nor number.

    What cannot be read of it (a code of another form, a date that is none) is left out; it stays
    in ``fields`` for whoever decides.
    """
    name = _words(fields, "meteringName", _NAME_LENGTH_MAX)
    manage_code = _words(fields, "manageCode", _CODE_LENGTH_MAX)
    if not (name or manage_code):
        return None
    return MeteringItem(
        name=name or manage_code,
        manage_code=manage_code,
        type_code=_words(fields, "meteringType", _CODE_LENGTH_MAX),
        level=_LEVELS.get(_words(fields, "meteringLevel", 1)),
        data_code=_data_code(fields.get("dataCode")),
        maker=_words(fields, "manuFacturer", _NAME_LENGTH_MAX),
        model=_words(fields, "typeSpecification", 80),
        accuracy_class=_words(fields, "accuracyLevel", 20),
        measuring_range=_words(fields, "measureRange", 80),
        place=_words(fields, "installationSite", _TEXT_LENGTH_MAX),
        installed_on=_day(fields.get("installDate")),
        is_qualified=_RESULTS.get(_words(fields, "calibrationState", 8)),
        verified_on=_day(fields.get("latelyCalibration")),
        due_on=_day(fields.get("nextCalibration")),
        body=_words(fields, "inspectionOrganization", _NAME_LENGTH_MAX),
        state=_STATES.get(_words(fields, "measureState", 1), ""),
        state_since=_day(fields.get("measureStateDate")),
        fields=fields,
    )


def _row(item: MeteringItem) -> dict[str, Any]:
    """Return an instrument as this flavour writes it; what it does not say is left out."""
    said = {
        "meteringName": item.name,
        "manageCode": item.manage_code,
        "meteringType": item.type_code,
        "meteringLevel": "" if item.level is None else str(item.level),
        "dataCode": codes.dashed(item.data_code) if item.data_code else "",
        "manuFacturer": item.maker,
        "typeSpecification": item.model,
        "accuracyLevel": item.accuracy_class,
        "measureRange": item.measuring_range,
        "installationSite": item.place,
        "installDate": _text(item.installed_on),
        "calibrationState": next((w for w, ok in _RESULTS.items() if ok is item.is_qualified), ""),
        "latelyCalibration": _text(item.verified_on),
        "nextCalibration": _text(item.due_on),
        "inspectionOrganization": item.body,
        "measureState": next((w for w, name in _STATES.items() if name == item.state), ""),
        "measureStateDate": _text(item.state_since),
    }
    return item.fields | {field: text for field, text in said.items() if text}


def _string(raw: msgspec.Raw | None) -> str | None:
    """Return a field's text; None where it is none."""
    return None if raw is None else read_row(_TEXT, raw)


def _words(fields: dict[str, Any], name: str, longest: int) -> str:
    """Return a field's printable text, cut to the length that is kept; a number is its digits."""
    value = fields.get(name)
    if type(value) is int:
        value = str(value)
    if not isinstance(value, str):
        return ""
    return "".join(sign for sign in value if sign.isprintable()).strip()[:longest].rstrip()


def _data_code(value: object) -> str:
    """Return a data code's 16 digits; empty where it has not its form."""
    try:
        return codes.canonical(value) if isinstance(value, str) else ""
    except codes.BadCode:
        return ""


def _day(value: object) -> date | None:
    """Return the day of a date or time; None where it is none."""
    try:
        second = times.local_seconds(value) if isinstance(value, str) else None
    except times.BadTime:
        return None
    return None if second is None else date.fromordinal(second // DAY_SECONDS + _EPOCH_ORDINAL)


def _text(day: date | None) -> str:
    """Return a day as this flavour writes it; empty where there is none."""
    return "" if day is None else f"{day.isoformat()} 00:00:00"
