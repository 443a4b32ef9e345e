"""Which units and days wait for the recompute."""

from datetime import date

from django.db import connection

from hengneng.kernel import clock
from hengneng.kernel.facts import queries as facts
from hengneng.telemetry.journal import queries as journal


def waiting_units(limit: int) -> list[int]:
    """Return units that have something to work off, those waiting longest first.

    Units with new messages, with edited facts and with days still to stitch take turns, so that
    one kind of work cannot keep the others waiting.
    """
    queues = (journal.stale_units(limit), facts.changed_units(limit), _unstitched_units(limit))
    longest = max(map(len, queues))
    turns = (queue[i] for i in range(longest) for queue in queues if i < len(queue))
    return list(dict.fromkeys(turns))[:limit]


def unstitched_of(unit_id: int) -> list[tuple[int, int, int]]:
    """Return (number, first day, last day) of the unit's notes of days still to stitch."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, first, last FROM consumption_unstitched WHERE unit_id = %s", [unit_id]
        )
        return [(n, clock.day_number(a), clock.day_number(b)) for n, a, b in cursor.fetchall()]


def digest_bounds(unit_id: int) -> tuple[int, int] | None:
    """Return the first and last day of which the unit has a digest; None without any."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT min(day), max(day) FROM consumption_digest WHERE unit_id = %s", [unit_id]
        )
        first, last = _one(cursor.fetchone())
    return (
        None if first is None or last is None else (clock.day_number(first), clock.day_number(last))
    )


def _one(row: tuple[date | None, date | None] | None) -> tuple[date | None, date | None]:
    return row or (None, None)


def _unstitched_units(limit: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT unit_id FROM consumption_unstitched GROUP BY unit_id ORDER BY min(id) LIMIT %s",
            [limit],
        )
        return [unit_id for (unit_id,) in cursor.fetchall()]
