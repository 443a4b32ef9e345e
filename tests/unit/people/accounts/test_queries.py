from datetime import UTC, datetime, timedelta

import pytest
from axes.models import AccessLog

from hengneng.kernel import clock
from hengneng.kernel.policy import operations as policy
from hengneng.kernel.policy.rules import VISITOR, Permission, Viewer
from hengneng.people.accounts import operations, queries
from hengneng.people.accounts.models import Membership, Token
from hengneng.people.accounts.rules.roles import Role
from hengneng.registry.bodies.models import Body

NOON = datetime(2020, 9, 30, 4, tzinfo=UTC)
UNIT_CODE = "91310000MA1FL0001X"
READ = {Permission.VIEW_UNIT, Permission.VIEW_READINGS}
MEET = {Permission.VIEW_PERSONAL}
TELL = {Permission.REPORT_CHANGE}
KEEP = READ | {
    Permission.EDIT_REGISTRY,
    Permission.CONFIRM_POINT,
    Permission.CONFIRM_CHANGE,
    Permission.ADMIT_TERMINAL,
}
RUN = {Permission.MANAGE_ACCOUNTS, Permission.LOAD_RULES}


def viewer_with(role, **place):
    account = operations.create_account(
        name="wang", password="Correct-Horse-1", role=role, by=7, at=NOON, **place
    )
    return account.id, queries.viewer_of(account.id)


class TestViewerOf:
    @pytest.mark.parametrize(
        ("role", "body_code", "permissions"),
        [
            (Role.ADMINISTRATOR, "INSTITUTE", KEEP | RUN),
            (Role.CITY_OFFICIAL, "REGULATOR", KEEP | MEET | {Permission.PUBLISH_NOTICE}),
            (Role.INSTITUTE_ENGINEER, "INSTITUTE", KEEP | MEET),
        ],
    )
    def test_at_a_body_of_the_city_reaches_the_city(self, city, role, body_code, permissions):
        account_id, viewer = viewer_with(role, body_code=body_code)

        assert viewer == Viewer(account_id=account_id, city=frozenset(permissions))

    @pytest.mark.parametrize(
        ("body_code", "district"),
        [("REGULATOR-310101", "310101"), ("REGULATOR-AIRPORT", "SH-AIRPORT")],
    )
    def test_at_a_district_reaches_that_district(self, city, body_code, district):
        account_id, viewer = viewer_with(Role.DISTRICT_OFFICIAL, body_code=body_code)

        assert viewer == Viewer(
            account_id=account_id, districts=dict.fromkeys(KEEP | MEET, frozenset({district}))
        )

    def test_at_a_unit_reaches_that_unit(self, city):
        account_id, viewer = viewer_with(Role.ENERGY_MANAGER, unit_code=UNIT_CODE)

        assert viewer == Viewer(
            account_id=account_id, units=dict.fromkeys(READ | MEET | TELL, frozenset({city.id}))
        )

    def test_reaches_what_was_granted_until_it_ends(self, official):
        grant_id = policy.grant(
            account_id=official.id, unit_id=5, permission=Permission.VIEW_UNIT, by=7, at=NOON
        )
        granted = queries.viewer_of(official.id)
        policy.end_grant(grant_id=grant_id, by=7, at=NOON)

        assert granted.units == {Permission.VIEW_UNIT: frozenset({5})}
        assert queries.viewer_of(official.id).units == {}

    def test_without_roles_is_signed_in_and_nothing_more(self, official):
        operations.end_role(
            account_name="li", role=Role.CITY_OFFICIAL, body_code="REGULATOR", by=7, at=NOON
        )

        assert queries.viewer_of(official.id) == Viewer(account_id=official.id)

    def test_of_nobody_is_a_visitor(self, official):
        assert queries.viewer_of(None) == VISITOR
        assert queries.viewer_of(official.id + 1) == VISITOR

    def test_asks_the_database_twice(self, official, django_assert_num_queries):
        with django_assert_num_queries(2):
            queries.viewer_of(official.id)


