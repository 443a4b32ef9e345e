from datetime import date

from hengneng.sim.loads import series
from hengneng.sim.loads.weeks import Energy

RUNNING = [5] * 100


class TestWithoutGaps:
    def test_any_zero_of_electricity_is_a_gap(self):
        found = series.without_gaps([*RUNNING, 0, 7], Energy.ELECTRICITY)

        assert found == [*RUNNING, None, 7]

    def test_gas_may_rest_for_five_hours(self):
        hours = [*RUNNING, 0, 0, 0, 0, 0, 7]

        assert series.without_gaps(hours, Energy.GAS) == hours

    def test_six_hours_without_gas_are_a_gap(self):
        found = series.without_gaps([*RUNNING * 2, *[0] * 6, 7], Energy.GAS)

        assert found == [*RUNNING * 2, *[None] * 6, 7]

    def test_a_building_that_stops_has_no_gaps(self):
        hours = [*[5] * 95, *[0] * 5]

        assert series.without_gaps(hours, Energy.ELECTRICITY) == hours


class TestRealDay:
    def test_plays_the_same_day_of_the_year(self, gapped_series):
        day = series.real_day(gapped_series, "b5", Energy.ELECTRICITY, date(2026, 1, 1))

        assert day == [None, None, None, *[10_500] * 21]

    def test_counts_gas_in_litres(self, gapped_series):
        day = series.real_day(gapped_series, "b5", Energy.GAS, date(2026, 1, 1))

        # 10.5 kWh / 10.55 kWh/m³ = 995.26 l
        assert day == [*[None] * 7, *[995] * 17]

    def test_a_leap_day_plays_the_day_before(self, gapped_series):
        day = series.real_day(gapped_series, "b5", Energy.ELECTRICITY, date(2028, 2, 29))

        assert day == [10_500] * 24


class TestFolder:
    def test_is_the_one_named(self, gapped_series, monkeypatch):
        monkeypatch.setenv("HENGNENG_METERS_DIR", str(gapped_series))

        assert series.folder() == gapped_series

    def test_is_none_without_the_files(self, no_series):
        assert series.folder() is None
