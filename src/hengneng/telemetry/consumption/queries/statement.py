"""A unit's statement: every point's day or month, in energy and in coal, and the unit's sums.

The one place where readings, points, factors and the balance meet; pages and the open API only
translate it.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import NamedTuple

from django.utils import timezone

from hengneng.protocol.records import DAY_SECONDS
from hengneng.registry.energy import queries as energy
from hengneng.registry.energy.queries import FactorRow
from hengneng.registry.energy.rules import coal
from hengneng.registry.points import queries as points
from hengneng.registry.points.queries import Span, Timeline
from hengneng.telemetry.consumption.queries import amounts
from hengneng.telemetry.consumption.rules import balance
from hengneng.telemetry.consumption.rules.balance import Part, Total

BOUNDARY = "LEVEL_1"


class Line(NamedTuple):
    """One point in one period.

    Attributes:
        period: The day, or the month's first.
        point_id: The point.
        code: The unit's own name of it.
        span: What the point was; the last version that the period saw.
        amount: What it consumed; its amount is None where nothing is known.
        is_complete: Whether every slot of the period has a value.
        factor: What turns the amount into coal; None where no factor is known.
        tonnes: Standard coal; None where amount or factor is unknown. [tce]
    """

    period: date
    point_id: int
    code: str
    span: Span
    amount: Amount
    is_complete: bool
    factor: FactorRow | None
    tonnes: Decimal | None


class TypeTotal(NamedTuple):
    """One energy type of the unit in one period, over the boundary points."""

    total: Total
    factor: FactorRow | None
    tonnes: Decimal | None  # [tce]


class PeriodTotal(NamedTuple):
    """The unit in one period, over the boundary points.

    Attributes:
        period: The day, or the month's first.
        types: By energy type.
        tonnes: Sum of what is known; None where nothing is. [tce]
        is_complete: Whether no point's amount and no factor is missing.
    """

    period: date
    types: list[TypeTotal]
    tonnes: Decimal | None
    is_complete: bool
