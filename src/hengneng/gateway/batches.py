"""Messages made of readings: frozen once formed, so that one sent again is the same bytes.

The platform knows a message by its bytes; the same ones again are answered "received" and count
once. A batch is therefore formed, with its body, in one transaction with the mark on its readings,
and never changed: it is acknowledged, or refused and kept, or taken apart where another terminal id
or channel makes its bytes worthless.
"""

import hashlib
import sqlite3
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from hengneng.gateway import increments
from hengneng.gateway.decoding import Number
from hengneng.gateway.meters import Meter
from hengneng.gateway.outbox import Outbox, first_good, good_between
from hengneng.protocol import national, registers
from hengneng.protocol.national.energy import MONTH
from hengneng.protocol.records import Record

# Some 190 bytes a record: far below the platform's 4 MB, and one message for a usual round.
READINGS_MAX = 1000
_NO_CODE = "no data code: the platform takes no registers, and increments need one"


class Channel(StrEnum):
    """How readings go out."""

    REGISTERS = "REGISTERS"  # the native channel: what meters show
    NATIONAL = "NATIONAL"  # uploadEnergyData: increments and day totals


class State(StrEnum):
    """What became of a batch."""

    PENDING = "PENDING"
    ACKNOWLEDGED = "ACKNOWLEDGED"
    REFUSED = "REFUSED"  # the platform will not have it; kept and shown
    EMPTY = "EMPTY"  # its readings make no increment: nothing to send
    UNSENDABLE = "UNSENDABLE"  # they cannot go out on this channel; kept and shown


class Batch(NamedTuple):
    """A message to be sent.

    Attributes:
        id: Its number.
        channel: How it goes out.
        body: Its bytes.
        readings: How many it carries. [count]
    """

    id: int
    channel: Channel
    body: bytes
    readings: int


class Sender(NamedTuple):
    """Whose messages they are, and how they go out.

    Attributes:
        device_id: The terminal's secret id.
        unit_code: The unit it speaks for.
        channel: How.
        period_s: Time between scheduled instants. [s]
        codes: Data code and capacity of registers that go out as increments, by meter and register.
    """

    device_id: str
    unit_code: str
    channel: Channel
    period_s: int
    codes: Mapping[tuple[str, str], tuple[str, Number | None]]


class _Row(NamedTuple):
    """A reading as it stands in the outbox."""

    id: int
    series: int
    meter: str
    register: str
    at: int
    digits: int
    scale: int
    mark: str


def codes_of(meters: Sequence[Meter]) -> dict[tuple[str, str], tuple[str, Number | None]]:
    """Return what ``Sender.codes`` holds for these meters."""
    return {
        (meter.name, one.name): (one.data_code, one.capacity)
        for meter in meters
        for one in meter.registers
        if one.data_code
    }


def pending(outbox: Outbox) -> Batch | None:
    """Return the oldest batch that waits to be sent."""
    with outbox.looking() as connection:
        row = connection.execute(
            "SELECT id, channel, body, (SELECT count(*) FROM reading WHERE batch = batch.id)"
            " FROM batch WHERE state = 'PENDING' ORDER BY id LIMIT 1"
        ).fetchone()
    return None if row is None else Batch(row[0], Channel(row[1]), row[2], row[3])


def form(outbox: Outbox, sender: Sender, *, at: int, most: int = READINGS_MAX) -> bool:
    """Make a batch of the oldest readings that are in none.

    Args:
        outbox: Where they are kept.
        sender: Whose message it is.
        at: Now. [local s]
        most: Readings it may carry. [count]

    Returns:
        Whether there were any; what they make may still be nothing to send.
    """
    with outbox.transaction() as connection:
        rows = _unbatched(connection, most)
        if sender.channel is Channel.REGISTERS:
            sent = [_record(row, at) for row in rows]
            body = registers.write_registers(sender.device_id, sender.unit_code, sent)
            _freeze(connection, sender.channel, rows, body if rows else b"", at=at)
            return bool(rows)
        coded = [row for row in rows if (row.meter, row.register) in sender.codes]
        others = [row for row in rows if (row.meter, row.register) not in sender.codes]
        records = [one for row in coded for one in _increments(connection, sender, row, at)]
        body = national.write_energy(sender.device_id, sender.unit_code, records)
        _freeze(connection, sender.channel, coded, body if records else b"", at=at)
        _set_aside(connection, sender.channel, others, State.UNSENDABLE, _NO_CODE, at=at)
    return bool(rows)


