"""How much of a unit's standard coal stands on estimates, period by period."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from hengneng.registry.energy import queries as energy
from hengneng.registry.energy.rules import coal
from hengneng.telemetry.consumption.queries.statement import BOUNDARY, Line, PeriodTotal


def estimated_tonnes(
    totals: Iterable[PeriodTotal], lines: Iterable[Line], *, until: date
) -> dict[date, Decimal]:
    """Return, for each period, the part of its sum that is estimated. [tce]

    Weighed like the sum itself, but never taken off: an estimate of what is passed on makes the
    sum as uncertain as one of what is bought.

    Args:
        totals: The periods, ascending.
        lines: Every point's line in them.
        until: Day after the last period's first.
    """
    found = {total.period: Decimal(0) for total in totals}
    if not found:
        return found
    weights = energy.balance_over(min(found), until)
    for line in lines:
        if line.span.level == BOUNDARY and line.factor and line.amount and line.amount.estimated:
            weight = abs(weights[line.period].get(line.span.flow, 0))
            tonnes = coal.tonnes_of_coal(line.amount.estimated, line.factor.kgce_per_uom)
            found[line.period] += weight * tonnes
    return found
