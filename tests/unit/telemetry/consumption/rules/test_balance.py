"""The balance over a unit's boundary points."""

from decimal import Decimal

import pytest

from hengneng.telemetry.consumption.rules import balance
from hengneng.telemetry.consumption.rules.amounts import Amount, Basis
from hengneng.telemetry.consumption.rules.balance import Part, Total

WEIGHTS = {"BOUGHT": 1, "GENERATED": 1, "SUPPLIED_OUT": -1, "STORED": 0}


class TestTotals:
    def test_adds_and_takes_off_by_flow(self):
        parts = [
            Part("ELECTRICITY", "BOUGHT", Decimal("1000.000000001")),
            Part("ELECTRICITY", "GENERATED", Decimal(20)),
            Part("ELECTRICITY", "SUPPLIED_OUT", Decimal("5.5")),
        ]

        assert balance.totals(parts, weights=WEIGHTS) == [
            Total("ELECTRICITY", Decimal("1014.500000001"), 3, 0, 0)
        ]

    def test_says_how_many_points_are_missing(self):
        parts = [Part("ELECTRICITY", "BOUGHT", Decimal(7)), Part("ELECTRICITY", "BOUGHT", None)]

        assert balance.totals(parts, weights=WEIGHTS) == [Total("ELECTRICITY", Decimal(7), 2, 1, 0)]

    def test_nothing_known_is_not_zero(self):
        parts = [Part("ELECTRICITY", "BOUGHT", None)]

        assert balance.totals(parts, weights=WEIGHTS) == [Total("ELECTRICITY", None, 1, 1, 0)]

    def test_a_known_zero_is_zero(self):
        parts = [Part("ELECTRICITY", "BOUGHT", Decimal(0))]

        assert balance.totals(parts, weights=WEIGHTS) == [Total("ELECTRICITY", Decimal(0), 1, 0, 0)]

    @pytest.mark.parametrize("flow", ["STORED", "CONVERSION_OUTPUT"])
    def test_a_flow_outside_the_balance_is_neither_counted_nor_missed(self, flow):
        parts = [Part("ELECTRICITY", flow, None), Part("HEAT", "BOUGHT", Decimal(1))]

        assert balance.totals(parts, weights=WEIGHTS) == [Total("HEAT", Decimal(1), 1, 0, 0)]

    def test_keeps_energy_types_apart_in_the_codes_order(self):
        parts = [Part("HEAT", "BOUGHT", Decimal(1)), Part("ELECTRICITY", "BOUGHT", Decimal(2))]

        assert [total.energy_type for total in balance.totals(parts, weights=WEIGHTS)] == [
            "ELECTRICITY",
            "HEAT",
        ]

    def test_says_how_many_amounts_are_of_a_part_of_the_period(self):
        parts = [
            Part("ELECTRICITY", "BOUGHT", Decimal(7), is_whole=False),
            Part("ELECTRICITY", "BOUGHT", Decimal(1)),
            Part("ELECTRICITY", "BOUGHT", None, is_whole=False),
        ]

        (total,) = balance.totals(parts, weights=WEIGHTS)

        assert (total.amount, total.points_missing, total.points_partial) == (Decimal(8), 1, 1)


class TestKnownSum:
    def test_keeps_digits_that_the_ordinary_context_would_round_off(self):
        large, small = Decimal("9" * 40), Decimal("0.000000001")

        assert balance.known_sum([large, small]) == Decimal("9" * 40 + ".000000001")


class TestIsWhole:
    @pytest.mark.parametrize(
        ("amount", "known", "basis", "is_whole"),
        [
            (Decimal(1), 96, Basis.REGISTERS, True),
            (Decimal(1), 95, Basis.REGISTERS, False),
            (Decimal(1), 0, Basis.DAY_RECORD, True),
            (Decimal(1), 0, Basis.MONTH_RECORD, True),
            (None, 96, Basis.REALTIME, False),
        ],
    )
    def test_a_record_or_every_slot_makes_it_whole(self, amount, known, basis, is_whole):
        none = Decimal(0)
        period = Amount(amount, none, none, none, none, 96, known, known, basis)

        assert balance.is_whole(period) is is_whole
