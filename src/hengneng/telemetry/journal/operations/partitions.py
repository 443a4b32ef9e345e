"""Make the months' partitions of the journal ahead of time."""

from datetime import UTC, date, datetime

from django.db import connection, transaction

MONTHS_AHEAD = 3
# Makers' advisory lock, in the space of two-number keys (units lock in that of one number).
PARTITION_LOCK = (7301, 2)


def ensure_partitions(*, at: datetime) -> list[str]:
    """Make the partitions of this month, the three after it, and of any month waiting in DEFAULT.

    Safe to call again and from several processes at once. What stands in the DEFAULT partition for
    such a month moves into it. Storage is derived, so no entry is written.

    Args:
        at: Now. Aware.

    Returns:
        Names of the tables made, ascending.

    Source:
        ARCHITECTURE 4, partitions at least 3 months ahead.
    """
    first = at.astimezone(UTC).date().replace(day=1)
    months = {_later(first, count) for count in range(MONTHS_AHEAD + 1)} | _months_in_default()
    return [name for month in sorted(months) if (name := _ensure(month))]


@transaction.atomic
def _ensure(month: date) -> str | None:
    """Make one month's partition; None where it stands already."""
    name = f"journal_message_{month:%Y_%m}"
    start, end = f"{month} 00:00:00+00", f"{_later(month, 1)} 00:00:00+00"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", PARTITION_LOCK)
        cursor.execute("SELECT to_regclass(%s)", [name])
        if cursor.fetchone()[0] is not None:
            return None
        # Nothing may enter DEFAULT for this month between the move and the attaching.
        cursor.execute("LOCK TABLE journal_message_default IN ACCESS EXCLUSIVE MODE")
        cursor.execute(f"CREATE TABLE {name} (LIKE journal_message INCLUDING ALL)")
        cursor.execute(
            "WITH moved AS (DELETE FROM journal_message_default WHERE recorded_at >= %s"  # noqa: S608
            f" AND recorded_at < %s RETURNING *) INSERT INTO {name} SELECT * FROM moved",
            [start, end],
        )
        cursor.execute(
            f"ALTER TABLE journal_message ATTACH PARTITION {name}"
            f" FOR VALUES FROM ('{start}') TO ('{end}')"
        )
    return name


def _months_in_default() -> set[date]:
    """Return the months of the messages that stand in DEFAULT."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT date_trunc('month', recorded_at AT TIME ZONE 'UTC')::date"
            " FROM journal_message_default"
        )
        return {month for (month,) in cursor.fetchall()}


def _later(month: date, count: int) -> date:
    """Return the first day of the month ``count`` months later."""
    months = month.year * 12 + month.month - 1 + count
    return date(months // 12, months % 12 + 1, 1)
