"""Where points hung in the metering tree on the days of a span."""

from datetime import date, datetime
from itertools import groupby
from typing import NamedTuple

from hengneng.kernel import clock
from hengneng.kernel.facts import queries as facts
from hengneng.registry.points.models import Description


class Hung(NamedTuple):
    """Where a point hung on some local days; a day is of the last version that it saw.

    Attributes:
        point_id: The point.
        parent_id: The point above it; None: none.
        level: ``LEVEL_1`` …
        flow: ``BOUGHT`` …
        first: First day.
        until: Day after the last.
    """

    point_id: int
    parent_id: int | None
    level: str
    flow: str
    first: date
    until: date


def hung_over(
    unit_id: int, *, first: date, until: date, as_of: datetime | None = None
) -> dict[int, list[Hung]]:
    """Return where a unit's points hung on the days of a span, by point and day; one query.

    Args:
        unit_id: The unit.
        first: First local day.
        until: Day after the last.
        as_of: As believed when; None: now. Aware.
    """
    start, end = clock.midnight(first), clock.midnight(until)
    rows = (
        Description.objects.filter(
            facts.known_at(as_of), point__unit_id=unit_id, valid_from__lt=end
        )
        .exclude(valid_until__lte=start)
        .order_by("point_id", "valid_from")
        .values_list("point_id", "parent_id", "level", "flow", "valid_from", "valid_until")
    )
    found: dict[int, list[Hung]] = {}
    for point_id, of_point in groupby(rows, key=lambda row: row[0]):
        versions = list(of_point)
        follows = [*(row[4] for row in versions[1:]), None]
        for (_, parent, level, flow, since, till), following in zip(versions, follows, strict=True):
            days = facts.days_of_version(
                since if since > start else None,
                till if till is not None and till < end else None,
                following,
                first=first,
                until=until,
            )
            if days[0] < days[1]:
                hung = Hung(point_id, parent, level, flow, days[0], days[1])
                found.setdefault(point_id, []).append(hung)
    return found
