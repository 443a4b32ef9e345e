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


class TestRestatedByAnEdition:
    def test_every_day_by_the_chosen_one(self, shipped_rules, django_assert_num_queries):
        with django_assert_num_queries(1):
            over = queries.factors_over("CALORIFIC", FIRST, UNTIL, edition="GB/T 2589-2008")

        water = [over[day]["WATER"] for day in DAYS]
        assert {(row.edition, str(row.kgce_per_uom)) for row in water} == {
            ("GB/T 2589-2008", "0.0857000000")
        }

    def test_before_it_began_as_well(self, shipped_rules):
        over = queries.factors_over("CALORIFIC", FIRST, UNTIL, edition="GB/T 2589-2020")

        assert {over[day]["WATER"].edition for day in DAYS} == {"GB/T 2589-2020"}

    def test_a_type_it_does_not_give_keeps_its_days_own(self, shipped_rules):
        over = queries.factors_over("CALORIFIC", FIRST, UNTIL, edition="GB/T 2589-2008")

        assert [over[day].get("LNG") and over[day]["LNG"].edition for day in DAYS] == [
            None, None, "GB/T 2589-2020", "GB/T 2589-2020",
        ]  # fmt: skip

    def test_of_electricity_the_equivalent_value_stays(self, shipped_rules):
        over = queries.factors_over("EQUIVALENT", FIRST, UNTIL, edition="GB/T 2589-2020")

        assert [str(over[day]["ELECTRICITY"].kgce_per_uom)[:6] for day in DAYS] == [
            "0.4040", "0.4040", "0.3055", "0.3055",
        ]  # fmt: skip
        assert {over[day]["WATER"].edition for day in DAYS} == {"GB/T 2589-2020"}

    def test_of_several_values_the_one_of_the_day_else_the_latest(self, shipped_rules):
        for first, until, value in (("2019", "2020", "0.31"), ("2020", "2021", "0.30")):
            operations.load(
                factors=f"""
[[edition]]
edition = "yearly"
clause = "1"
valid_from = {first}-04-01
valid_until = {until}-04-01
[[edition.factor]]
energy_type = "ELECTRICITY"
basis = "EQUIVALENT"
kgce_per_uom = "{value}"
citation = "a test"
verified = false
""",
                by=1,
                at=datetime(2026, 11, 22, 8, tzinfo=UTC),
            )

        values = {
            day: queries.factors_over("EQUIVALENT", day, day + timedelta(days=1), edition="yearly")[
                day
            ]["ELECTRICITY"].kgce_per_uom
            for day in (date(2019, 5, 1), date(2020, 5, 1), date(2022, 5, 1))
        }

        assert [str(value)[:4] for value in values.values()] == ["0.31", "0.30", "0.30"]

    def test_the_balance_follows_the_edition(self, a_weight_for_one_day_only):
        over = queries.balance_over(FIRST, UNTIL, edition="a city's own rule")

        assert [over[day]["GENERATED"] for day in DAYS] == [1, 1, 1, 1]
        assert [over[day]["BOUGHT"] for day in DAYS] == [1, 1, 1, 1]

    def test_an_edition_nobody_loaded_changes_nothing(self, shipped_rules):
        assert queries.factors_over("CALORIFIC", FIRST, UNTIL, edition="1990") == (
            queries.factors_over("CALORIFIC", FIRST, UNTIL)
        )

    def test_editions_are_listed_with_their_standing(self, shipped_rules):
        listed = {row.edition: row[1:] for row in queries.editions()}

        assert listed["GB/T 2589-2008"] == (date(2008, 6, 1), 30, 30)
        assert listed["GB/T 2589-2020"] == (date(2021, 4, 1), 37, 37)
