"""What many units' instants cost, and that who asks again comes to an end of it."""

from datetime import date, timedelta

import pytest
from tests.worlds import OPENING, REGISTER, World

from hengneng.kernel import clock
from hengneng.kernel.facts import operations as facts
from hengneng.protocol.records import Record
from hengneng.telemetry.consumption.models import Revision
from hengneng.telemetry.consumption.queries import retold
from hengneng.telemetry.journal import operations as journal

FIRST, UNTIL = date(2025, 11, 1), date(2025, 12, 1)
POINTS = {1: {11}, 2: {22}, 3: {33}}


@pytest.fixture(autouse=True)
def nothing_remembered(monkeypatch):
    """What an instant knew is worked out anew."""
    monkeypatch.setattr(retold, "_kept", {})


@pytest.fixture
def an_hour_ago(db):
    facts.settle()
    return clock.now() - timedelta(hours=1)


def changed_since(*unit_ids, days=1):
    """The units' days were worked out just now, from what came after the instant."""
    Revision.objects.bulk_create(
        Revision(
            unit_id=unit_id, day=FIRST + timedelta(days=n), revision=1, computed_at=clock.now()
        )
        for unit_id in unit_ids
        for n in range(days)
    )


def asked(as_of, points_of=POINTS, most=1):
    return retold.retold(points_of, first=FIRST, until=UNTIL, as_of=as_of, most=most)


def test_who_asks_again_comes_to_an_end_however_little_is_remembered(monkeypatch, an_hour_ago):
    monkeypatch.setattr(retold, "_KEPT_MOST", 1)
    changed_since(*POINTS, days=30)

    pending = [asked(an_hour_ago).pending for _ in range(3)]

    assert pending == [{2, 3}, {3}, frozenset()]


def test_what_is_remembered_of_another_instant_makes_room(monkeypatch, an_hour_ago):
    monkeypatch.setattr(retold, "_KEPT_MOST", 3)
    changed_since(*POINTS)
    earlier = an_hour_ago - timedelta(minutes=1)
    asked(earlier, most=1000)
    asked(an_hour_ago, most=1000)

    assert not asked(an_hour_ago, most=0).pending
    assert asked(earlier, most=0).pending == {1, 2, 3}


def test_what_was_asked_for_longest_ago_is_forgotten_first(monkeypatch, an_hour_ago):
    instants = [an_hour_ago - timedelta(minutes=n) for n in range(3)]
    changed_since(*POINTS)
    asked(instants[0], most=1000)
    asked(instants[1], most=1000)
    monkeypatch.setattr(retold, "_KEPT_MOST", sum(one.size for one in retold._kept.values()))
    asked(instants[0], most=1000)
    asked(instants[2], most=1000)

    assert not asked(instants[0], most=0).pending
    assert asked(instants[1], most=0).pending == {1, 2, 3}


def test_days_of_which_nothing_can_be_known_take_no_room(an_hour_ago):
    changed_since(1)
    asked(an_hour_ago)
    (of_one_day,) = [one.size for one in retold._kept.values()]
    changed_since(2, days=30)
    asked(an_hour_ago)

    assert [one.size for one in retold._kept.values()] == [of_one_day, of_one_day]


@pytest.fixture
def units_of_two_and_four_days(transactional_db):
    """Two units whose registers counted, all of it worked out only just now, and the instant."""
    worlds = [World.made(), World.made()]
    for world, days in zip(worlds, (4, 2), strict=True):
        hours = range(days * 24 + 1)
        world.send([Record(REGISTER, OPENING + n * 3600, n, 0, "M", 0) for n in hours])
    as_of = facts.settle()
    for world in worlds:
        world.settle()
    yield [world.unit_id for world in worlds], as_of
    journal.stop()


class TestTooMuch:
    # Readings of five days and of three, the midnight after them too, of two points.
    @pytest.mark.parametrize(("most", "is_beyond"), [(16, False), (15, True)])
    def test_the_units_of_least_work_are_worked_out_and_the_rest_is_named(
        self, monkeypatch, units_of_two_and_four_days, most, is_beyond
    ):
        (four, two), as_of = units_of_two_and_four_days
        monkeypatch.setattr(retold, "AMOUNTS_AT_MOST", most)

        points_of = {four: {1, 2}, two: {3, 4}}
        told = [asked(as_of, points_of, most=1) for _ in range(2)]

        assert {one.beyond for one in told} == {frozenset([four] if is_beyond else [])}
        assert not told[1].pending

    def test_one_unit_alone_is_always_worked_out(self, monkeypatch, units_of_two_and_four_days):
        (four, _), as_of = units_of_two_and_four_days
        monkeypatch.setattr(retold, "AMOUNTS_AT_MOST", 1)

        told = asked(as_of, {four: {1, 2}})

        assert (told.beyond, told.pending) == (frozenset(), frozenset())

    def test_units_of_which_nothing_was_known_are_not_too_much(self, monkeypatch, an_hour_ago):
        monkeypatch.setattr(retold, "AMOUNTS_AT_MOST", 1)
        changed_since(*POINTS, days=30)

        told = asked(an_hour_ago, most=1000)

        assert (told.beyond, told.pending) == (frozenset(), frozenset())
