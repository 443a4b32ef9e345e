"""What units declared: who sees it, the list's filter and pages."""

import pytest
from tests.unit.registry.declarations.conftest import AT, MARCH, OFFICIAL

from hengneng.kernel.policy.rules import Permission, Viewer
from hengneng.registry.declarations import operations, queries
from hengneng.registry.declarations.rules import FacilityRun


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

    def test_its_unit_is_known_by_its_number(self, unit, declare):
        there = declare()
        assert queries.units_of_declarations([there.pk]) == {
            there.pk: (unit.code, "甲饭店", "E-02")
        }
