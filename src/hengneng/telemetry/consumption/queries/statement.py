"""A unit's statement: every point's day or month, in energy and in coal, and the unit's sums.

The one place where readings, points, factors and the balance meet; pages and the open API only
translate it.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from hengneng.kernel import clock
from hengneng.protocol.records import DAY_SECONDS
from hengneng.registry.energy import queries as energy
from hengneng.registry.energy.queries import FactorRow
from hengneng.registry.energy.rules import coal
from hengneng.registry.fuels import queries as fuels
from hengneng.registry.points import queries as points
from hengneng.registry.points.queries import Span, Timeline
from hengneng.telemetry.consumption.queries import figures
from hengneng.telemetry.consumption.queries.months import next_month
from hengneng.telemetry.consumption.rules import balance
from hengneng.telemetry.consumption.rules.amounts import Amount
from hengneng.telemetry.consumption.rules.balance import Part, Total

BOUNDARY = "LEVEL_1"
# By period: each flow's weight, and each energy type's factor.
Rules = Mapping[date, tuple[Mapping[str, int], Mapping[str, FactorRow]]]


class Line(NamedTuple):
    """One point in one period.

    Attributes:
        period: The day, or the month's first.
        point_id: The point.
        code: The unit's own name of it.
        span: What the point was; the last version that the period saw.
        amount: What it consumed; None where nothing of the period is known.
        expected: Slots the period has. [count]
        is_complete: Whether the amount speaks for the whole period.
        factor: What turns the amount into coal; None where no factor is known.
        tonnes: Standard coal; None where amount or factor is unknown. [tce]
    """

    period: date
    point_id: int
    code: str
    span: Span
    amount: Amount | None
    expected: int
    is_complete: bool
    factor: FactorRow | None
    tonnes: Decimal | None


class TypeTotal(NamedTuple):
    """One energy type of the unit in one period, over the boundary points.

    Attributes:
        total: The sum, and what it lacks.
        factor: What turns it into coal; None where none is known.
        tonnes: As coal; None where amount or factor is unknown. [tce]
        estimated: Amount at points, whichever way it went, that is estimated.
        gross: What is known at points, whichever way it went.
    """

    total: Total
    factor: FactorRow | None
    tonnes: Decimal | None
    estimated: Decimal = Decimal(0)
    gross: Decimal = Decimal(0)

    @property
    def estimated_share(self) -> Decimal | None:
        """What is estimated over what is known; None where nothing is. [1]"""
        return self.estimated / self.gross if self.gross else None


class Estimated(NamedTuple):
    """How much of a period's coal is estimated, whichever way it went. [tce]"""

    tonnes: Decimal
    gross_tonnes: Decimal

    @property
    def share(self) -> Decimal | None:
        """What is estimated over what is known; None where nothing is. [1]"""
        return self.tonnes / self.gross_tonnes if self.gross_tonnes else None


class PeriodTotal(NamedTuple):
    """The unit in one period, over the boundary points.

    Attributes:
        period: The day, or the month's first.
        types: By energy type.
        tonnes: Sum of what is known; None where nothing is. [tce]
        is_complete: Whether every point's amount speaks for the whole period and no factor is
            missing.
        estimated: How much of what is known as coal is estimated.
    """

    period: date
    types: list[TypeTotal]
    tonnes: Decimal | None
    is_complete: bool
    estimated: Estimated = Estimated(Decimal(0), Decimal(0))


class _Counted(NamedTuple):
    """A part of the sums, and how much of it is estimated; None where nothing is known."""

    part: Part
    estimated: Decimal | None


class Statement(NamedTuple):
    """What a unit consumed, by period and point, and its sums by period."""

    lines: list[Line]
    totals: list[PeriodTotal]


def statement_of_days(
    *,
    unit_id: int,
    from_day: date,
    to_day: date,
    basis: str,
    as_of: datetime | None = None,
    edition: str | None = None,
) -> Statement:
    """Return the unit's days, both ends included.

    Args:
        unit_id: The unit.
        from_day: First local day.
        to_day: Last local day, included.
        basis: ``EQUIVALENT`` or ``CALORIFIC``: how electricity and heat become coal.
        as_of: As known at this instant; None: now. Aware.
        edition: Restated by this edition of factors and balance, where it gives a value; None:
            each period by its own.
    """
    rows = figures.days_of(unit_id=unit_id, from_day=from_day, to_day=to_day, as_of=as_of)
    days = [from_day + timedelta(days=n) for n in range((to_day - from_day).days + 1)]
    periods = [(day, day + timedelta(days=1)) for day in days]
    known = {(row.day, row.point_id): row.amount for row in rows}
    rules = _rules(unit_id, periods, basis=basis, as_of=as_of, edition=edition)
    return _statement(unit_id, periods, known, rules, as_of=as_of)


