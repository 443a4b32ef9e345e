"""The loop lets others in beside a backlog, works in bounded shares, and shows that it lives."""

from datetime import UTC, datetime, timedelta

import pytest
from tests.worlds import OPENING, REGISTER, World

from hengneng.kernel import clock
from hengneng.kernel.jobs import operations as signs
from hengneng.kernel.jobs import queries as jobs
from hengneng.protocol.records import DAY_SECONDS, Record
from hengneng.telemetry.consumption import worker
from hengneng.telemetry.consumption.operations import recompute
from hengneng.telemetry.consumption.queries import parameters, progress, stale
from hengneng.telemetry.journal import operations as journal

DAYS, LIVE, A_SHARE = 90, 3, 9


def reading(day, hour=0):
    second = OPENING + day * DAY_SECONDS + hour * 3600
    return Record(REGISTER, second, 100 * day + hour, 0, "M", second + 60)


def day_of(number):
    return clock.date_of(OPENING // DAY_SECONDS + number)


def days_known(world):
    return {day for (day,) in world.rows(
        "SELECT day FROM consumption_revision WHERE unit_id = %s"
    )}  # fmt: skip


@pytest.fixture
def behind(transactional_db, monkeypatch):
    """A unit of which ninety days wait, ten shares of what is worked out together."""
    monkeypatch.setattr(parameters, "days_most", lambda _points: A_SHARE)
    world = World.made()
    world.send([reading(day) for day in range(DAYS + 1)])
    yield world
    journal.stop()


@pytest.fixture
def live(behind):
    """Units that send as time goes by."""
    return [World.made() for _ in range(LIVE)]


@pytest.fixture
def passes(monkeypatch):
    """Whose passes were worked, in their order."""
    done = []
    original = recompute.recompute

    def noted(*, unit_id, at):
        done.append(unit_id)
        return original(unit_id=unit_id, at=at)

    monkeypatch.setattr(worker.recompute, "recompute", noted)
    return done


class TestABacklogOfOneUnit:
    def test_starves_nobody(self, behind, live, passes):
        """While it lasts, each newest day of the others is worked out within a few passes."""
        loop, hour = worker.Worker(), 0
        while progress.waiting_of(behind.unit_id).unit_days:
            hour += 1
            for world in live:
                world.send([reading(DAYS + hour // 24, hour % 24)])
            before = len(passes)
            while any(progress.waiting_of(world.unit_id).unit_days for world in live):
                loop.round()
            assert len(passes) - before <= 2 * (LIVE + 1)
            assert all(day_of(DAYS + hour // 24) in days_known(world) for world in live)
        assert hour >= DAYS // A_SHARE // 2, "the backlog was over too soon to starve anybody"
        # It comes through all the same, though the others never cease.
        assert passes.count(behind.unit_id) <= 2 * DAYS // A_SHARE
        assert days_known(behind) >= {day_of(number) for number in range(DAYS)}

    def test_is_worked_off_from_its_newest_day(self, behind):
        done = recompute.recompute(unit_id=behind.unit_id, at=clock.now())

        assert done.digested == A_SHARE
        assert done.is_more
        assert max(days_known(behind)) >= day_of(DAYS - 1)
        assert min(days_known(behind)) > day_of(DAYS - 2 * A_SHARE - 1)


class TestAShare:
    def test_takes_whole_days_of_no_more_marks_than_it_may_hold(self, behind, monkeypatch):
        behind.send([reading(DAYS, 1)])
        behind.send([reading(DAYS, 2)])
        monkeypatch.setattr(recompute, "_MARKS_MOST", 4)

        done = recompute.recompute(unit_id=behind.unit_id, at=clock.now())

        # Of the newest day three marks, of the day before the fourth alone: that one is left.
        assert (done.digested, done.is_more) == (1, True)
        assert behind.rows("SELECT count(*) FROM journal_stalemark WHERE unit_id = %s") == [(DAYS,)]

    def test_of_one_day_with_more_marks_than_that_goes_on_all_the_same(self, behind, monkeypatch):
        behind.send([reading(DAYS, 1)])
        monkeypatch.setattr(recompute, "_MARKS_MOST", 1)

        recompute.recompute(unit_id=behind.unit_id, at=clock.now())

        assert behind.rows("SELECT count(*) FROM journal_stalemark WHERE unit_id = %s") == [
            (DAYS + 1,)
        ]


def test_what_another_worker_did_is_not_done_again(transactional_db):
    world = World.made()
    world.send([reading(0), reading(1)])
    world.settle()

    assert recompute.recompute(unit_id=world.unit_id, at=clock.now()) is None
    assert world.unit_id not in stale.waiting_units(10)
    journal.stop()


class TestSigns:
    def test_of_life_come_with_the_pace(self, behind):
        signs.expect(names=["recompute", "recompute#2"], at=clock.now())
        worker.Worker("recompute#2").round()
        first = jobs.hourly_of("recompute")
        loop = worker.Worker("recompute")
        loop.round()
        loop._beat_at -= worker.BEAT_S
        loop.round()

        assert first is None
        assert jobs.hourly_of("recompute") > 0
        at = clock.now()
        assert [(one.name, one.is_alive) for one in jobs.signs(at=at)] == [
            ("recompute", True),
            ("recompute#2", True),
        ]

    def test_are_given_by_named_workers_alone(self, behind):
        worker.Worker().round()

        assert jobs.signs(at=clock.now()) == []


class TestProgress:
    def test_counts_days_to_digest_and_to_stitch_once(self, behind):
        before = progress.waiting_of(behind.unit_id)
        recompute.recompute(unit_id=behind.unit_id, at=clock.now())
        after = progress.waiting_of(behind.unit_id)

        assert before.unit_days == DAYS + 1
        assert (before.units, after.units, after.edits) == (1, 1, 0)
        assert 0 < before.unit_days - after.unit_days <= A_SHARE
        assert after.since == before.since

    def test_of_the_city_is_that_of_all_units(self, behind):
        other = World.made()
        other.send([reading(0), reading(1)])

        assert progress.waiting().unit_days == DAYS + 1 + 2
        assert progress.waiting().units == 2

    def test_tells_of_edits_before_their_days_are_known(self, transactional_db):
        world = World.made()
        world.settle()
        world.change_ratio(OPENING, 40)

        assert progress.waiting_of(world.unit_id) == (0, 0, 1, None, None)

    @pytest.mark.parametrize(
        ("days", "hourly", "hours"), [(300, 100, 3), (0, 100, None), (300, None, None)]
    )
    def test_tells_when_it_will_be_done(self, days, hourly, hours):
        at = datetime(2026, 3, 1, tzinfo=UTC)
        done = progress.Waiting(days, 1, 0, at, hourly).done_at(at)

        assert done == (None if hours is None else at + timedelta(hours=hours))
