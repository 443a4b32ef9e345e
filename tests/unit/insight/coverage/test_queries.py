from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from tests import two_districts

from hengneng.insight.coverage import queries as coverage
from hengneng.insight.coverage.queries import Standing
from hengneng.insight.coverage.rules import freshness
from hengneng.telemetry.consumption.models import ConsumptionDay

AT = datetime(2026, 3, 12, 4, tzinfo=UTC)  # noon in the city
RULE = freshness.rule_on(AT.date())


@pytest.fixture
def city(db):
    return two_districts.build()


TODAY = date(2026, 3, 12)


def message(
    unit_id: int, received_at: datetime, sequence: int = 1, *, tells_of: date = TODAY
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO journal_messageday (unit_id, day, sequence, recorded_at)"
            " VALUES (%s, %s, %s, %s)",
            [unit_id, tells_of, sequence, received_at],
        )
        cursor.execute(
            "INSERT INTO journal_message (unit_id, recorded_at, sequence, channel, dictionary,"
            " sha256, body) VALUES (%s, %s, %s, 1, 0, '', '')",
            [unit_id, received_at, sequence],
        )


class TestStanding:
    @pytest.mark.parametrize(
        ("age", "expected"),
        [
            (timedelta(0), Standing.LIVE),
            (RULE.live_within, Standing.LIVE),
            (RULE.live_within + timedelta(seconds=1), Standing.LATE),
            (RULE.late_within, Standing.LATE),
            (RULE.late_within + timedelta(seconds=1), Standing.SILENT),
            (timedelta(days=400), Standing.SILENT),
        ],
    )
    def test_follows_the_age_of_the_last_message(self, city, age, expected):
        message(city.own.unit.id, AT - age)

        found = coverage.connections([city.own.unit.id], at=AT)[city.own.unit.id]

        assert (found.standing, found.received_at) == (expected, AT - age)

    @pytest.mark.parametrize(("days", "expected"), [(1, Standing.LIVE), (2, Standing.LATE)])
    def test_is_late_where_messages_tell_of_days_long_over_alone(self, city, days, expected):
        tells_of = TODAY - timedelta(days=days)
        message(city.own.unit.id, AT - timedelta(minutes=1), tells_of=tells_of)

        found = coverage.connections([city.own.unit.id], at=AT)[city.own.unit.id]

        assert found.standing is expected

    def test_is_never_without_a_message(self, city):
        found = coverage.connections([city.own.unit.id], at=AT)[city.own.unit.id]

        assert (found.standing, found.received_at) == (Standing.NEVER, None)

    def test_looks_at_the_last_of_many_messages_and_not_at_later_ones(self, city):
        for place, age in enumerate((40, 10, 3, -1)):
            message(city.own.unit.id, AT - timedelta(hours=age), place)

        found = coverage.connections([city.own.unit.id], at=AT)[city.own.unit.id]

        assert found.received_at == AT - timedelta(hours=3)


class TestCompleteness:
    def test_is_received_over_expected_of_the_full_days(self, city):
        for day, received in ((5, 96), (11, 48), (12, 20)):
            ConsumptionDay.objects.create(
                unit_id=city.own.unit.id, day=AT.date().replace(day=day), amount=1, late=0,
                estimated=0, manual=0, supplied=0, expected=96, received=received, known=received,
                point_id=city.own.point.id, basis="REALTIME",
            )  # fmt: skip

        found = coverage.connections([city.own.unit.id], at=AT)[city.own.unit.id]

        assert (found.points, found.received, found.expected) == (1, 144, 7 * 96)

    def test_is_unknown_where_nothing_is_expected(self, city):
        before = datetime(2025, 12, 1, tzinfo=UTC)

        found = coverage.connections([city.own.unit.id], at=before)[city.own.unit.id]

        assert (found.points, found.expected, found.completeness) == (0, 0, None)


def test_asks_five_times_for_any_number_of_units(city, django_assert_num_queries):
    with django_assert_num_queries(5):
        coverage.connections([city.own.unit.id, city.foreign.unit.id, 10**6], at=AT)


def test_nobody_is_nobody(db):
    assert coverage.connections([], at=AT) == {}
