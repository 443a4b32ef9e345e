"""A year's figures joined with what papers say: stocks, and fuel bought that no meter counted."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from hengneng.registry.fuels.rules import FuelSpan, Lack
from hengneng.reporting.ledgers.rules import words
from hengneng.reporting.ledgers.rules.balance import Stock, Year, named
from hengneng.telemetry.consumption.rules.balance import known_sum

# The change of a stock is not counted where what came in is not known whole.
NOT_WHOLE = "NOT_WHOLE"
_MISSING = {Lack.OPENING: "年初库存量", Lack.PURCHASES: "购进量", Lack.CLOSING: "期末库存量"}
_KG = 1000
_ZERO = Decimal(0)


def joined(
    years: Iterable[Year],
    papers: Iterable[FuelSpan],
    *,
    months: Sequence[date],
    factors: Mapping[date, Mapping[str, Decimal]],
    unmetered: Mapping[str, Sequence[date]],
) -> list[Year]:
    """Return the years with what papers say of them, and the years of which only papers speak.

    What was metered is never added to what was invoiced: both tell the same fuel coming in.

    Args:
        years: What meters told, by energy type.
        papers: What papers say of the same months.
        months: The months that are told, ascending; not empty where papers are.
        factors: Month to energy type to the factor in force. [kgce per uom]
        unmetered: Energy type to the months in a part of which, or all, no point stood for it.
    """
    by_type = {year.energy_type: year for year in years}
    for paper in papers:
        kind = paper.energy_type_id
        metered = by_type.get(kind)
        known = {month: of[kind] for month, of in factors.items() if kind in of}
        if metered is None or metered.used is None:
            by_type[kind] = _by_papers(metered or _nothing(kind), paper, months[-1], known)
        else:
            without = tuple(unmetered.get(kind, ()))
            by_type[kind] = _with_stock(metered, paper, without, known.get(months[-1]))
    return [year for _, year in sorted(by_type.items())]


def is_covered(
    spans: Iterable[tuple[datetime, datetime | None]], *, start: datetime, end: datetime
) -> bool:
    """Answer whether spans together hold every instant from ``start`` to before ``end``.

    Args:
        spans: Beginning and end, exclusive; None: for good. Any order, may overlap. Aware.
        start: First instant. Aware.
        end: Instant after the last. Aware.
    """
    reached = start
    for since, until in sorted(spans, key=lambda span: span[0]):
        if since > reached:
            break
        if until is None:
            return True
        reached = max(reached, until)
    return reached >= end


def needed(paper: FuelSpan, last: date) -> list[date]:
    """Return the months whose factors turn a fuel into coal that stands on papers alone.

    Args:
        paper: What papers say of the fuel.
        last: The last month that is told.
    """
    months = [month for month, amount in sorted(paper.by_month.items()) if amount]
    if _rise(paper) or not months:
        months.append(last)
    return list(dict.fromkeys(months))


def notes(year: Year, name: str, uom: str) -> list[str]:
    """Return what must be said of stocks and invoices below one energy type's year.

    Args:
        year: The year.
        name: The energy type's name.
        uom: Its unit of measure.
    """
    stock = year.stock
    if stock is None:
        return []
    told = _of_papers(year, stock) if stock.is_alone else _of_stock(stock, uom)
    return [f"{name}：{what}。" for what in (*told, *_of_coal(year, stock))]


def stated_share(years: Iterable[Year]) -> list[str]:
    """Return how much of the total's coal stands on papers alone, where any does."""
    stated = known_sum(year.tonnes for year in years if year.stock and year.stock.is_alone)
    if stated is None:
        return []
    return [f"合计中有 {words.rounded(stated)} tce 依据单据和库存盘点推算，非计量所得。"]


def _nothing(kind: str) -> Year:
    """Return the year of a type of which no meter told anything."""
    return Year(kind, None, None, None, (), (), (), (), ())


def _by_papers(year: Year, paper: FuelSpan, last: date, factors: Mapping[date, Decimal]) -> Year:
    """Return a year that stands on papers alone."""
    used, months = paper.derived.used, needed(paper, last)
    found = [factors[month] for month in months if month in factors]
    lacking = tuple(month for month in months if month not in factors)
    return year._replace(
        bought=paper.bought,
        used=used,
        tonnes=None if used is None or lacking else _coal(paper, last, factors),
        factors=tuple(dict.fromkeys(found)),
        without_factor=() if used is None else lacking,
        stock=Stock(
            paper.opening, paper.closing, paper.bought, True, None, tuple(paper.derived.lacks)
        ),
    )


def _rise(paper: FuelSpan) -> Decimal:
    """Return by how much the stock rose; zero where nobody took it, for then nothing is used."""
    return (paper.closing or _ZERO) - (paper.opening or _ZERO)


