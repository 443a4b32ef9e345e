from datetime import date
from decimal import Decimal

import pytest
from tests.worlds import CODE, OPENING, REGISTER, World

from hengneng.kernel import clock
from hengneng.protocol.records import DAY_SECONDS, Record
from hengneng.registry.energy.models import BalanceWeight
from hengneng.registry.points import operations as points
from hengneng.telemetry.consumption.queries import statement
from hengneng.telemetry.journal import operations as journal

NOVEMBER = date(2025, 11, 1)
SECOND_DAY = OPENING + DAY_SECONDS
NOVEMBER_OPENS = clock.day_number(NOVEMBER) * DAY_SECONDS


@pytest.fixture
def four_days_of_24(transactional_db):
    """A unit whose boundary register counted one unit an hour for four days of November."""
    for flow, weight in (("BOUGHT", 1), ("SUPPLIED_OUT", -1)):
        BalanceWeight.objects.create(
            flow=flow, weight=weight, edition="test", clause="1", valid_from=date(2020, 1, 1),
            citation="test", verified=False, recorded_at=clock.now(),
        )  # fmt: skip
    world = World.made()
    world.send([Record(REGISTER, OPENING + n * 3600, n, 0, "M", 0) for n in range(4 * 24 + 1)])
    world.settle()
    yield world
    journal.stop()


def month_total(world):
    stated = statement.statement_of_months(
        unit_id=world.unit_id, months=[NOVEMBER], basis="CALORIFIC"
    )
    return {one.total.energy_type: one.total for one in stated.totals[0].types}


def day_sum(world):
    stated = statement.statement_of_days(
        unit_id=world.unit_id, from_day=NOVEMBER, to_day=date(2025, 11, 30), basis="CALORIFIC"
    )
    found = (one.total.amount for total in stated.totals for one in total.types)
    return sum(amount for amount in found if amount is not None)


class TestAMonthInWhichAPointChangedItsRole:
    @pytest.mark.parametrize(
        ("changes", "expected"),
        [({"level": "OTHER"}, 24), ({"flow": "SUPPLIED_OUT"}, 24 - 72), ({"name": "B"}, 96)],
    )
    def test_sums_each_day_by_what_the_point_was_then(self, four_days_of_24, changes, expected):
        world = four_days_of_24
        points.describe_point(
            point_id=world.points[0], valid_from=clock.instant(SECOND_DAY), by=None,
            at=clock.now(), **changes,
        )  # fmt: skip

        assert month_total(world)["ELECTRICITY"].amount == Decimal(expected)
        assert day_sum(world) == Decimal(expected)

    def test_does_not_share_out_a_month_record_that_has_no_days(self, four_days_of_24):
        world = four_days_of_24
        points.feed_point(
            point_id=world.points[0], key=None, valid_from=clock.instant(0), by=None, at=clock.now()
        )
        world.send([Record(f"N2{CODE[1:]}", NOVEMBER_OPENS, 100, 0, "M", 0)])
        points.describe_point(
            point_id=world.points[1], valid_from=clock.instant(SECOND_DAY), flow="SUPPLIED_OUT",
            by=None, at=clock.now(),
        )  # fmt: skip
        world.settle()

        total = month_total(world)["ELECTRICITY"]

        assert total.amount is None
        assert total.points_missing == 3  # the register, and the increments in both their flows
