"""Amounts in their own unit of measure, and what was used by papers."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengneng.registry.fuels import rules
from hengneng.registry.fuels.rules import Derived, Lack

amounts = st.decimals(0, 10**9, places=6, allow_nan=False)


class TestInOwnMeasure:
    @pytest.mark.parametrize(
        ("amount", "measure", "own", "expected"),
        [
            ("12.5", "t", "t", "12.5"),
            ("0", "t", "t", "0"),
            ("1", "kg", "t", "0.001"),
            ("0.001", "kg", "t", "0.000001"),
            ("500.000000", "kg", "t", "0.5"),
            ("1." + "0" * 40, "t", "t", "1"),
            ("0.0000000", "kg", "t", "0"),
            ("1E+3", "t", "t", "1000"),
            ("3.25", "10000 m3", "m3", "32500"),
            ("999999999999999999", "t", "t", "999999999999999999"),
        ],
    )
    def test_is_exact(self, amount, measure, own, expected):
        found = rules.in_own_measure(Decimal(amount), measure=measure, own=own)

        assert found == Decimal(expected)

    @pytest.mark.parametrize(
        ("amount", "measure", "own"),
        [
            ("-0.001", "t", "t"),
            ("0.0001", "kg", "t"),
            ("0.0000001", "t", "t"),
            ("1000000000000000000", "t", "t"),
            ("1.0000000000000000001", "t", "t"),
            ("100000000000000", "10000 m3", "m3"),
            ("NaN", "t", "t"),
            ("Infinity", "t", "t"),
        ],
    )
    def test_refuses_what_is_no_amount(self, amount, measure, own):
        with pytest.raises(rules.NotAnAmount):
            rules.in_own_measure(Decimal(amount), measure=measure, own=own)

    def test_takes_the_largest_that_fits(self):
        found = rules.in_own_measure(Decimal("99999999999999"), measure="10000 m3", own="m3")

        assert found == Decimal("999999999999990000")

    @pytest.mark.parametrize(("measure", "own"), [("kg", "m3"), ("m3", "t"), ("kWh", "kWh")])
    def test_refuses_another_measure(self, measure, own):
        with pytest.raises(rules.NotItsMeasure):
            rules.in_own_measure(Decimal(1), measure=measure, own=own)


class TestDerived:
    def test_nothing_left_and_nothing_used_are_known_zeros(self):
        assert rules.derived(Decimal(0), Decimal(0), Decimal(0)) == Derived(Decimal(0), ())

    def test_all_that_was_there_may_be_left(self):
        assert rules.derived(Decimal(3), Decimal(2), Decimal(5)) == Derived(Decimal(0), ())

    def test_more_left_than_was_there_is_a_contradiction(self):
        found = rules.derived(Decimal(3), Decimal(2), Decimal("5.000001"))

        assert found == Derived(None, (Lack.CONTRADICTION,))

    @pytest.mark.parametrize(
        ("told", "lacks"),
        [
            ((None, Decimal(1), Decimal(1)), (Lack.OPENING,)),
            ((Decimal(1), None, Decimal(1)), (Lack.PURCHASES,)),
            ((Decimal(1), Decimal(1), None), (Lack.CLOSING,)),
            ((None, None, None), (Lack.OPENING, Lack.PURCHASES, Lack.CLOSING)),
        ],
    )
    def test_what_is_missing_is_named_and_not_zero(self, told, lacks):
        assert rules.derived(*told) == Derived(None, lacks)

    @given(opening=amounts, bought=amounts, used=amounts)
    def test_gives_back_what_was_used_to_the_last_digit(self, opening, bought, used):
        closing = opening + bought - used
        found = rules.derived(opening, bought, closing)

        assert found.used == used


@given(stated=st.decimals(0, 10**6, places=3, allow_nan=False))
def test_kilograms_are_thousandths_of_tonnes(stated):
    assert rules.in_own_measure(stated, measure="kg", own="t") * 1000 == stated
