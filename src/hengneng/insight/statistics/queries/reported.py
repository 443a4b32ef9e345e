"""Sums as reported then: which units can be answered for now, and which are still worked out."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import NamedTuple, TypedDict

from hengneng.insight.statistics.queries.roll import BOUNDARY, stays_of
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
        beyond: Units of which so much changed that it is not worked out together with so many
            others, however often one asks: no sum holds anything of them either.
    """

    as_of: datetime | None
    told: Retold | None
    pending: frozenset[int]
    beyond: frozenset[int]

    def now(self) -> "Then":
        """Return what is known now of the same units, to be compared with."""
        return self._replace(as_of=None, told=None)


@contextmanager
def as_reported(
    unit_ids: Collection[int],
    *,
    first: date,
    until: date,
    as_of: datetime | None,
    district: str | None = None,
    most: int = DAYS_AT_ONCE,
) -> Iterator[Then | None]:
    """Let sums of months be asked for as an instant knew them, all of one moment.

    Args:
        unit_ids: The units.
        first: First local day, of a month.
        until: Day after the last.
        as_of: As known then; None: now, and nothing is worked out. Aware.
        district: Only units of which something lay there, as believed then; None: all.
        most: Days of units worked out at most. [count]

    Raises:
        NotSettled: If ``as_of`` lies in what is not settled yet.
    """
    if as_of is None:
        yield None
        return
    with retold.one_moment():
        span: _Span = {"first": first, "until": until, "as_of": as_of}
        asked = unit_ids if district is None else _lying_in(district, unit_ids, span)
        points_of: dict[int, set[int]] = {}
        for role in points.roles_over(asked, level=BOUNDARY, **span):
            points_of.setdefault(role.unit_id, set()).add(role.point_id)
        told = retold.retold(points_of, most=most, **span)
        yield Then(as_of, told, told.pending, told.beyond)


class _Span(TypedDict):
    first: date
    until: date
    as_of: datetime


def _lying_in(district: str, unit_ids: Collection[int], span: _Span) -> list[int]:
    """Return those of the units of which a site lay in a district on any day of a span."""
    lying = stays_of(unit_ids, **span)
    return [
        unit_id for unit_id in unit_ids if any(one.district == district for one in lying[unit_id])
    ]


def ready(unit_ids: Collection[int], then: Then | None) -> list[int]:
    """Return those of the units that can be answered for."""
    left_out = then.pending | then.beyond if then else frozenset[int]()
    return [unit_id for unit_id in unit_ids if unit_id not in left_out]
