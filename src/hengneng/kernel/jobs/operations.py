"""Begin, advance and end a progress that a person watches.

Progress is a display, not an act: the work itself writes the audit entry.
"""

from datetime import datetime

from django.db import models

from hengneng.kernel.jobs.models import Progress


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


def _change(progress_id: int, **values: object) -> None:
    """Change a progress that goes on."""
    going_on = Progress.objects.filter(id=progress_id, finished_at__isnull=True)
    if not going_on.update(**values):
        raise AlreadyFinished(f"progress {progress_id} has ended")
