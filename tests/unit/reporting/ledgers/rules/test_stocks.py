"""Stocks and invoices beside what was metered; neither is called the other."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengneng.registry.fuels import rules as fuels
from hengneng.registry.fuels.rules import FuelSpan
from hengneng.reporting.ledgers.rules import stocks
from hengneng.reporting.ledgers.rules.balance import Year

FACTORS = {"RAW_COAL": Decimal("0.7143")}  # facts: 原煤 0.7143 kgce/kg; here per t for round sums
JUNE = date(2026, 6, 1)
amounts = st.decimals(0, 10**9, places=6, allow_nan=False)


def papers(opening, bought, closing) -> FuelSpan:
    told = [None if one is None else Decimal(one) for one in (opening, bought, closing)]
    return FuelSpan("RAW_COAL", *told, fuels.derived(*told))


def metered(used="100", **more) -> Year:
    known = Decimal(used)
    said = {
        "energy_type": "RAW_COAL", "bought": known, "used": known,
        "tonnes": known * FACTORS["RAW_COAL"] / 1000, "factors": (FACTORS["RAW_COAL"],),
        "silent": (), "partial": (), "unsplit": (), "without_factor": (),
    }  # fmt: skip
    return Year(**said | more)


def one(years, told, factors=FACTORS) -> Year:
    (found,) = stocks.joined(years, [told], factors=factors)
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

    def test_without_a_factor_tell_no_coal(self):
        year = one([], papers(10, 100, 30), factors={})

        assert (year.used, year.tonnes, year.factors) == (Decimal(80), None, ())

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

    @given(inflow=amounts, opening=amounts, closing=amounts)
    def test_what_came_in_is_used_or_lies_there_to_the_last_digit(self, inflow, opening, closing):
        year = one([metered(used=inflow)], papers(opening, None, closing))
        if year.stock.change is not None:
            assert opening + inflow == year.used + closing
        else:
            assert closing - opening > inflow


def test_types_without_papers_stay_as_they_are():
    untouched = metered(energy_type="ELECTRICITY")

    found = stocks.joined([untouched], [papers(1, 2, 3)], factors=FACTORS)

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
