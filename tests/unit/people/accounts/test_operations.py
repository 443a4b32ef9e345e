from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from axes.models import AccessAttempt
from django.contrib.auth import authenticate, get_user
from django.test import Client, RequestFactory

from hengneng.kernel.audit import queries as audit
from hengneng.kernel.audit.models import Entry
from hengneng.people.accounts import operations, queries
from hengneng.people.accounts.models import Account, Membership, Token
from hengneng.people.accounts.rules.passwords import PasswordFault
from hengneng.people.accounts.rules.roles import Role, RoleDoesNotFit
from hengneng.registry.bodies.queries import UnknownBody
from hengneng.registry.units.queries import UnknownUnit

NOON = datetime(2020, 9, 30, 4, tzinfo=UTC)
LATER = NOON + timedelta(days=1)
UNIT_CODE = "91310000MA1FL0001X"
PASSWORD = "Correct-Horse-1"


def create(*, name="wang", password=PASSWORD, role=Role.ENERGY_MANAGER, **place):
    return operations.create_account(
        name=name,
        password=password,
        role=role,
        by=7,
        at=NOON,
        **(place or {"unit_code": UNIT_CODE}),
    )


def last_entry():
    entry = Entry.objects.latest("sequence")
    return entry.action, entry.subject, entry.by, entry.details


class TestCreateAccount:
    def test_makes_the_account_with_its_role(self, city):
        account = create()

        membership = Membership.objects.get()
        assert (membership.account_id, membership.role) == (account.id, "ENERGY_MANAGER")
        assert (membership.unit_id, membership.body_id) == (city.id, None)
        assert account.check_password(PASSWORD)
        assert PASSWORD not in account.password

    def test_writes_one_entry_without_the_password(self, city):
        before = Entry.objects.count()

        create()

        assert Entry.objects.count() == before + 1
        assert last_entry() == (
            "account.created",
            "account:wang",
            7,
            {
                "role": "ENERGY_MANAGER",
                "place": UNIT_CODE,
                "within": [["account.role_added", "account:wang"]],
            },
        )
        assert list(audit.broken_links()) == []

    def test_refuses_a_name_that_is_taken(self, official):
        with pytest.raises(operations.AccountExists):
            create(name="li")

        assert Account.objects.count() == Membership.objects.count() == 1

    @pytest.mark.parametrize("name", ["", "x", "li ming", "a" * 61, "li/ming", "li\n"])
    def test_refuses_a_name_without_the_form(self, city, name):
        with pytest.raises(operations.BadAccountName):
            create(name=name)

    @pytest.mark.parametrize("name", ["李明", "li.ming@example-1+x", "a" * 60])
    def test_takes_a_name_with_the_form(self, city, name):
        assert create(name=name).name == name

    @pytest.mark.parametrize(
        ("password", "faults"),
        [
            ("Abc-1", (PasswordFault.TOO_SHORT,)),
            ("Passw0rd", (PasswordFault.TOO_COMMON,)),
            ("Wang-12345", (PasswordFault.HOLDS_NAME,)),
        ],
    )
    def test_refuses_a_weak_password(self, city, password, faults):
        with pytest.raises(operations.WeakPassword) as refused:
            create(password=password)

        assert refused.value.faults == faults
        assert not Account.objects.exists()

    @pytest.mark.parametrize(
        ("role", "place", "error"),
        [
            (Role.DISTRICT_OFFICIAL, {"body_code": "REGULATOR"}, RoleDoesNotFit),
            (Role.CITY_OFFICIAL, {"unit_code": UNIT_CODE}, RoleDoesNotFit),
            (Role.ENERGY_MANAGER, {"body_code": "REGULATOR"}, RoleDoesNotFit),
            (Role.CITY_OFFICIAL, {}, RoleDoesNotFit),
            (
                Role.ENERGY_MANAGER,
                {"unit_code": UNIT_CODE, "body_code": "REGULATOR"},
                RoleDoesNotFit,
            ),
            (Role.CITY_OFFICIAL, {"body_code": "NOWHERE"}, UnknownBody),
            (Role.ENERGY_MANAGER, {"unit_code": "91310000MA1FL0002X"}, UnknownUnit),
        ],
    )
    def test_refuses_a_place_that_does_not_fit(self, city, role, place, error):
        with pytest.raises(error):
            operations.create_account(
                name="wang", password=PASSWORD, role=role, by=7, at=NOON, **place
            )

        assert not Account.objects.exists()
        assert not Entry.objects.filter(action__startswith="account").exists()


