"""In which sector units count on the days of a span: a change counts from its day."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import connection

from hengneng.kernel import clock
from hengneng.kernel.facts import queries as facts
from hengneng.protocol.records import DAY_SECONDS


class SectorSpan(NamedTuple):
    """The sector of a unit on some local days; a day is of the last that it saw.

    Attributes:
        unit_id: The unit.
        sector: Its sector (领域); empty: not said.
        first: First day.
        until: Day after the last; not after ``first`` where no day ended with it.
    """

    unit_id: int
    sector: str
    first: date
    until: date


_SECTORS = """
SELECT unit_id, sector,
    CASE WHEN valid_from > %(start)s THEN valid_from END,
    CASE WHEN valid_until < %(end)s THEN valid_until END,
    lead(valid_from) OVER (PARTITION BY unit_id ORDER BY valid_from)
FROM units_particulars WHERE unit_id = ANY(%(units)s::bigint[]) AND {known}
AND valid_from < %(end)s AND (valid_until IS NULL OR valid_until > %(start)s)
ORDER BY unit_id, valid_from
"""


def sectors_over(
    unit_ids: Collection[int], *, first: date, until: date, as_of: datetime | None = None
) -> list[SectorSpan]:
    """Return the sectors of units on the days of a span, by unit and day; one query.

    Args:
        unit_ids: The units; one of which nothing was said then has no row.
        first: First local day.
        until: Day after the last.
        as_of: As believed then; None: now. Aware.
    """
    start, end = (clock.instant(clock.day_number(day) * DAY_SECONDS) for day in (first, until))
    asked: dict[str, Any] = {"units": list(unit_ids), "start": start, "end": end, "as_of": as_of}
    with connection.cursor() as cursor:
        cursor.execute(_SECTORS.format(known=facts.known_in_sql(as_of)), asked)
        return [
            SectorSpan._make(
                (*row[:2], *facts.days_of_version(*row[2:], first=first, until=until)[:2])
            )
            for row in cursor.fetchall()
        ]
