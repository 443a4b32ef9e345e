"""Which units and days wait for the recompute."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple

from django.db import connection

from hengneng.kernel import clock
from hengneng.kernel.facts import queries as facts
from hengneng.telemetry.consumption.queries import parameters
from hengneng.telemetry.consumption.rules import gaps
from hengneng.telemetry.consumption.rules.methods import SHAPED
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


class Note(NamedTuple):
    """A note of neighbouring days still to stitch.

    Attributes:
        id: Its number.
        first: The first day, in days since 1970-01-01.
        last: The last day, included.
        since: When the first of them began to wait. Aware.
    """

    id: int
    first: int
    last: int
    since: datetime


def unstitched_of(unit_id: int) -> list[Note]:
    """Return the unit's notes of days still to stitch."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, first, last, since FROM consumption_unstitched WHERE unit_id = %s",
            [unit_id],
        )
        return [
            Note(number, clock.day_number(first), clock.day_number(last), since)
            for number, first, last, since in cursor.fetchall()
        ]


def takers_of(unit_id: int, days: Iterable[int]) -> set[int]:
    """Return the days with a gap whose course may follow these days' digests, or facts on them.

    Of the figures at hand those tell it that took a shape or looked for one; what waits to be
    stitched will look anyway.
    """
    found = gaps.takers(parameters.spreading(), days)
    if not found:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT day FROM consumption_profile WHERE unit_id = %s AND day = ANY(%s)"
            " AND methods ~ %s",
            [unit_id, [clock.date_of(day) for day in found], f"[{SHAPED}]"],
        )
        return {clock.day_number(day) for (day,) in cursor.fetchall()}


def bounds(unit_id: int) -> tuple[int, int] | None:
    """Return the first and last day of which the unit has a digest or figures; None without any.

    Figures may reach beyond the digests: to an exchange that is on record, or was until now.
    """
    days: list[date] = []
    with connection.cursor() as cursor:
        for table in ("consumption_digest", "consumption_profile"):
            cursor.execute(
                f"SELECT min(day), max(day) FROM {table} WHERE unit_id = %s",  # noqa: S608 own names
                [unit_id],
            )
            days += [day for row in cursor.fetchall() for day in row if day is not None]
    return (clock.day_number(min(days)), clock.day_number(max(days))) if days else None


def _unstitched_units(limit: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT unit_id FROM consumption_unstitched GROUP BY unit_id ORDER BY min(id) LIMIT %s",
            [limit],
        )
        return [unit_id for (unit_id,) in cursor.fetchall()]
