"""Factors and weights of a span of days: the same as day by day, in one query."""

from datetime import UTC, date, datetime, timedelta

import pytest

from hengneng.registry.energy import operations, queries

FIRST, UNTIL = date(2021, 3, 30), date(2021, 4, 3)
DAYS = [FIRST + timedelta(days=n) for n in range(4)]


@pytest.fixture
def shipped_rules(db):
    operations.load_rules(by=None, at=datetime(2026, 11, 22, 8, tzinfo=UTC))


@pytest.fixture
def a_weight_for_one_day_only(shipped_rules):
    queries.BalanceWeight.objects.create(
        flow="GENERATED", weight=1, edition="a city's own rule", clause="1",
        valid_from=date(2021, 3, 31), valid_until=date(2021, 4, 1), citation="test", verified=True,
        recorded_at=datetime(2026, 11, 22, 8, tzinfo=UTC),
    )  # fmt: skip


@pytest.mark.parametrize("basis", ["CALORIFIC", "EQUIVALENT"])
def test_factors_over_a_change_of_edition(shipped_rules, basis, django_assert_num_queries):
    with django_assert_num_queries(1):
        over = queries.factors_over(basis, FIRST, UNTIL)

    assert over == {day: queries.factors_on(basis, day) for day in DAYS}
    assert over[DAYS[0]] != over[DAYS[3]]


def test_balance_over_a_change(a_weight_for_one_day_only, django_assert_num_queries):
    with django_assert_num_queries(1):
        over = queries.balance_over(FIRST, UNTIL)

    assert over == {day: queries.balance_on(day) for day in DAYS}
    assert [over[day]["GENERATED"] for day in DAYS] == [0, 1, 0, 0]


def test_what_was_loaded_later_was_not_known_then(a_weight_for_one_day_only):
    before = datetime(2026, 11, 22, 7, tzinfo=UTC)
    after = datetime.now(UTC)

    assert queries.balance_over(FIRST, UNTIL, as_of=before) == {day: {} for day in DAYS}
    assert queries.factors_over("CALORIFIC", FIRST, UNTIL, as_of=before) == {
        day: {} for day in DAYS
    }
    assert queries.balance_over(FIRST, UNTIL, as_of=after) == queries.balance_over(FIRST, UNTIL)
    assert queries.factors_over("CALORIFIC", FIRST, UNTIL, as_of=after) == queries.factors_over(
        "CALORIFIC", FIRST, UNTIL
    )