class TestRoles:
    def test_are_added_and_ended(self, official):
        at = {"role": Role.DISTRICT_OFFICIAL, "body_code": "REGULATOR-310101", "by": 7}
        operations.add_role(account_name="li", at=NOON, **at)
        operations.end_role(account_name="li", at=LATER, **at)

        ended = Membership.objects.get(role="DISTRICT_OFFICIAL")
        assert (ended.since_at, ended.ended_at) == (NOON, LATER)
        details = {"role": "DISTRICT_OFFICIAL", "place": "REGULATOR-310101"}
        assert last_entry() == ("account.role_ended", "account:li", 7, details)

    def test_end_at_a_unit_too(self, city):
        create()

        operations.end_role(
            account_name="wang", role=Role.ENERGY_MANAGER, unit_code=UNIT_CODE, by=7, at=LATER
        )

        assert Membership.objects.get().ended_at == LATER

    def test_are_not_held_twice_at_one_place(self, official):
        with pytest.raises(operations.AlreadyInRole):
            operations.add_role(
                account_name="li", role=Role.CITY_OFFICIAL, body_code="REGULATOR", by=7, at=NOON
            )

    def test_are_not_ended_where_they_are_not_held(self, official):
        with pytest.raises(operations.NotInRole):
            operations.end_role(
                account_name="li", role=Role.ADMINISTRATOR, body_code="REGULATOR", by=7, at=NOON
            )


class TestChangePassword:
    def test_ends_the_sessions_of_the_former_one(self, official):
        client = Client()
        client.force_login(official, backend="django.contrib.auth.backends.ModelBackend")
        request = RequestFactory().get("/")
        request.session = client.session
        assert get_user(request) == official

        operations.change_password(
            account_name="li", password="Battery-Staple-2", by=official.id, at=NOON
        )

        assert not get_user(request).is_authenticated
        assert last_entry() == ("account.password_changed", "account:li", official.id, {})

    def test_refuses_the_one_before(self, official):
        with pytest.raises(operations.WeakPassword) as refused:
            operations.change_password(account_name="li", password=PASSWORD, by=7, at=NOON)

        assert refused.value.faults == (PasswordFault.UNCHANGED,)


class TestCloseAccount:
    def test_ends_roles_tokens_and_sign_in(self, official):
        secret = operations.issue_token(account_name="li", by=7, at=NOON)

        operations.close_account(account_name="li", by=7, at=LATER)

        assert not queries.viewer_of(official.id).city
        assert queries.viewer_of_token(secret) is None
        assert sign_in("li", PASSWORD) is None
        assert Membership.objects.get().ended_at == Token.objects.get().ended_at == LATER

    def test_refuses_everything_afterwards(self, official):
        operations.close_account(account_name="li", by=7, at=LATER)

        with pytest.raises(operations.AccountClosed):
            operations.issue_token(account_name="li", by=7, at=LATER)


class TestTokens:
    def test_keep_only_the_digest_of_the_secret(self, official):
        secret = operations.issue_token(account_name="li", by=7, at=NOON)

        token = Token.objects.get()
        assert len(secret) == 43
        assert bytes(token.secret_sha256) == sha256(secret.encode()).digest()
        assert last_entry() == ("token.issued", "account:li", 7, {"token": token.id})

    def test_differ(self, official):
        issued = {operations.issue_token(account_name="li", by=7, at=NOON) for _ in range(3)}

        assert len(issued) == 3

    def test_are_not_issued_for_nobody(self, official):
        with pytest.raises(queries.UnknownAccount):
            operations.issue_token(account_name="nobody", by=7, at=NOON)

    def test_end_once(self, official):
        operations.issue_token(account_name="li", by=7, at=NOON)
        token_id = Token.objects.get().id
        operations.end_token(token_id=token_id, by=7, at=LATER)

        with pytest.raises(operations.UnknownToken):
            operations.end_token(token_id=token_id, by=7, at=LATER)

        assert Token.objects.get().ended_at == LATER


def sign_in(name, password, *, address="192.0.2.1"):
    request = RequestFactory().post("/sign-in", {"username": name}, REMOTE_ADDR=address)
    return authenticate(request, username=name, password=password)


class TestLockOut:
    def test_lets_the_right_password_in(self, official):
        assert sign_in("li", PASSWORD) == official

    def test_shuts_name_and_address_out_after_five_failures(self, official):
        for _ in range(5):
            assert sign_in("li", "wrong") is None

        assert sign_in("li", PASSWORD) is None
        assert sign_in("li", PASSWORD, address="192.0.2.2") == official

    def test_counts_only_failures_in_a_row(self, official):
        for _ in range(4):
            assert sign_in("li", "wrong") is None

        assert sign_in("li", PASSWORD) == official

    def test_ends_after_half_an_hour(self, official):
        for _ in range(5):
            sign_in("li", "wrong")
        attempt = AccessAttempt.objects.get()
        attempt.attempt_time -= timedelta(minutes=31)
        attempt.save()

        assert sign_in("li", PASSWORD) == official
