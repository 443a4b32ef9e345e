from datetime import UTC, datetime

import pytest

from hengneng.protocol import simulation


def test_says_when_it_starts_and_how_fast_it_runs():
    assert simulation.parse("2026-07-01T08:00:00+08:00@86400") == (
        datetime(2026, 7, 1, tzinfo=UTC),
        86400.0,
    )


def test_runs_as_fast_as_real_time_where_it_says_nothing():
    assert simulation.parse("2026-07-01T00:00:00Z").rate == 1.0


@pytest.mark.parametrize("setting", ["", "yesterday@60", "2026-07-01T08:00:00@60", "@60"])
def test_refuses_a_setting_of_another_form(setting):
    with pytest.raises(simulation.UnreadableClock):
        simulation.parse(setting)
