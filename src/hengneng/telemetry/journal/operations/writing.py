"""Write a group of messages in one transaction: keys, messages, days, flaws, stale marks."""

import itertools
from collections.abc import Collection, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any, NamedTuple

import psycopg
from django.db import connection, transaction

from hengneng.kernel.facts import operations as facts

# PostgreSQL counts a statement's parameters in 16 bits.
_PARAMETERS_MAX = 60_000
_ATTEMPTS = 3


class Entry(NamedTuple):
    """A message ready to be written: packed, hashed, its days and flaws known."""

    unit_id: int
    sha256: bytes
    terminal_id: int | None
    channel: int
    dictionary: int
    body: bytes
    days: tuple[date, ...]
    flaws: dict[str, list[int]]
    at: datetime

    @property
    def key(self) -> "Key":
        """What makes a message the same as one kept before."""
        return self.unit_id, self.sha256, self.channel


class Accepted(NamedTuple):
    """A message that is kept.

    Attributes:
        sequence: Its number in the record.
        recorded_at: When it was recorded. Aware.
        is_new: False where the same bytes were kept before.
    """

    sequence: int
    recorded_at: datetime
    is_new: bool


Key = tuple[int, bytes, int]


class _Raced(Exception):
    """Another process kept one of these messages at this moment."""


def write(*, group: Sequence[Entry]) -> list[Accepted]:
    """Write a group in one transaction and return each member's answer, in the group's order.

    Members that are kept already, or stand twice in the group, are not written again. Only new
    messages take numbers, so the record has no gaps.
    """
    for attempt in itertools.count(1):
        try:
            with transaction.atomic():
                return _write_once(group)
        except _Raced:
            # The other's commit is visible now, so the next look finds it.
            if attempt == _ATTEMPTS:
                raise
    raise AssertionError("unreachable")


def _write_once(group: Sequence[Entry]) -> list[Accepted]:
    """Write what is new of a group inside the open transaction."""
    known = _kept({entry.key for entry in group})
    new: dict[Key, Entry] = {}
    for entry in group:
        if entry.key not in known:
            new.setdefault(entry.key, entry)
    answers = known | _insert_new(new)
    firsts = {id(entry) for entry in new.values()}
    return [answers[entry.key]._replace(is_new=id(entry) in firsts) for entry in group]


def _kept(keys: Collection[Key]) -> dict[Key, Accepted]:
    """Return which of these messages are kept already."""
    raw = connection.connection
    with connection.wrap_database_errors, psycopg.RawCursor(raw) as cursor:
        cursor.execute(_look_up(len(keys)), list(itertools.chain.from_iterable(keys)))
        return {
            (unit_id, bytes(sha256), channel): Accepted(sequence, recorded_at, is_new=False)
            for unit_id, sha256, channel, sequence, recorded_at in cursor
        }


def _insert_new(new: dict[Key, Entry]) -> dict[Key, Accepted]:
    """Stamp and insert the new messages; ordered by unit, as a sharded database wants it."""
    if not new:
        return {}
    stamp = facts.stamp(name="message", count=len(new))
    at = stamp.recorded_at
    numbered = list(enumerate(sorted(new.values(), key=lambda e: e.unit_id), stamp.sequence))
    raw = connection.connection
    with connection.wrap_database_errors, raw.pipeline(), psycopg.RawCursor(raw) as cursor:
        kept = _insert_keys(cursor, numbered, at)
        _insert(
            cursor,
            "journal_message",
            "unit_id recorded_at sequence terminal_id channel dictionary sha256 body",
            [
                (e.unit_id, at, n, e.terminal_id, e.channel, e.dictionary, e.sha256, e.body)
                for n, e in numbered
            ],
        )
        _insert_days(cursor, numbered, at)
    if kept() != len(numbered):
        raise _Raced
    return {e.key: Accepted(n, at, is_new=True) for n, e in numbered}


def _insert_keys(
    cursor: psycopg.RawCursor[Any], numbered: list[tuple[int, Entry]], at: datetime
) -> Any:
    """Insert the keys; return a function that tells, after the pipeline, how many were new."""
    keys = psycopg.RawCursor(cursor.connection)
    _insert(
        keys,
        "journal_messagekey",
        "unit_id sha256 channel sequence recorded_at",
        [(*e.key, n, at) for n, e in numbered],
        ending=" ON CONFLICT DO NOTHING",
    )
    return lambda: keys.rowcount


def _insert_days(
    cursor: psycopg.RawCursor[Any], numbered: list[tuple[int, Entry]], at: datetime
) -> None:
    """Insert which days the messages touch, that those are stale, and what was flawed."""
    _insert(
        cursor,
        "journal_messageday",
        "unit_id day sequence recorded_at",
        [(e.unit_id, day, n, at) for n, e in numbered for day in e.days],
    )
    _insert(
        cursor,
        "journal_stalemark",
        "unit_id day marked_at",
        [(e.unit_id, day, e.at) for _, e in numbered for day in e.days],
    )
    _insert(
        cursor,
        "journal_flawedrecord",
        "unit_id sequence reason positions recorded_at",
        [
            (e.unit_id, n, reason, positions, at)
            for n, e in numbered
            for reason, positions in e.flaws.items()
        ],
    )


def _insert(
    cursor: psycopg.RawCursor[Any],
    table: str,
    columns: str,
    rows: Sequence[tuple[Any, ...]],
    *,
    ending: str = "",
) -> None:
    """Insert rows by multi-row VALUES, as few statements as the parameter limit allows."""
    at_once = _PARAMETERS_MAX // len(columns.split())
    for start in range(0, len(rows), at_once):
        part = rows[start : start + at_once]
        statement = _statement(table, columns, len(part), ending)
        cursor.execute(statement, list(itertools.chain.from_iterable(part)))


# Composed once for each size: reading a long statement for its placeholders took longer than all
# else that a group costs this process.
@lru_cache(maxsize=1024)
def _statement(table: str, columns: str, count: int, ending: str) -> bytes:
    """Return the statement that inserts so many rows."""
    names = columns.split()
    listed, values = ", ".join(names), _places(count, len(names))
    return f"INSERT INTO {table} ({listed}) VALUES {values}{ending}".encode()  # noqa: S608 own names


@lru_cache(maxsize=1024)
def _look_up(count: int) -> bytes:
    """Return the statement that finds so many keys."""
    return (
        "SELECT unit_id, sha256, channel, sequence, recorded_at FROM journal_messagekey"  # noqa: S608
        f" WHERE (unit_id, sha256, channel) IN ({_places(count, 3)})"
    ).encode()


def _places(count: int, width: int) -> str:
    """Return placeholders for so many rows: ``($1, $2), ($3, $4)``."""
    rows = (
        ", ".join(f"${number}" for number in range(start, start + width))
        for start in range(1, count * width, width)
    )
    return f"({'), ('.join(rows)})"
