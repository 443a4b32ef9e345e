import pytest

from hengneng.gateway import increments
from hengneng.gateway.decoding import Number
from hengneng.gateway.increments import Ending
from hengneng.protocol import times
from hengneng.protocol.records import DAY_SECONDS

MIDNIGHT = times.local_seconds("2026-11-22 00:00:00")
FIRST = times.local_seconds("2026-11-01 00:00:00")


def endings(at, *, is_first=True):
    return increments.endings(at, period_s=900, is_first_since=lambda _since: is_first)


class TestEndings:
    def test_a_quarter_ends_at_its_scheduled_instant(self):
        assert endings(MIDNIGHT + 900) == [Ending("N0", MIDNIGHT, MIDNIGHT)]

    def test_nothing_ends_between(self):
        assert endings(MIDNIGHT + 907) == []

    def test_a_day_ends_at_midnight_and_its_last_quarter_too(self):
        day = MIDNIGHT - DAY_SECONDS

        assert endings(MIDNIGHT) == [
            Ending("N0", MIDNIGHT - 900, MIDNIGHT - 900),
            Ending("N1", day, day + 60),
        ]

    @pytest.mark.parametrize(("late_s", "ends"), [(60, ["N1"]), (61, [])])
    def test_a_day_may_end_a_minute_late(self, late_s, ends):
        assert [one.kind for one in endings(MIDNIGHT + late_s)] == ends

    def test_a_day_ends_once(self):
        assert endings(MIDNIGHT + 30, is_first=False) == []

    def test_a_month_ends_on_the_first(self):
        october = times.local_seconds("2026-10-01 00:00:00")

        assert endings(FIRST)[-1] == Ending("N2", october, october + 60)


class TestDifference:
    def test_is_exact_over_scales(self):
        assert increments.difference(Number(15, 1), Number(1751, 3), None) == Number(251, 3)

    def test_is_zero_where_nothing_passed(self):
        assert increments.difference(Number(5, 0), Number(5, 0), None) == Number(0, 0)

    def test_a_fall_is_not_known(self):
        assert increments.difference(Number(5, 0), Number(4, 0), None) is None

    @pytest.mark.parametrize(("end", "counted"), [(90, Number(100, 0)), (91, None)])
    def test_a_turn_is_believed_up_to_a_tenth_of_the_capacity(self, end, counted):
        assert increments.difference(Number(990, 0), Number(end, 0), Number(1000, 0)) == counted
