"""What points metered in each place of the metering tree in which they hung over some months."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from hengneng.registry.energy.rules import coal
from hengneng.registry.points import queries as points
from hengneng.registry.points.queries import Hung
from hengneng.telemetry.consumption.queries import figures
from hengneng.telemetry.consumption.queries.months import next_month
from hengneng.telemetry.consumption.queries.statement import Line

_Place = tuple[int | None, str, str]
_Days = Mapping[tuple[int, date], Decimal | None]


class Part(NamedTuple):
    """What a point metered in the days in which it hung in one place.

    Attributes:
        parent_id: The point above it then; None: none.
        level: ``LEVEL_1`` … then.
        flow: ``BOUGHT`` … then.
        tonnes: How much; None: that cannot be told. [tce]
    """

    parent_id: int | None
    level: str
    flow: str
    tonnes: Decimal | None


def parts_of_months(
    unit_id: int, months: Sequence[date], lines: Iterable[Line], *, as_of: datetime | None = None
) -> dict[int, list[Part]]:
    """Return what fell to which place, of the points that hung in several over the months.

    By the days, at each month's factor. Where the days do not add up to a month, which a month
    record may say otherwise, nobody knows what of it fell to which place. Two queries at most.

    Args:
        unit_id: The unit.
        months: Their first days, ascending, without a month left out.
        lines: What its points metered in them.
        as_of: As known at this instant; None: now. Aware.
    """
    if not months:
        return {}
    until = next_month(months[-1])
    hung = points.hung_over(unit_id, first=months[0], until=until, as_of=as_of)
    moved = {
        point: some
        for point, some in hung.items()
        if len({(one.parent_id, one.level, one.flow) for one in some}) > 1
    }
    if not moved:
        return {}
    last = until - timedelta(days=1)
    rows = figures.days_of(unit_id=unit_id, from_day=months[0], to_day=last, as_of=as_of)
    days = {(row.point_id, row.day): row.amount.amount for row in rows if row.point_id in moved}
    found: dict[int, dict[_Place, list[Decimal | None]]] = {
        point: {(one.parent_id, one.level, one.flow): [] for one in some}
        for point, some in moved.items()
    }
    for line in lines:
        if line.point_id in moved and line.amount is not None:
            for place, tonnes in _split(line, moved[line.point_id], days).items():
                found[line.point_id][place].append(tonnes)
    return {
        point: [Part(*place, _sum(some)) for place, some in places.items()]
        for point, places in found.items()
    }


def _split(line: Line, hung: Sequence[Hung], days: _Days) -> dict[_Place, Decimal | None]:
    """Return what of a point's month fell to each place it hung in within the month."""
    until = next_month(line.period)
    amounts: dict[_Place, list[Decimal]] = {}
    for one in hung:
        first, end = max(one.first, line.period), min(one.until, until)
        if first >= end:
            continue
        place = amounts.setdefault((one.parent_id, one.level, one.flow), [])
        said = (days.get((one.point_id, first + timedelta(n))) for n in range((end - first).days))
        place += [amount for amount in said if amount is not None]
    if len(amounts) == 1:
        return dict.fromkeys(amounts, line.tonnes)
    whole = None if line.amount is None else line.amount.amount
    if line.factor is None or sum(map(sum, amounts.values()), Decimal(0)) != whole:
        return dict.fromkeys(amounts)
    per_uom = line.factor.kgce_per_uom
    return {
        place: coal.tonnes_of_coal(sum(some, Decimal(0)), per_uom) if some else None
        for place, some in amounts.items()
    }


def _sum(tonnes: Sequence[Decimal | None]) -> Decimal | None:
    """Return what is known together; None where a part of it cannot be told, or nothing is."""
    known = [amount for amount in tonnes if amount is not None]
    return sum(known, Decimal(0)) if known and len(known) == len(tonnes) else None
