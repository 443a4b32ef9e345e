"""Sums as reported then: which units can be answered for now, and which are still worked out."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import NamedTuple

from hengneng.insight.statistics.queries.roll import BOUNDARY
from hengneng.registry.points import queries as points
from hengneng.telemetry.consumption.queries import retold
from hengneng.telemetry.consumption.queries.retold import DAYS_AT_ONCE, Retold


class Then(NamedTuple):
    """What an instant knew of some units.

    Attributes:
        as_of: The instant; None: now. Aware.
        told: Their figures, where they are not what is kept now; None: all are.
        pending: Units of which too much changed since to be worked out in one asking: no sum holds
            anything of them. Who asks again finds more of them done.
    """

    as_of: datetime | None
    told: Retold | None
    pending: frozenset[int]

    def now(self) -> "Then":
        """Return what is known now of the same units, to be compared with."""
        return Then(None, None, self.pending)


@contextmanager
def as_reported(
    unit_ids: Collection[int],
    *,
    first: date,
    until: date,
    as_of: datetime | None,
    is_monthly: bool = True,
    most: int = DAYS_AT_ONCE,
) -> Iterator[Then | None]:
    """Let sums be asked for as an instant knew them, all of one moment.

    Args:
        unit_ids: The units.
        first: First local day; of a month if ``is_monthly``.
        until: Day after the last.
        as_of: As known then; None: now, and nothing is worked out. Aware.
        is_monthly: Whether months will be asked for.
        most: Days of units worked out at most. [count]

    Raises:
        NotSettled: If ``as_of`` lies in what is not settled yet.
    """
    if as_of is None:
        yield None
        return
    with retold.one_moment():
        points_of: dict[int, set[int]] = {}
        for role in points.roles_over(
            unit_ids, first=first, until=until, level=BOUNDARY, as_of=as_of
        ):
            points_of.setdefault(role.unit_id, set()).add(role.point_id)
        told = retold.retold(
            points_of, first=first, until=until, as_of=as_of, is_monthly=is_monthly, most=most
        )
        yield Then(as_of, told, told.pending)


def ready(unit_ids: Collection[int], then: Then | None) -> list[int]:
    """Return those of the units that can be answered for."""
    return [unit_id for unit_id in unit_ids if then is None or unit_id not in then.pending]
