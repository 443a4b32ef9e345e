"""Stocks and invoices beside what was metered; neither is called the other."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengneng.registry.fuels import rules as fuels
from hengneng.registry.fuels.rules import FuelSpan
from hengneng.reporting.ledgers.rules import balance, stocks
from hengneng.reporting.ledgers.rules.balance import Year

FACTOR = Decimal("0.7143")  # facts: 原煤 0.7143 kgce/kg; here per t for round sums
MONTHS = [date(2026, month, 1) for month in range(1, 13)]
JANUARY, MARCH, APRIL, MAY, JUNE, DECEMBER = (MONTHS[n - 1] for n in (1, 3, 4, 5, 6, 12))
FACTORS = {month: {"RAW_COAL": FACTOR} for month in MONTHS}
amounts = st.decimals(0, 10**9, places=6, allow_nan=False)


def papers(opening, bought, closing, *, by_month=None) -> FuelSpan:
    opening, bought, closing = (
        None if one is None else Decimal(one) for one in (opening, bought, closing)
    )
    if by_month is None:
        by_month = {} if bought is None else {MARCH: bought}
    told = fuels.derived(opening, bought, closing)
    return FuelSpan("RAW_COAL", opening, bought, closing, told, by_month)


def metered(used="100", **more) -> Year:
    known = Decimal(used)
    said = {
        "energy_type": "RAW_COAL", "bought": known, "used": known,
        "tonnes": known * FACTOR / 1000, "factors": (FACTOR,),
        "silent": (), "partial": (), "unsplit": (), "without_factor": (),
    }  # fmt: skip
    return Year(**said | more)


def one(years, told, factors=FACTORS, unmetered=()) -> Year:
    (found,) = stocks.joined(
        years, [told], months=MONTHS, factors=factors, unmetered={"RAW_COAL": unmetered}
    )
    return found


def notes(year) -> list[str]:
    return stocks.notes(year, "原煤", "t")


class TestPapersAlone:
    def test_tell_what_was_used_and_that_nothing_was_measured(self):
        year = one([], papers(10, 100, 30))

        assert (year.bought, year.used, year.tonnes) == (
            Decimal(100), Decimal(80), Decimal("0.057144"),
        )  # fmt: skip
        assert (year.stock.is_alone, year.stock.opening, year.stock.closing) == (
            True, Decimal(10), Decimal(30),
        )  # fmt: skip
        assert notes(year) == [
            "原煤：无计量数据，购进量依据购进单据，库存量依据盘点，均为填报数，非计量所得。",
            "原煤：消费量按年初库存量加购进量减期末库存量推算。",
        ]

    @pytest.mark.parametrize(
        ("told", "missing"),
        [
            ((None, 1, 1), "年初库存量"),
            ((1, None, 1), "购进量"),
            ((1, 1, None), "期末库存量"),
            ((None, 1, None), "年初库存量、期末库存量"),
        ],
    )
    def test_that_lack_something_tell_no_use(self, told, missing):
        year = one([], papers(*told))

        assert (year.used, year.tonnes) == (None, None)
        assert notes(year)[1] == f"原煤：未登记{missing}，消费量无法推算。"

    def test_that_contradict_themselves_tell_no_use(self):
        year = one([], papers(1, 1, 3))

        assert year.used is None
        assert "请核对" in notes(year)[1]

    def test_without_a_factor_tell_no_coal_and_say_so(self):
        year = one([], papers(10, 100, 30), factors={})

        assert (year.used, year.tonnes, year.factors) == (Decimal(80), None, ())
        assert balance.notes(year, "原煤") == ["原煤：3月、12月没有适用的折标准煤系数，未折算。"]
        assert notes(year)[-1] == "原煤：消费量未折算为标准煤，未计入合计。"

    def test_that_tell_no_use_lack_no_factor(self):
        year = one([], papers(None, 100, 30), factors={})

        assert (year.used, year.without_factor) == (None, ())
        assert "未折算" not in "".join(notes(year))

    def test_are_turned_into_coal_by_the_month_in_which_they_came_in(self):
        # 1000 t bought in March; measured as 1 kgce/kg to November, not measured after.
        measured = {month: {"RAW_COAL": Decimal(1000)} for month in MONTHS[:-1]}
        table = {DECEMBER: {"RAW_COAL": Decimal("714.3")}}

        year = one([], papers(0, 1000, 0), factors=measured | table)

        assert (year.tonnes, year.factors) == (Decimal(1000), (Decimal(1000),))

    def test_turn_the_rise_of_stock_into_coal_by_the_last_month(self):
        factors = {MARCH: {"RAW_COAL": Decimal(1000)}, DECEMBER: {"RAW_COAL": Decimal("714.3")}}

        year = one([], papers(0, 1000, 100), factors=factors)

        # 1000 t x 1 tce/t - 100 t x 0.7143 tce/t, by hand.
        assert year.tonnes == Decimal("928.57")
        assert year.factors == (Decimal(1000), Decimal("714.3"))
        assert notes(year)[-1] == (
            "原煤：购进量按购进当月的折标准煤系数折算，库存变化按统计期最后一个月的系数折算。"
        )

    def test_of_one_month_without_a_factor_tell_no_coal(self):
        told = papers(0, 3, 0, by_month={MARCH: Decimal(1), MAY: Decimal(2)})
        year = one([], told, factors={MARCH: {"RAW_COAL": FACTOR}})

        assert (year.tonnes, year.without_factor) == (None, (MAY,))

    def test_that_would_be_less_than_no_coal_tell_none(self):
        factors = {MARCH: {"RAW_COAL": Decimal(500)}, DECEMBER: {"RAW_COAL": Decimal(1000)}}

        even = one([], papers(0, 100, 50), factors=factors)
        below = one([], papers(0, 100, "50.000001"), factors=factors)

        assert (even.tonnes, below.tonnes) == (Decimal(0), None)
        assert "请核对折标准煤系数" in notes(below)[-1]

    def test_go_before_a_meter_that_was_silent_all_year(self):
        year = one([metered(used=0, bought=None)._replace(used=None, tonnes=None, silent=(JUNE,))],
                   papers(10, 100, 30))  # fmt: skip

        assert (year.used, year.stock.is_alone, year.silent) == (Decimal(80), True, (JUNE,))


class TestStockBesideMeters:
    def test_that_rose_is_taken_off(self):
        year = one([metered()], papers(10, None, 30))

        assert (year.bought, year.used) == (Decimal(100), Decimal(80))
        assert year.tonnes == Decimal("0.057144")
        assert (year.stock.is_alone, year.stock.change) == (False, Decimal(20))
        assert notes(year) == [
            "原煤：消费量已扣除库存增加量 20.00 t；库存量依据盘点，为填报数，非计量所得。"
        ]

    def test_that_fell_is_added(self):
        year = one([metered()], papers(30, None, 10))

        assert (year.used, year.stock.change) == (Decimal(120), Decimal(-20))

    @pytest.mark.parametrize(
        ("opening", "closing", "missing"),
        [(10, None, "期末库存量"), (None, 10, "年初库存量")],
    )
    def test_taken_at_one_end_only_is_not_counted(self, opening, closing, missing):
        year = one([metered()], papers(opening, None, closing))

        assert (year.used, year.stock.change) == (Decimal(100), None)
        assert notes(year) == [f"原煤：未登记{missing}，消费量未计库存变化。"]

    @pytest.mark.parametrize("hole", ["silent", "partial"])
    def test_is_not_counted_where_the_meters_tell_a_part_only(self, hole):
        year = one([metered(**{hole: (JUNE,)})], papers(10, None, 30))

        assert (year.used, year.stock.change) == (Decimal(100), None)
        assert notes(year) == ["原煤：计量数据不完整，消费量未计库存变化。"]

    @pytest.mark.parametrize(("closing", "used"), [("110", "0"), ("110.000001", "100")])
    def test_that_rose_by_more_than_came_in_is_not_counted(self, closing, used):
        assert one([metered()], papers(10, None, closing)).used == Decimal(used)

    def test_invoices_are_told_and_not_added(self):
        year = one([metered()], papers(None, 105, None))

        assert (year.bought, year.used) == (Decimal(100), Decimal(100))
        assert notes(year) == ["原煤：单据购进量 105.00 t；购进量以计量数据为准，未重复计入。"]

    def test_is_not_counted_where_some_months_had_no_meter(self):
        # 500 t invoiced from January to April, 800 t metered since May: 1100 t were used.
        told = papers(0, 500, 200, by_month={JANUARY: Decimal(400), APRIL: Decimal(100)})
        year = one([metered(used="800")], told, unmetered=MONTHS[:4])

        assert (year.used, year.stock.change, year.stock.lacks) == (
            Decimal(800), None, (stocks.NOT_WHOLE,),
        )  # fmt: skip
        assert notes(year) == [
            "原煤：1月至4月没有计量点或计量点未满全月，无计量期间的消费未计入。",
            "原煤：计量数据不完整，消费量未计库存变化。",
            "原煤：单据购进量 500.00 t，其中无计量期间所在月份 500.00 t；单据数量未计入，请核对。",
        ]

    @pytest.mark.parametrize(
        ("silent", "unmetered"), [((), (JUNE,)), ((JUNE,), ()), ((JUNE,), (JUNE,))]
    )
    def test_invoices_of_a_month_without_readings_are_not_said_to_be_metered(
        self, silent, unmetered
    ):
        told = papers(None, 5, None, by_month={MARCH: Decimal(3), JUNE: Decimal(2)})

        year = one([metered(silent=silent)], told, unmetered=unmetered)

        assert "其中无计量期间所在月份 2.00 t" in notes(year)[-1]

    def test_invoices_of_other_months_than_those_without_a_meter_are_metered(self):
        year = one([metered()], papers(None, 5, None), unmetered=(JUNE,))

        assert notes(year)[-1].endswith("购进量以计量数据为准，未重复计入。")

    @given(inflow=amounts, opening=amounts, closing=amounts)
    def test_what_came_in_is_used_or_lies_there_to_the_last_digit(self, inflow, opening, closing):
        year = one([metered(used=inflow)], papers(opening, None, closing))
        if year.stock.change is not None:
            assert opening + inflow == year.used + closing
        else:
            assert closing - opening > inflow


def test_types_without_papers_stay_as_they_are():
    untouched = metered(energy_type="ELECTRICITY")

    found = stocks.joined(
        [untouched], [papers(1, 2, 3)], months=MONTHS, factors=FACTORS, unmetered={}
    )

    assert [year.energy_type for year in found] == ["ELECTRICITY", "RAW_COAL"]
    assert found[0] == untouched
    assert stocks.notes(untouched, "电力", "kWh") == []


def test_the_share_that_stands_on_papers_alone_is_told():
    alone = one([], papers(10, 1000, 30))

    assert stocks.stated_share([metered(), alone]) == [
        "合计中有 0.70 tce 依据单据和库存盘点推算，非计量所得。"
    ]
    assert stocks.stated_share([metered()]) == []
    assert stocks.stated_share([one([], papers(None, 1, 1))]) == []


def at(day: int, hour: int = 0) -> datetime:
    return datetime(2026, 5, day, hour, tzinfo=UTC)


class TestIsCovered:
    @pytest.mark.parametrize(
        ("spans", "is_whole"),
        [
            ([], False),
            ([(at(1), None)], True),
            ([(at(1, 1), None)], False),
            ([(at(1), at(31))], True),
            ([(at(1), at(30, 23))], False),
            ([(at(9), None), (at(1), at(9))], True),
            ([(at(9, 1), None), (at(1), at(9))], False),
            ([(at(1), at(20)), (at(2), at(3)), (at(20), at(31))], True),
        ],
    )
    def test_asks_for_every_instant(self, spans, is_whole):
        assert stocks.is_covered(spans, start=at(1), end=at(31)) is is_whole
