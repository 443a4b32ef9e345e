"""A year's purchase and use of each energy type, from the months' statements, and its notes."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from hengneng.telemetry.consumption.rules import balance
from hengneng.telemetry.consumption.rules.balance import Part, known_sum

BOUGHT = "BOUGHT"


class Month(NamedTuple):
    """One energy type in one month of a unit's statement.

    Attributes:
        month: Its first day.
        energy_type: Its code.
        used: What was consumed, by the balance; None where nothing is known.
        is_whole: Whether that speaks for every boundary point and the whole month.
        passed: What passed the boundary points that count.
        kgce_per_uom: The factor in force; None where there is none.
        tonnes: Standard coal of what was consumed; None where it cannot be told. [tce]
    """

    month: date
    energy_type: str
    used: Decimal | None
    is_whole: bool
    passed: Sequence[Part]
    kgce_per_uom: Decimal | None
    tonnes: Decimal | None


class Stock(NamedTuple):
    """What a unit's papers say of an energy type in a year; the platform measured none of it.

    Attributes:
        opening: Stock before the year; None: not taken.
        closing: Stock at the end of what is told; None: not taken.
        invoiced: What came in by invoices; None: none is on record.
        is_alone: Whether the year's figures stand on papers alone, no meter having told any.
        change: By how much the stock rose, taken off what was used; None: it was not counted.
        lacks: Why what was used cannot be told, or the change not be counted.
        unmetered: Months in a part of which, or all, no point stood for the type, where its others
            are metered.
        invoiced_apart: What came in by invoices in months of which no meter tells, or only of a
            part of which a point stood; None: nothing.
    """

    opening: Decimal | None
    closing: Decimal | None
    invoiced: Decimal | None
    is_alone: bool
    change: Decimal | None
    lacks: tuple[str, ...]
    unmetered: tuple[date, ...] = ()
    invoiced_apart: Decimal | None = None


class Year(NamedTuple):
    """One energy type in a year, as far as it is known.

    Attributes:
        energy_type: Its code.
        bought: What was bought; None where it cannot be told.
        used: What was consumed; None where nothing is known.
        tonnes: Standard coal of it; None where it cannot be told. [tce]
        factors: The factors it was counted by, each once, in the order of their months.
        silent: Months of which nothing is known, by their first days.
        partial: Months of which only a part is known.
        unsplit: Months in which a point changed what it counts as, so that what was bought cannot
            be told from the rest.
        without_factor: Months whose amount no factor turned into coal.
        stock: What papers say; None: nothing.
    """

    energy_type: str
    bought: Decimal | None
    used: Decimal | None
    tonnes: Decimal | None
    factors: tuple[Decimal, ...]
    silent: tuple[date, ...]
    partial: tuple[date, ...]
    unsplit: tuple[date, ...]
    without_factor: tuple[date, ...]
    stock: Stock | None = None


def years(months: Iterable[Month], *, weights: Mapping[date, Mapping[str, int]]) -> list[Year]:
    """Return each energy type's year, by code.

    Args:
        months: The statement's months of one year, ascending.
        weights: By month, flow to the weight it counts by.

    >>> passed = [Part("ELECTRICITY", "BOUGHT", Decimal(10)),
    ...           Part("ELECTRICITY", "SUPPLIED_OUT", Decimal(1))]
    >>> june = Month(date(2026, 6, 1), "ELECTRICITY", Decimal(9), True, passed,
    ...              Decimal("0.1229"), Decimal("0.0011061"))
    >>> [year] = years([june], weights={june.month: {"BOUGHT": 1, "SUPPLIED_OUT": -1}})
    >>> year.bought, year.used
    (Decimal('10'), Decimal('9'))
    """
    by_type: dict[str, list[Month]] = {}
    for month in months:
        by_type.setdefault(month.energy_type, []).append(month)
    return [_year(code, of_type, weights) for code, of_type in sorted(by_type.items())]


def _year(
    energy_type: str, months: Sequence[Month], weights: Mapping[date, Mapping[str, int]]
) -> Year:
    """Return the year of one energy type."""
    unsplit = [one.month for one in months if not _is_split(one, weights.get(one.month, {}))]
    bought = [p.amount for one in months for p in one.passed if p.flow == BOUGHT]
    factors = [one.kgce_per_uom for one in months if one.kgce_per_uom is not None]
    known = [one for one in months if one.used is not None]
    return Year(
        energy_type=energy_type,
        bought=None if unsplit else known_sum(bought),
        used=known_sum(one.used for one in months),
        tonnes=known_sum(one.tonnes for one in months),
        factors=tuple(dict.fromkeys(factors)),
        silent=tuple(one.month for one in months if one.used is None),
        partial=tuple(one.month for one in known if not one.is_whole),
        unsplit=tuple(unsplit),
        without_factor=tuple(one.month for one in known if one.tonnes is None),
    )


def _is_split(month: Month, weights: Mapping[str, int]) -> bool:
    """Answer whether what passed the points, as they are told, makes up what was consumed.

    It does not where a point changed its flow, level or energy type within the month: the statement
    then adds it up day by day, each day in its own way.
    """
    told = balance.totals(month.passed, weights=weights)
    return (told[0].amount if told else None) == month.used


def notes(year: Year, name: str) -> list[str]:
    """Return what must be said below the balance of one energy type's year.

    Args:
        year: The year.
        name: The energy type's name.
    """
    said = [
        ("无数据，未计入", year.silent),
        ("数据不完整，仅计入已知部分", year.partial),
        ("有计量点变更属性，购进量无法按月区分", year.unsplit),
        ("没有适用的折标准煤系数，未折算", year.without_factor),
    ]
    return [f"{name}：{named(months)}{what}。" for what, months in said if months]


def named(months: Iterable[date]) -> str:
    """Return months as they are called, neighbours as a span.

    >>> named([date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1), date(2026, 5, 1)])
    '1月至3月、5月'
    """
    spans: list[list[int]] = []
    for month in months:
        if spans and spans[-1][1] + 1 == month.month:
            spans[-1][1] = month.month
        else:
            spans.append([month.month, month.month])
    return "、".join(f"{a}月" if a == b else f"{a}月至{b}月" for a, b in spans)
