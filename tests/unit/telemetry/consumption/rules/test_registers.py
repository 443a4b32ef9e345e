from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengneng.telemetry.consumption.rules.digest import Entry
from hengneng.telemetry.consumption.rules.registers import (
    Exchange,
    Interval,
    Limits,
    Stretch,
    intervals,
    primary,
)

LIMITS = Limits(tolerance_s=60, rollover_share=Fraction(1, 2))
KEY, CODE = "R:M1:total", "N:0000000002330011"


def stretch(**changes):
    return Stretch(0, None, KEY, Fraction(1), None, 900)._replace(**changes)


def at(second, digits, scale=2, mark="M"):
    return Entry(second, digits, scale, mark)


STEADY = (stretch(),)


def between(*entries, stretches=STEADY, exchanges=()):
    return intervals(entries, stretches=stretches, exchanges=exchanges, limits=LIMITS)


class TestIntervals:
    def test_of_neighbouring_readings(self):
        assert between(at(0, 1000), at(900, 1025)) == [Interval(0, 900, 25, 2, "M")]

    def test_multiply_by_the_ratio(self):
        found = between(at(0, 1000), at(900, 1025), stretches=[stretch(ratio=Fraction(40))])

        assert found == [Interval(0, 900, 1000, 2, "M")]

    def test_take_the_finer_scale(self):
        assert between(at(0, 10, 0), at(900, 10125, 3)) == [Interval(0, 900, 125, 3, "M")]

    def test_longer_than_a_slot_and_its_tolerance_are_estimated(self):
        assert between(at(0, 0), at(960, 5))[0].mark == "M"
        assert between(at(0, 0), at(961, 5))[0].mark == "E"

    def test_are_late_when_the_closing_reading_is(self):
        assert between(at(0, 0, mark="L"), at(900, 5))[0].mark == "M"
        assert between(at(0, 0), at(900, 5, mark="L"))[0].mark == "L"

    def test_with_one_end_by_hand_are_by_hand(self):
        assert between(at(0, 0, mark="H"), at(900, 5))[0].mark == "H"

    def test_are_unknown_when_a_register_falls_without_a_reason(self):
        assert between(at(0, 1000), at(900, 10)) == [Interval(0, 900, None, 0, "R")]

    def test_go_round_where_the_capacity_is_known(self):
        found = between(
            at(0, 99_999_990), at(900, 15), stretches=[stretch(capacity=Decimal("1000000.00"))]
        )

        assert found == [Interval(0, 900, 25, 2, "M")]

    @pytest.mark.parametrize(("second", "digits"), [(500_000, 500_000), (500_001, None)])
    def test_go_round_by_no_more_than_the_allowed_share(self, second, digits):
        found = between(
            at(0, 0, 0), at(1, 1_000_000 - 1, 0), at(900, second - 1, 0),
            stretches=[stretch(capacity=Decimal(1_000_000))],
        )  # fmt: skip

        assert found[1].digits == digits


