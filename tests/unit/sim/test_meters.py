from datetime import date
from fractions import Fraction

import pytest

from hengneng.sim import meters
from hengneng.sim.loads import days
from hengneng.sim.loads.weeks import Energy
from hengneng.sim.meters import MeterPlan

DAY = date(2026, 11, 23).toordinal() - date(1970, 1, 1).toordinal()
MAIN = MeterPlan("HN01-E1", Energy.ELECTRICITY, "b5", 4788, 4, Fraction(6000), 0, DAY)

pytestmark = pytest.mark.usefixtures("no_series")


class TestMeterPlan:
    def test_a_count_of_a_main_with_transformers_is_worth_600_watt_hours(self):
        assert MAIN.step == 600

    def test_goes_round_after_six_digits(self):
        assert MAIN.capacity == 10_000_000_000

    def test_a_count_that_is_worth_no_whole_number_is_refused(self):
        with pytest.raises(meters.UncountableMeter):
            _ = MAIN._replace(ratio=Fraction(1, 3)).step


class TestCounts:
    def test_are_the_days_load_without_its_rest(self):
        load = sum(days.quarters_of("b5", Energy.ELECTRICITY, DAY)) * MAIN.load_permille

        assert sum(meters.counts_of(MAIN, DAY)) == load // (1000 * MAIN.step)
        assert meters.energy_of(MAIN, DAY) == load // (1000 * MAIN.step) * MAIN.step

    def test_by_hour_are_sums_of_quarters(self):
        quarters = meters.counts_of(MAIN, DAY)

        hours = meters.counts_by_slot(MAIN, DAY, slot_s=3600)

        assert hours == tuple(sum(quarters[h * 4 : h * 4 + 4]) for h in range(24))


class TestAnyStart:
    def test_is_the_same_on_every_machine(self):
        assert meters.any_start("HN01-E1", 4) == 2_296_783_804

    def test_lies_in_the_lower_half(self):
        assert all(meters.any_start(str(number), 1) < 5_000_000 for number in range(200))
