from datetime import date

import pytest

from hengneng.sim.loads import derive, series

REAL = series.folder()


class TestFigures:
    def test_equal_days_have_no_scatter(self):
        days = {date(2019, 1, day): [10] * 24 for day in (1, 2)}

        assert derive._figures(days) == [*[10] * 24, 0, 0]

    def test_days_at_half_and_one_and_a_half_scatter_by_half(self):
        days = {date(2019, 1, 1): [5] * 24, date(2019, 1, 2): [15] * 24}

        assert derive._figures(days) == [*[10] * 24, 500, 0]

    def test_hours_scatter_around_the_shape_of_their_day(self):
        restless = [5, 15] * 12
        days = {date(2019, 1, 1): restless, date(2019, 1, 2): restless[::-1]}

        assert derive._figures(days) == [*[10] * 24, 0, 500]

    def test_a_gap_stands_in_no_mean(self):
        days = {date(2019, 1, 1): [None, *[10] * 23], date(2019, 1, 2): [10] * 24}

        assert derive._figures(days) == [*[10] * 24, 0, 0]

    def test_a_building_at_rest_has_no_scatter(self):
        assert derive._figures({date(2019, 7, 1): [0] * 24}) == [0] * 26


@pytest.mark.skipif(REAL is None, reason="the real series are not on this machine")
def test_the_committed_table_is_the_derived_one():
    assert derive.table(REAL) == derive.TABLE.read_text(encoding="utf-8")


def test_the_table_is_small():
    assert derive.TABLE.stat().st_size < 150_000
