"""How much waits for the recompute, since when, and when it will be done."""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import connection

from hengneng.kernel import clock
from hengneng.kernel.facts import queries as facts
from hengneng.kernel.jobs import queries as jobs

# The process that works it off, as the script names it.
ROLE = "recompute"
_DAYS = """
SELECT count(*), count(DISTINCT unit_id) FROM (
SELECT unit_id, day FROM journal_stalemark{one}
UNION
SELECT unit_id, generate_series(first, last, '1 day')::date FROM consumption_unstitched{one}
) AS waiting
"""
_SINCE = """
SELECT min(since) FROM (
SELECT min(marked_at) AS since FROM journal_stalemark{one}
UNION ALL
SELECT min(since) FROM consumption_unstitched{one}
) AS oldest
"""
_EVERY = 1_000_000


class Waiting(NamedTuple):
    """What waits to be worked out anew.

    Attributes:
        unit_days: Days of units. [count]
        units: Whose they are. [count]
        edits: Units with edits of which it is not known yet which days they touch. [count]
        since: When the oldest began to wait; None without any. Aware.
        hourly: Days of units the workers do in an hour, lately; None: they have done none. [count]
    """

    unit_days: int
    units: int
    edits: int
    since: datetime | None
    hourly: int | None = None

    def done_at(self, at: datetime) -> datetime | None:
        """Return when all will be done at this pace; None where that cannot be told. Aware.

        Args:
            at: Now. Aware.
        """
        if not self.unit_days or not self.hourly:
            return None
        return at + timedelta(hours=self.unit_days / self.hourly) * clock.rate()


def waiting() -> Waiting:
    """Return what waits in the whole city, and how fast it goes."""
    edits = len(facts.changed_units(_EVERY))
    return Waiting(*_counted("", {}), edits, _since("", {}), jobs.hourly_of(ROLE))


def waiting_of(unit_id: int) -> Waiting:
    """Return what waits of one unit."""
    one, asked = " WHERE unit_id = %(unit)s", {"unit": unit_id}
    edits = 1 if facts.changes_of(unit_id) else 0
    return Waiting(*_counted(one, asked), edits, _since(one, asked))


def _counted(one: str, asked: dict[str, int]) -> tuple[int, int]:
    with connection.cursor() as cursor:
        cursor.execute(_DAYS.format(one=one), asked)
        days, units = cursor.fetchone()
    return days, units


def _since(one: str, asked: dict[str, int]) -> datetime | None:
    with connection.cursor() as cursor:
        cursor.execute(_SINCE.format(one=one), asked)
        since: datetime | None = cursor.fetchone()[0]
    return since