def statement_of_months(
    *,
    unit_id: int,
    months: Sequence[date],
    basis: str,
    as_of: datetime | None = None,
    edition: str | None = None,
) -> Statement:
    """Return the unit's months.

    Args:
        unit_id: The unit.
        months: Their first days, ascending, without a month left out.
        basis: ``EQUIVALENT`` or ``CALORIFIC``: how electricity and heat become coal. The factor is
            that of the month's first day.
        as_of: As known at this instant; None: now. Aware.
        edition: Restated by this edition of factors and balance, where it gives a value; None:
            each period by its own.
    """
    if not months:
        return Statement([], [])
    rows = figures.months_of(
        unit_id=unit_id, from_month=months[0], to_month=months[-1], as_of=as_of
    )
    periods = [(month, next_month(month)) for month in months]
    known = {(row.month, row.point_id): row.amount for row in rows}
    rules = _rules(unit_id, periods, basis=basis, as_of=as_of, edition=edition)
    return _statement(unit_id, periods, known, rules, as_of=as_of)


def _statement(
    unit_id: int,
    periods: Sequence[tuple[date, date]],
    known: Mapping[tuple[date, int], Amount],
    rules: Rules,
    *,
    as_of: datetime | None,
) -> Statement:
    """Return the statement of ascending periods, each a first day and the day after its last."""
    if not periods:
        return Statement([], [])
    timelines = sorted(points.timelines(unit_id, as_of=as_of), key=lambda one: one.code)
    daily = _daily_of_the_changed(unit_id, periods, timelines, as_of=as_of)
    lines, totals = [], []
    for period in periods:
        weights, factors = rules[period[0]]
        of_period = list(_lines(period, timelines, known, factors))
        lines += of_period
        parts = [part for line in of_period for part in _parts(line, period, timelines, daily)]
        totals.append(_total(period[0], parts, weights, factors))
    return Statement(lines, totals)


def _rules(
    unit_id: int,
    periods: Sequence[tuple[date, date]],
    *,
    basis: str,
    as_of: datetime | None,
    edition: str | None,
) -> Rules:
    """Return each period's weights of flows and factors; what the unit measured goes first."""
    if not periods:
        return {}
    first, until = periods[0][0], periods[-1][1]
    tables = energy.factors_over(basis, first, until, as_of=as_of, edition=edition)
    weights = energy.balance_over(first, until, as_of=as_of, edition=edition)
    measured = fuels.measured_over([unit_id], first, until, as_of=as_of)
    rules: dict[date, tuple[Mapping[str, int], Mapping[str, FactorRow]]] = {}
    for period, _ in periods:
        own = {kind: fuels.factor_on(rows, period) for (_, kind), rows in measured.items()}
        known = {kind: row for kind, row in own.items() if row is not None}
        rules[period] = weights[period], tables[period] | known
    return rules


Daily = Mapping[tuple[date, int], Amount]


def _daily_of_the_changed(
    unit_id: int,
    periods: Sequence[tuple[date, date]],
    timelines: Iterable[Timeline],
    *,
    as_of: datetime | None,
) -> Daily:
    """Return the days of points that did not count in one way throughout a period longer than one.

    Empty where every point did, which costs no query.
    """
    first, until = periods[0][0], periods[-1][1]
    changed = {one.point_id for one in timelines if len(set(_roles(one.spans, (first, until)))) > 1}
    if not changed or len(periods) == (until - first).days:
        return {}
    last = until - timedelta(days=1)
    rows = figures.days_of(unit_id=unit_id, from_day=first, to_day=last, as_of=as_of)
    return {(row.day, row.point_id): row.amount for row in rows if row.point_id in changed}


def _roles(spans: Iterable[Span], period: tuple[date, date]) -> list[tuple[str, str, str]]:
    """Return how a point counted in a period, by its versions: energy type, level, flow."""
    start, end = (clock.instant(clock.day_number(day) * DAY_SECONDS) for day in period)
    seen = (span for span in spans if _overlaps(span, start, end))
    return [(span.energy_type_id, span.level, span.flow) for span in seen]


def _parts(
    line: Line, period: tuple[date, date], timelines: Iterable[Timeline], daily: Daily
) -> list[_Counted]:
    """Return what a line adds to the unit's sums: one part for each way in which it counted.

    A day counts in the last way it saw. A longer period is cut by its days: a month record alone
    cannot say how much fell to which way, so nothing of it is known.
    """
    spans = next(one.spans for one in timelines if one.point_id == line.point_id)
    is_day = (period[1] - period[0]).days == 1
    if is_day or len(set(_roles(spans, period))) == 1:
        role = (line.span.energy_type_id, line.span.level, line.span.flow)
        return _boundary_part(role, [line.amount], is_whole=line.is_complete)
    days = [period[0] + timedelta(days=n) for n in range((period[1] - period[0]).days)]
    by_role: dict[tuple[str, str, str], list[Amount | None]] = {}
    for day in days:
        for role in _roles(spans, (day, day + timedelta(days=1)))[-1:]:
            by_role.setdefault(role, []).append(daily.get((day, line.point_id)))
    return [
        part
        for role, amounts in by_role.items()
        for part in _boundary_part(
            role,
            amounts,
            is_whole=all(one is not None and balance.is_whole(one) for one in amounts),
        )
    ]


