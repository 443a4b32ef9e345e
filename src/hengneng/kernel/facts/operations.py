"""Stamp the record, supersede facts, note what an edit touches."""

from datetime import datetime
from typing import NamedTuple

from django.db import connection, transaction

from hengneng.kernel import clock
from hengneng.kernel.facts.models import FactChange


class Stamp(NamedTuple):
    """The first of the sequence numbers taken, and the instant of all of them."""

    sequence: int
    recorded_at: datetime


def stamp(*, name: str, count: int = 1) -> Stamp:
    """Take the next ``count`` numbers of the record ``name`` and the instant of their recording.

    Call it inside the transaction that records, as late as can be: the row stays locked until the
    commit, which is what makes the instant follow commit order. The instant is the clock's, or one
    microsecond past the last one where the clock stands still or went back.

    Args:
        name: ``message``, ``fact`` or ``entry``.
        count: How many numbers. [count]
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO facts_tail AS tail (name, sequence, recorded_at) VALUES (%s, %s, %s)"
            " ON CONFLICT (name) DO UPDATE SET sequence = tail.sequence + excluded.sequence,"
            " recorded_at = greatest(excluded.recorded_at,"
            " tail.recorded_at + interval '1 microsecond')"
            " RETURNING sequence - %s + 1, recorded_at",
            [name, count, clock.now(), count],
        )
        row = cursor.fetchone()
    return Stamp(*row)


def note_change(
    *,
    unit_id: int,
    point_id: int | None,
    changed_from: datetime,
    changed_until: datetime | None,
) -> None:
    """Leave word for telemetry that this span of the unit's time must be worked out again."""
    FactChange.objects.create(
        unit_id=unit_id, point_id=point_id, changed_from=changed_from, changed_until=changed_until
    )


@transaction.atomic
def settle() -> datetime:
    """Return an instant up to which the record can no longer change, as late as possible.

    Waits for recordings under way, then moves each tail to now: whatever is recorded later is
    stamped later. Use ``queries.settled_until`` where waiting is not wanted.
    """
    return min(stamp(name=name, count=0).recorded_at for name in ("fact", "message"))
