"""Today so far and what it compares with are remembered, and never longer than it is true."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from tests import two_districts

from hengneng.insight.statistics import queries as statistics
from hengneng.insight.statistics.queries import today
from hengneng.kernel import clock
from hengneng.kernel.policy.rules import Permission, Viewer
from hengneng.registry.points import operations as points
from hengneng.telemetry.consumption.models import ConsumptionDay, Profile, Revision

CITY = Viewer(account_id=1, city=frozenset({Permission.VIEW_READINGS}))
AT = datetime(2026, 3, 12, 4, tzinfo=UTC)  # noon in the city
TODAY, YESTERDAY = date(2026, 3, 12), date(2026, 3, 11)
MORNING = 48  # slots over at noon


def tell(place, day, value, revision=1):
    """Write a day of equal slots, as a recompute does; today's until a quarter past noon."""
    known = 96 if day < TODAY else MORNING + 1
    values, marks = [value] * known + [None] * (96 - known), "M" * known + "." * (96 - known)
    Profile.objects.update_or_create(
        unit_id=place.unit.id, day=day, point_id=place.point.id,
        defaults={"slot_seconds": 900, "scale": 0, "values": values, "marks": marks},
    )  # fmt: skip
    Revision.objects.update_or_create(
        unit_id=place.unit.id, day=day, defaults={"revision": revision, "computed_at": AT}
    )


@pytest.fixture
def city(db):
    built = two_districts.build()
    for place in (built.own, built.foreign):
        tell(place, YESTERDAY, 100)
        tell(place, TODAY, 200)
    return built


@pytest.fixture
def asked(monkeypatch):
    """Return the units whose slots were read, one entry for each time they were asked for."""
    seen = []
    pairs_of = today.slots.pairs_of

    def noting(counted, **words):
        seen.append({row.unit_id for row in counted})
        return pairs_of(counted, **words)

    monkeypatch.setattr(today.slots, "pairs_of", noting)
    return seen


def against_yesterday(viewer=CITY, at=AT):
    return statistics.live(viewer=viewer, at=at, basis="CALORIFIC").yesterday


# 1229 tce for a million: two units, so many slots, so much in each.
def tce(slots, value):
    return Decimal("0.0001229") * slots * value * 2


def test_only_what_was_worked_out_again_is_read_again(city, asked):
    against_yesterday()
    tell(city.own, TODAY, 300, revision=2)

    told = against_yesterday()

    assert asked == [{city.own.unit.id, city.foreign.unit.id}, {city.own.unit.id}]
    assert told.tonnes == tce(MORNING, 250)
    assert told.other_tonnes == tce(MORNING, 100)
    assert told.slots == 2 * MORNING


def test_nothing_is_read_again_while_nothing_changed(city, asked):
    first = against_yesterday()

    assert against_yesterday() == first
    assert asked[1:] == [set()]


def test_an_earlier_day_that_was_worked_out_again_counts_anew(city):
    against_yesterday()
    tell(city.own, YESTERDAY, 300, revision=2)

    assert against_yesterday().other_tonnes == tce(MORNING, 200)


def test_a_slot_that_has_gone_by_counts(city):
    against_yesterday()

    assert against_yesterday(at=AT + timedelta(minutes=15)).slots == 2 * (MORNING + 1)


def test_a_point_that_counts_no_more_is_left_out(city):
    against_yesterday()
    points.describe_point(
        point_id=city.own.point.id, valid_from=AT - timedelta(days=5), level="OTHER", by=None,
        at=clock.now(),
    )  # fmt: skip

    assert against_yesterday().slots == MORNING


def test_each_viewer_has_the_own_units_alone(city):
    against_yesterday()
    own = Viewer(account_id=2, units={Permission.VIEW_READINGS: frozenset({city.own.unit.id})})

    assert against_yesterday(own).slots == MORNING


def add_up(place, day, amount):
    """Write what a point's day adds up to, as a recompute does."""
    ConsumptionDay.objects.update_or_create(
        unit_id=place.unit.id, day=day, point_id=place.point.id,
        defaults={
            "amount": amount, "late": 0, "estimated": 7, "manual": 0, "supplied": 0,
            "expected": 96, "received": 40, "known": 48, "basis": "REALTIME",
        },
    )  # fmt: skip


def whole_day(viewer=CITY, district=None):
    """Return today as the board has it and as the statement of the day has it."""
    asked = {"viewer": viewer, "basis": "CALORIFIC", "district": district}
    return statistics.live(at=AT, **asked).today, statistics.city_day(day=TODAY, **asked)


def test_the_sum_of_today_is_that_of_the_day(city):
    add_up(city.own, TODAY, 1000)
    add_up(city.foreign, TODAY, 500)

    remembered, read = whole_day()

    assert remembered == read
    assert remembered.tonnes == Decimal("0.0001229") * 1500


def test_the_sum_of_today_follows_what_was_worked_out_again(city):
    add_up(city.own, TODAY, 1000)
    whole_day()
    add_up(city.own, TODAY, 3000)
    tell(city.own, TODAY, 300, revision=2)

    remembered, read = whole_day()

    assert remembered == read
    assert remembered.tonnes == Decimal("0.0001229") * 3000


def test_the_sum_of_today_follows_an_edited_point(city):
    for place in (city.own, city.foreign):
        add_up(place, TODAY, 1000)
    whole_day()
    points.describe_point(
        point_id=city.own.point.id, valid_from=AT - timedelta(hours=14), level="OTHER",
        by=None, at=clock.now(),
    )  # fmt: skip

    remembered, read = whole_day()

    assert remembered == read
    assert remembered.whole.points == 1


def test_a_districts_sum_of_today_is_its_own(city):
    for place in (city.own, city.foreign):
        add_up(place, TODAY, 1000)
    districts = sorted(code for code in whole_day()[0].districts if code)

    for district in districts:
        remembered, read = whole_day(district=district)
        assert remembered == read
        assert remembered.whole.points == 1
    assert len(districts) == 2
