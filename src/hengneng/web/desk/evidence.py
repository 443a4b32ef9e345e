"""Evidence for people: which message told what of a point's day, a message's bytes in the clear."""

import json
from collections.abc import Iterable
from datetime import date, datetime
from hashlib import sha256
from typing import Any, NamedTuple

from hengneng.kernel import clock
from hengneng.protocol.records import DAY_SECONDS, Record, day_of, source_key
from hengneng.telemetry.consumption.queries import records
from hengneng.telemetry.journal import queries as journal
from hengneng.telemetry.journal.queries import FullMessage, StoredMessage

PLACES_SHOWN, FLAWS_SHOWN = 8, 50
# By these names the wire carries a terminal's id: a secret, shown once, to the terminal alone.
SECRETS = {"deviceid", "device_id"}
HIDDEN = "••••••••"


class Told(NamedTuple):
    """What one message told of a point's day.

    Attributes:
        sequence: The message.
        recorded_at: When it was recorded. Aware.
        sha256: Digest of its bytes, hexadecimal.
        records: Records of the point and day in it. [count]
        first_at: Second of the day of the first of them.
        last_at: Second of the day of the last of them.
    """

    sequence: int
    recorded_at: datetime
    sha256: str
    records: int
    first_at: int
    last_at: int


class Stray(NamedTuple):
    """Records of one message that cannot count."""

    sequence: int
    recorded_at: datetime
    reason: str
    records: int
    places: list[int]
    more: int


def told_of(
    unit_id: int, key: str | None, day: date, *, as_of: datetime | None = None
) -> list[Told]:
    """Return the messages that told of a source's day, oldest first.

    Args:
        unit_id: The unit.
        key: The source that feeds the point; None: nothing does.
        day: Local day.
        as_of: Of the messages recorded by then; None: of all. Aware.
    """
    if key is None:
        return []
    number = clock.day_number(day)
    found = []
    for message in journal.messages_of_days(unit_id, [day], as_of=as_of):
        own = sorted(_seconds(message, key, number))
        if own:
            digest = sha256(message.body).hexdigest()
            found.append(
                Told(message.sequence, message.recorded_at, digest, len(own), own[0], own[-1])
            )
    return found


def _seconds(message: StoredMessage, key: str, day: int) -> Iterable[int]:
    """Yield the seconds of the day of a message's records of one source."""
    for record in records.records_of(message):
        if source_key(record.series) == key and day_of(record.at) == day:
            yield record.at % DAY_SECONDS


def strays_of(unit_id: int) -> list[Stray]:
    """Return the latest records that cannot count, with their places in the message from 1."""
    return [
        Stray(
            row.sequence,
            row.recorded_at,
            row.reason,
            len(row.positions),
            [position + 1 for position in row.positions[:PLACES_SHOWN]],
            max(len(row.positions) - PLACES_SHOWN, 0),
        )
        for row in journal.flawed_records(unit_id, limit=FLAWS_SHOWN)
    ]


def records_in(message: FullMessage) -> list[Record]:
    """Return the usable records of a message, in its order."""
    row = message.row
    stored = StoredMessage(row.sequence, row.recorded_at, row.channel, message.body)
    return records.records_of(stored)


def readable(body: bytes) -> str:
    """Return a message's JSON indented, the terminal's id hidden; other bytes as they are."""
    try:
        parsed = json.loads(body.decode("utf-8-sig"))
    except ValueError:
        return body.decode(errors="replace")
    return json.dumps(_hidden(parsed), ensure_ascii=False, indent=2)


def _hidden(value: Any) -> Any:
    """Return a JSON value without the terminal's id in its outer object."""
    if not isinstance(value, dict):
        return value
    return {name: HIDDEN if name.lower() in SECRETS else inner for name, inner in value.items()}