def _coal(paper: FuelSpan, last: date, factors: Mapping[date, Decimal]) -> Decimal | None:
    """Return what was used as coal; None where that comes out below zero. [tce]

    ASSUMPTION: what was bought burns by the factor of the month in which it came in; a stock is
    turned into coal by the factor of the last month that is told, for what lies there came in last.
    """
    amounts = [(month, amount) for month, amount in paper.by_month.items() if amount]
    bought = sum((amount * factors[month] for month, amount in amounts), _ZERO)
    rise = _rise(paper)
    return _not_negative((bought - rise * factors[last] if rise else bought) / _KG)


def _not_negative(coal: Decimal) -> Decimal | None:
    return None if coal < 0 else coal


def _with_stock(
    year: Year, paper: FuelSpan, unmetered: tuple[date, ...], last: Decimal | None
) -> Year:
    """Return a metered year, the rise of its stock taken off what was used, where that is known."""
    change, lacks = _change(year, paper, unmetered)
    apart = known_sum(paper.by_month.get(month) for month in {*unmetered, *year.silent})
    stock = Stock(
        paper.opening, paper.closing, paper.bought, False, change, lacks, unmetered, apart
    )
    if change is None or year.used is None:
        return year._replace(stock=stock)
    # ASSUMPTION: a stock is turned into coal by the factor of the last month that is told; what
    # lies there came in last.
    factor = last if last is not None else next(reversed(year.factors), None)
    coal = None
    if year.tonnes is not None and factor is not None:
        coal = _not_negative(year.tonnes - change * factor / _KG)
    return year._replace(used=year.used - change, tonnes=coal, stock=stock)


def _change(
    year: Year, paper: FuelSpan, unmetered: tuple[date, ...]
) -> tuple[Decimal | None, tuple[str, ...]]:
    """Return by how much the stock rose, or why that is not counted."""
    if paper.opening is None or paper.closing is None:
        ends = ((paper.opening, Lack.OPENING), (paper.closing, Lack.CLOSING))
        return None, tuple(lack for amount, lack in ends if amount is None)
    if year.silent or year.partial or unmetered:
        return None, (NOT_WHOLE,)
    change = paper.closing - paper.opening
    if year.used is not None and year.used < change:
        return None, (Lack.CONTRADICTION,)
    return change, ()


def _of_papers(year: Year, stock: Stock) -> list[str]:
    """Return what is said of figures that stand on papers alone."""
    told = ["无计量数据，购进量依据购进单据，库存量依据盘点，均为填报数，非计量所得"]
    if Lack.CONTRADICTION in stock.lacks:
        return [*told, "期末库存量大于年初库存量与购进量之和，消费量无法推算，请核对"]
    if stock.lacks:
        missing = "、".join(_MISSING[Lack(lack)] for lack in stock.lacks)
        return [*told, f"未登记{missing}，消费量无法推算"]
    told.append("消费量按年初库存量加购进量减期末库存量推算")
    if year.tonnes is not None and len(year.factors) > 1:
        told.append("购进量按购进当月的折标准煤系数折算，库存变化按统计期最后一个月的系数折算")
    return told


def _of_coal(year: Year, stock: Stock) -> list[str]:
    """Return why what was used is not there as coal, where papers have a part in it."""
    if year.used is None or year.tonnes is not None:
        return []
    if year.without_factor:
        return ["消费量未折算为标准煤，未计入合计"]
    is_counted = stock.is_alone or stock.change is not None
    return ["折算所得标准煤量为负，未计入合计，请核对折标准煤系数"] if is_counted else []


def _of_stock(stock: Stock, uom: str) -> list[str]:
    """Return what is said of stocks beside metered figures."""
    told = []
    if stock.unmetered:
        told.append(f"{named(stock.unmetered)}没有计量点或计量点未满全月，无计量期间的消费未计入")
    if stock.change is not None:
        rise = words.rounded(stock.change)
        told.append(f"消费量已扣除库存增加量 {rise} {uom}；库存量依据盘点，为填报数，非计量所得")
    elif NOT_WHOLE in stock.lacks:
        told.append("计量数据不完整，消费量未计库存变化")
    elif Lack.CONTRADICTION in stock.lacks:
        told.append("库存增加量大于计量的净流入量，消费量未计库存变化，请核对")
    elif stock.opening is not None or stock.closing is not None:
        missing = "、".join(_MISSING[Lack(lack)] for lack in stock.lacks)
        told.append(f"未登记{missing}，消费量未计库存变化")
    return told + _of_invoices(stock, uom)


def _of_invoices(stock: Stock, uom: str) -> list[str]:
    """Return what is said of invoices beside metered figures."""
    if stock.invoiced is None:
        return []
    paid = words.rounded(stock.invoiced)
    if not stock.invoiced_apart:
        return [f"单据购进量 {paid} {uom}；购进量以计量数据为准，未重复计入"]
    apart = words.rounded(stock.invoiced_apart)
    return [
        f"单据购进量 {paid} {uom}，其中无计量期间所在月份 {apart} {uom}；单据数量未计入，请核对"
    ]
