"""Recompute what was sealed and name what is broken."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any, NamedTuple

from hengneng.kernel.audit import queries as audits
from hengneng.kernel.facts import queries as facts
from hengneng.telemetry.journal import bodies, rules
from hengneng.telemetry.journal.models import Message

CITY_CHAIN = "messages"
_UNIT_CHAINS = "unit:"
_AT_ONCE = 500
_FIELDS = (
    "unit_id",
    "sequence",
    "recorded_at",
    "terminal_id",
    "channel",
    "dictionary",
    "key_version",
    "sha256",
)


class MessageRow(NamedTuple):
    """What a message's row says, its body apart."""

    unit_id: int
    sequence: int
    recorded_at: datetime
    terminal_id: int | None
    channel: int
    dictionary: int
    key_version: int
    sha256: bytes

    def digest(self) -> bytes:
        """Return the row's digest."""
        return rules.row_digest(**self._asdict())


def unit_chain(unit_id: int) -> str:
    """Return the name of a unit's chain."""
    return f"{_UNIT_CHAINS}{unit_id}"


def rows_after(sequence: int, *, limit: int) -> Iterator[MessageRow]:
    """Yield the rows of the messages recorded after ``sequence``, in the record's order."""
    rows = Message.objects.filter(sequence__gt=sequence).order_by("sequence")
    for values in rows.values_list(*_FIELDS)[:limit]:
        yield _row(values)


def broken_links(*, progress: Callable[[int], object] = lambda _: None) -> Iterator[str]:
    """Recompute every body, row and chain; yield a sentence for each break.

    Memory stays bounded whatever the journal holds.

    Args:
        progress: Told the number of messages checked so far, now and then.
    """
    yield from _broken_messages(progress)
    yield from audits.broken_chain(CITY_CHAIN, _links(None))
    for chain in audits.chains(prefix=_UNIT_CHAINS):
        unit_id = int(chain.removeprefix(_UNIT_CHAINS))
        yield from audits.broken_chain(chain, _links(unit_id))


def _row(values: Iterable[Any]) -> MessageRow:
    """Return the row of a message, bytes as bytes."""
    row = MessageRow(*values)
    return row._replace(sha256=bytes(row.sha256))


def _links(unit_id: int | None) -> Iterator[tuple[int, bytes]]:
    """Yield number and digest of the messages of a unit, or of all, in the record's order."""
    rows = Message.objects.order_by("sequence")
    if unit_id is not None:
        rows = rows.filter(unit_id=unit_id)
    for values in rows.values_list(*_FIELDS).iterator(_AT_ONCE):
        row = _row(values)
        yield row.sequence, row.digest()


def _broken_messages(progress: Callable[[int], object]) -> Iterator[str]:
    """Yield what is wrong with bodies, and which numbers are missing."""
    last = facts.last_sequence("message")
    expected = 1
    rows = Message.objects.order_by("sequence").values_list(*_FIELDS, "body").iterator(_AT_ONCE)
    for checked, (*values, body) in enumerate(rows, start=1):
        row = _row(values)
        yield from _missing(expected, row.sequence)
        yield from _broken_body(row, bytes(body))
        expected = max(expected, row.sequence + 1)
        if checked % _AT_ONCE == 0:
            progress(checked)
    yield from _missing(expected, last + 1)


def _missing(expected: int, found: int) -> Iterator[str]:
    """Yield that messages are missing, where the next number is not the one expected."""
    if found == expected + 1:
        yield f"message {expected} is missing"
    elif found > expected:
        yield f"messages {expected} to {found - 1} are missing"
    elif found < expected:
        yield f"message {found} stands twice"


def _broken_body(row: MessageRow, body: bytes) -> Iterator[str]:
    """Yield that a message's bytes are not those received."""
    name = f"unit {row.unit_id}, message {row.sequence}"
    try:
        raw = bodies.unpack(body, dictionary=row.dictionary)
    except bodies.Unreadable as error:
        yield f"{name}: its body cannot be unpacked ({error})"
        return
    if hashlib.sha256(raw).digest() != row.sha256:
        yield f"{name}: its body is not what its SHA-256 was made of"
