"""Mark days as stale, and clear the marks that were worked off."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.db import connection, transaction

from hengneng.telemetry.journal.models import StaleMark


@transaction.atomic
def mark(*, unit_id: int, days: Iterable[date], at: datetime) -> None:
    """Mark days of a unit to be worked out again; marking is derived, so no entry is written.

    Args:
        unit_id: The unit.
        days: Local days.
        at: Now. Aware.
    """
    rows = [(unit_id, day, at) for day in sorted(set(days))]
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO journal_stalemark (unit_id, day, marked_at) VALUES (%s, %s, %s)", rows
        )


@transaction.atomic
def clear_marks(*, unit_id: int, ids: Sequence[int]) -> int:
    """Delete exactly the marks a worker read; never others, or readings would be lost.

    Args:
        unit_id: The unit.
        ids: The marks read, ``queries.marks_of``.

    Returns:
        How many were there. [count]
    """
    return StaleMark.objects.filter(unit_id=unit_id, id__in=list(ids)).delete()[0]
