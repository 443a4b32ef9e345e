"""The year's energy: the balance of form B.10, and what each point metered for figure B.1."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from hengneng.kernel import clock
from hengneng.registry.energy import queries as energy
from hengneng.registry.energy.queries import FactorRow
from hengneng.registry.energy.rules import order
from hengneng.registry.fuels import queries as fuels
from hengneng.registry.fuels.rules import FuelSpan
from hengneng.registry.points import queries as points
from hengneng.reporting.ledgers.queries.asked import Asked
from hengneng.reporting.ledgers.rules import balance, stocks
from hengneng.reporting.ledgers.rules.balance import Month, Year
from hengneng.telemetry.consumption.queries import statement
from hengneng.telemetry.consumption.queries.months import next_month
from hengneng.telemetry.consumption.queries.statement import Line, PeriodTotal, Statement
from hengneng.telemetry.consumption.rules.balance import Part, known_sum

# SOURCE: facts/standards.md 1.3: the review's report converts by calorific value (当量值).
BASIS = "CALORIFIC"
_INDICATOR = "INDICATOR"


class Energy(NamedTuple):
    """A year's energy.

    Attributes:
        years: Each energy type's year.
        names: Code to name and unit of measure, of every energy type there is.
        by_point: What each point metered; None where that cannot be told. [tce]
        notes: What must be said below the balance.
    """

    years: list[Year]
    names: dict[str, tuple[str, str]]
    by_point: dict[int, Decimal | None]
    notes: tuple[str, ...]


def gathered(asked: Asked) -> Energy:
    """Return the unit's energy in the months of the year that are over."""
    types = energy.energy_types()
    names = {one.code: (one.name_zh, one.uom) for one in types}
    indicators = {one.code for one in types if one.kind == _INDICATOR}
    months = _over(asked)
    told = statement.statement_of_months(
        unit_id=asked.unit_id, months=months, basis=BASIS, as_of=asked.as_of
    )
    weights = (
        energy.balance_over(months[0], next_month(months[-1]), as_of=asked.as_of) if months else {}
    )
    metered = balance.years(_months(told, indicators), weights=weights)
    papers = _papers(asked, months)
    rows = _factors(asked, months, {paper.energy_type_id for paper in papers})
    years = stocks.joined(
        metered,
        papers,
        months=months,
        factors={
            month: {kind: row.kgce_per_uom for kind, row in of.items()}
            for month, of in rows.items()
        },
        unmetered=_unmetered(asked, months, {paper.energy_type_id for paper in papers}),
    )
    years.sort(key=lambda year: order.place(year.energy_type))
    notes = [*_coverage(asked, months, has_stocks=bool(papers))]
    notes += _standing(told, names, months, [*_used(years, papers, rows)])
    for year in years:
        name, uom = names[year.energy_type]
        notes += [*balance.notes(year, name), *stocks.notes(year, name, uom)]
    return Energy(years, names, _by_point(told.lines), (*notes, *stocks.stated_share(years)))


def _papers(asked: Asked, months: Sequence[date]) -> list[FuelSpan]:
    """Return what papers say of the months."""
    if not months:
        return []
    until = next_month(months[-1])
    return fuels.fuels_over(asked.unit_id, months[0], until, as_of=asked.as_of)


def _factors(
    asked: Asked, months: Sequence[date], kinds: Collection[str]
) -> dict[date, dict[str, FactorRow]]:
    """Return the factors in force on the months' first days; what the unit measured goes first."""
    if not kinds:
        return {}
    first, until = months[0], next_month(months[-1])
    tables = energy.factors_over(BASIS, first, until, as_of=asked.as_of)
    measured = fuels.measured_over([asked.unit_id], first, until, as_of=asked.as_of)
    by_month: dict[date, dict[str, FactorRow]] = {}
    for month in months:
        own = {kind: fuels.factor_on(rows, month) for (_, kind), rows in measured.items()}
        found = {kind: own.get(kind) or tables[month].get(kind) for kind in kinds}
        by_month[month] = {kind: row for kind, row in found.items() if row is not None}
    return by_month


