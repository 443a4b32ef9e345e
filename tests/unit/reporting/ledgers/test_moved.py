"""The figure of the flow in a year in which a point was moved in the tree."""

from datetime import UTC, date, datetime
from decimal import Decimal

from hengneng.kernel import clock
from hengneng.registry.points import operations as points
from hengneng.reporting.ledgers.queries import moved
from hengneng.reporting.ledgers.queries.asked import asked

TURN_OF_DAYS = datetime(2025, 11, 9, 16, tzinfo=UTC)  # 10 November in Shanghai


def asked_of(world):
    return asked(unit_id=world.unit_id, on=date(2025, 12, 31), year=2025, now=clock.now())


def test_each_day_counts_for_the_place_of_that_day(four_days_of_november):
    # 24 kWh on each of the days from 8 to 11 November: two before the move and two after it.
    world = four_days_of_november
    assert moved.shares(asked_of(world)) == {}
    points.describe_point(
        point_id=world.points[0], valid_from=TURN_OF_DAYS, parent_id=world.points[1],
        by=None, at=clock.now(),
    )  # fmt: skip
    world.settle()

    # 48 kWh at 0.1229 kgce/kWh, GB/T 2589-2020, table A.1.
    half = Decimal("0.0058992")
    assert moved.shares(asked_of(world)) == {
        world.points[0]: ((None, half), (world.points[1], half))
    }
