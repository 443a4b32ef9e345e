"""What changed between two instants, by how much, and why."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from tests.gaps import RULE
from tests.worlds import OPENING, REGISTER, World

from hengneng.kernel import clock
from hengneng.kernel.facts import operations as facts
from hengneng.protocol.records import DAY_SECONDS, Record
from hengneng.telemetry.consumption.queries import differences
from hengneng.telemetry.consumption.queries.differences import Kind
from hengneng.telemetry.consumption.rules.methods import Method
from hengneng.telemetry.journal import operations as journal
from hengneng.telemetry.journal.rules import Channel

DAY = date(2025, 11, 8)
HOUR = 3600


@pytest.fixture
def world(transactional_db):
    """A unit whose register was read at both ends of its first three days, 24 a day."""
    made = World.made()
    made.send([reading(n * DAY_SECONDS, 24 * n) for n in range(4)])
    made.settle()
    yield made
    journal.stop()


def reading(after: int, value: int) -> Record:
    return Record(REGISTER, OPENING + after, value, 0, "M", OPENING + after + 60)


def note(world, earlier, later):
    return differences.note_of(
        unit_id=world.unit_id, from_day=DAY, to_day=DAY + timedelta(days=4),
        earlier=earlier, later=later,
    )  # fmt: skip


def test_nothing_recorded_between_changes_nothing(world):
    earlier, later = facts.settle(), facts.settle()

    assert note(world, earlier, later) == (earlier, later, [], [])


def test_a_late_reading_changes_the_days_it_divides_and_is_named_as_the_cause(world):
    earlier = facts.settle()
    # In the middle of the second day the register stood a third of the way, not half.
    world.send([reading(DAY_SECONDS + 12 * HOUR, 32), reading(2 * DAY_SECONDS - HOUR, 47)])
    world.settle()

    found = note(world, earlier, facts.settle())

    assert found.days == [DAY + timedelta(days=1)]
    ((cause,), (changed,)) = found.causes, found.changed
    assert (changed.code, changed.more, changed.causes) == ("E1", Decimal(0), [0])
    assert (changed.before.estimated, changed.after.estimated) == (24, 23)
    assert (cause.kind, cause.channel, cause.is_late) == (Kind.MESSAGE, Channel.REGISTERS, True)
    assert (cause.first, cause.last) == (DAY + timedelta(days=1), DAY + timedelta(days=1))


def test_a_first_reading_of_a_day_makes_a_figure_where_nothing_was_known(world):
    earlier = facts.settle()
    world.send([reading(4 * DAY_SECONDS, 100)])
    world.settle()

    (changed,) = note(world, earlier, facts.settle()).changed

    assert (changed.day, changed.before, changed.after.amount) == (
        DAY + timedelta(days=3), None, Decimal(28),
    )  # fmt: skip
    assert changed.more is None


def test_an_edit_is_named_with_its_point_and_operation(world):
    earlier = facts.settle()
    world.change_ratio(OPENING + DAY_SECONDS, 3)
    world.settle()

    found = note(world, earlier, facts.settle())

    assert [(one.day, one.more) for one in found.changed] == [
        (DAY + timedelta(days=1), Decimal(48)),
        (DAY + timedelta(days=2), Decimal(48)),
    ]
    (cause,) = found.causes
    assert (cause.kind, cause.fact, cause.point_code) == (Kind.FACT, "DESCRIPTION", "E1")
    assert (cause.action, cause.first, cause.last) == (
        "point.described", DAY + timedelta(days=1), None,
    )  # fmt: skip


def test_an_edit_after_the_later_instant_is_no_part_of_the_note(world):
    earlier = facts.settle()
    later = facts.settle()
    world.change_ratio(OPENING + DAY_SECONDS, 3)
    world.settle()

    assert note(world, earlier, later) == (earlier, later, [], [])


def test_kept_figures_are_what_the_messages_give(world):
    found = differences.edition_note(
        unit_id=world.unit_id, from_day=DAY, to_day=DAY + timedelta(days=3)
    )

    assert found.changed == []


def test_a_kept_figure_that_no_longer_follows_is_found(world):
    world.rows(
        "UPDATE consumption_consumptionday SET amount = amount + 1"
        f" WHERE unit_id = %s AND day = '{DAY}' RETURNING 1"
    )

    (changed,) = differences.edition_note(unit_id=world.unit_id, from_day=DAY, to_day=DAY).changed

    assert (changed.day, changed.more) == (DAY, Decimal(-1))


def test_a_day_between_two_causes_names_the_nearest_of_both_sides():
    causes = [
        differences.Cause(
            Kind.MESSAGE, clock.now(), DAY + timedelta(days=n), DAY + timedelta(days=n)
        )
        for n in (0, 1, 4, 9)
    ]

    assert differences._why(DAY + timedelta(days=2), "E1", causes) == [1, 2]
    assert differences._why(DAY + timedelta(days=4), "E1", causes) == [2]


def test_a_day_names_another_points_facts_only_where_gaps_may_follow_siblings(ruled):
    def cause(n, code):
        day = DAY + timedelta(days=n)
        kind = Kind.FACT if code else Kind.MESSAGE
        return differences.Cause(kind, clock.now(), day, day, point_code=code)

    causes = [cause(0, "E2"), cause(1, "E1"), cause(1, "E2"), cause(2, "")]
    days = [DAY + timedelta(days=n) for n in range(4)]

    def why():
        return [differences._why(day, "E1", causes) for day in days]

    assert why() == [[1], [1], [3], [3]]
    beside = (Method.SIBLING, Method.LINEAR)
    ruled(RULE._replace(registers=beside))
    assert why() == [[0, 1], [1], [3], [3]]
