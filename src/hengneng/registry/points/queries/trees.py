"""Where points hung in the metering tree on the days of a span."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from itertools import groupby, product
from typing import NamedTuple

from hengneng.kernel import clock
from hengneng.kernel.facts import queries as facts
from hengneng.registry.points.models import Description, MeteringLevel


class Place(NamedTuple):
    """A place in the metering tree: under which point, and what passes there which way."""

    parent_id: int | None
    level: str
    flow: str
    energy_type_id: str


class Hung(NamedTuple):
    """Where a point hung on some local days; a day is of the last version that it saw.

    Attributes:
        point_id: The point.
        parent_id: The point above it; None: none.
        level: ``LEVEL_1`` …
        flow: ``BOUGHT`` …
        energy_type_id: What it metered.
        first: First day.
        until: Day after the last.
    """

    point_id: int
    parent_id: int | None
    level: str
    flow: str
    energy_type_id: str
    first: date
    until: date

    @property
    def place(self) -> Place | None:
        """Where it hung, alike for its siblings; None: it hung nowhere, nor at the boundary."""
        if self.parent_id is None and self.level != MeteringLevel.LEVEL_1:
            return None
        return Place(self.parent_id, self.level, self.flow, self.energy_type_id)


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
        .values_list(
            "point_id", "parent_id", "level", "flow", "energy_type_id", "valid_from", "valid_until"
        )
    )
    found: dict[int, list[Hung]] = {}
    for point_id, of_point in groupby(rows, key=lambda row: row[0]):
        versions = list(of_point)
        follows = [*(row[5] for row in versions[1:]), None]
        for (_, parent, level, flow, kind, since, till), following in zip(
            versions, follows, strict=True
        ):
            days = facts.days_of_version(
                since if since > start else None,
                till if till is not None and till < end else None,
                following,
                first=first,
                until=until,
            )
            if days[0] < days[1]:
                hung = Hung(point_id, parent, level, flow, kind, days[0], days[1])
                found.setdefault(point_id, []).append(hung)
    return found


def siblings_on(
    unit_id: int, days: Collection[date], *, as_of: datetime | None = None
) -> dict[date, dict[int, set[int]]]:
    """Return, by day and point, which of a unit's points hung beside it; one query.

    Siblings hang under the same point, or both at the boundary, and meter the same energy type
    going the same way. A point that hung nowhere is left out.

    Args:
        unit_id: The unit.
        days: The local days, one at least.
        as_of: As believed when; None: now. Aware.
    """
    until = max(days) + timedelta(days=1)
    hung = hung_over(unit_id, first=min(days), until=until, as_of=as_of)
    groups: dict[tuple[date, Place], set[int]] = {}
    for point_id, rows in hung.items():
        for row, day in product(rows, days):
            if row.place is not None and row.first <= day < row.until:
                groups.setdefault((day, row.place), set()).add(point_id)
    found: dict[date, dict[int, set[int]]] = {day: {} for day in days}
    for (day, _), group in groups.items():
        found[day] |= {point_id: group - {point_id} for point_id in group}
    return found
