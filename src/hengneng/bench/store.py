"""What the database holds and owes after a run: counts, marks, bytes; and its bare speed."""

import time
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection, transaction

from hengneng.bench import rows

_WAITING = (
    "SELECT EXISTS (SELECT 1 FROM journal_stalemark)"
    " OR EXISTS (SELECT 1 FROM consumption_unstitched)"
    " OR EXISTS (SELECT 1 FROM facts_factchange)"
)
_PARTITIONS = (
    "SELECT coalesce(sum(pg_total_relation_size(inhrelid)), 0) FROM pg_inherits"
    " WHERE inhparent = %s::regclass"
)


def is_behind() -> bool:
    """Answer whether the recompute has anything left to do."""
    return bool(_one(_WAITING))


def oldest_mark() -> datetime | None:
    """Return when the oldest stale mark was made; None without any. Aware."""
    found: datetime | None = _one("SELECT min(marked_at) FROM journal_stalemark")
    return found


def message_count() -> int:
    """Return how many messages are kept. [count]"""
    return int(_one("SELECT count(*) FROM journal_message"))


def last_sequence() -> int:
    """Return the number of the last message kept; 0 without any."""
    return int(_one("SELECT coalesce(max(sequence), 0) FROM journal_message"))


def bytes_alone(*, after: int) -> int:
    """Return what the messages after one take in a table of their own, indexes too. [bytes]"""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bench_message")
        cursor.execute("CREATE TABLE bench_message (LIKE journal_message INCLUDING ALL)")
        cursor.execute(
            "INSERT INTO bench_message SELECT * FROM journal_message WHERE sequence > %s", [after]
        )
    return bytes_of("bench_message")


def row_count() -> int:
    """Return how many readings the baseline keeps. [count]"""
    return int(_one(f"SELECT count(*) FROM {rows.TABLE}"))  # noqa: S608 own name


def slot_count() -> int:
    """Return how many slots of profiles hold a value. [count]"""
    return int(_one("SELECT coalesce(sum(known), 0) FROM consumption_consumptionday"))


def total_of(unit_id: int, day: date) -> Decimal | None:
    """Return what all points of a unit used on a day; None where nothing is known."""
    found: Decimal | None = _one(
        "SELECT sum(amount) FROM consumption_consumptionday WHERE unit_id = %s AND day = %s",
        unit_id,
        day,
    )
    return found


def add_up_rows() -> None:
    """Make the baseline's day totals from its readings, as it would every night."""
    with connection.cursor() as cursor:
        cursor.execute(rows.ADD_UP)


def body_bytes() -> int:
    """Return the packed bodies' bytes. [bytes]"""
    return int(_one("SELECT coalesce(sum(length(body)), 0) FROM journal_message"))


def bytes_of(*tables: str) -> int:
    """Return what tables take on disk, with indexes, TOAST and partitions. [bytes]"""
    whole = sum(int(_one("SELECT pg_total_relation_size(%s)", table)) for table in tables)
    return whole + sum(int(_one(_PARTITIONS, table)) for table in tables)


def make_rows_table() -> None:
    """Make the baseline's table."""
    with connection.cursor() as cursor:
        cursor.execute(rows.CREATE)


def pack(table: str) -> None:
    """Write a table anew without what updates left behind."""
    with connection.cursor() as cursor:
        cursor.execute(f"VACUUM FULL {connection.ops.quote_name(table)}")


def copied_per_second(blocks: Sequence[bytes], readings: int) -> float:
    """Return how many readings a bare COPY into the baseline's table takes. [1/s]

    Args:
        blocks: COPY lines; each block is a transaction.
        readings: How many readings they are together. [count]
    """
    began = time.monotonic()
    for block in blocks:
        with (
            transaction.atomic(),
            connection.cursor() as cursor,
            cursor.copy(rows.COPY_BARE) as copy,
        ):
            copy.write(block)
    return readings / (time.monotonic() - began)


def upserted_per_second(blocks: Sequence[bytes], readings: int) -> float:
    """Return how many readings COPY into a temporary table and INSERT … ON CONFLICT take. [1/s]

    Args:
        blocks: COPY lines; each block is a transaction.
        readings: How many readings they are together. [count]
    """
    rows.make_twin()
    began = time.monotonic()
    for block in blocks:
        with transaction.atomic(), connection.cursor() as cursor:
            with cursor.copy(rows.COPY_TWIN) as copy:
                copy.write(block)
            cursor.execute(rows.UPSERT)
    return readings / (time.monotonic() - began)


def _one(query: str, *parameters: str | int | date) -> Any:
    """Return the one value that a query finds."""
    with connection.cursor() as cursor:
        cursor.execute(query, list(parameters))
        (value,) = cursor.fetchone()
    return value
