"""When long work will be done."""

from datetime import datetime


def expected_end(*, started_at: datetime, at: datetime, done: int, total: int) -> datetime | None:
    """Return when work going on at its pace so far will be done; None before anything is done.

    Args:
        started_at: When it began. Aware.
        at: Now. Aware.
        done: Parts done so far. [count]
        total: Parts there are. [count]

    >>> from datetime import UTC
    >>> expected_end(started_at=datetime(2020, 9, 30, 12, tzinfo=UTC),
    ...              at=datetime(2020, 9, 30, 13, tzinfo=UTC), done=25, total=100)
    datetime.datetime(2020, 9, 30, 16, 0, tzinfo=datetime.timezone.utc)
    """
    if done == 0:
        return None
    return started_at + (at - started_at) * total / done
