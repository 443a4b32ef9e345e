"""What of the year fell to which place, of points that were moved in the metering tree in it."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal

from hengneng.reporting.ledgers.queries.asked import Asked
from hengneng.reporting.ledgers.queries.energy import BASIS
from hengneng.telemetry.consumption.queries import places, statement
from hengneng.telemetry.consumption.queries.months import next_month
from hengneng.telemetry.consumption.queries.statement import Line
from hengneng.telemetry.consumption.rules.balance import known_sum

Shares = tuple[tuple[int | None, Decimal | None], ...]


def shares(asked: Asked) -> dict[int, Shares]:
    """Return by point the points on which it hung in the year's months, with what fell to each.

    Of points that hung on one alone nothing is told; where all did, one query finds it out. [tce]
    """
    firsts = [date(asked.year, month, 1) for month in range(1, 13)]
    months = [first for first in firsts if next_month(first) <= asked.on + timedelta(days=1)]
    parts = places.parts_of_months(asked.unit_id, months, _lines(asked, months), as_of=asked.as_of)
    found = {}
    for point, some in parts.items():
        by_parent: dict[int | None, list[Decimal | None]] = {}
        for one in some:
            by_parent.setdefault(one.parent_id, []).append(one.tonnes)
        if len(by_parent) > 1:
            found[point] = tuple((above, known_sum(of)) for above, of in by_parent.items())
    return found


def _lines(asked: Asked, months: Sequence[date]) -> Iterator[Line]:
    """Yield what the points metered; a generator, so that nothing is read where none moved."""
    yield from statement.statement_of_months(
        unit_id=asked.unit_id, months=months, basis=BASIS, as_of=asked.as_of
    ).lines
