"""What points count as on the days of a span."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import connection

from hengneng.kernel import clock
from hengneng.kernel.facts import queries as facts
from hengneng.protocol.records import DAY_SECONDS


class Role(NamedTuple):
    """What a point counts as on some local days; a day is of the last version that it saw.

    Attributes:
        unit_id: Its unit.
        point_id: The point.
        energy_type_id: What it meters.
        level: ``LEVEL_1`` … ``OTHER``.
        flow: ``BOUGHT`` …
        slot_seconds: Length of its slots. [s]
        site_id: The site it stands at; None: not said.
        first: First day.
        until: Day after the last; not after ``first`` where no day ended with this version.
        seen_until: Day after the last that saw any of it.
    """

    unit_id: int
    point_id: int
    energy_type_id: str
    level: str
    flow: str
    slot_seconds: int
    site_id: int | None
    first: date
    until: date
    seen_until: date


_ROLES = """
SELECT unit_id, point_id, energy_type_id, level, flow, slot_seconds, site_id,
    CASE WHEN valid_from > %(start)s THEN valid_from END,
    CASE WHEN valid_until < %(end)s THEN valid_until END, next_from
FROM (
    SELECT point.unit_id, said.point_id, energy_type_id, level, flow, slot_seconds, site_id,
        valid_from, valid_until,
        lead(valid_from) OVER (PARTITION BY said.point_id ORDER BY valid_from) AS next_from
    FROM points_description AS said JOIN points_point AS point ON point.id = said.point_id
    WHERE point.unit_id = ANY(%(units)s::bigint[]) AND {known}
    AND valid_from < %(end)s AND (valid_until IS NULL OR valid_until > %(start)s)
) AS versions
WHERE %(level)s::text IS NULL OR level = %(level)s
ORDER BY unit_id, point_id, valid_from
"""


def roles_over(
    unit_ids: Collection[int],
    *,
    first: date,
    until: date,
    level: str | None = None,
    as_of: datetime | None = None,
) -> list[Role]:
    """Return what the points of units count as on the days of a span, by unit and point.

    One query; days are cut to the span.

    Args:
        unit_ids: The units.
        first: First local day.
        until: Day after the last.
        level: Only what counts at that level; None: all.
        as_of: As believed then; None: now. Aware.
    """
    start, end = (clock.instant(clock.day_number(day) * DAY_SECONDS) for day in (first, until))
    asked: dict[str, Any] = {
        "units": "{" + ",".join(map(str, unit_ids)) + "}",
        "start": start,
        "end": end,
        "level": level,
        "as_of": as_of,
    }
    with connection.cursor() as cursor:
        cursor.execute(_ROLES.format(known=facts.known_in_sql(as_of)), asked)
        # Thousands of rows: sliced, they are taken apart in half the time.
        return [
            Role._make((*row[:7], *facts.days_of_version(*row[7:], first=first, until=until)))
            for row in cursor.fetchall()
        ]
