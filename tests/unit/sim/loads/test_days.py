from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengneng.sim.loads import days, shares, weeks
from hengneng.sim.loads.weeks import Energy

MONDAY = date(2026, 11, 23).toordinal() - date(1970, 1, 1).toordinal()
MIDNIGHT = MONDAY * 86_400
HUGE_HOUR, EVEN_QUARTERS = 1_000_003, [1000] * 4
KNOWN_DAY_WH = 7_439_518


class TestEnergyBetween:
    def test_is_the_same_every_time(self, no_series):
        first = days.energy_between("b5", Energy.ELECTRICITY, MIDNIGHT, MIDNIGHT + 86_400)
        days._quarters.cache_clear()

        assert days.energy_between("b5", Energy.ELECTRICITY, MIDNIGHT, MIDNIGHT + 86_400) == first
        assert first == KNOWN_DAY_WH

    @given(
        st.lists(st.integers(0, 3 * 96), min_size=2, max_size=6).map(sorted),
        st.sampled_from(list(Energy)),
    )
    def test_spans_that_join_add_up(self, no_series, quarters, energy):
        instants = [MIDNIGHT + quarter * 900 for quarter in quarters]

        parts = [
            days.energy_between("b27", energy, start, end) for start, end in pairwise(instants)
        ]

        assert sum(parts) == days.energy_between("b27", energy, instants[0], instants[-1])

    @pytest.mark.parametrize(("start", "end"), [(1, 900), (0, 901), (900, 0)])
    def test_begins_and_ends_on_quarters(self, start, end):
        with pytest.raises(days.NotAQuarter):
            days.energy_between("b5", Energy.GAS, start, end)

    def test_an_empty_span_holds_nothing(self):
        assert days.energy_between("b5", Energy.GAS, MIDNIGHT, MIDNIGHT) == 0


class TestQuartersOf:
    def test_share_an_hour_without_a_rest(self):
        parts = list(shares.shared(HUGE_HOUR, EVEN_QUARTERS))

        assert parts == [250_000, 250_001, 250_001, 250_001]

    def test_play_the_real_series_where_they_are(self, gapped_series, monkeypatch):
        monkeypatch.setenv("HENGNENG_METERS_DIR", str(gapped_series))
        new_year = date(2027, 1, 1).toordinal() - date(1970, 1, 1).toordinal()

        quarters = days.quarters_of("b5", Energy.ELECTRICITY, new_year)

        assert [sum(quarters[h * 4 : h * 4 + 4]) for h in range(3, 24)] == [10_500] * 21

    def test_fill_a_gap_of_the_series_from_the_mean_week(
        self, gapped_series, monkeypatch, tmp_path
    ):
        new_year = date(2027, 1, 1).toordinal() - date(1970, 1, 1).toordinal()
        monkeypatch.setenv("HENGNENG_METERS_DIR", str(tmp_path / "nowhere"))
        invented = days.quarters_of("b5", Energy.ELECTRICITY, new_year)
        monkeypatch.setenv("HENGNENG_METERS_DIR", str(gapped_series))

        played = days.quarters_of("b5", Energy.ELECTRICITY, new_year)

        assert played[:12] == invented[:12]
        assert played[12:] != invented[12:]

    def test_follow_the_mean_day_over_the_years(self, no_series):
        mondays = [MONDAY + 7 * week for week in range(520)]
        winters = [d for d in mondays if weeks.season_of(_date(d)) is weeks.Season.WINTER]
        mean = sum(weeks.mean_day("b19", Energy.ELECTRICITY, _date(MONDAY)).hours)

        played = sum(sum(days.quarters_of("b19", Energy.ELECTRICITY, d)) for d in winters)

        assert played / len(winters) == pytest.approx(mean, rel=0.02)


def _date(day):
    return date.fromordinal(day + date(1970, 1, 1).toordinal())
