import time
from datetime import UTC, date, datetime, timedelta

import pytest

from hengneng.kernel import clock


@pytest.fixture
def simulated(monkeypatch):
    """A clock that began at a stated instant and runs a day a second."""
    monkeypatch.setenv("HENGNENG_CLOCK", "2020-07-06T08:00:00+08:00@86400")
    monkeypatch.setenv("HENGNENG_CLOCK_BEGAN", "")  # so that it is removed again afterwards
    monkeypatch.delenv("HENGNENG_CLOCK_BEGAN")
    clock.queries._simulation.cache_clear()
    yield
    clock.queries._simulation.cache_clear()


class TestNow:
    def test_is_aware(self):
        assert clock.now().tzinfo is UTC

    def test_starts_where_the_simulation_does(self, simulated):
        start = datetime(2020, 7, 6, tzinfo=UTC)

        clock.begin()

        assert start <= clock.now() < start + timedelta(days=30)

    def test_agrees_between_processes_that_began_together(self, simulated, monkeypatch):
        monkeypatch.setenv("HENGNENG_CLOCK_BEGAN", str(time.time() - 10))

        clock.begin()

        assert clock.now() >= datetime(2020, 7, 16, tzinfo=UTC)

    @pytest.mark.parametrize("setting", ["yesterday", "2020-07-06T08:00:00@60", "@60"])
    def test_refuses_a_setting_it_cannot_read(self, simulated, monkeypatch, setting):
        monkeypatch.setenv("HENGNENG_CLOCK", setting)

        with pytest.raises(clock.UnreadableClock):
            clock.now()


class TestLocalSeconds:
    def test_count_the_citys_civil_time(self):
        midnight = datetime(2026, 11, 1, 16, tzinfo=UTC)  # 2026-11-02 00:00 in Shanghai

        second = clock.local_second(midnight)

        assert second % 86_400 == 0
        assert clock.date_of(second // 86_400) == date(2026, 11, 2)
        assert clock.instant(second) == midnight

    def test_cut_fractions_off(self):
        half = datetime(2026, 11, 1, 16, 0, 0, 999_999, tzinfo=UTC)

        assert clock.local_second(half) % 86_400 == 0

    def test_refuse_a_zone_that_shifts_its_clock(self, settings):
        settings.TIME_ZONE = "Europe/London"
        clock.queries.offset_s.cache_clear()

        with pytest.raises(clock.ZoneShifts):
            clock.offset_s()
        settings.TIME_ZONE = "Asia/Shanghai"


def test_a_day_number_and_its_date_give_each_other_back():
    assert clock.day_number(date(1970, 1, 1)) == 0
    assert clock.date_of(clock.day_number(date(2024, 2, 29))) == date(2024, 2, 29)
