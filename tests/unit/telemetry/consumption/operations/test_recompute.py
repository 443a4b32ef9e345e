"""Which days a pass works out again: all whose figures could have changed."""

from decimal import Decimal

import pytest
from tests.worlds import OPENING, REGISTER, SECOND_METER, World, electricity

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