class TestBodyActing:
    def test_is_where_a_role_that_may_is_held(self, city):
        account_id, _ = viewer_with(Role.CITY_OFFICIAL, body_code="REGULATOR")

        assert queries.body_acting(account_id, Permission.PUBLISH_NOTICE) == "REGULATOR"
        assert queries.body_acting(account_id, Permission.LOAD_RULES) is None

    def test_is_none_for_a_unit_s_people_and_after_the_role_s_end(self, city):
        manager, _ = viewer_with(Role.ENERGY_MANAGER, unit_code=UNIT_CODE)
        assert queries.body_acting(manager, Permission.VIEW_UNIT) is None

        Membership.objects.update(role=Role.CITY_OFFICIAL, unit=None, body=Body.objects.first())
        assert queries.body_acting(manager, Permission.VIEW_UNIT) is not None
        Membership.objects.update(ended_at=NOON)
        assert queries.body_acting(manager, Permission.VIEW_UNIT) is None


class TestViewerOfToken:
    def test_is_the_accounts(self, official):
        secret = operations.issue_token(account_name="li", by=7, at=NOON)

        assert queries.viewer_of_token(secret) == queries.viewer_of(official.id)

    @pytest.mark.parametrize("secret", ["", "x", "X" * 43, "令牌"])
    def test_is_nobodys_where_the_secret_is_unknown(self, official, secret):
        assert queries.viewer_of_token(secret) is None

    def test_is_remembered_for_five_seconds_and_no_longer(
        self, official, monkeypatch, django_assert_num_queries
    ):
        secret = operations.issue_token(account_name="li", by=7, at=NOON)
        monkeypatch.setattr(clock, "now", lambda: NOON)
        viewer = queries.viewer_of_token(secret)
        operations.end_token(token_id=Token.objects.get().id, by=7, at=NOON)

        monkeypatch.setattr(clock, "now", lambda: NOON + timedelta(seconds=4.999))
        with django_assert_num_queries(0):
            assert queries.viewer_of_token(secret) == viewer
        monkeypatch.setattr(clock, "now", lambda: NOON + timedelta(seconds=5))
        assert queries.viewer_of_token(secret) is None


class TestAccounts:
    def test_are_listed_with_the_roles_they_hold(self, official):
        viewer_with(Role.ENERGY_MANAGER, unit_code=UNIT_CODE)

        told = [
            (row.name, row.is_active, [held[:3] for held in row.roles])
            for row in queries.accounts()
        ]
        assert told == [
            ("li", True, [("CITY_OFFICIAL", "REGULATOR", NOON)]),
            ("wang", True, [("ENERGY_MANAGER", UNIT_CODE, NOON)]),
        ]

    def test_say_where_each_role_is_held(self, official):
        account_id, _ = viewer_with(Role.ENERGY_MANAGER, unit_code=UNIT_CODE)

        (at_unit,) = queries.account(account_id).roles
        (at_body,) = queries.account(official.id).roles
        assert (at_unit.is_unit, at_body.is_unit) == (True, False)
        assert at_body.name_en == "Shanghai Administration for Market Regulation"
        with pytest.raises(queries.UnknownAccount):
            queries.account(account_id + 1)

    def test_come_by_page(self, official, django_assert_num_queries):
        viewer_with(Role.ENERGY_MANAGER, unit_code=UNIT_CODE)
        operations.close_account(account_name="wang", by=7, at=NOON)

        with django_assert_num_queries(3):
            page = queries.account_page(size=1, page=2)
        assert ([row.name for row in page.rows], page.total) == (["wang"], 2)
        assert [row.name for row in queries.account_page(search="LI").rows] == ["li"]
        assert [row.name for row in queries.account_page(is_active=False).rows] == ["wang"]
        assert [row.name for row in queries.account_page(is_active=True).rows] == ["li"]

    def test_are_found_by_name(self, official):
        assert queries.account_by_name("li") == official
        with pytest.raises(queries.UnknownAccount):
            queries.account_by_name("Li")


def test_sign_ins_are_told_latest_first(official):
    for at, address in ((NOON, "192.0.2.7"), (NOON + timedelta(hours=1), "192.0.2.8")):
        row = AccessLog.objects.create(username="li", ip_address=address, user_agent="Browser 1")
        AccessLog.objects.filter(id=row.id).update(attempt_time=at)
    AccessLog.objects.create(username="wang", ip_address="192.0.2.9", user_agent="")

    told = queries.sign_ins("li")
    assert told == [
        (NOON + timedelta(hours=1), "192.0.2.8", "Browser 1"),
        (NOON, "192.0.2.7", "Browser 1"),
    ]
    assert queries.sign_ins("li", limit=1) == told[:1]
