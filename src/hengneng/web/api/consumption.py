"""A unit's consumption by day or month, in energy and in standard coal."""

from datetime import date, timedelta
from typing import Annotated, Any, Literal

from ninja import Query, Router, Schema
from pydantic import Field

from hengneng.kernel.policy.rules import Permission
from hengneng.registry.energy import queries as energy
from hengneng.registry.energy.queries import FactorRow
from hengneng.telemetry.consumption.queries import statement
from hengneng.web.api import access, answers, points, spans, units
from hengneng.web.api.access import Asked
from hengneng.web.api.answers import Exact, Instant

router = Router(tags=["consumption"])
DEFAULT_DAYS, LONGEST = 31, 400
AMOUNT = "In `uom`; null: nothing is known, which is not zero."
TCE = "Standard coal by `factor`; null where amount or factor is not known. [tce]"


class Factor(Schema):
    """What turns an amount into standard coal, and by which text it stands."""

    value: Exact = Field(description="Per unit of measure. [kgce]", examples=["0.1229"])
    unit: str = Field(description="Unit of the factor.", examples=["kgce/kWh"])
    basis: Literal["EQUIVALENT", "CALORIFIC"] = Field(description="等价值 or 当量值.")
    edition: str = Field(examples=["GB/T 2589-2020"])
    clause: str = Field(examples=["annex A"])
    citation: str = Field(description="Where the value was taken from.")
    scope: Literal["NATIONAL", "LOCAL", "MEASURED"] = Field(
        description="A national table's, the city's own, or the unit's measured heat value."
    )
    verified: bool = Field(
        description="Whether someone held the official text in hand; where false, the figures are"
        " provisional."
    )


class PointAmount(Schema):
    """One point in one period."""

    period: date = Field(description="The local day, or the month's first.")
    point: int = Field(description="The point's id.", examples=[17])
    code: str = Field(description="The unit's own short name of the point.", examples=["E-01"])
    level: points.Level = Field(description=points.LEVEL)
    flow: points.Flow = Field(description=points.FLOW)
    energy_type: str = Field(examples=["ELECTRICITY"])
    uom: str = Field(description=points.UOM, examples=["kWh"])
    amount: Exact | None = Field(description=AMOUNT)
    late: Exact = Field(description="Its part that was measured and sent late.")
    estimated: Exact = Field(description="Its part that is estimated.")
    manual: Exact = Field(description="Its part that was entered by hand.")
    supplied: Exact = Field(description="Its part that the energy supplier sent.")
    expected: int = Field(description="Slots the period has. [count]", examples=[96])
    received: int = Field(description="Slots measured, entered or supplied. [count]")
    known: int = Field(description="Slots known in full, estimates too. [count]")
    complete: bool = Field(description="Whether the amount speaks for the whole period.")
    basis: Literal["REGISTERS", "DAY_RECORD", "REALTIME", "MONTH_RECORD", "DAYS"] | None = Field(
        description="What the amount stands on, never several summed; null: nothing is known."
    )
    tce: Exact | None = Field(description=TCE)
    factor: Factor | None = Field(description="null: none is in force on the period's first day.")


class TypeTotal(Schema):
    """One energy type of the unit in one period."""

    energy_type: str = Field(examples=["ELECTRICITY"])
    uom: str = Field(description=points.UOM, examples=["kWh"])
    amount: Exact | None = Field(description=AMOUNT)
    points: int = Field(description="Boundary points that count in the balance.")
    points_missing: int = Field(description="Those of them of which nothing is known.")
    points_partial: int = Field(
        description="Those of them whose amount is of a part of the period only."
    )
    estimated: Exact = Field(
        description="Amount at points, whichever way it went, that is estimated."
    )
    estimated_share: Exact | None = Field(description=answers.SHARE)
    tce: Exact | None = Field(description=TCE)
    factor: Factor | None


class PeriodTotal(Schema):
    """The unit in one period: its boundary points, summed by the balance of the date."""

    period: date = Field(description="The local day, or the month's first.")
    energy: list[TypeTotal] = Field(description="By energy type.")
    tce: Exact | None = Field(
        description="Overall consumption (综合能耗), the sum of what is known; null: nothing is."
        " [tce]"
    )
    estimated_tce: Exact = Field(description="Coal of what is estimated. [tce]")
    estimated_share: Exact | None = Field(description=answers.SHARE)
    complete: bool = Field(
        description="Whether every amount speaks for the whole period and no factor is missing."
    )


class Consumption(Schema):
    """Whole periods, ascending; `page` and `page_size` count periods, `count` all of the span."""

    unit: str = Field(description="The unit's code.", examples=["91310000MA1FL0XX0A"])
    period: Literal["day", "month"]
    as_of: Instant | None = Field(description="As asked; null: as known now.")
    items: list[PointAmount] = Field(
        description="For each period every point that was described in it, by code."
    )
    totals: list[PeriodTotal] = Field(description="One for each period of the page.")
    count: int = Field(description="Periods of the span.", examples=[31])
    page: int = Field(examples=[1])
    pages: int = Field(examples=[1])


