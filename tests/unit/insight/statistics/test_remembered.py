"""Days kept in memory never outlive what they follow from."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from tests import two_districts

from hengneng.insight.statistics import queries as statistics
from hengneng.insight.statistics.queries import remembered
from hengneng.kernel import clock
from hengneng.kernel.policy.rules import Permission, Viewer
from hengneng.registry.energy.models import Factor
from hengneng.registry.points import operations as points
from hengneng.telemetry.consumption.models import ConsumptionDay, Revision

CITY = Viewer(account_id=1, city=frozenset({Permission.VIEW_READINGS}))
AT = datetime(2026, 3, 12, 4, tzinfo=UTC)  # noon in the city
YESTERDAY = date(2026, 3, 11)


@pytest.fixture
def city(db):
    built = two_districts.build()
    ConsumptionDay.objects.create(
        unit_id=built.own.unit.id, day=YESTERDAY, point_id=built.own.point.id, amount=1000,
        late=0, estimated=0, manual=0, supplied=0, expected=96, received=96, known=96,
        basis="REALTIME",
    )  # fmt: skip
    Revision.objects.create(unit_id=built.own.unit.id, day=YESTERDAY, revision=1, computed_at=AT)
    return built


def of_yesterday() -> Decimal | None:
    found = statistics.outlook(viewer=CITY, at=AT, basis="CALORIFIC", days=8)
    assert found.days[-2].period == YESTERDAY
    return found.days[-2].whole.tonnes


def test_are_not_worked_out_again(city):
    first = statistics.outlook(viewer=CITY, at=AT, basis="CALORIFIC", days=8)
    second = statistics.outlook(viewer=CITY, at=AT, basis="CALORIFIC", days=8)

    assert second.days[0] is first.days[0]


def test_follow_a_day_that_was_worked_out_again(city):
    assert of_yesterday() == Decimal("0.1229")

    ConsumptionDay.objects.filter(day=YESTERDAY).update(amount=2000)
    Revision.objects.filter(day=YESTERDAY).update(revision=2)

    assert of_yesterday() == Decimal("0.2458")


def test_are_worked_out_again_alone(city, monkeypatch):
    of_yesterday()
    asked = []
    days_of = remembered.days_of
    monkeypatch.setattr(remembered, "days_of", lambda *a: asked.append(a[2:4]) or days_of(*a))

    Revision.objects.filter(day=YESTERDAY).update(revision=2)
    of_yesterday()

    assert asked == [(YESTERDAY, YESTERDAY + timedelta(days=1))]


def test_follow_an_edit_made_while_they_were_read(city, monkeypatch):
    reach_of = remembered.reach_of

    def reach_then_edit(*args, **kwargs):
        found = reach_of(*args, **kwargs)
        monkeypatch.setattr(remembered, "reach_of", reach_of)
        points.describe_point(
            point_id=city.own.point.id, valid_from=AT - timedelta(days=5), level="OTHER", by=None,
            at=clock.now(),
        )  # fmt: skip
        return found

    monkeypatch.setattr(remembered, "reach_of", reach_then_edit)
    assert of_yesterday() == Decimal("0.1229")

    assert of_yesterday() is None


def test_follow_an_edited_point(city):
    assert of_yesterday() == Decimal("0.1229")

    points.describe_point(
        point_id=city.own.point.id, valid_from=AT - timedelta(days=5), level="OTHER", by=None,
        at=clock.now(),
    )  # fmt: skip

    assert of_yesterday() is None


def test_follow_a_new_factor(city):
    assert of_yesterday() == Decimal("0.1229")

    Factor.objects.create(
        energy_type_id="ELECTRICITY", basis="CALORIFIC", kgce_per_uom="0.5", edition="another",
        clause="1", valid_from=YESTERDAY, citation="a test", verified=True, recorded_at=AT,
    )  # fmt: skip

    assert of_yesterday() == Decimal("0.5")


def test_reach_no_further_than_the_viewer(city):
    assert of_yesterday() == Decimal("0.1229")

    foreign = Viewer(
        account_id=2, units={Permission.VIEW_READINGS: frozenset({city.foreign.unit.id})}
    )
    found = statistics.outlook(viewer=foreign, at=AT, basis="CALORIFIC", days=8)

    assert found.days[-2].whole.tonnes is None
