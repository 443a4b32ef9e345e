"""The year's energy: the balance of form B.10, and what each point metered for figure B.1."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from hengneng.registry.energy import queries as energy
from hengneng.reporting.ledgers.queries.asked import Asked
from hengneng.reporting.ledgers.rules import balance
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
    years = balance.years(_months(told, indicators), weights=weights)
    notes = [*_coverage(asked, months), *_standing(told, names, months)]
    notes += [note for year in years for note in balance.notes(year, names[year.energy_type][0])]
    return Energy(years, names, _by_point(told.lines), tuple(notes))


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


def _coverage(asked: Asked, months: list[date]) -> list[str]:
    """Return which months are told, where it is not the whole year."""
    if not months:
        return [f"{asked.year}年尚无已结束的月份。"]
    stocks = ["能源库存量未在平台登记。"]
    if len(months) == 12:
        return stocks
    return [f"{asked.year}年数据统计截至{months[-1].month}月末。", *stocks]


def _standing(
    told: Statement, names: Mapping[str, tuple[str, str]], months: Collection[date]
) -> list[str]:
    """Return which factors and rules behind the figures were not compared with their texts."""
    factors = {
        f"{names[one.total.energy_type][0]}的折标准煤系数（{one.factor.edition}）"
        for period in told.totals
        for one in period.types
        if one.factor is not None and not one.factor.verified
    }
    rules = {
        f"综合能耗计算规则（{row.edition}）"
        for row in energy.weights()
        if not row.verified and any(_in_force(row.valid_from, row.valid_until, m) for m in months)
    }
    return [f"{what}尚未与标准原文核对。" for what in sorted(factors) + sorted(rules)]


def _in_force(first: date, until: date | None, day: date) -> bool:
    return first <= day and (until is None or until > day)
