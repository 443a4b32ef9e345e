"""Gaps that follow a like day or a sibling: order, rebuild and as-of hold while shapes change."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests import any_order, door
from tests.worlds import CODE, OPENING, REGISTER, SECOND_METER, World

from hengneng.kernel import clock
from hengneng.kernel.facts import operations as facts
from hengneng.protocol.records import DAY_SECONDS, Record
from hengneng.telemetry.consumption.queries import figures, parameters
from hengneng.telemetry.consumption.rules.gaps import Rule
from hengneng.telemetry.consumption.rules.methods import Method
from hengneng.telemetry.journal import operations as journal

DAYS = 16
EXAMPLES = 30
THIRD_METER = "R:M3:total"
# The points of a world stand at the boundary: while energy goes the same way, siblings.
REGISTERS = (Method.SAME_WEEKDAY, Method.SIBLING, Method.LINEAR)
INCREMENTS = (Method.SIBLING, Method.SAME_WEEKDAY, Method.LINEAR)
RULE = Rule(0, REGISTERS, INCREMENTS, 7200, DAY_SECONDS, 2, verified=False)


def registers(day, first, end, key, mark):
    """Return a day's hourly registers, some hours left out at its ends; the course curves."""
    hours = range(day * 24 + first, day * 24 + end)
    return [
        Record(key, OPENING + hour * 3600, hour * hour * 2 + hour % 5, 2, mark,
               OPENING + hour * 3600 + 60)
        for hour in hours
    ]  # fmt: skip


def increments(day, first, end, total):
    """Return a day's hourly increments, some left out, with its day record."""
    opening = OPENING + day * DAY_SECONDS
    rows = [
        Record(f"N0{CODE[1:]}", opening + hour * 3600, hour * hour, 1, "M", opening + DAY_SECONDS)
        for hour in range(24)
        if not first <= hour < end
    ]
    record = Record(f"N1{CODE[1:]}", opening, 4324 + total, 1, "M", opening + DAY_SECONDS)
    return [*rows, record]


# Few days, so that like days meet; the days between have each a reading that pins the energy, so
# that what changes on one day reaches the next of its weekday by its shape alone.
days = st.sampled_from([0, 1, 7, 8, 14])
PINS = [one for day in (2, 3, 4, 5, 6, 9, 10, 11, 12, 13)
        for one in registers(day, 12, 13, REGISTER, "M")]  # fmt: skip
whole = st.builds(
    registers, days, st.just(0), st.just(25),
    st.sampled_from([REGISTER, REGISTER, THIRD_METER]), st.just("M"),
)  # fmt: skip
parts = st.builds(
    registers, days, st.integers(0, 23), st.integers(1, 25),
    st.sampled_from([REGISTER, REGISTER, SECOND_METER, THIRD_METER]), st.sampled_from("MMMR"),
)  # fmt: skip
shares = st.builds(
    increments, days, st.integers(0, 24), st.integers(0, 24), st.sampled_from([0, 0, 900])
)
messages = st.one_of(whole, whole, parts, shares).filter(bool)
seconds = st.integers(0, DAYS * 24).map(lambda hour: OPENING + hour * 3600)
edits = st.one_of(
    st.tuples(st.just("change_ratio"), seconds, st.integers(1, 40)),
    st.tuples(st.just("change_source"), seconds, st.sampled_from([REGISTER, SECOND_METER, None])),
    st.tuples(st.just("exchange"), seconds, st.integers(0, 900), st.integers(0, 9)),
    st.tuples(
        st.just("change_flow"), seconds, st.integers(0, 2), st.sampled_from(["BOUGHT", "STORED"])
    ),
    st.tuples(
        st.just("hang"),
        seconds,
        st.integers(0, 2),
        st.sampled_from([None, 0, 1, 2]),
        st.sampled_from(["LEVEL_1", "OTHER"]),
    ),
)
steps = st.lists(
    st.tuples(
        st.one_of(messages, messages, messages, edits), st.sampled_from(["settle", "settle", ""])
    ),
    min_size=2, max_size=9,
).map(lambda pairs: [step for pair in pairs for step in pair if step])  # fmt: skip


