"""How much waits for the recompute, since when, and when it will be done."""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import connection

from hengneng.kernel import clock
from hengneng.kernel.jobs import queries as jobs

# The process that works it off, as the script names it.
ROLE = "recompute"
_WAITING = """
SELECT count(*), count(DISTINCT unit_id),
    (SELECT count(DISTINCT unit_id) FROM facts_factchange{one}), min(since)
FROM (
    SELECT unit_id, day, min(since) AS since FROM (
        SELECT unit_id, day, marked_at AS since FROM journal_stalemark{one}
        UNION ALL
        SELECT unit_id, generate_series(first, last, '1 day')::date, since
        FROM consumption_unstitched{one}
    ) AS marked GROUP BY unit_id, day
) AS waiting
"""


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
    """Return what waits in the whole city, and how fast it goes; two queries."""
    return _waiting("", {})._replace(hourly=jobs.hourly_of(ROLE))


def waiting_of(unit_id: int) -> Waiting:
    """Return what waits of one unit; one query."""
    return _waiting(" WHERE unit_id = %(unit)s", {"unit": unit_id})


def _waiting(one: str, asked: dict[str, int]) -> Waiting:
    """Return what waits of the units that a condition names."""
    with connection.cursor() as cursor:
        cursor.execute(_WAITING.format(one=one), asked)
        return Waiting(*cursor.fetchone())
