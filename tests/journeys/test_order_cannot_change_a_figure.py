"""Messages through the real endpoints and the real worker, edits among them, in any order.

The order property of ARCHITECTURE 1.2 and the as-of property of 1.3. What is compared was worked
out in a database that held nothing else, each time anew.
"""

from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests import any_order, door
from tests.worlds import CODE, OPENING, REGISTER, SECOND_METER, World

from hengneng.kernel.facts import operations as facts
from hengneng.protocol.records import DAY_SECONDS, Record
from hengneng.telemetry.journal import operations as journal

DAYS = 4
EXAMPLES = 40

seconds = st.one_of(
    st.integers(0, DAYS * 24).map(lambda hour: OPENING + hour * 3600),
    st.integers(OPENING, OPENING + DAYS * DAY_SECONDS),
)
hours = st.integers(0, DAYS * 24 - 1).map(lambda hour: OPENING + hour * 3600)
readings = st.builds(
    lambda at, noise, scale, mark, sent, key: Record(
        # A register that grows with time, and sometimes falls or jumps.
        key, at, ((at - OPENING) // 500 + noise) * 10**scale, scale + 1, mark, at + sent
    ),
    seconds, st.sampled_from([0, 0, 0, 0, 1, 3, -400, 5000]), st.integers(0, 2),
    st.sampled_from("MMMMR"), st.sampled_from([0, 60, 3600, 2 * DAY_SECONDS]),
    st.sampled_from([REGISTER, REGISTER, REGISTER, SECOND_METER]),
)  # fmt: skip
realtime = st.builds(
    lambda at, digits, mark, sent: Record(f"N0{CODE[1:]}", at, digits, 1, mark, at + sent),
    hours, st.integers(-5, 90), st.sampled_from("MMMMHR"), st.sampled_from([60, 3600]),
)  # fmt: skip
day_records = st.builds(
    lambda day, digits, mark: Record(
        f"N1{CODE[1:]}", OPENING + day * DAY_SECONDS, digits, 1, mark,
        OPENING + (day + 1) * DAY_SECONDS,
    ),
    st.integers(0, DAYS - 1), st.integers(0, 3000), st.sampled_from("MMR"),
)  # fmt: skip
messages = st.lists(st.one_of(readings, readings, realtime, day_records), min_size=1, max_size=12)
edits = st.one_of(
    st.tuples(st.just("change_ratio"), seconds, st.integers(1, 40)),
    st.tuples(st.just("change_source"), seconds, st.sampled_from([REGISTER, SECOND_METER, None])),
    st.tuples(st.just("exchange"), seconds, st.integers(0, 900), st.integers(0, 9)),
    st.tuples(
        st.just("exchange"), seconds, st.integers(0, 900), st.integers(0, 9), st.just(SECOND_METER)
    ),
)
steps = st.lists(st.one_of(messages, messages, edits, st.just("work")), min_size=1, max_size=14)


@pytest.fixture
def city(transactional_db):
    """The platform's address; its database commits for real."""
    with door.served() as address:
        yield address
    journal.stop()


def fresh(city):
    """Return a unit alone in a fresh database."""
    door.make_fresh()
    return World.made(speaks_to=city)


def shuffled(some, chance):
    """Return the messages in another order, split, merged and some repeated; edits in their own."""
    records = [record for step in some if isinstance(step, list) for record in step]
    records += chance.choices(records, k=3) if records else []
    chance.shuffle(records)
    cut = []
    while records:
        size = chance.randint(1, 9)
        cut.append(records[:size])
        records = records[size:]
    return any_order.with_edits_in_their_order(cut, some, chance)


@pytest.mark.deeper
@any_order.relaxed(EXAMPLES)
@given(steps, st.randoms(use_true_random=False))
def test_order_repetition_and_batching_change_nothing(city, some, chance):
    any_order.check_order(lambda: fresh(city), some, shuffled(some, chance))


@pytest.mark.deeper
@any_order.relaxed(EXAMPLES)
@given(steps)
def test_a_rebuild_from_scratch_gives_the_same_bytes(city, some):
    any_order.check_rebuild(fresh(city), some)


@pytest.mark.deeper
@any_order.relaxed(EXAMPLES)
@given(steps, st.data())
def test_as_known_then_is_what_a_fresh_city_fed_only_until_then_shows(city, some, data):
    last = data.draw(st.integers(0, len(some) - 1))
    any_order.check_as_known(lambda: fresh(city), some, last, days=DAYS)


def test_nothing_is_known_before_anything_was_recorded(city):
    world = fresh(city)
    before = facts.settle()
    world.send([Record(REGISTER, OPENING, 1, 0, "M", OPENING)])
    world.send([Record(REGISTER, OPENING + 3600, 2, 0, "M", OPENING)])
    world.settle()

    known = partial(any_order.as_known, world, days=DAYS)
    assert known(before) == ([], [], [])
    assert known(facts.settle()) == known(None) != ([], [], [])
