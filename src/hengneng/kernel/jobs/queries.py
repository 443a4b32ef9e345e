"""How far long work has come, for the one who waits; which processes give no sign of life."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from django.db import connection
from django.db.models import Sum

from hengneng.kernel import clock
from hengneng.kernel.jobs import rules
from hengneng.kernel.jobs.models import Beat, Progress

# Without a sign for so long a process hangs: between two of them lie a few seconds of work.
SILENT_S = 60.0
# The queue's workers keep their own signs (procrastinate), by the database's clock.
QUEUE = "jobs"


class ProgressRow(NamedTuple):
    """One piece of long work as it stands.

    Attributes:
        kind: What it is.
        done: Parts done. [count]
        total: Parts there are. [count]
        started_at: When it began. Aware.
        finished_at: When it ended; None while it goes on. Aware.
        expected_at: When it will end; None where that cannot be told. Aware.
        failed_reason: Why it failed; empty where it did not.
    """

    kind: str
    done: int
    total: int
    started_at: datetime
    finished_at: datetime | None
    expected_at: datetime | None
    failed_reason: str


def progress(progress_id: int, *, at: datetime) -> ProgressRow:
    """Return one piece of work as it stands at ``at`` (aware).

    Raises:
        Progress.DoesNotExist: If there is none.
    """
    return _row(Progress.objects.get(id=progress_id), at)


def progresses(ids: Collection[int], *, at: datetime) -> dict[int, ProgressRow]:
    """Return pieces of work as they stand at ``at`` (aware), by their ids; one query."""
    if not ids:
        return {}
    return {row.pk: _row(row, at) for row in Progress.objects.filter(id__in=ids)}


def _row(row: Progress, at: datetime) -> ProgressRow:
    expected = None
    if row.finished_at is None:
        expected = rules.expected_end(
            started_at=row.started_at, at=at, done=row.done, total=row.total
        )
    return ProgressRow(
        row.kind,
        row.done,
        row.total,
        row.started_at,
        row.finished_at,
        expected,
        row.failed_reason,
    )


class Sign(NamedTuple):
    """The last sign of life of a process that is expected to run.

    Attributes:
        name: The process.
        silent_s: How long ago that was, by a real clock. [s]
    """

    name: str
    silent_s: float

    @property
    def is_alive(self) -> bool:
        """Whether it was short enough ago."""
        return self.silent_s <= SILENT_S


def signs(*, at: datetime) -> list[Sign]:
    """Return every process that is expected to run, by name; none where nobody said so.

    Args:
        at: Now. Aware.
    """
    rate = clock.rate()
    found = []
    for name, beat_at in Beat.objects.order_by("name").values_list("name", "beat_at"):
        silent = (at - beat_at).total_seconds() / rate if rate else 0.0
        if name == QUEUE:
            silent = min(silent, _queue_silent_s())
        found.append(Sign(name, max(0.0, silent)))
    return found


def hourly_of(role: str) -> int | None:
    """Return how much work all processes of a role do in an hour, lately; None: not known. [count]

    Args:
        role: Such as ``recompute``.
    """
    found = Beat.objects.filter(name__regex=rf"^{role}(#|$)").aggregate(all=Sum("hourly"))
    return None if found["all"] is None else int(found["all"])


def _queue_silent_s() -> float:
    """Return how long ago any worker of the queue gave a sign; endless where there is none. [s]"""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT extract(epoch FROM clock_timestamp() - max(last_heartbeat))"
            " FROM procrastinate_workers"
        )
        (seconds,) = cursor.fetchone()
    return float("inf") if seconds is None else float(seconds)
