import pytest

from hengneng.demo.further import amounts, units
from hengneng.demo.further.catalogue import Pattern

WINTER, SUMMER = 20_458, 20_640  # 2026-01-05 and 2026-07-06, both Mondays
ALL = units.units()


def with_pattern(pattern):
    return next(
        (unit, place)
        for unit in ALL
        for place, point in enumerate(unit.points)
        if point.pattern is pattern and point.parent is None
    )


class TestOfDay:
    def test_is_the_same_again(self):
        assert amounts.of_day(ALL[0], WINTER) == amounts.of_day(ALL[0], WINTER)

    def test_a_known_day_stays(self):
        assert amounts.of_day(ALL[0], WINTER) == (153944137, 66939389, 106291)

    def test_a_point_below_counts_less_than_the_one_above(self):
        for unit in ALL[:100]:
            counts = amounts.of_day(unit, SUMMER)
            for point, count in zip(unit.points, counts, strict=True):
                if point.parent is not None:
                    assert 0 < count < counts[point.parent]

    @pytest.mark.parametrize(
        ("pattern", "is_more_in_summer"),
        [(Pattern.SUN, True), (Pattern.COLD, True), (Pattern.HEAT, False)],
    )
    def test_follows_its_season(self, pattern, is_more_in_summer):
        unit, place = with_pattern(pattern)
        weeks = [
            sum(amounts.of_day(unit, d + n)[place] for n in range(28)) for d in (WINTER, SUMMER)
        ]

        assert (weeks[1] > weeks[0]) == is_more_in_summer


class TestOfHours:
    def test_add_up_to_the_day(self):
        for unit in ALL[:100]:
            hours = amounts.of_hours(unit, SUMMER)
            assert tuple(map(sum, hours)) == amounts.of_day(unit, SUMMER)

    def test_there_is_no_sun_at_night(self):
        unit, place = with_pattern(Pattern.SUN)
        hours = amounts.of_hours(unit, SUMMER)[place]

        assert hours[:6] == (0,) * 6
        assert hours[12] > 0
        assert hours[19:] == (0,) * 5
