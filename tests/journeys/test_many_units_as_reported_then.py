"""Messages and edits at random: what many units knew together is what each knew by itself."""

import os
from datetime import date, timedelta
from decimal import Decimal

import pytest
from tests.journeys.test_every_edit_in_any_order import FIRST, LAST, Chance
from tests.worlds import World

from hengneng.insight.statistics import queries as statistics
from hengneng.kernel import clock
from hengneng.kernel.facts import operations as facts
from hengneng.kernel.policy.rules import Permission, Viewer
from hengneng.registry.energy.models import BalanceWeight
from hengneng.registry.points import operations as points
from hengneng.registry.units import models as units_model
from hengneng.registry.units import operations as units
from hengneng.telemetry.consumption.queries import figures, retold, statement
from hengneng.telemetry.consumption.queries.sums import Counted
from hengneng.telemetry.consumption.rules import balance
from hengneng.telemetry.journal import operations as journal

CITY = Viewer(account_id=1, city=frozenset({Permission.VIEW_READINGS}))
FLOWS = {"BOUGHT": 1, "SUPPLIED_OUT": -1}
SECTORS = ("酒店", "医院", "")
SEEDS = 100 if os.environ.get("HENGNENG_TEST_LONG") else 6
MONTH, AFTER = FIRST.replace(day=1), (LAST + timedelta(days=31)).replace(day=1)


@pytest.fixture
def worlds(transactional_db):
    """Two units whose messages really commit, and what flows weigh."""
    for flow, weight in FLOWS.items():
        BalanceWeight.objects.create(
            flow=flow, weight=weight, edition="test", clause="1", citation="test", verified=False,
            valid_from=date(2020, 1, 1), recorded_at=clock.now(),
        )  # fmt: skip
    yield [World.made(), World.made()]
    journal.stop()


class WiderChance(Chance):
    """The same, and edits of what only sums read: flow, level, sector."""

    def say(self, world, point, span, stamp):
        changes = self.choice([
            {"flow": self.choice(list(FLOWS))},
            {"level": self.choice(["LEVEL_1", "LEVEL_2"])},
            None,
        ])  # fmt: skip
        if changes is None:
            super().say(world, point, span, stamp)
        else:
            points.describe_point(point_id=point, **span, **stamp, **changes)

    def rename(self, world):
        units.describe_unit(
            unit_id=world.unit_id, sector=self.choice(SECTORS), by=None, at=clock.now(),
            valid_from=clock.instant(self.second()),
        )  # fmt: skip


def of_units(worlds, as_of):
    """What each unit's own replay says of its points' days and months."""
    days, months = {}, {}
    for world in worlds:
        span = {"unit_id": world.unit_id, "as_of": as_of}
        for row in figures.days_of(from_day=MONTH, to_day=AFTER - timedelta(days=1), **span):
            days[row.point_id, row.day] = row.amount
        for row in figures.months_of(from_month=MONTH, to_month=LAST, **span):
            months[row.point_id, row.month] = row.amount
    return plain(days), plain(months)


def plain(amounts):
    return {
        key: (one.amount, one.estimated, int(one.amount is not None), int(balance.is_whole(one)),
              one.received)
        for key, one in amounts.items()
    }  # fmt: skip


def together(worlds, as_of, **how):
    """The same from what is kept and what is told anew, each point a group of its own."""
    points_of = {world.unit_id: world.points for world in worlds}
    counted = [
        Counted(unit_id, point, point, MONTH, AFTER)
        for unit_id, some in points_of.items()
        for point in some
    ]
    then = retold.retold(points_of, first=MONTH, until=AFTER, as_of=as_of, **how)
    days = retold.sums_of_days(counted, from_day=MONTH, to_day=AFTER - timedelta(days=1), then=then)
    months = retold.sums_of_months(
        counted, from_month=MONTH, to_month=LAST.replace(day=1), then=then
    )
    return then, summed(days), summed(months)


def summed(found):
    return {(one.group, one.period): tuple(one[2:]) for one in found}


def months_of_all(as_of):
    """Return each month's amounts by energy type, by sector, and the units still worked out."""
    months, month = [], MONTH
    while month < AFTER:
        months.append(month)
        month = (month + timedelta(days=31)).replace(day=1)
    ids = units_of_all()
    with statistics.as_reported(ids, first=MONTH, until=AFTER, as_of=as_of) as then:
        asked = {"viewer": CITY, "months": months, "basis": "CALORIFIC", "then": then}
        whole = statistics.city_months(**asked)
        members = statistics.sector_members(ids, months=months, as_of=as_of)
        sectors = statistics.months_by_member(members=members, **asked)
    return months, [one.whole for one in whole], sectors, then


def units_of_all():
    return list(units_model.Unit.objects.order_by("id").values_list("id", flat=True))


def amount_of(some):
    known = [one.amount for one in some if one.amount is not None]
    return sum(known, Decimal(0)) if known else None


@pytest.mark.deeper
@pytest.mark.parametrize("seed", range(SEEDS))
def test_many_units_together_say_what_each_said(worlds, seed):
    chance, instants = WiderChance(seed), []
    for _ in range(chance.randrange(12, 40)):
        world, kind = chance.choice(worlds), chance.random()
        if kind < 0.6:
            world.send(chance.message())
        elif kind < 0.7:
            chance.rename(world)
        else:
            chance.edit(world)
        if chance.random() < 0.4:
            world.work()
        if chance.random() < 0.3:
            for one in worlds:
                one.settle()
        if chance.random() < 0.2:
            instants.append(facts.settle())
    for world in worlds[: chance.randrange(3)]:
        world.settle()
    instants.append(facts.settle())

    for instant in chance.sample(instants, min(len(instants), 3)):
        then, days, months = together(worlds, instant)
        assert (days, months) == of_units(worlds, instant)
        assert not then.pending | then.beyond
        check_sums(worlds, instant)


def check_sums(worlds, instant):
    """The city's months are the sums of the statements; its sectors together are the city."""
    months, whole, sectors, then = months_of_all(instant)
    assert not then.pending | then.beyond
    stated = [
        statement.statement_of_months(
            unit_id=world.unit_id, months=months, basis="CALORIFIC", as_of=instant
        ).totals
        for world in worlds
    ]
    for place, one in enumerate(whole):
        types = [kind for totals in stated for kind in totals[place].types]
        assert amount_of(one.types) == amount_of(kind.total for kind in types)
        assert one.points == sum(kind.total.points for kind in types)
        assert one.missing == sum(kind.total.points_missing for kind in types)
        assert one.partial == sum(kind.total.points_partial for kind in types)
        parts = sectors[place].members.values()
        assert one.expected == sum(part.expected for part in parts)
        assert sum(kind.estimated for kind in one.types) == sum(kind.estimated for kind in types)