def _boundary_part(
    role: tuple[str, str, str], amounts: Sequence[Amount | None], *, is_whole: bool
) -> list[_Counted]:
    """Return the part of a point that stands at the boundary; none of one behind it."""
    energy_type, level, flow = role
    if level != BOUNDARY:
        return []
    known = balance.known_sum(one.amount if one else None for one in amounts)
    estimated = balance.known_sum(one.estimated if one else None for one in amounts)
    return [_Counted(Part(energy_type, flow, known, is_whole), estimated)]


def _lines(
    period: tuple[date, date],
    timelines: Iterable[Timeline],
    known: Mapping[tuple[date, int], Amount],
    factors: Mapping[str, FactorRow],
) -> Iterable[Line]:
    """Yield a line for each point that was there in the period, by the points' codes."""
    start, end = (clock.instant(clock.day_number(day) * DAY_SECONDS) for day in period)
    for timeline in timelines:
        seen = [span for span in timeline.spans if _overlaps(span, start, end)]
        if not seen:
            continue
        span, amount = seen[-1], known.get((period[0], timeline.point_id))
        factor = factors.get(span.energy_type_id)
        yield Line(
            period=period[0],
            point_id=timeline.point_id,
            code=timeline.code,
            span=span,
            amount=amount,
            expected=_slots(seen, period) if amount is None else amount.expected,
            is_complete=amount is not None and balance.is_whole(amount),
            factor=factor,
            tonnes=_tonnes(None if amount is None else amount.amount, factor),
        )


def _slots(spans: Iterable[Span], period: tuple[date, date]) -> int:
    """Return the slots of a period's days; a day has those of the first span that it saw. [count]

    As a kept amount expects them (``rules.stitch``): of the days on which the point was there.
    """
    since, end = (clock.day_number(day) for day in period)
    count = 0
    for span in spans:
        begins = max(since, clock.local_second(span.valid_from) // DAY_SECONDS)
        ends = end
        if span.valid_until is not None:
            ends = min(end, -(-clock.local_second(span.valid_until) // DAY_SECONDS))
        if begins < ends:
            count += (ends - begins) * (DAY_SECONDS // span.slot_seconds)
            since = ends
    return count


def _overlaps(span: Span, start: datetime, end: datetime) -> bool:
    """Answer whether the version was true at some instant of ``[start, end)``."""
    return span.valid_from < end and (span.valid_until is None or span.valid_until > start)


def _total(
    period: date,
    counted: Sequence[_Counted],
    weights: Mapping[str, int],
    factors: Mapping[str, FactorRow],
) -> PeriodTotal:
    """Return the unit's sums over the boundary points of one period."""
    types = []
    for total in balance.totals([one.part for one in counted], weights=weights):
        factor = factors.get(total.energy_type)
        own = [
            one
            for one in counted
            if one.part.energy_type == total.energy_type and weights.get(one.part.flow, 0)
        ]
        estimated = balance.known_sum(one.estimated for one in own) or Decimal(0)
        gross = balance.known_sum(one.part.amount for one in own) or Decimal(0)
        tonnes = _tonnes(total.amount, factor)
        types.append(TypeTotal(total, factor, tonnes, estimated, gross))
    return PeriodTotal(
        period=period,
        types=types,
        tonnes=balance.known_sum(row.tonnes for row in types),
        is_complete=bool(types)
        and all(row.tonnes is not None and _is_whole(row.total) for row in types),
        estimated=_estimated(types),
    )


def _estimated(types: Sequence[TypeTotal]) -> Estimated:
    """Return how much of some energy types' coal is estimated."""
    estimated = balance.known_sum(_tonnes(row.estimated, row.factor) for row in types)
    gross = balance.known_sum(_tonnes(row.gross, row.factor) for row in types)
    return Estimated(estimated or Decimal(0), gross or Decimal(0))


def _is_whole(total: Total) -> bool:
    return not total.points_missing and not total.points_partial


def _tonnes(amount: Decimal | None, factor: FactorRow | None) -> Decimal | None:
    """Return the standard coal of an amount; None where amount or factor is unknown."""
    if amount is None or factor is None:
        return None
    return coal.tonnes_of_coal(amount, factor.kgce_per_uom)
