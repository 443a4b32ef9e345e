from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.sim.virtual import DAY, FINE, GAS, HOUR, MAIN, NOON

from hengneng.protocol.records import DAY_SECONDS
from hengneng.sim import meters, registers

MIDNIGHT = DAY * DAY_SECONDS
METERS = st.sampled_from([FINE, MAIN, GAS])
INSTANTS = st.integers(MIDNIGHT - DAY_SECONDS, MIDNIGHT + 5 * DAY_SECONDS)

pytestmark = pytest.mark.usefixtures("no_series")


class TestRegisterAt:
    def test_shows_its_start_until_it_begins(self):
        shown = [registers.register_at(MAIN, at) for at in (0, MIDNIGHT - 1, MIDNIGHT)]

        assert shown == [1_234_567] * 3

    def test_is_exact_at_the_ends_of_quarters(self):
        counts = meters.counts_of(FINE, DAY)

        shown = [registers.register_at(FINE, MIDNIGHT + n * 900) for n in range(97)]

        assert [later - earlier for earlier, later in pairwise(shown)] == list(counts)

    def test_comes_evenly_within_a_quarter_rounded_down(self):
        counts = meters.counts_of(FINE, DAY)[48]

        shown = [registers.register_at(FINE, NOON + second) for second in range(901)]

        assert [one - shown[0] for one in shown] == [counts * s // 900 for s in range(901)]

    def test_goes_round_at_its_capacity(self):
        before = registers.register_at(GAS, MIDNIGHT)
        after = registers.register_at(GAS, MIDNIGHT + 5 * DAY_SECONDS)

        counted = sum(meters.counts_of_day(GAS, DAY + day) for day in range(5))
        assert before == 99_999_000
        assert after == 99_999_000 + counted - 100_000_000
        assert 0 <= after < before

    @given(METERS, st.lists(INSTANTS, min_size=2, max_size=5).map(sorted))
    def test_never_goes_back_but_round(self, no_series, meter, instants):
        for earlier, later in pairwise(instants):
            moved = registers.counted_until(meter, later) - registers.counted_until(meter, earlier)

            assert moved >= 0
            shown = registers.register_at(meter, earlier) + moved
            assert registers.register_at(meter, later) == shown % meter.capacity

    @given(METERS, st.lists(st.integers(0, 4 * 96), min_size=2, max_size=5).map(sorted))
    def test_moves_by_the_sum_of_the_quarters_between(self, no_series, meter, quarters):
        for first, last in pairwise(quarters):
            flowed = sum(
                meters.counts_of(meter, DAY + quarter // 96)[quarter % 96]
                for quarter in range(first, last)
            )

            start, end = (MIDNIGHT + quarter * 900 for quarter in (first, last))
            moved = registers.counted_until(meter, end) - registers.counted_until(meter, start)
            assert moved == flowed


def test_a_year_is_the_sum_of_its_days():
    whole = sum(meters.counts_of_day(MAIN, DAY + day) for day in range(365))

    assert registers.counted_until(MAIN, MIDNIGHT + 365 * DAY_SECONDS) == whole


class TestPowerAt:
    def test_is_the_quarters_mean(self):
        counts = meters.counts_of(FINE, DAY)[48]

        # One count is 10 Wh; four quarters an hour.
        assert registers.power_at(FINE, NOON + 17) == counts * 10 * 4

    def test_is_none_before_it_begins(self):
        assert registers.power_at(FINE, MIDNIGHT - HOUR) == 0