class ConsumptionAsked(spans.Span, spans.Page):
    """Which periods, and how they become coal."""

    period: Literal["day", "month"] = Field(
        "day",
        description="By day, or by month: then every month that the span touches, as a whole.",
    )
    basis: Literal["EQUIVALENT", "CALORIFIC"] = Field(
        "CALORIFIC", description="Which factors: 等价值 or 当量值."
    )
    edition: str | None = Field(
        None,
        max_length=60,
        description="Restated by this edition of factors and balance, where it gives a value;"
        " without it each period by its own. Each `factor` says by which it is.",
        examples=["GB/T 2589-2020"],
    )


@access.read(
    router,
    "units/{code}/consumption",
    permission=Permission.VIEW_READINGS,
    response=Consumption,
    summary="A unit's consumption",
)
def consumption(
    request: Asked, code: units.UnitCode, asked: Annotated[ConsumptionAsked, Query()]
) -> dict[str, Any]:
    """Return each point's consumption by day or month, and the unit's sums.

    `from` and `to` are local days, both included; without them the last 31 days; at most 400.

    Permission: VIEW_READINGS, reaching this unit.
    """
    unit = units.unit_of(request.auth, Permission.VIEW_READINGS, code)
    page = spans.page_of(_periods(asked), asked)
    as_of = spans.known_at(asked.as_of)
    stated = _stated(unit.id, page["items"], asked)
    uoms = {one.code: one.uom for one in energy.energy_types()}
    return page | {
        "unit": unit.code,
        "period": asked.period,
        "as_of": as_of,
        "items": [_item(line, uoms) for line in stated.lines],
        "totals": [_total(total, uoms) for total in stated.totals],
    }


def _periods(asked: ConsumptionAsked) -> list[date]:
    """Return the days of the span, or the first days of the months it touches."""
    first, last = spans.days_of(asked, default=DEFAULT_DAYS, longest=LONGEST)
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return days if asked.period == "day" else sorted({day.replace(day=1) for day in days})


def _stated(unit_id: int, periods: list[date], asked: ConsumptionAsked) -> statement.Statement:
    """Return the unit's statement of the page's periods."""
    if not periods:
        return statement.Statement([], [])
    if asked.period == "month":
        return statement.statement_of_months(
            unit_id=unit_id,
            months=periods,
            basis=asked.basis,
            as_of=asked.as_of,
            edition=asked.edition,
        )
    return statement.statement_of_days(
        unit_id=unit_id,
        from_day=periods[0],
        to_day=periods[-1],
        basis=asked.basis,
        as_of=asked.as_of,
        edition=asked.edition,
    )


def _item(line: statement.Line, uoms: dict[str, str]) -> dict[str, Any]:
    """Return a line in the form of ``PointAmount``."""
    uom = uoms[line.span.energy_type_id]
    figures = line.amount._asdict() if line.amount else _NOTHING_KNOWN
    return figures | {
        "period": line.period,
        "point": line.point_id,
        "code": line.code,
        "level": line.span.level,
        "flow": line.span.flow,
        "energy_type": line.span.energy_type_id,
        "uom": uom,
        "expected": line.expected,
        "complete": line.is_complete,
        "tce": line.tonnes,
        "factor": _factor(line.factor, uom),
    }


_NOTHING_KNOWN: dict[str, Any] = {
    "amount": None,
    "late": 0,
    "estimated": 0,
    "manual": 0,
    "supplied": 0,
    "received": 0,
    "known": 0,
    "basis": None,
}


def _total(total: statement.PeriodTotal, uoms: dict[str, str]) -> dict[str, Any]:
    """Return a period's sums in the form of ``PeriodTotal``."""
    return {
        "period": total.period,
        "energy": [
            one.total._asdict()
            | {
                "uom": uoms[one.total.energy_type],
                "estimated": one.estimated,
                "estimated_share": answers.rounded(one.estimated_share),
                "tce": one.tonnes,
                "factor": _factor(one.factor, uoms[one.total.energy_type]),
            }
            for one in total.types
        ],
        "tce": total.tonnes,
        "estimated_tce": total.estimated.tonnes,
        "estimated_share": answers.rounded(total.estimated.share),
        "complete": total.is_complete,
    }


def _factor(factor: FactorRow | None, uom: str) -> dict[str, Any] | None:
    """Return a factor in the form of ``Factor``."""
    if factor is None:
        return None
    return factor._asdict() | {"value": factor.kgce_per_uom, "unit": f"kgce/{uom}"}
