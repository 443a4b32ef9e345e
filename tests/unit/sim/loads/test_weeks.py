from datetime import date

import pytest

from hengneng.sim.loads import weeks
from hengneng.sim.loads.weeks import Energy, Season, Weekday


class TestBuildings:
    def test_are_twenty_six_with_every_kind_of_day(self):
        days = [date(2026, month, day) for month in (1, 4, 7) for day in range(1, 8)]

        assert len(weeks.buildings()) == 26
        for building in weeks.buildings():
            for energy in Energy:
                for day in days:
                    assert len(weeks.mean_day(building, energy, day).hours) == 24

    def test_a_building_that_is_not_there(self):
        with pytest.raises(weeks.UnknownBuilding):
            weeks.mean_day("b999", Energy.GAS, date(2026, 1, 1))


class TestMeanDay:
    def test_is_the_tables_row(self):
        winter_saturday = weeks.mean_day("b1", Energy.ELECTRICITY, date(2026, 1, 3))

        assert winter_saturday.hours[:3] == (4440, 4447, 4463)
        assert winter_saturday.days_permille == 328
        assert winter_saturday.hours_permille == 113


@pytest.mark.parametrize(
    ("day", "season"),
    [
        (date(2026, 3, 31), Season.WINTER),
        (date(2026, 4, 1), Season.SHOULDER),
        (date(2026, 5, 31), Season.SHOULDER),
        (date(2026, 6, 1), Season.SUMMER),
        (date(2026, 8, 31), Season.SUMMER),
        (date(2026, 9, 1), Season.SHOULDER),
        (date(2026, 11, 1), Season.WINTER),
    ],
)
def test_season(day, season):
    assert weeks.season_of(day) is season


@pytest.mark.parametrize(
    ("day", "kind"),
    [
        (date(2026, 11, 20), Weekday.WORKDAY),
        (date(2026, 11, 21), Weekday.SATURDAY),
        (date(2026, 11, 22), Weekday.SUNDAY),
        (date(2026, 11, 23), Weekday.WORKDAY),
    ],
)
def test_kind_of_day(day, kind):
    assert weeks.weekday_of(day) is kind
