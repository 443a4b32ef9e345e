"""A year's figures joined with what papers say: stocks, and fuel bought that no meter counted."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from hengneng.registry.fuels.rules import FuelSpan, Lack
from hengneng.reporting.ledgers.rules import words
from hengneng.reporting.ledgers.rules.balance import Stock, Year
from hengneng.telemetry.consumption.rules.balance import known_sum

# The change of a stock is not counted where what came in is not known whole.
NOT_WHOLE = "NOT_WHOLE"
_MISSING = {Lack.OPENING: "年初库存量", Lack.PURCHASES: "购进量", Lack.CLOSING: "期末库存量"}
_KG = 1000


def joined(
    years: Iterable[Year], papers: Iterable[FuelSpan], *, factors: Mapping[str, Decimal]
) -> list[Year]:
    """Return the years with what papers say of them, and the years of which only papers speak.

    What was metered is never added to what was invoiced: both tell the same fuel coming in.

    Args:
        years: What meters told, by energy type.
        papers: What papers say of the same months.
        factors: Energy type to the factor of the last month that is told. [kgce per uom]
    """
    by_type = {year.energy_type: year for year in years}
    for paper in papers:
        kind = paper.energy_type_id
        metered = by_type.get(kind)
        factor = factors.get(kind)
        if metered is None or metered.used is None:
            by_type[kind] = _by_papers(metered or _nothing(kind), paper, factor)
        else:
            by_type[kind] = _with_stock(metered, paper, factor)
    return [year for _, year in sorted(by_type.items())]


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
    told = _of_papers(stock) if stock.is_alone else _of_stock(stock, uom)
    return [f"{name}：{what}。" for what in told]


def stated_share(years: Iterable[Year]) -> list[str]:
    """Return how much of the total's coal stands on papers alone, where any does."""
    stated = known_sum(year.tonnes for year in years if year.stock and year.stock.is_alone)
    if stated is None:
        return []
    return [f"合计中有 {words.rounded(stated)} tce 依据单据和库存盘点推算，非计量所得。"]


def _nothing(kind: str) -> Year:
    """Return the year of a type of which no meter told anything."""
    return Year(kind, None, None, None, (), (), (), (), ())


def _by_papers(year: Year, paper: FuelSpan, factor: Decimal | None) -> Year:
    """Return a year that stands on papers alone."""
    used = paper.derived.used
    return year._replace(
        bought=paper.bought,
        used=used,
        tonnes=None if used is None or factor is None else used * factor / _KG,
        factors=() if factor is None else (factor,),
        stock=Stock(
            paper.opening, paper.closing, paper.bought, True, None, tuple(paper.derived.lacks)
        ),
    )


def _with_stock(year: Year, paper: FuelSpan, last: Decimal | None) -> Year:
    """Return a metered year, the rise of its stock taken off what was used, where that is known."""
    change, lacks = _change(year, paper)
    stock = Stock(paper.opening, paper.closing, paper.bought, False, change, lacks)
    if change is None or year.used is None:
        return year._replace(stock=stock)
    # ASSUMPTION: a stock is turned into coal by the factor of the last month that is told; what
    # lies there came in last.
    factor = last if last is not None else next(reversed(year.factors), None)
    coal = None if year.tonnes is None or factor is None else year.tonnes - change * factor / _KG
    return year._replace(used=year.used - change, tonnes=coal, stock=stock)


def _change(year: Year, paper: FuelSpan) -> tuple[Decimal | None, tuple[str, ...]]:
    """Return by how much the stock rose, or why that is not counted."""
    if paper.opening is None or paper.closing is None:
        ends = ((paper.opening, Lack.OPENING), (paper.closing, Lack.CLOSING))
        return None, tuple(lack for amount, lack in ends if amount is None)
    if year.silent or year.partial:
        return None, (NOT_WHOLE,)
    change = paper.closing - paper.opening
    if year.used is not None and year.used < change:
        return None, (Lack.CONTRADICTION,)
    return change, ()


def _of_papers(stock: Stock) -> list[str]:
    """Return what is said of figures that stand on papers alone."""
    told = ["无计量数据，购进量依据购进单据，库存量依据盘点，均为填报数，非计量所得"]
    if Lack.CONTRADICTION in stock.lacks:
        return [*told, "期末库存量大于年初库存量与购进量之和，消费量无法推算，请核对"]
    if stock.lacks:
        missing = "、".join(_MISSING[Lack(lack)] for lack in stock.lacks)
        return [*told, f"未登记{missing}，消费量无法推算"]
    return [*told, "消费量按年初库存量加购进量减期末库存量推算"]


def _of_stock(stock: Stock, uom: str) -> list[str]:
    """Return what is said of stocks beside metered figures."""
    told = []
    if stock.change is not None:
        rise = words.rounded(stock.change)
        told = [f"消费量已扣除库存增加量 {rise} {uom}；库存量依据盘点，为填报数，非计量所得"]
    elif NOT_WHOLE in stock.lacks:
        told = ["计量数据不完整，消费量未计库存变化"]
    elif Lack.CONTRADICTION in stock.lacks:
        told = ["库存增加量大于计量的净流入量，消费量未计库存变化，请核对"]
    elif stock.opening is not None or stock.closing is not None:
        missing = "、".join(_MISSING[Lack(lack)] for lack in stock.lacks)
        told = [f"未登记{missing}，消费量未计库存变化"]
    if stock.invoiced is not None:
        paid = words.rounded(stock.invoiced)
        told.append(f"单据购进量 {paid} {uom}；购进量以计量数据为准，未重复计入")
    return told
