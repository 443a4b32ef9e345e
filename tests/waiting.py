"""Days that wait to be worked out, as a message leaves them behind."""

from datetime import date, datetime

from django.db import connection


def mark(unit_id: int, day: date, *, marked_at: datetime) -> None:
    """Let a unit's day wait since an instant."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO journal_stalemark (unit_id, day, marked_at) VALUES (%s, %s, %s)",
            [unit_id, day, marked_at],
        )
