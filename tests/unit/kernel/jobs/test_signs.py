"""Signs of life of the processes that are expected to run."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from hengneng.kernel.jobs import operations, queries

pytestmark = pytest.mark.django_db

NOON = datetime(2020, 9, 30, 12, tzinfo=UTC)


def silent_after(seconds):
    return [one.name for one in queries.signs(at=NOON + timedelta(seconds=seconds))
            if not one.is_alive]  # fmt: skip


@pytest.mark.parametrize(("seconds", "silent"), [(60, []), (61, ["sealer"])])
def test_a_process_that_gives_none_is_silent_after_a_minute(seconds, silent):
    operations.expect(names=["recompute", "sealer"], at=NOON)
    operations.beat(name="recompute", at=NOON + timedelta(seconds=30))

    assert silent_after(seconds) == silent


def test_on_a_fast_clock_a_minute_is_a_real_one(monkeypatch):
    monkeypatch.setenv("HENGNENG_CLOCK", "2020-09-30T12:00:00+00:00@60")
    operations.expect(names=["sealer"], at=NOON)

    assert silent_after(3600) == []
    assert silent_after(3661) == ["sealer"]


def test_who_no_longer_runs_is_not_expected():
    operations.expect(names=["recompute", "recompute#2"], at=NOON)
    operations.expect(names=["recompute"], at=NOON)

    assert [one.name for one in queries.signs(at=NOON)] == ["recompute"]


def test_one_on_its_way_out_is_not_expected_again():
    operations.expect(names=["recompute", "recompute#2"], at=NOON)
    operations.expect(names=["recompute"], at=NOON)
    operations.beat(name="recompute#2", at=NOON)

    assert [one.name for one in queries.signs(at=NOON)] == ["recompute"]


def test_the_queue_gives_its_own():
    operations.expect(names=["jobs"], at=NOON)
    assert silent_after(61) == ["jobs"]

    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers DEFAULT VALUES")

    assert silent_after(61) == []


def test_the_pace_of_a_role_is_that_of_all_its_processes():
    operations.expect(names=["recompute", "recompute#2", "recomputer"], at=NOON)
    operations.beat(name="recompute", at=NOON, hourly=100)
    operations.beat(name="recompute#2", at=NOON, hourly=50)
    operations.beat(name="recomputer", at=NOON, hourly=7)

    assert queries.hourly_of("recompute") == 150
    assert queries.hourly_of("sealer") is None
