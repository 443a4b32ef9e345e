"""Who sees which units, and what a page of them holds."""

from datetime import UTC, datetime

import pytest

from hengneng.kernel import clock
from hengneng.kernel.policy.rules import VISITOR, Permission, Viewer
from hengneng.registry.units import operations, queries
from hengneng.registry.units.models import Unit

AT = datetime(2026, 11, 22, 8, tzinfo=UTC)
NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
JULY = datetime(2026, 7, 1, tzinfo=UTC)
VIEW = Permission.VIEW_UNIT
CITY = Viewer(account_id=1, city=frozenset({VIEW}))
HUANGPU = Viewer(account_id=2, districts={VIEW: frozenset({"310101"})})
XUHUI = Viewer(account_id=3, districts={VIEW: frozenset({"310104"})})


@pytest.fixture(autouse=True)
def november(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: AT)


def place(unit, district, valid_from, site="1"):
    operations.place_site(
        unit_id=unit.id, site_code=site, district_code=district, valid_from=valid_from, by=7, at=AT
    )


@pytest.fixture
def moved_unit(unit, two_districts):
    place(unit, "310101", NEW_YEAR)
    place(unit, "310104", JULY)
    return unit


class TestVisibleTo:
    def test_the_city_sees_a_unit_without_a_site(self, unit):
        assert list(queries.visible_to(CITY, VIEW)) == [unit]
        assert list(queries.visible_to(HUANGPU, VIEW)) == []

    def test_the_district_of_now_sees_the_unit_and_the_former_does_not(self, moved_unit):
        assert list(queries.visible_to(XUHUI, VIEW)) == [moved_unit]
        assert list(queries.visible_to(HUANGPU, VIEW)) == []

    def test_a_unit_in_two_districts_is_seen_once_by_both(self, unit, two_districts):
        place(unit, "310101", NEW_YEAR, "1")
        place(unit, "310104", NEW_YEAR, "2")
        both = Viewer(account_id=4, districts={VIEW: frozenset({"310101", "310104"})})

        assert [list(queries.visible_to(v, VIEW)) for v in (HUANGPU, XUHUI, both)] == [[unit]] * 3

    def test_a_unit_sees_itself_only(self, unit, other_unit):
        own = Viewer(account_id=5, units={VIEW: frozenset({unit.id})})

        assert list(queries.visible_to(own, VIEW)) == [unit]

    def test_one_permission_does_not_reach_by_another(self, moved_unit):
        assert list(queries.visible_to(CITY, Permission.EDIT_REGISTRY)) == []
        assert list(queries.visible_to(XUHUI, Permission.EDIT_REGISTRY)) == []

    def test_a_visitor_sees_none(self, moved_unit):
        assert list(queries.visible_to(VISITOR, Permission.PUBLIC)) == []


class TestUnitByCode:
    def test_finds_the_unit(self, moved_unit):
        assert queries.unit_by_code(XUHUI, VIEW, moved_unit.code) == moved_unit

    def test_a_unit_out_of_reach_is_as_unknown_as_none(self, moved_unit):
        with pytest.raises(queries.UnknownUnit, match=f"no unit {moved_unit.code}"):
            queries.unit_by_code(HUANGPU, VIEW, moved_unit.code)

    def test_no_unit_has_a_code_that_cannot_be_kept(self, moved_unit):
        with pytest.raises(queries.UnknownUnit):
            queries.unit_by_code(CITY, VIEW, f"{moved_unit.code}\x00")


class TestUnitPage:
    def test_shows_the_districts_of_now(self, moved_unit, other_unit):
        page = queries.unit_page(CITY, VIEW)

        assert [(row.code, row.districts) for row in page.rows] == [
            (moved_unit.code, ("310104",)),
            (other_unit.code, ()),
        ]
        assert page.total == 2

    @pytest.mark.parametrize("search", ["乙商", "mall", "FL00024", "fl00024"])
    def test_searches_code_and_names(self, unit, other_unit, search):
        page = queries.unit_page(CITY, VIEW, search=search)

        assert ([row.id for row in page.rows], page.total) == ([other_unit.id], 1)

    def test_filters_by_district(self, moved_unit, other_unit):
        totals = [
            queries.unit_page(CITY, VIEW, district=code).total for code in ("310101", "310104")
        ]

        assert totals == [0, 1]

    def test_pages(self, unit, other_unit):
        pages = [queries.unit_page(CITY, VIEW, page=n, size=1) for n in (1, 2, 3)]

        assert [[row.id for row in page.rows] for page in pages] == [
            [unit.id],
            [other_unit.id],
            [],
        ]
        assert {page.total for page in pages} == {2}

    def test_takes_three_queries_for_a_full_page(self, db, django_assert_num_queries):
        Unit.objects.bulk_create(
            Unit(code=f"9131000000000{n:05}", name="甲", created_at=AT) for n in range(60)
        )

        with django_assert_num_queries(3):
            page = queries.unit_page(CITY, VIEW)

        assert (len(page.rows), page.total) == (50, 60)


def test_sites_lie_where_they_lay_at_the_instant(moved_unit):
    spring = datetime(2026, 4, 1, tzinfo=UTC)

    assert [site.district_id for site in queries.sites_of(moved_unit.id, at=spring)] == ["310101"]
    assert [site.district_id for site in queries.sites_of(moved_unit.id)] == ["310104"]


class TestFound:
    def test_finds_a_name_by_a_part_and_a_code_whole(self, moved_unit, other_unit):
        assert [row.id for row in queries.found(other_unit.name[:2], limit=9)] == [other_unit.id]
        assert [row.id for row in queries.found(moved_unit.code, limit=9)] == [moved_unit.id]
        assert [row.id for row in queries.found(moved_unit.code.lower(), limit=9)] == [
            moved_unit.id
        ]
        assert queries.found(moved_unit.code[:17], limit=9) == []

    def test_finds_no_more_than_asked_for(self, moved_unit, other_unit):
        Unit.objects.update(name="同名单位")
        assert [row.code for row in queries.found("同名", limit=1)] == [
            min(moved_unit.code, other_unit.code)
        ]
