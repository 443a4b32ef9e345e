from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from tests.worlds import CODE, OPENING, REGISTER, World

from hengneng.kernel import clock
from hengneng.kernel.facts import operations as facts
from hengneng.protocol.records import DAY_SECONDS, Record
from hengneng.registry.energy import operations as energy
from hengneng.registry.energy.models import BalanceWeight
from hengneng.registry.fuels import operations as fuels
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


GAS_RULES = {
    "energy_types": """
[[energy_type]]
code = "NATURAL_GAS"
kind = "ENERGY"
name_zh = "天然气"
name_en = "Natural gas"
uom = "m3"
class_code = "01"
variety_code = "1500"
citation = "a test"
verified = false
""",
    "factors": """
[[edition]]
edition = "old"
clause = "1"
valid_from = 2008-06-01
valid_until = 2021-04-01
[[edition.factor]]
energy_type = "NATURAL_GAS"
basis = "CALORIFIC"
kgce_per_uom = "1.2143"
citation = "a test"
verified = false

[[edition]]
edition = "new"
clause = "1"
valid_from = 2021-04-01
[[edition.factor]]
energy_type = "NATURAL_GAS"
basis = "CALORIFIC"
kgce_per_uom = "1.3300"
citation = "a test"
verified = false
""",
    "coal": """
[[edition]]
edition = "new"
clause = "1"
valid_from = 2021-04-01
[[edition.coal]]
kj_per_kgce = "29307"
citation = "a test"
verified = false
""",
}


@pytest.fixture
def four_days_of_24_m3(four_days_of_24):
    """The same, of natural gas: 96 m3 in November."""
    energy.load(**GAS_RULES, by=None, at=clock.now())
    points.describe_point(
        point_id=four_days_of_24.points[0], valid_from=datetime(2020, 1, 1, tzinfo=UTC),
        energy_type_id="NATURAL_GAS", by=None, at=clock.now(),
    )  # fmt: skip
    four_days_of_24.settle()
    return four_days_of_24


def gas_of_november(world, **asked):
    stated = statement.statement_of_months(
        unit_id=world.unit_id, months=[NOVEMBER], basis="CALORIFIC", **asked
    )
    (total,) = stated.totals
    (gas,) = (one for one in total.types if one.total.energy_type == "NATURAL_GAS")
    return gas


class TestRestatingAMonth:
    def test_by_its_own_edition_or_a_chosen_one(self, four_days_of_24_m3):
        own = gas_of_november(four_days_of_24_m3)
        restated = gas_of_november(four_days_of_24_m3, edition="old")

        # 96 m3 × 1.3300 and × 1.2143 kgce/m3, ÷ 1000.
        assert (own.factor.edition, own.tonnes) == ("new", Decimal("0.12768"))
        assert (restated.factor.edition, restated.tonnes) == ("old", Decimal("0.1165728"))
        assert own.total == restated.total

    def test_days_follow_too(self, four_days_of_24_m3):
        stated = statement.statement_of_days(
            unit_id=four_days_of_24_m3.unit_id, from_day=NOVEMBER, to_day=date(2025, 11, 30),
            basis="CALORIFIC", edition="old",
        )  # fmt: skip

        assert sum(one.tonnes for one in stated.totals if one.tonnes is not None) == Decimal(
            "0.1165728"
        )


class TestAMeasuredFuel:
    def test_goes_before_every_table_and_edition(self, four_days_of_24_m3):
        reported_at = facts.settle()
        fuels.record_heat_value(
            unit_id=four_days_of_24_m3.unit_id, energy_type_id="NATURAL_GAS",
            heat_value_kj=Decimal(35544), first=NOVEMBER, until=date(2025, 12, 1),
            report="G-2025-11", laboratory="燃气检测站", by=None, at=clock.now(),
        )  # fmt: skip

        for asked in ({}, {"edition": "old"}):
            gas = gas_of_november(four_days_of_24_m3, **asked)
            # 96 m3 × 1.2128160508 kgce/m3 ÷ 1000.
            assert (gas.factor.scope, gas.tonnes) == ("MEASURED", Decimal("0.1164303408768"))
        as_reported = gas_of_november(four_days_of_24_m3, as_of=reported_at)
        assert (as_reported.factor.edition, as_reported.tonnes) == ("new", Decimal("0.12768"))

    def test_of_another_month_changes_nothing(self, four_days_of_24_m3):
        fuels.record_heat_value(
            unit_id=four_days_of_24_m3.unit_id, energy_type_id="NATURAL_GAS",
            heat_value_kj=Decimal(35544), first=date(2025, 12, 1), until=None,
            report="G-2025-12", laboratory="燃气检测站", by=None, at=clock.now(),
        )  # fmt: skip

        assert gas_of_november(four_days_of_24_m3).factor.edition == "new"
