"""What units declared: who sees it, the list's filter and pages."""

import pytest
from tests.unit.registry.declarations.conftest import AT, MARCH, OFFICIAL

from hengneng.kernel.policy.rules import Permission, Viewer
from hengneng.registry.declarations import operations, queries
from hengneng.registry.declarations.rules import FacilityRun, PointChange


def send_back(there):
    operations.send_back(declaration_id=there.pk, seen_at=AT, reason="请附图", by=7, at=AT)


class TestReach:
    def test_a_foreign_units_declaration_is_not_there(self, unit, other_unit, declare):
        there = declare()
        units_reached = {Permission.EDIT_REGISTRY: frozenset({other_unit.id})}
        foreign = Viewer(account_id=5, units=units_reached)
        assert queries.awaiting(foreign) == []
        assert queries.declarations_reached(foreign, Permission.EDIT_REGISTRY) == ([], 0)
        with pytest.raises(queries.UnknownDeclaration):
            queries.declaration_by_id(foreign, Permission.EDIT_REGISTRY, there.pk)

    def test_a_list_is_filtered_and_paged(self, declare):
        first, second = declare(), declare(FacilityRun("PORT", MARCH))
        send_back(first)
        ask = queries.declarations_reached
        permission = Permission.EDIT_REGISTRY
        assert [r.id for r in ask(OFFICIAL, permission)[0]] == [second.pk, first.pk]
        wanted = queries.Wanted(state="SENT_BACK")
        assert [r.id for r in ask(OFFICIAL, permission, wanted)[0]] == [first.pk]
        assert ask(OFFICIAL, permission, queries.Wanted(kind="SITE")) == ([], 0)
        assert ask(OFFICIAL, permission, queries.Wanted(search="甲饭"))[1] == 2
        rows, total = ask(OFFICIAL, permission, page=2, size=1)
        assert ([r.id for r in rows], total) == ([first.pk], 2)
        assert queries.counts_reached(OFFICIAL, permission) == {"DECLARED": 1, "SENT_BACK": 1}

    def test_a_units_own_are_filtered_paged_and_counted(self, unit, other_unit, declare):
        first, second = declare(), declare(FacilityRun("PORT", MARCH))
        send_back(first)
        ask = queries.declarations_of
        assert [r.id for r in ask(unit.id)[0]] == [second.pk, first.pk]
        rows, total = ask(unit.id, page=2, size=1)
        assert ([r.id for r in rows], total) == ([first.pk], 2)
        assert [r.id for r in ask(unit.id, queries.Wanted(kind="FACILITY"))[0]] == [second.pk]
        assert ask(other_unit.id) == ([], 0)
        assert queries.counts_of(unit.id) == {
            ("SENT_BACK", "POINT"): 1,
            ("DECLARED", "FACILITY"): 1,
        }

    def test_the_next_one_that_waits_is_fetched_alone(self, declare, django_assert_num_queries):
        kinds = ("PORT", "MALL", "HOTEL")
        first, second, third = (declare(FacilityRun(kind, MARCH)) for kind in kinds)
        with django_assert_num_queries(2) as asked:
            row, count = queries.next_awaiting(OFFICIAL, first.pk)
        assert (row.id, count) == (second.pk, 2)
        assert asked.captured_queries[0]["sql"].endswith("LIMIT 1")
        assert queries.next_awaiting(OFFICIAL, third.pk)[0].id == first.pk
        send_back(first)
        send_back(second)
        assert queries.next_awaiting(OFFICIAL, third.pk) == (None, 0)

    def test_what_is_pending_of_points_is_one_query(
        self, unit, other_unit, declare, django_assert_num_queries
    ):
        first = declare()
        second = declare(PointChange("E-02", MARCH, level="LEVEL_1"))
        other = declare(PointChange("E-01", MARCH, name="总表"))
        done = declare(PointChange("E-02", MARCH, flow="GENERATED"))
        declare(FacilityRun("PORT", MARCH))
        operations.withdraw(declaration_id=done.pk, by=9, at=AT)
        send_back(first)
        with django_assert_num_queries(1):
            found = queries.pending_of_points(unit.id)
        assert {code: [row.id for row in rows] for code, rows in found.items()} == {
            "E-02": [first.pk, second.pk], "E-01": [other.pk],
        }  # fmt: skip
        assert queries.pending_of_points(other_unit.id) == {}

    def test_its_unit_is_known_by_its_number(self, unit, declare):
        there = declare()
        assert queries.units_of_declarations([there.pk]) == {
            there.pk: (unit.code, "甲饭店", "E-02")
        }
