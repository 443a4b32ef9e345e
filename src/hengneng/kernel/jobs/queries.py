"""How far long work has come, for the one who waits."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from hengneng.kernel.jobs import rules
from hengneng.kernel.jobs.models import Progress


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
