"""Made-up messages in the shapes terminals send: for sizes, times, and the body dictionary.

``python tests/unit/telemetry/journal/synthetic.py PATH`` trains a new dictionary and writes it to
PATH. A shipped dictionary is never changed; a better one gets the next number.
"""

import json
import random
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import zstandard

DICTIONARY_BYTES = 32 * 1024
SAMPLES = 4_000
_START = datetime.fromisoformat("2026-01-01 00:00:00")
_ENERGY = ("011500", "023300", "023200", "022000", "021800", "010104", "030100")
_SIZES = (1, 1, 2, 5, 10, 24, 25, 60, 96, 100)


def national_message(seed: int, *, records: int) -> bytes:
    """Return one made-up ``uploadEnergyData`` body."""
    chance = random.Random(seed)
    is_dashed, is_text, is_spaced = (chance.random() < 0.5 for _ in range(3))
    stat_type = chance.choice("0001")
    sent = _START + timedelta(minutes=15 * chance.randrange(40_000), seconds=chance.randrange(60))
    points = [_code(chance, is_dashed=is_dashed) for _ in range(min(records, 12))]
    rows = [
        _row(chance, points[i % len(points)], stat_type, sent - timedelta(minutes=15 * (i + 1)))
        for i in range(records)
    ]
    for row in rows:
        row["uploadDate"] = sent.isoformat(" ")
        if not is_text:
            row["dataValue"] = float(row["dataValue"])
            row["valid"] = True
    return _body(chance, {"data": rows}, is_spaced=is_spaced)


def register_message(seed: int, *, records: int) -> bytes:
    """Return one made-up body of the native channel."""
    chance = random.Random(seed)
    sent = _START + timedelta(minutes=15 * chance.randrange(40_000))
    value = chance.randrange(10_000_000)
    rows = []
    for i in range(records):
        value += chance.randrange(5_000)
        at = sent + timedelta(minutes=15 * (i // 8))
        rows.append(
            {
                "meter": f"M-{i % 8 + 1:03}",
                "register": chance.choice(["total", "total", "peak", "valley"]),
                "instant": at.isoformat() + chance.choice(["+08:00", ""]),
                "value": f"{value / 100:.2f}",
                "status": "good",
                "uploadDate": sent.isoformat(" "),
            }
        )
    return _body(chance, {"data": rows}, is_spaced=False)


def messages(count: int) -> Iterator[bytes]:
    """Yield made-up messages of both kinds and many sizes."""
    for seed in range(count):
        make = national_message if seed % 3 else register_message
        yield make(seed, records=_SIZES[seed % len(_SIZES)])


def _code(chance: random.Random, *, is_dashed: bool) -> str:
    """Return a data code."""
    place = "00000000" if chance.random() < 0.6 else f"{chance.randrange(1, 9):02}000000"
    text = place + chance.choice(_ENERGY) + chance.choice(["11", "10", "30"])
    if not is_dashed:
        return text
    return f"{text[:2]}-{text[2:4]}-{text[4:8]}-{text[8:14]}-{text[14:]}"


def _row(chance: random.Random, code: str, stat_type: str, at: datetime) -> dict[str, object]:
    """Return a record."""
    return {
        "dataCode": code,
        "dataValue": f"{chance.lognormvariate(4, 2):.{chance.choice([1, 2, 2, 4])}f}",
        "inputType": "4",
        "statType": stat_type,
        "statDate": at.replace(second=0).isoformat(" "),
        "uploadDate": "",
        "scope": "1" if code.startswith("00") else "2",
        "valid": "1",
    }


def _body(chance: random.Random, data: dict[str, object], *, is_spaced: bool) -> bytes:
    """Return the whole message as a client would write it."""
    envelope = {
        "deviceId": f"{chance.getrandbits(128):032x}",
        "enterpriseCode": f"9131{chance.randrange(10**13):013}X",
    }
    separators = None if is_spaced else (",", ":")
    return json.dumps(envelope | data, separators=separators).encode()


if __name__ == "__main__":
    trained = zstandard.train_dictionary(DICTIONARY_BYTES, list(messages(SAMPLES)), level=6)
    Path(sys.argv[1]).write_bytes(trained.as_bytes())
