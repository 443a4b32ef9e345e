"""Which days a pass works out again: all whose figures could have changed."""

from decimal import Decimal

import pytest
from tests.worlds import CODE, OPENING, REGISTER, SECOND_METER, World, electricity

from hengneng.kernel import clock
from hengneng.protocol.records import DAY_SECONDS, Record
from hengneng.registry.instruments import operations as instruments
from hengneng.registry.points import operations as points
from hengneng.telemetry.journal import operations as journal


@pytest.fixture
def world(transactional_db):
    """A unit with hourly slots, whose messages really commit."""
    yield World.made()
    journal.stop()


def reading(day, value, key=REGISTER):
    second = OPENING + day * DAY_SECONDS
    return Record(key, second, value, 0, "M", second + 60)


def increment(kind, hour, value, code=CODE):
    second = OPENING + hour * 3600
    return Record(kind + code[1:], second, value, 0, "M", second + 60)


class TestACodeThatTakesOverFromAnother:
    """Each code's records of whole periods know only what that code measured."""

    other = "N:0000000002330021"

    def change_code(self, world, hour):
        points.feed_point(
            point_id=world.points[1], key=self.other, by=None, at=clock.now(),
            valid_from=clock.instant(OPENING + hour * 3600),
        )  # fmt: skip

    def test_at_noon_leaves_the_day_whole(self, world):
        self.change_code(world, 12)
        world.send([increment("N0", hour, 5) for hour in range(12)])
        world.send([increment("N0", hour, 5, self.other) for hour in range(12, 24)])
        world.send([increment("N1", 0, 60), increment("N1", 0, 60, self.other)])
        world.settle()

        (row,) = world.tables()["consumption_consumptionday"]

        assert row[2] == 120

    def test_in_mid_month_leaves_the_month_whole(self, world):
        # From 8 to 12 November one, from 13 November on the other.
        first_of_month, change = -7 * 24, 5 * 24
        self.change_code(world, change)
        world.send([increment("N1", day * 24, 10) for day in range(5)])
        world.send([increment("N1", day * 24, 10, self.other) for day in range(5, 10)])
        world.send([increment("N2", first_of_month, 50)])
        world.settle()

        (row,) = world.tables()["consumption_consumptionmonth"]

        assert row[2] == 100


def test_an_exchange_where_a_meter_stood_before_does_not_hide_days_from_it(world):
    """The meter moved to another point; at the first one its successor was exchanged since."""
    moved = clock.instant(OPENING - 10 * DAY_SECONDS)
    world.change_source(OPENING - 10 * DAY_SECONDS, SECOND_METER)
    points.create_point(
        unit_id=world.unit_id, code="E3", name="E3", energy_type_id=electricity(),
        level="LEVEL_1", kind="REGISTER", slot_seconds=3600, key=REGISTER, valid_from=moved,
        by=None, at=clock.now(),
    )  # fmt: skip
    instruments.exchange_instrument(
        point_id=world.points[0], happened_at=clock.instant(OPENING + 5 * DAY_SECONDS),
        before_value=Decimal(1), after_value=Decimal(0), by=None, at=clock.now(),
    )  # fmt: skip
    world.send([reading(10, 200)])
    world.settle()
    world.send([reading(0, 0)])
    world.settle()
    found = world.tables()

    world.rebuild()

    assert found == world.tables()
    assert len(found["consumption_consumptionday"]) == 10


def test_a_reading_beside_an_outlier_touches_the_days_to_the_exchange_behind_it(world):
    """Its energy runs over the outlier, behind which no reading but an exchange follows."""
    instruments.exchange_instrument(
        point_id=world.points[0], happened_at=clock.instant(OPENING + 8 * DAY_SECONDS),
        before_value=Decimal(80), after_value=Decimal(0), by=None, at=clock.now(),
    )  # fmt: skip
    world.send([reading(4, 0)])
    world.settle()
    world.send([reading(0, 40)])
    world.settle()
    found = world.tables()

    world.rebuild()

    assert found == world.tables()
    assert [row[2] for row in found["consumption_consumptionday"]] == [5] * 8


def test_an_exchange_withdrawn_behind_the_last_reading_takes_its_days_along(world):
    exchange = instruments.exchange_instrument(
        point_id=world.points[0], happened_at=clock.instant(OPENING + 8 * DAY_SECONDS),
        before_value=Decimal(80), after_value=Decimal(0), by=None, at=clock.now(),
    )  # fmt: skip
    world.send([reading(0, 0)])
    world.settle()
    assert len(world.tables()["consumption_consumptionday"]) == 8

    instruments.withdraw_exchange(exchange_id=exchange.id, by=None, at=clock.now())
    world.settle()

    assert world.tables()["consumption_consumptionday"] == []


def amounts(tables):
    """Return the days' amounts, by date."""
    return [row[2] for row in sorted(tables["consumption_consumptionday"])]


HOURS = list(range(-30, 55))
SHIFTED = range(20, 30)  # from before a midnight to after it


def slipped(hour):
    """Return a reading of a meter whose decimal point slips for some hours around midnight."""
    shown = (700 + hour) * 10 if hour in SHIFTED else 700 + hour
    second = OPENING + hour * 3600
    return Record(REGISTER, second, shown, 1, "M", second + 60)


ARRIVALS = {
    "by the hour": [[hour] for hour in HOURS],
    "backwards": [[hour] for hour in reversed(HOURS[::2])] + [HOURS[1::2]],
    "nonsense last": [[h for h in HOURS if h not in SHIFTED], *([h] for h in SHIFTED)],
    "nonsense first": [list(SHIFTED), [h for h in HOURS if h not in SHIFTED]],
    "day behind first": [[h for h in HOURS if h >= 30], [h for h in HOURS if h < 30]],
}


@pytest.mark.parametrize("order", ARRIVALS)
def test_nonsense_around_midnight_is_found_however_it_arrives(world, order):
    for hours in ARRIVALS[order]:
        world.send([slipped(hour) for hour in hours])
        world.settle()
    found = world.tables()

    world.rebuild()

    assert found == world.tables()
    assert amounts(found) == [
        Decimal("0.6"),
        Decimal("2.4"),
        Decimal("2.4"),
        Decimal("2.4"),
        Decimal("0.6"),
    ]


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2), (1, 2, 0)])
def test_a_label_shortly_before_midnight_counts_behind_it_however_it_arrives(world, order):
    told = [
        increment("N0", 22, 5),
        increment("N0", 24, 7)._replace(at=OPENING + DAY_SECONDS - 5),
        increment("N0", 25, 9),
    ]
    for place in order:
        world.send([told[place]])
        world.settle()
    found = world.tables()

    world.rebuild()

    assert found == world.tables()
    assert amounts(found) == [5, 16]


def test_a_label_withdrawn_before_midnight_leaves_the_day_behind_it(world):
    label = increment("N0", 24, 7)._replace(at=OPENING + DAY_SECONDS - 5)
    world.send([label, increment("N0", 25, 9)])
    world.settle()
    world.send([label._replace(mark="R", sent_at=label.sent_at + 60)])
    world.settle()
    found = world.tables()

    world.rebuild()

    assert found == world.tables()


def test_the_last_reading_of_a_source_counts_though_it_came_late(world):
    world.change_source(OPENING + 2 * DAY_SECONDS, SECOND_METER)
    world.send([reading(0, 10), reading(1, 20), reading(3, 7, SECOND_METER)])
    world.settle()
    world.send([reading(2, 50), reading(2, 5, SECOND_METER)])
    world.settle()
    found = world.tables()

    world.rebuild()

    assert found == world.tables()
    assert amounts(found) == [10, 30, 2]
