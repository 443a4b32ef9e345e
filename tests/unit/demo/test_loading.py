import os
from datetime import UTC, datetime

import pytest

from hengneng.demo import loading, plan
from hengneng.kernel import clock
from hengneng.protocol.records import DAY_SECONDS

AT = datetime(2026, 11, 23, 1, tzinfo=UTC)
PLAN = plan.plan_of(AT, days=60)


class TestClockAt:
    def test_lets_it_be_another_time(self):
        second = PLAN.begins * DAY_SECONDS

        with loading.clock_at(second, latest=AT) as at:
            assert clock.now() == at == clock.instant(second)

    def test_never_passes_the_latest(self):
        with loading.clock_at((PLAN.today + 2) * DAY_SECONDS, latest=AT) as at:
            assert at == AT

    @pytest.mark.parametrize("before", [None, "2026-11-23T09:00:00+08:00@60"])
    def test_puts_the_clock_back(self, monkeypatch, before):
        monkeypatch.delenv("HENGNENG_CLOCK", raising=False)
        if before:
            monkeypatch.setenv("HENGNENG_CLOCK", before)

        with loading.clock_at(PLAN.begins * DAY_SECONDS, latest=AT):
            pass

        assert os.environ.get("HENGNENG_CLOCK") == before


class TestPlan:
    def test_has_a_year_and_sixty_days_of_quarters(self):
        assert (PLAN.today - PLAN.begins, PLAN.today - PLAN.fine) == (366, 60)
        assert clock.date_of(PLAN.today).isoformat() == "2026-11-23"


class TestInstants:
    def test_go_through_the_year_in_order(self):
        found = loading.instants(PLAN)

        assert found == sorted(set(found))
        assert found[0] // DAY_SECONDS == PLAN.begins + 9
        assert found[-1] == PLAN.today * DAY_SECONDS + 7200

    def test_every_connected_unit_has_told_of_its_days(self):
        told = loading.told_until(PLAN)

        assert len(told) == 614 - 16
        assert max(told.values()) == PLAN.today * DAY_SECONDS