@pytest.fixture
def city(transactional_db, monkeypatch):
    """The platform's address, where gaps follow a day of the same weekday, or a sibling."""
    monkeypatch.setattr(parameters, "spreading", lambda: (RULE,))
    with door.served() as address:
        yield address
    journal.stop()


def fresh(city):
    """Return a unit alone in a fresh database."""
    door.make_fresh()
    world = World.made(speaks_to=city)
    world.add_point("E3", THIRD_METER)
    world.send(PINS)
    return world


def shuffled(some, chance):
    """Return the messages in another order and some twice, without the rounds; edits in theirs."""
    sent = [step for step in some if isinstance(step, list)]
    sent += chance.choices(sent, k=2) if sent else []
    chance.shuffle(sent)
    mixed = any_order.with_edits_in_their_order(sent, some, chance)
    return [step for one in mixed for step in (one, "settle")]


@pytest.mark.deeper
@any_order.relaxed(EXAMPLES)
@given(steps, st.randoms(use_true_random=False))
def test_order_and_repetition_change_no_slot(city, some, chance):
    any_order.check_order(lambda: fresh(city), some, shuffled(some, chance))


@pytest.mark.deeper
@any_order.relaxed(EXAMPLES)
@given(steps)
def test_a_rebuild_from_scratch_gives_the_same_slots(city, some):
    any_order.check_rebuild(fresh(city), some)


@pytest.mark.deeper
@any_order.relaxed(EXAMPLES)
@given(steps, st.data())
def test_as_known_then_is_what_a_city_fed_only_until_then_shows(city, some, data):
    last = data.draw(st.integers(0, len(some) - 1))
    any_order.check_as_known(lambda: fresh(city), some, last, days=DAYS)