class TestExchange:
    exchange = Exchange(1000, Decimal("10.40"), Decimal("3.00"))

    def test_splits_the_interval_at_the_registers_on_record(self):
        found = between(at(900, 1030), at(1800, 305), exchanges=[self.exchange])

        assert found == [Interval(900, 1000, 10, 2, "M"), Interval(1000, 1800, 5, 2, "M")]

    @pytest.mark.parametrize("shown", [1040, 301])  # by the old meter, by the new one
    def test_stands_for_its_second_whichever_meter_was_read_in_it(self, shown):
        found = between(at(900, 1030), at(1000, shown), at(1800, 305), exchanges=[self.exchange])

        assert found == [Interval(900, 1000, 10, 2, "M"), Interval(1000, 1800, 5, 2, "M")]

    def test_multiplies_each_side_by_its_own_ratio(self):
        before, after = stretch(end=1000), stretch(start=1000, ratio=Fraction(20))
        found = between(
            at(900, 1030), at(1800, 305), stretches=[before, after], exchanges=[self.exchange]
        )

        assert [one.digits for one in found] == [10, 100]

    def test_without_registers_on_record_leaves_the_time_between_unknown(self):
        before, after = stretch(end=1000), stretch(start=1000, key="R:M2:total")

        assert between(at(900, 1030), at(1800, 305), stretches=[before, after]) == []

    def test_counts_no_register_where_increments_are_told(self):
        """Two on record say what a register counted between them, which its increments told."""
        later = Exchange(9000, Decimal(50_000), Decimal(0))

        told = between(stretches=[stretch(key=CODE)], exchanges=[self.exchange, later])
        counted = between(stretches=STEADY, exchanges=[self.exchange, later])

        assert (told, [one.digits for one in counted]) == ([], [49_997])

    def test_closes_a_register_that_gives_way_to_increments_and_opens_none(self):
        before, after = stretch(end=1000), stretch(start=1000, key=CODE)
        later = Exchange(9000, Decimal(50_000), Decimal(0))

        found = between(at(900, 1030), stretches=[before, after], exchanges=[self.exchange, later])

        assert found == [Interval(900, 1000, 10, 2, "M")]


class TestRatioChange:
    stretches = (stretch(end=1000), stretch(start=1000, ratio=Fraction(2)))

    def test_between_readings_splits_the_register_evenly_and_says_estimated(self):
        found = between(at(0, 0), at(2000, 100), stretches=self.stretches)

        assert found == [Interval(0, 1000, 50, 2, "E"), Interval(1000, 2000, 100, 2, "E")]

    @pytest.mark.parametrize("changed", [1000, 1900])
    def test_counts_a_register_that_goes_round_meanwhile_once(self, changed):
        before, after = (s._replace(capacity=Decimal(100)) for s in self.stretches)
        stretches = (before._replace(end=changed), after._replace(start=changed))

        found = between(at(0, 9990), at(2000, 10), stretches=stretches)

        late = 2000 - changed
        assert [one.digits for one in found] == [changed // 100, late // 100 * 2]

    def test_keeps_a_fall_out_that_is_no_going_round(self):
        before, after = (s._replace(capacity=Decimal(100)) for s in self.stretches)

        found = between(at(0, 5000), at(2000, 4000), stretches=(before, after))

        assert found == [Interval(0, 2000, None, 0, "R")]

    def test_at_a_reading_is_exact(self):
        found = between(at(100, 0), at(1000, 50), at(1900, 100), stretches=self.stretches)

        assert found == [Interval(100, 1000, 50, 2, "M"), Interval(1000, 1900, 100, 2, "M")]


class TestPrimary:
    def test_raises_the_scale_where_that_is_exact(self):
        assert primary(1, 2, Fraction(5, 4)) == (125, 4)

    def test_rounds_at_nine_decimals_where_nothing_is_exact(self):
        assert primary(1, 0, Fraction(1, 3)) == (333_333_333, 9)


@given(
    st.lists(st.integers(0, 10**9), min_size=2, max_size=30),
    st.lists(st.integers(1, 5000), min_size=30, max_size=30),
    st.builds(Fraction, st.integers(1, 5000), st.integers(1, 300)),
)
def test_energy_between_the_first_and_last_register_is_conserved(steps, seconds, ratio):
    """Whatever lies between, the intervals add up to the difference of the outermost registers."""
    entries, register, second = [], 0, 0
    for step, wait in zip(steps, seconds, strict=False):
        register, second = register + step, second + wait
        entries.append(at(second, register, 3))
    found = between(*entries, stretches=[stretch(ratio=ratio)])

    total = sum(Fraction(one.digits, 10**one.scale) for one in found)
    first, last = (primary(e.digits, e.scale, ratio) for e in (entries[0], entries[-1]))
    assert total == Fraction(last[0], 10 ** last[1]) - Fraction(first[0], 10 ** first[1])
