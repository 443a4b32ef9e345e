"""Months of everything in reach: by district, sector, unit, or as a whole."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Annotated, Any, Literal

from ninja import Query, Router, Schema
from pydantic import Field

from hengneng.insight.statistics import queries as statistics
from hengneng.insight.statistics.queries import Sum, Then, TypeSum
from hengneng.kernel.policy.rules import Permission
from hengneng.registry.energy import queries as energy
from hengneng.registry.units import queries as units
from hengneng.registry.units.queries import UnitRow
from hengneng.telemetry.consumption.queries.months import next_month
from hengneng.web.api import access, answers, points, spans
from hengneng.web.api.access import Asked
from hengneng.web.api.answers import Exact, Instant

router = Router(tags=["consumption"])
DEFAULT_MONTHS, LONGEST = 12, 36
COMPLETENESS = "Slots received over slots expected; null: none is expected. [1]"
TCE = "Standard coal, the sum of what is known; null: nothing is. [tce]"


class TypeRoll(Schema):
    """One energy type of a group in one month."""

    energy_type: str = Field(examples=["ELECTRICITY"])
    uom: str = Field(description=points.UOM, examples=["kWh"])
    amount: Exact | None = Field(description="In `uom`, by the balance; null: nothing is known.")
    estimated: Exact = Field(description="Amount at points that is estimated.")
    estimated_share: Exact | None = Field(description=answers.SHARE)
    completeness: Exact | None = Field(description=COMPLETENESS)
    tce: Exact | None = Field(description=TCE)
    has_factor: bool = Field(description="Whether a factor is known of every part of it.")


class Roll(Schema):
    """One group in one month."""

    period: date = Field(description="The month's first.")
    key: str | None = Field(
        description="District code, sector, or unit code; null: the whole, or not known.",
        examples=["310115"],
    )
    tce: Exact | None = Field(description=TCE)
    estimated_tce: Exact = Field(description="Coal of what is estimated. [tce]")
    estimated_share: Exact | None = Field(description=answers.SHARE)
    completeness: Exact | None = Field(description=COMPLETENESS)
    points: int = Field(description="Boundary points that count.")
    points_missing: int = Field(description="Those of them of which nothing is known.")
    points_partial: int = Field(description="Those whose amount is of a part of the month only.")
    energy: list[TypeRoll] = Field(description="By energy type.")


class RollupsAsked(spans.Span, spans.Page):
    """Which months, gathered how."""

    by: Literal["all", "district", "sector", "unit"] = Field(
        "all",
        description="What the figures are gathered under; each day counts in the sector that the"
        " unit belonged to on it.",
    )
    basis: Literal["EQUIVALENT", "CALORIFIC"] = Field(
        "CALORIFIC", description="Which factors: 等价值 or 当量值."
    )
    edition: str | None = Field(
        None, max_length=60, description="Restated by this edition of factors and balance."
    )


class Rollups(answers.Paged[Roll]):
    """Whole months, ascending, each by key, and what they are as known of."""

    period: Literal["month"] = Field(
        description="Items are of whole months: a span that begins or ends inside a month is "
        "widened to all of it."
    )
    first: date = Field(description="First local day that is counted: a month's first.")
    last: date = Field(description="Last local day that is counted: a month's last.")
    as_of: Instant | None = Field(description="As known at this instant; null: now.")
    pending: list[str] = Field(
        description="Codes of units that changed so much since `as_of` that what was known then is"
        " still being worked out; no sum of this answer holds anything of them. Ask again with the"
        " same `as_of`, until none is left. Each web process works them out for itself, so answers"
        " that follow one another may name more units, or others."
    )
    beyond: list[str] = Field(
        description="Codes of units that changed too much since `as_of` to be worked out together"
        " with so many others; no sum holds anything of them, and asking again does not help. Ask"
        " for fewer months, or for a unit's own with `as_of`."
    )


@access.read(
    router,
    "rollups",
    permission=Permission.VIEW_READINGS,
    response=Rollups,
    summary="Months of all units in reach, added up",
)
def rollups(request: Asked, asked: Annotated[RollupsAsked, Query()]) -> dict[str, Any]:
    """Return every month that the span touches, by group: month by month, then by key.

    Counted are boundary points by the balance of the month; without `from` the last 12 months.
    Months are counted whole: `from` and `to` inside a month widen to all of it, and `first` and
    `last` say so.

    Permission: VIEW_READINGS; counted is what it reaches.
    """
    months = _months(asked)
    as_of = spans.known_at(asked.as_of)
    uoms = {one.code: one.uom for one in energy.energy_types()}
    rows = units.units_reached(request.auth, Permission.VIEW_READINGS)
    with statistics.as_reported(
        [row.id for row in rows], first=months[0], until=next_month(months[-1]), as_of=as_of
    ) as then:
        found = [
            _row(period, key, one, uoms)
            for period, sums in _gathered(request, asked, months, rows, then)
            for key, one in sorted(sums.items(), key=lambda pair: pair[0] or "")
        ]
    left_out = {
        "pending": sorted(row.code for row in rows if then and row.id in then.pending),
        "beyond": sorted(row.code for row in rows if then and row.id in then.beyond),
    }
    widened = {"first": months[0], "last": next_month(months[-1]) - timedelta(days=1)}
    about = {"period": "month", "as_of": as_of}
    return spans.page_of(found, asked) | about | left_out | widened


def _months(asked: RollupsAsked) -> list[date]:
    """Return the first days of the months that the span touches."""
    first, last = spans.days_of(asked, default=DEFAULT_MONTHS * 30, longest=LONGEST * 31)
    month = first.replace(day=1)
    months = []
    while month <= last:
        months.append(month)
        month = next_month(month)
    return months if asked.first else months[-DEFAULT_MONTHS:]


def _gathered(
    request: Asked,
    asked: RollupsAsked,
    months: list[date],
    rows: Sequence[UnitRow],
    then: Then | None,
) -> list[tuple[date, Mapping[str | None, Sum]]]:
    """Return each month's sums by key."""
    viewer = request.auth
    about: dict[str, Any] = {"basis": asked.basis, "edition": asked.edition, "then": then}
    if asked.by in {"all", "district"}:
        found = statistics.city_months(viewer=viewer, months=months, **about)
        if asked.by == "district":
            return [(one.period, one.districts) for one in found]
        return [(one.period, {None: one.whole}) for one in found]
    members = statistics.members_of(rows, by=asked.by, months=months, then=then)
    gathered = statistics.months_by_member(viewer=viewer, months=months, members=members, **about)
    return [
        (one.period, {name or None: own for name, own in one.members.items()}) for one in gathered
    ]


def _row(period: date, key: str | None, one: Sum, uoms: Mapping[str, str]) -> dict[str, Any]:
    """Return a group's month in the form of ``Roll``."""
    return {
        "period": period,
        "key": key,
        "tce": one.tonnes,
        "estimated_tce": one.estimated_tonnes,
        "estimated_share": answers.rounded(one.estimated_share),
        "completeness": answers.rounded(one.completeness),
        "points": one.points,
        "points_missing": one.missing,
        "points_partial": one.partial,
        "energy": [_type(kind, uoms[kind.energy_type]) for kind in one.types],
    }


def _type(one: TypeSum, uom: str) -> dict[str, Any]:
    """Return an energy type's month in the form of ``TypeRoll``."""
    return {
        "energy_type": one.energy_type,
        "uom": uom,
        "amount": one.amount,
        "estimated": one.estimated,
        "estimated_share": answers.rounded(one.estimated_share),
        "completeness": answers.rounded(one.completeness),
        "tce": one.tonnes,
        "has_factor": one.has_factor,
    }
