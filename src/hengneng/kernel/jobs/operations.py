"""Begin, advance and end a progress that a person watches; note that a process lives.

Both are a display, not an act: the work itself writes the audit entry.
"""

from collections.abc import Collection
from datetime import datetime

from django.db import models, transaction

from hengneng.kernel.jobs.models import Beat, Progress


class AlreadyFinished(ValueError):
    """This work has ended; it can be neither advanced nor ended again."""


def start(*, kind: str, total: int, by: int | None, at: datetime) -> int:
    """Begin a progress and return its id.

    Args:
        kind: What is done, such as ``import.points``.
        total: Parts there are. [count]
        by: Account that waits for it; None: the platform.
        at: Now. Aware.
    """
    return Progress.objects.create(kind=kind, total=total, by=by, started_at=at).pk


def begin(*, progress_id: int, total: int, at: datetime) -> None:
    """Say how many parts there are and that none is done, as the work begins or begins again.

    Args:
        progress_id: The progress.
        total: Parts there are. [count]
        at: Now; the time before it tells nothing of the pace. Aware.

    Raises:
        AlreadyFinished: If the work has ended.
    """
    _change(progress_id, total=total, done=0, started_at=at)


def advance(*, progress_id: int, count: int) -> None:
    """Add ``count`` parts done.

    Raises:
        AlreadyFinished: If the work has ended.
    """
    _change(progress_id, done=models.F("done") + count)


def finish(*, progress_id: int, at: datetime) -> None:
    """End a progress whose work is done.

    Raises:
        AlreadyFinished: If the work has ended.
    """
    _change(progress_id, finished_at=at, done=models.F("total"))


def fail(*, progress_id: int, reason: str, at: datetime) -> None:
    """End a progress whose work failed, with why in a sentence for the one who waits.

    Raises:
        AlreadyFinished: If the work has ended.
    """
    _change(progress_id, finished_at=at, failed_reason=reason)


@transaction.atomic
def expect(*, names: Collection[str], at: datetime) -> None:
    """Say which processes run from now on; those that no longer do are forgotten.

    Args:
        names: The processes.
        at: Now: each has its time to give a first sign of life. Aware.
    """
    Beat.objects.exclude(name__in=names).delete()
    Beat.objects.bulk_create(
        [Beat(name=name, beat_at=at) for name in sorted(names)],
        update_conflicts=True,
        unique_fields=["name"],
        update_fields=["beat_at", "hourly"],
    )


def beat(*, name: str, at: datetime, hourly: int | None = None) -> None:
    """Note that a process lives that is expected to; one that is on its way out counts no more.

    Args:
        name: The process.
        at: Now. Aware.
        hourly: Parts of work it does in an hour, lately; None: it has done none. [count]
    """
    Beat.objects.filter(name=name).update(beat_at=at, hourly=hourly)


def _change(progress_id: int, **values: object) -> None:
    """Change a progress that goes on."""
    going_on = Progress.objects.filter(id=progress_id, finished_at__isnull=True)
    if not going_on.update(**values):
        raise AlreadyFinished(f"progress {progress_id} has ended")
