"""What must hold before this process should be sent requests."""

from datetime import datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from hengneng.kernel.jobs import queries as jobs
from hengneng.telemetry.journal import queries as journal

# A month without a partition takes its messages into DEFAULT, which is an alarm; the month's end
# must be in sight for longer than a mended job needs to run.
ROOM_AHEAD = timedelta(days=31)


class Check(NamedTuple):
    """One answer of the readiness probe.

    Attributes:
        name: What was asked.
        is_good: Whether it holds.
        told: What was found, in a sentence.
    """

    name: str
    is_good: bool
    told: str


def checks(*, at: datetime) -> list[Check]:
    """Return the answers; those that need the database are left out where it is not reachable.

    Args:
        at: Now. Aware.
    """
    reachable = _database()
    if not reachable.is_good:
        return [reachable]
    migrated = _migrations()
    return [reachable, migrated, *([_room(at), _workers(at)] if migrated.is_good else [])]


def _database() -> Check:
    """Answer whether the database takes a statement."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        # The probe's very question: told to whoever asks, by kind only (no address in public).
        return Check("database", False, f"not reachable ({type(error).__name__})")
    return Check("database", True, "reachable")


def _migrations() -> Check:
    """Answer whether the tables are those of this code."""
    missing = len(_expected_migrations() - set(MigrationRecorder(connection).applied_migrations()))
    told = f"{missing} not applied" if missing else "all applied"
    return Check("migrations", not missing, told)


@lru_cache(maxsize=1)
def _expected_migrations() -> frozenset[tuple[str, str]]:
    """Return every migration on disk, read once: a process's code does not change."""
    return frozenset(MigrationLoader(None).graph.nodes)


def _room(at: datetime) -> Check:
    """Answer whether months ahead have their partition."""
    until = journal.room_until()
    is_good = until is not None and until - at >= ROOM_AHEAD
    return Check("partitions", is_good, f"made until {until:%Y-%m-%d}" if until else "none made")


def _workers(at: datetime) -> Check:
    """Answer whether the processes behind the web give signs of life; one that hangs is named."""
    signs = jobs.signs(at=at)
    silent = [f"{one.name}: no sign of life {_for(one)}" for one in signs if not one.is_alive]
    if silent:
        return Check("workers", False, "; ".join(silent))
    told = f"{', '.join(one.name for one in signs)}: at work" if signs else "none expected"
    return Check("workers", True, told)


def _for(sign: jobs.Sign) -> str:
    """Return for how long a process has been silent."""
    return f"for {sign.silent_s:.0f} s"
