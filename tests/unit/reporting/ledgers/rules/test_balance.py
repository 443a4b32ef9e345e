"""A year's purchase and use, and what is said where it is not whole."""

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from hengneng.reporting.ledgers.rules import balance
from hengneng.reporting.ledgers.rules.balance import Month
from hengneng.telemetry.consumption.rules.balance import Part

WEIGHTS = {"BOUGHT": 1, "SUPPLIED_OUT": -1, "GENERATED": 0}
ALL_WEIGHTS = {date(2026, month, 1): WEIGHTS for month in range(1, 13)}
FACTOR = Decimal("0.1229")
amounts = st.decimals(0, 10**12, places=9, allow_nan=False)


def bought(amount, flow="BOUGHT") -> Part:
    return Part("ELECTRICITY", flow, None if amount is None else Decimal(amount))


def month(number, used, *parts, is_whole=True, factor=FACTOR) -> Month:
    known = None if used is None else Decimal(used)
    tonnes = None if known is None or factor is None else known * factor / 1000
    return Month(date(2026, number, 1), "ELECTRICITY", known, is_whole, parts, factor, tonnes)


def year(*months):
    [found] = balance.years(months, weights=ALL_WEIGHTS)
    return found


class TestYears:
    def test_adds_up_the_months(self):
        found = year(month(1, 10, bought(10)), month(2, 5, bought(7), bought(2, "SUPPLIED_OUT")))

        assert (found.bought, found.used) == (Decimal(17), Decimal(15))
        assert found.tonnes == Decimal("0.0018435")
        assert found.factors == (FACTOR,)
        assert found.silent == found.partial == found.unsplit == found.without_factor == ()

    def test_what_is_missing_is_named_and_not_zero(self):
        found = year(month(1, None, bought(None)), month(2, 5, bought(5)))

        assert (found.bought, found.used) == (Decimal(5), Decimal(5))
        assert found.silent == (date(2026, 1, 1),)

    def test_a_year_of_silence_has_no_figures(self):
        found = year(month(1, None, bought(None)))

        assert (found.bought, found.used, found.tonnes) == (None, None, None)

    def test_a_month_known_in_part_is_named(self):
        assert year(month(3, 5, bought(5), is_whole=False)).partial == (date(2026, 3, 1),)

    def test_a_point_that_changed_within_a_month_leaves_the_purchase_untold(self):
        # The line tells its last flow; the statement counted only half of it as bought.
        found = year(month(1, 4, bought(10)), month(2, 5, bought(5)))

        assert (found.bought, found.used) == (None, Decimal(9))
        assert found.unsplit == (date(2026, 1, 1),)

    def test_a_flow_that_does_not_count_is_not_held_against_the_sum(self):
        found = year(month(1, 10, bought(10), bought(3, "GENERATED")))

        assert (found.bought, found.unsplit) == (Decimal(10), ())

    def test_a_month_without_a_factor_is_named(self):
        found = year(month(1, 10, bought(10)), month(2, 5, bought(5), factor=None))

        assert found.without_factor == (date(2026, 2, 1),)
        assert found.tonnes == Decimal("0.001229")

    def test_factors_that_changed_are_each_named_once(self):
        months = [month(n, 1, bought(1), factor=Decimal(f)) for n, f in ((1, 2), (2, 2), (3, 3))]

        assert year(*months).factors == (Decimal(2), Decimal(3))

    @given(st.lists(st.tuples(amounts, amounts), min_size=1, max_size=12))
    def test_bought_less_supplied_is_used_to_the_last_digit(self, pairs):
        months = [
            month(n, got - given_away, bought(got), bought(given_away, "SUPPLIED_OUT"))
            for n, (got, given_away) in enumerate(pairs, start=1)
        ]

        found = year(*months)
        assert found.unsplit == ()
        assert found.bought - sum(away for _, away in pairs) == found.used


class TestNotes:
    def test_name_the_months_of_each_lack(self):
        found = year(
            month(1, None, bought(None)),
            month(2, None, bought(None)),
            month(4, None, bought(None)),
            month(5, 1, bought(1), is_whole=False, factor=None),
            month(6, 1, bought(2)),
        )

        assert balance.notes(found, "电力") == [
            "电力：1月至2月、4月无数据，未计入。",
            "电力：5月数据不完整，仅计入已知部分。",
            "电力：6月有计量点变更属性，购进量无法按月区分。",
            "电力：5月没有适用的折标准煤系数，未折算。",
        ]

    def test_a_whole_year_has_none(self):
        assert balance.notes(year(month(1, 1, bought(1))), "电力") == []