def settle(outbox: Outbox, batch: Batch, state: State, said: str, *, at: int) -> None:
    """Write down what became of a batch; a refused one keeps its bytes to be looked at.

    Args:
        outbox: Where it is kept.
        batch: The batch.
        state: ``ACKNOWLEDGED`` or ``REFUSED``.
        said: What the platform said.
        at: When. [local s]
    """
    body = None if state is State.ACKNOWLEDGED else batch.body
    with outbox.transaction() as connection:
        connection.execute(
            "UPDATE batch SET state = ?, said = ?, settled_at = ?, body = ? WHERE id = ?",
            [state, said, at, body, batch.id],
        )


def take_apart(outbox: Outbox, *states: State) -> int:
    """Free the readings of batches in these states, so that new ones are formed of them.

    Returns:
        How many readings. [count]
    """
    marks = ", ".join("?" * len(states))
    found = f"SELECT id FROM batch WHERE state IN ({marks})"  # noqa: S608 - question marks only
    with outbox.transaction() as connection:
        ids = connection.execute(found, states).fetchall()
        freed = connection.executemany("UPDATE reading SET batch = NULL WHERE batch = ?", ids)
        connection.executemany("DELETE FROM batch WHERE id = ?", ids)
    return max(freed.rowcount, 0)


def _unbatched(connection: sqlite3.Connection, most: int) -> list[_Row]:
    return [
        _Row(*row)
        for row in connection.execute(
            "SELECT reading.id, series, meter, register, at, digits, scale, mark"
            " FROM reading JOIN series ON series.id = reading.series"
            " WHERE batch IS NULL ORDER BY reading.id LIMIT ?",
            [most],
        )
    ]


def _record(row: _Row, sent_at: int) -> Record:
    return Record(f"R:{row.meter}:{row.register}", row.at, row.digits, row.scale, row.mark, sent_at)


def _increments(
    connection: sqlite3.Connection, sender: Sender, row: _Row, sent_at: int
) -> list[Record]:
    """Return the increments of the periods that end with a reading."""
    if row.mark != "M":
        return []
    code, capacity = sender.codes[row.meter, row.register]

    def is_first_since(since: int) -> bool:
        first = first_good(connection, row.series, since=since, until=row.at)
        return first is not None and first[0] == row.at

    found = []
    for kind, start, begin_by in increments.endings(
        row.at, period_s=sender.period_s, is_first_since=is_first_since
    ):
        begin = first_good(connection, row.series, since=start, until=begin_by)
        if begin is None:
            continue
        end = Number(row.digits, row.scale)
        counted = increments.difference(Number(begin[1], begin[2]), end, capacity)
        if counted is None:
            continue
        between = good_between(connection, row.series, first=begin[0], last=row.at)
        if kind != MONTH or increments.adds_up(between, counted, capacity):
            found.append(Record(f"{kind}:{code}", start, *counted, "M", sent_at))
    return found


def _freeze(
    connection: sqlite3.Connection, channel: Channel, rows: Sequence[_Row], body: bytes, *, at: int
) -> None:
    """Keep a batch's bytes; without any it is settled at once."""
    if not body:
        _set_aside(connection, channel, rows, State.EMPTY, "", at=at)
        return
    digest = hashlib.sha256(body).hexdigest()
    made = connection.execute(
        "INSERT INTO batch (state, channel, formed_at, body, sha256) VALUES (?, ?, ?, ?, ?)",
        [State.PENDING, channel, at, body, digest],
    )
    _mark(connection, rows, made.lastrowid)


def _set_aside(
    connection: sqlite3.Connection,
    channel: Channel,
    rows: Sequence[_Row],
    state: State,
    said: str,
    *,
    at: int,
) -> None:
    """Keep readings that make no message, saying why."""
    if rows:
        made = connection.execute(
            "INSERT INTO batch (state, channel, formed_at, settled_at, said)"
            " VALUES (?, ?, ?, ?, ?)",
            [state, channel, at, at, said],
        )
        _mark(connection, rows, made.lastrowid)


def _mark(connection: sqlite3.Connection, rows: Sequence[_Row], batch: int | None) -> None:
    connection.executemany(
        "UPDATE reading SET batch = ? WHERE id = ?", [(batch, row.id) for row in rows]
    )
