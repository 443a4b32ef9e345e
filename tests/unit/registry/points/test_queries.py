"""What a unit's points are and were, and who may ask."""

from datetime import UTC, date, datetime
from fractions import Fraction

import pytest

from hengneng.kernel import clock
from hengneng.kernel.facts.models import Tail
from hengneng.kernel.policy.rules import Permission, Viewer
from hengneng.registry.points import operations, queries

AT = datetime(2026, 11, 22, 8, tzinfo=UTC)
NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
APRIL = datetime(2026, 4, 1, tzinfo=UTC)
JULY = datetime(2026, 7, 1, tzinfo=UTC)
VIEW = Permission.VIEW_READINGS
CODE = "N:0000000002330011"


@pytest.fixture(autouse=True)
def november(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: AT)


@pytest.fixture
def point_with_a_new_ratio(fed_point):
    operations.describe_point(
        point_id=fed_point.id, valid_from=APRIL, ratio=Fraction(40), by=7, at=AT
    )
    return fed_point


class TestPointsOf:
    def test_shows_each_point_as_it_is_at_the_instant(self, unit, point_with_a_new_ratio):
        now = queries.points_of(unit.id)
        march = queries.points_of(unit.id, at=datetime(2026, 3, 1, tzinfo=UTC))

        assert [(row.code, row.ratio, row.key) for row in now] == [("E-01", Fraction(40), CODE)]
        assert [row.ratio for row in march] == [Fraction(1)]
        assert queries.points_of(unit.id, at=datetime(2025, 12, 31, tzinfo=UTC)) == []

    def test_two_queries_for_any_number_of_points(
        self, unit, make_point, django_assert_num_queries
    ):
        for number in range(5):
            make_point(f"E-{number}")

        with django_assert_num_queries(2):
            assert len(queries.points_of(unit.id)) == 5


class TestPointsBetween:
    def test_shows_each_point_as_it_was_last_in_that_time(self, unit, point_with_a_new_ratio):
        may = datetime(2026, 5, 1, tzinfo=UTC)

        def ratios(first, until):
            found = queries.points_between(unit.id, first, until)
            return [(row.code, row.ratio, row.key) for row in found]

        assert ratios(NEW_YEAR, APRIL) == [("E-01", Fraction(1), CODE)]
        assert ratios(NEW_YEAR, may) == [("E-01", Fraction(40), CODE)]
        assert ratios(datetime(2025, 1, 1, tzinfo=UTC), NEW_YEAR) == []

    def test_tells_of_a_point_that_came_and_went_within_it(self, unit, make_point):
        make_point(valid_until=APRIL)
        assert queries.points_of(unit.id, at=JULY) == []
        assert [row.code for row in queries.points_between(unit.id, NEW_YEAR, JULY)] == ["E-01"]
        assert queries.points_between(unit.id, APRIL, JULY) == []


class TestTimelines:
    def test_two_queries_for_any_number_of_points(
        self, unit, make_point, django_assert_num_queries
    ):
        points = [make_point(f"E-{number}") for number in range(5)]

        with django_assert_num_queries(2):
            timelines = queries.timelines(unit.id)

        assert [(t.point_id, t.code) for t in timelines] == [(p.id, p.code) for p in points]

    def test_as_of_shows_what_was_believed_then(self, unit, fed_point):
        before = Tail.objects.get(name="fact").recorded_at
        operations.feed_point(point_id=fed_point.id, key=None, valid_from=JULY, by=7, at=AT)

        believed = [
            [
                (s.valid_from, s.key)
                for t in queries.timelines(unit.id, as_of=as_of)
                for s in t.spans
            ]
            for as_of in (before, None)
        ]
        assert believed == [[(NEW_YEAR, CODE)], [(NEW_YEAR, CODE), (JULY, None)]]

    def test_another_units_points_are_not_among_them(self, fed_point, other_unit):
        assert queries.timelines(other_unit.id) == []


class TestPointById:
    def test_finds_the_point_within_reach(self, unit, fed_point):
        own = Viewer(account_id=5, units={VIEW: frozenset({unit.id})})

        assert queries.point_by_id(own, VIEW, fed_point.id).code == "E-01"

    def test_a_point_out_of_reach_is_as_unknown_as_none(self, fed_point, other_unit):
        other = Viewer(account_id=6, units={VIEW: frozenset({other_unit.id})})

        with pytest.raises(queries.UnknownPoint, match=f"no point {fed_point.id}"):
            queries.point_by_id(other, VIEW, fed_point.id)

    def test_an_ended_point_is_shown_as_it_was_last(self, unit, make_point):
        ended = make_point(valid_until=APRIL)
        city = Viewer(account_id=1, city=frozenset({VIEW}))

        assert queries.point_by_id(city, VIEW, ended.id).valid_until == APRIL
        assert queries.points_of(unit.id) == []


def test_proposals_await_those_who_may_confirm(unit, other_unit):
    for of_unit in (unit, other_unit):
        operations.propose(unit_id=of_unit.id, key=CODE, name="全厂-电力", configuration={}, at=AT)
    confirm = Viewer(account_id=5, units={Permission.CONFIRM_POINT: frozenset({unit.id})})
    reader = Viewer(account_id=6, units={VIEW: frozenset({unit.id})})

    assert [row.unit_code for row in queries.awaiting(confirm)] == [unit.code]
    assert queries.awaiting(reader) == []


class TestSiblingsOn:
    def siblings(self, unit, day=date(2026, 5, 5), **asked):
        """Return the groups of siblings on a day, each with all its points."""
        (beside,) = queries.siblings_on(unit.id, [day], **asked).values()
        return sorted({tuple(sorted({one, *others})) for one, others in beside.items()})

    def test_hang_under_the_same_point_or_at_the_boundary(self, unit, make_point):
        main, spare = make_point("M"), make_point("S")
        below = [make_point(f"B{n}", level="LEVEL_2", parent_id=main.id) for n in range(2)]
        other = make_point("O", level="LEVEL_2", parent_id=spare.id)

        assert self.siblings(unit) == [
            (main.id, spare.id), tuple(one.id for one in below), (other.id,),
        ]  # fmt: skip

    def test_meter_the_same_energy_going_the_same_way(self, unit, make_point):
        points = [
            make_point("E"), make_point("S", flow="STORED"),
            make_point("G", energy_type_id="NATURAL_GAS"),
        ]  # fmt: skip

        assert self.siblings(unit) == [(one.id,) for one in points]

    def test_are_not_those_of_which_nobody_said_where_they_hang(self, unit, make_point):
        for n in range(2):
            make_point(f"B{n}", level="LEVEL_2")

        assert self.siblings(unit) == []

    def test_are_those_of_the_day_and_of_the_belief(self, unit, make_point):
        main, spare = make_point("M"), make_point("S")
        before = Tail.objects.get(name="fact").recorded_at
        operations.describe_point(point_id=spare.id, valid_from=APRIL, flow="STORED", by=7, at=AT)

        assert self.siblings(unit, date(2026, 3, 31)) == [(main.id, spare.id)]
        assert self.siblings(unit) == [(main.id,), (spare.id,)]
        assert self.siblings(unit, as_of=before) == [(main.id, spare.id)]

    def test_one_query_for_any_number_of_days(self, unit, make_point, django_assert_num_queries):
        make_point("M")
        days = [date(2026, 5, day) for day in range(1, 20)]

        with django_assert_num_queries(1):
            assert set(queries.siblings_on(unit.id, days)) == set(days)
