from datetime import UTC, datetime

import pytest

from hengneng.kernel.audit.models import Entry
from hengneng.kernel.policy import operations, queries
from hengneng.kernel.policy.models import Grant
from hengneng.kernel.policy.rules import GRANTABLE, Permission

NOON = datetime(2020, 9, 30, 4, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def grant(*, unit_id=5, permission=Permission.VIEW_UNIT):
    return operations.grant(account_id=1, unit_id=unit_id, permission=permission, by=9, at=NOON)


class TestGrant:
    def test_reaches_the_unit_under_the_permission(self):
        grant(unit_id=5)
        grant(unit_id=6)
        grant(unit_id=6, permission=Permission.VIEW_READINGS)

        assert queries.grants_of(1) == {
            Permission.VIEW_UNIT: frozenset({5, 6}),
            Permission.VIEW_READINGS: frozenset({6}),
        }
        assert queries.grants_of(2) == {}

    def test_is_recorded(self):
        grant_id = grant()

        entry = Entry.objects.get()
        assert (entry.action, entry.subject, entry.by) == ("grant.given", f"grant:{grant_id}", 9)
        assert entry.details == {"account": 1, "unit": 5, "permission": "VIEW_UNIT"}

    def test_refuses_a_second_one(self):
        grant()

        with pytest.raises(operations.AlreadyGranted):
            grant()

        assert Grant.objects.count() == Entry.objects.count() == 1

    @pytest.mark.parametrize("permission", sorted(set(Permission) - GRANTABLE))
    def test_refuses_what_is_not_given_unit_by_unit(self, permission):
        with pytest.raises(operations.NotGrantable):
            grant(permission=permission)

        assert not Grant.objects.exists()


class TestEndGrant:
    def test_ends_the_reach_and_keeps_the_row(self):
        grant_id = grant()

        operations.end_grant(grant_id=grant_id, by=9, at=NOON)

        assert queries.grants_of(1) == {}
        assert Grant.objects.get().ended_at == NOON
        assert Entry.objects.get(action="grant.ended").subject == f"grant:{grant_id}"

    def test_lets_it_be_given_again(self):
        operations.end_grant(grant_id=grant(), by=9, at=NOON)

        grant()

        assert queries.grants_of(1) == {Permission.VIEW_UNIT: frozenset({5})}

    def test_refuses_one_that_has_ended(self):
        grant_id = grant()
        operations.end_grant(grant_id=grant_id, by=9, at=NOON)

        with pytest.raises(operations.NotGranted):
            operations.end_grant(grant_id=grant_id, by=9, at=NOON)