def _unmetered(
    asked: Asked, months: Sequence[date], kinds: Collection[str]
) -> dict[str, tuple[date, ...]]:
    """Return in which months no boundary point stood for a type throughout."""
    spans: dict[str, list[tuple[datetime, datetime | None]]] = {kind: [] for kind in kinds}
    for timeline in points.timelines(asked.unit_id, as_of=asked.as_of) if kinds else ():
        for span in timeline.spans:
            if span.level == statement.BOUNDARY and span.energy_type_id in spans:
                spans[span.energy_type_id].append((span.valid_from, span.valid_until))
    ends = {month: (clock.midnight(month), clock.midnight(next_month(month))) for month in months}
    return {
        kind: tuple(
            month
            for month, (start, end) in ends.items()
            if not stocks.is_covered(some, start=start, end=end)
        )
        for kind, some in spans.items()
    }


def _used(
    years: Iterable[Year],
    papers: Iterable[FuelSpan],
    rows: Mapping[date, Mapping[str, FactorRow]],
) -> Iterable[FactorRow]:
    """Yield the factors that turned stocks or stated amounts into coal."""
    by_type = {year.energy_type: year for year in years}
    for paper in papers:
        year = by_type[paper.energy_type_id]
        if year.stock is None or year.tonnes is None:
            continue
        needed = {max(rows)} if year.stock.change is not None else set()
        if year.stock.is_alone:
            needed = set(stocks.needed(paper, max(rows)))
        yield from (
            rows[month][year.energy_type] for month in needed if year.energy_type in rows[month]
        )


def _over(asked: Asked) -> list[date]:
    """Return the first days of the year's months that ended by the day."""
    firsts = [date(asked.year, month, 1) for month in range(1, 13)]
    return [first for first in firsts if next_month(first) <= asked.on + timedelta(days=1)]


def _months(told: Statement, indicators: Collection[str]) -> Iterable[Month]:
    """Yield each energy type's months; output and value added are no energy."""
    passed: dict[tuple[date, str], list[Part]] = {}
    for line in told.lines:
        if line.span.level == statement.BOUNDARY:
            amount = None if line.amount is None else line.amount.amount
            part = Part(line.span.energy_type_id, line.span.flow, amount, line.is_complete)
            passed.setdefault((line.period, line.span.energy_type_id), []).append(part)
    for period in told.totals:
        yield from _of_period(period, indicators, passed)


def _of_period(
    period: PeriodTotal,
    indicators: Collection[str],
    passed: Mapping[tuple[date, str], list[Part]],
) -> Iterable[Month]:
    """Yield the energy types of one month."""
    for one in period.types:
        code = one.total.energy_type
        if code in indicators:
            continue
        yield Month(
            month=period.period,
            energy_type=code,
            used=one.total.amount,
            is_whole=not one.total.points_missing and not one.total.points_partial,
            passed=passed.get((period.period, code), []),
            kgce_per_uom=one.factor.kgce_per_uom if one.factor else None,
            tonnes=one.tonnes,
        )


def _by_point(lines: Iterable[Line]) -> dict[int, Decimal | None]:
    """Return what each point metered. [tce]"""
    tonnes: dict[int, list[Decimal | None]] = {}
    for line in lines:
        tonnes.setdefault(line.point_id, []).append(line.tonnes)
    return {point: known_sum(some) for point, some in tonnes.items()}


def _coverage(asked: Asked, months: list[date], *, has_stocks: bool) -> list[str]:
    """Return which months are told, where it is not the whole year, and whether stocks are."""
    if not months:
        return [f"{asked.year}年尚无已结束的月份。"]
    without = [] if has_stocks else ["能源库存量未在平台登记，消费量未计库存变化。"]
    if len(months) == 12:
        return without
    return [f"{asked.year}年数据统计截至{months[-1].month}月末。", *without]


def _standing(
    told: Statement,
    names: Mapping[str, tuple[str, str]],
    months: Collection[date],
    others: Iterable[FactorRow],
) -> list[str]:
    """Return which factors and rules behind the figures were not compared with their texts."""
    by_month = (one.factor for period in told.totals for one in period.types)
    factors = {
        f"{names[row.energy_type_id][0]}的折标准煤系数（{row.edition}）"
        for row in (*by_month, *others)
        if row is not None and not row.verified
    }
    rules = {
        f"综合能耗计算规则（{row.edition}）"
        for row in energy.weights()
        if not row.verified and any(_in_force(row.valid_from, row.valid_until, m) for m in months)
    }
    return [f"{what}尚未与标准原文核对。" for what in sorted(factors) + sorted(rules)]


def _in_force(first: date, until: date | None, day: date) -> bool:
    return first <= day and (until is None or until > day)