class TestAGapWorkedOutBeforeItsLikeDay:
    """Each change of the like day, or of its facts, reaches the gap a week later."""

    gap = [*registers(7, 0, 9, REGISTER, "M"), *registers(7, 14, 25, REGISTER, "M")]

    def methods(self, world):
        """Return the letters of the gap's slots, after a rebuild would give the same."""
        world.settle()
        found = world.tables()
        world.rebuild()
        assert world.tables() == found
        day = clock.date_of(OPENING // DAY_SECONDS + 7)
        (row,) = [row for row in found["consumption_profile"] if row[0] == day and row[1] == 0]
        return (row[-1] or "")[8:13]

    def test_takes_its_shape_once_it_came_and_loses_it_with_a_reading(self, city):
        world = fresh(city)
        world.send(self.gap)
        assert self.methods(world) == "NNNNN"

        world.send(registers(0, 0, 25, REGISTER, "M"))
        assert self.methods(world) == "WWWWW"

        noon = registers(0, 12, 13, REGISTER, "R")
        world.send([one._replace(sent_at=one.sent_at + 9) for one in noon])
        assert self.methods(world) == "NNNNN"

    def test_loses_it_with_the_last_register_of_the_like_day_which_is_the_next_days(self, city):
        world = fresh(city)
        world.send([*self.gap, *registers(0, 0, 24, REGISTER, "M")])
        assert self.methods(world) == "NNNNN"

        world.send(registers(1, 0, 1, REGISTER, "M"))
        assert self.methods(world) == "WWWWW"

    def test_loses_it_where_the_like_day_turns_out_to_have_been_fed_otherwise(self, city):
        world = fresh(city)
        world.send([*self.gap, *registers(0, 0, 25, REGISTER, "M")])
        assert self.methods(world) == "WWWWW"

        world.change_source(OPENING + 12 * 3600, SECOND_METER)
        world.change_source(OPENING + 13 * 3600, REGISTER)

        assert self.methods(world) == "NNNNN"


class TestAGapWorkedOutBeforeItsSibling:
    """Each change of the sibling's day, or of where it hangs, reaches the gap."""

    gap = [*registers(7, 0, 9, REGISTER, "M"), *registers(7, 14, 25, REGISTER, "M")]
    whole = increments(7, 0, 0, 0)
    noon = whole[12]

    def methods(self, world):
        """Return the letters of the gap's slots, after a rebuild would give the same."""
        return TestAGapWorkedOutBeforeItsLikeDay.methods(self, world)

    def test_takes_its_shape_once_it_came_and_loses_it_with_a_slot(self, city):
        world = fresh(city)
        world.send(self.gap)
        assert self.methods(world) == "NNNNN"

        world.send(self.whole)
        assert self.methods(world) == "BBBBB"

        world.send([self.noon._replace(mark="R", sent_at=self.noon.sent_at + 9)])
        assert self.methods(world) == "NNNNN"

    def test_leaves_it_for_a_like_day_that_comes_later(self, city):
        world = fresh(city)
        world.send([*self.gap, *self.whole])
        assert self.methods(world) == "BBBBB"

        world.send(registers(0, 0, 25, REGISTER, "M"))
        assert self.methods(world) == "WWWWW"

    @pytest.mark.parametrize("place", [0, 1])
    def test_loses_it_while_energy_goes_another_way_there(self, city, place):
        world = fresh(city)
        world.send([*self.gap, *self.whole])
        assert self.methods(world) == "BBBBB"

        world.change_flow(OPENING + 6 * DAY_SECONDS, place, "STORED")
        assert self.methods(world) == "NNNNN"

        world.change_flow(OPENING + 7 * DAY_SECONDS, place, "BOUGHT")
        assert self.methods(world) == "BBBBB"

    def test_over_midnight_follows_those_alone_that_hung_beside_it_on_both_days(self, city):
        world = fresh(city)
        world.send([*registers(7, 0, 21, REGISTER, "M"), *registers(8, 4, 25, REGISTER, "M")])
        world.send([*self.whole, *increments(8, 0, 0, 0)])
        other = registers(7, 0, 25, THIRD_METER, "M") + registers(8, 1, 25, THIRD_METER, "M")
        world.send([one._replace(digits=one.digits % 97 + 500 * n) for n, one in enumerate(other)])
        both = self.slots(world)

        world.hang(OPENING + 8 * DAY_SECONDS, 2, 1, "LEVEL_1")
        second = self.slots(world)
        world.hang(OPENING + 8 * DAY_SECONDS, 1, None, "OTHER")
        none = self.slots(world)

        assert [letters for _, letters in (both, second, none)] == ["B" * 8, "B" * 8, "N" * 8]
        assert len({values for values, _ in (both, second, none)}) == 3
        assert len({sum(values) for values, _ in (both, second, none)}) == 1

    def slots(self, world):
        """Return energy and letters of the gap's slots on both days, as a rebuild gives them."""
        self.methods(world)
        days = (clock.date_of(OPENING // DAY_SECONDS + n) for n in (7, 8))
        asked = {"unit_id": world.unit_id, "point_id": world.points[0], "as_of": None}
        (one, two) = (figures.profile_of(**asked, day=day) for day in days)
        return (
            tuple(one.values[20:]) + tuple(two.values[:4]),
            one.methods[20:] + two.methods[:4],
        )

    def test_as_known_then_is_shared_as_the_tree_was_believed(self, city):
        world = fresh(city)
        world.send([*self.gap, *self.whole])
        before = facts.settle()
        world.change_flow(OPENING, 1, "STORED")
        world.settle()

        day = clock.date_of(OPENING // DAY_SECONDS + 7)
        asked = {"unit_id": world.unit_id, "point_id": world.points[0], "day": day}
        assert figures.profile_of(**asked, as_of=before).methods[8:13] == "BBBBB"
        assert figures.profile_of(**asked).methods[8:13] == "NNNNN"
