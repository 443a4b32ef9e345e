"""A message, or an edit, that commits while a worker holds the unit is never missed."""

import threading

import pytest
from django.db import connection
from tests.worlds import OPENING, REGISTER, World

from hengneng.kernel import clock
from hengneng.kernel.facts import queries as facts
from hengneng.protocol.records import Record
from hengneng.telemetry.consumption.operations import recompute, write
from hengneng.telemetry.consumption.queries import stale, tables, tracks
from hengneng.telemetry.journal import operations as journal
from hengneng.telemetry.journal import queries as kept

HOUR = 3600
# Every read and write of a pass, in its order: the other side commits just after each of them.
PLACES = [
    (kept, "marks_of"),
    (facts, "changes_of"),
    (tables, "digests_from_messages"),
    (write, "digests"),
    (journal, "clear_marks"),
    (stale, "unstitched_of"),
    (tracks, "tracks_of"),
    (write, "point_days"),
    (write, "clear_unstitched"),
]
names = [f"{module.__name__.rsplit('.', 1)[-1]}.{name}" for module, name in PLACES]


@pytest.fixture
def world(transactional_db):
    """A unit with one hour of consumption sent and not worked out yet."""
    world = World.made()
    world.send([Record(REGISTER, OPENING + n * HOUR, 100 + n, 0, "M", 0) for n in range(2)])
    yield world
    journal.stop()


@pytest.fixture
def meanwhile(monkeypatch):
    """Let something happen on another connection right after a function of a pass, once."""

    def arrange(module, name, act):
        original, done = getattr(module, name), threading.Event()

        def paused(*args, **kwargs):
            result = original(*args, **kwargs)
            if not done.is_set():
                done.set()
                other = threading.Thread(target=_elsewhere, args=(act,))
                other.start()
                other.join(timeout=30)
                assert not other.is_alive()
            return result

        monkeypatch.setattr(module, name, paused)
        return done

    return arrange


def _elsewhere(act):
    try:
        act()
    finally:
        connection.close()


@pytest.mark.parametrize(("module", "name"), PLACES, ids=names)
def test_a_message_that_commits_meanwhile_is_worked_out(world, meanwhile, module, name):
    late = [Record(REGISTER, OPENING + 2 * HOUR, 107, 0, "M", 0)]
    done = meanwhile(module, name, lambda: world.send(late))

    assert recompute.recompute(unit_id=world.unit_id, at=clock.now()) is not None
    world.settle()

    assert done.is_set()
    assert (world.unit_id in stale.waiting_units(100)) is False
    assert _profile(world) == [1, 6]


@pytest.mark.parametrize(("module", "name"), PLACES, ids=names)
def test_an_edit_that_commits_meanwhile_is_worked_out(world, meanwhile, module, name):
    done = meanwhile(module, name, lambda: world.change_ratio(OPENING, 40))

    assert recompute.recompute(unit_id=world.unit_id, at=clock.now()) is not None
    world.settle()

    assert done.is_set()
    assert _profile(world) == [40]


def test_a_second_worker_leaves_a_unit_that_is_held(world, meanwhile):
    answers = []

    def try_too():
        answers.append(recompute.recompute(unit_id=world.unit_id, at=clock.now()))

    meanwhile(kept, "marks_of", try_too)

    assert recompute.recompute(unit_id=world.unit_id, at=clock.now()) is not None
    assert answers == [None]


def _profile(world):
    ((values,),) = world.rows("SELECT values FROM consumption_profile WHERE unit_id = %s")
    return [value for value in values if value is not None]
