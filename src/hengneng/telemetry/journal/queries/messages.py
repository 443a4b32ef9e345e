"""A unit's messages one by one: a page of them, and one with its bytes."""

from datetime import date, datetime
from typing import NamedTuple

from django.db import connection

from hengneng.telemetry.journal import bodies
from hengneng.telemetry.journal.models import Message

_FIELDS = (
    "message.sequence, message.recorded_at, message.channel, message.terminal_id, message.sha256,"
    " octet_length(message.body)"
)
_PAGE = f"""
SELECT {_FIELDS} FROM journal_message AS message WHERE message.unit_id = %(unit)s
ORDER BY message.recorded_at DESC, message.sequence DESC OFFSET %(offset)s LIMIT %(limit)s
"""  # noqa: S608 own columns
# A message touches a day once for each of its records' days; the key holds it once. By all of the
# key, as ``reading`` says why.
_PAGE_OF_DAY = f"""
WITH touching AS MATERIALIZED (
    SELECT unit_id, recorded_at, sequence FROM journal_messageday
    WHERE unit_id = %(unit)s AND day = %(day)s
    ORDER BY recorded_at DESC, sequence DESC OFFSET %(offset)s LIMIT %(limit)s
)
SELECT {_FIELDS} FROM touching JOIN journal_message AS message
    ON message.unit_id = touching.unit_id
    AND message.recorded_at = touching.recorded_at AND message.sequence = touching.sequence
ORDER BY message.recorded_at DESC, message.sequence DESC
"""  # noqa: S608 own columns


class UnknownMessage(LookupError):
    """The unit has no message of that number."""


class KeptMessage(NamedTuple):
    """A message as lists show it.

    Attributes:
        sequence: Number in the record.
        recorded_at: When it was recorded. Aware.
        channel: ``rules.Channel``.
        terminal_id: Who sent it; None: a person.
        sha256: Digest of the bytes as received.
        kept_bytes: Room that its packed bytes take. [byte]
    """

    sequence: int
    recorded_at: datetime
    channel: int
    terminal_id: int | None
    sha256: bytes
    kept_bytes: int


class MessagePage(NamedTuple):
    """One page of a list of messages, and how many the whole list holds."""

    rows: list[KeptMessage]
    total: int


class FullMessage(NamedTuple):
    """A message with its exact bytes."""

    row: KeptMessage
    body: bytes


def message_page(
    unit_id: int, *, day: date | None = None, offset: int = 0, limit: int = 50
) -> MessagePage:
    """Return a page of a unit's messages, newest first; two queries.

    Args:
        unit_id: The unit.
        day: Only messages with records of that local day; None: all.
        offset: How many to leave out.
        limit: Messages on the page.
    """
    asked = {"unit": unit_id, "day": day, "offset": offset, "limit": limit}
    with connection.cursor() as cursor:
        cursor.execute(_PAGE if day is None else _PAGE_OF_DAY, asked)
        rows = [
            KeptMessage(sequence, at, channel, terminal, bytes(sha256), size)
            for sequence, at, channel, terminal, sha256, size in cursor.fetchall()
        ]
        cursor.execute(
            "SELECT count(*) FROM journal_message WHERE unit_id = %(unit)s"
            if day is None
            else "SELECT count(*) FROM journal_messageday"
            " WHERE unit_id = %(unit)s AND day = %(day)s",
            asked,
        )
        return MessagePage(rows, int(cursor.fetchone()[0]))


def message(unit_id: int, sequence: int) -> FullMessage:
    """Return one message of a unit with its exact bytes.

    Raises:
        UnknownMessage: If the unit has none of that number.
    """
    found = Message.objects.filter(unit_id=unit_id, sequence=sequence).first()
    if found is None:
        raise UnknownMessage(f"unit {unit_id} has no message {sequence}")
    row = KeptMessage(
        found.sequence,
        found.recorded_at,
        found.channel,
        found.terminal_id,
        bytes(found.sha256),
        len(found.body),
    )
    return FullMessage(row, bodies.unpack(bytes(found.body), dictionary=found.dictionary))
