"""The messages of the load: a slot of all points of a unit each, every one with other values.

Written by hand-made templates, some ten times faster than by the protocol's encoders, so that the
load generator never is the bottleneck; a test holds the two together byte for byte.
"""

import json
import random
from collections.abc import Sequence
from enum import StrEnum

import msgspec

from hengneng.protocol import codes, times

POINTS = 100
SLOT_SECONDS = 900
DAY_SLOTS = 96
SCALE = 2  # of every value
SENT_AFTER_S = 60


class Flavour(StrEnum):
    """What a unit's terminal speaks."""

    NATIONAL = "national"
    REGISTERS = "registers"


class Sender(msgspec.Struct, frozen=True):
    """A terminal of the load.

    Attributes:
        flavour: What it speaks.
        number: Its unit's number, from 0; the values follow from it.
        code: Its unit's social credit code.
        device_id: Its secret.
    """

    flavour: Flavour
    number: int
    code: str
    device_id: str


def source_key(flavour: Flavour, point: int) -> str:
    """Return the key that feeds a unit's point from this load.

    >>> source_key(Flavour.NATIONAL, 0)
    'N:0101000002330011'
    """
    if flavour is Flavour.NATIONAL:
        return f"N:{_data_code(point)}"
    return f"R:{_meter(point)}:total"


def values(sender: Sender, slot: int, *, points: int = POINTS) -> list[int]:
    """Return the digits that a slot's message carries, by point.

    They follow from sender and slot alone: increments of a load with scatter, or registers that
    only ever rise.

    Args:
        sender: The terminal.
        slot: Quarters of an hour since 1970-01-01 00:00, local.
        points: The unit's first ones. [count]
    """
    chance = random.Random(sender.number << 32 | slot)  # noqa: S311 - a load, no secret
    draw = chance.random
    if sender.flavour is Flavour.NATIONAL:
        return [int(_level(point) * (0.75 + 0.5 * draw())) for point in range(points)]
    turns = slot % (1 << 20)
    return [int(_level(point) * (turns + 0.5 * draw())) for point in range(points)]


def message(sender: Sender, slot: int, *, slots: int = 1, points: int = POINTS) -> bytes:
    """Return the body of a message, of one slot or of some together.

    Args:
        sender: The terminal.
        slot: The first, quarters of an hour since 1970-01-01 00:00, local.
        slots: How many. [count]
        points: The unit's first ones. [count]
    """
    head = json.dumps({"deviceId": sender.device_id, "enterpriseCode": sender.code, "data": []})
    opening = head.replace(": ", ":").replace(", ", ",")[:-2]
    rows = ",".join([_slot(sender, slot + turn, points) for turn in range(slots)])
    return f"{opening}{rows}]}}".encode()


def _slot(sender: Sender, slot: int, points: int) -> str:
    """Return the rows of a slot."""
    at = slot * SLOT_SECONDS
    start, sent = times.text_of(at), times.text_of(at + SENT_AFTER_S)
    if sender.flavour is Flavour.NATIONAL:
        before, middle = _NATIONAL, ""
        after = (
            f'","inputType":"4","statType":"0","statDate":"{start}","scope":"3","valid":"1",'
            f'"uploadDate":"{sent}"}}'
        )
    else:
        before, middle = _REGISTERS, f'{start}","value":"'
        after = f'","status":"good","uploadDate":"{sent}"}}'
    return _rows(before[:points], middle, values(sender, slot, points=points), after)


def _rows(before: Sequence[str], middle: str, digits: Sequence[int], after: str) -> str:
    """Return the rows of a message."""
    return ",".join(
        [
            f"{one}{middle}{value // 100}.{value % 100:02}{after}"
            for one, value in zip(before, digits, strict=True)
        ]
    )


def _level(point: int) -> int:
    """Return what a point uses in a slot: 5 to 90 kWh, as hundredths."""
    return 500 + point * 7919 % 8500


def _data_code(point: int) -> str:
    """Return a point's data code: electricity used in one of many process units."""
    return f"{1 + point // 50:02}{1 + point % 50:02}000002330011"


def _meter(point: int) -> str:
    return f"M-{point + 1:03}"


_NATIONAL = [
    f'{{"dataCode":"{codes.dashed(_data_code(point))}","dataValue":"' for point in range(POINTS)
]
_REGISTERS = [
    f'{{"meter":"{_meter(point)}","register":"total","instant":"' for point in range(POINTS)
]
