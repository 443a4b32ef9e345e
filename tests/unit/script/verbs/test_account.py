import getpass
import io
import json

import pytest

from hengneng.kernel.audit.models import Entry
from hengneng.people.accounts.models import Account, Membership
from hengneng.people.accounts.operations import WeakPassword
from hengneng.people.accounts.queries import account_by_name
from hengneng.script.verbs import account

UNIT_CODE = "91310000MA1FL0001X"
PASSWORD = "Correct-Horse-1"


@pytest.fixture
def password_file(tmp_path):
    path = tmp_path / "password"
    path.write_text(f"{PASSWORD}\nanother line\n")
    return str(path)


class Terminal(io.StringIO):
    """A standard input that a person types into."""

    def isatty(self):
        return True


@pytest.fixture
def typed(monkeypatch):
    """Type these answers, one a prompt."""

    def answers(*given):
        left = list(given)
        monkeypatch.setattr("sys.stdin", Terminal())
        monkeypatch.setattr(getpass, "getpass", lambda _prompt: left.pop(0))

    return answers


class TestCreate:
    @pytest.mark.parametrize("role", ["city_official", "CITY_OFFICIAL"])
    def test_makes_an_account_at_a_body(self, verb, password_file, role):
        told = verb(
            "account", "create", "wang", "--role", role, "--body", "REGULATOR",
            "--password-file", password_file,
        )  # fmt: skip

        assert told == (0, "account wang created: city_official at REGULATOR\n")
        assert account_by_name("wang").check_password(PASSWORD)
        assert Membership.objects.get().body_id == "REGULATOR"

    def test_makes_an_account_at_a_unit(self, verb, city, password_file):
        verb(
            "account", "create", "wang", "--role", "energy_manager", "--body", UNIT_CODE,
            "--password-file", password_file,
        )  # fmt: skip

        assert Membership.objects.get().unit_id == city.id

    def test_names_the_user_of_the_script_in_the_entry(self, verb, password_file):
        verb(
            "account", "create", "wang", "--role", "city_official", "--body", "REGULATOR",
            "--password-file", password_file,
        )  # fmt: skip

        entry = Entry.objects.latest("sequence")
        assert (entry.action, entry.by) == ("account.created", None)
        assert entry.details["by_script"] == "li"

    def test_takes_a_password_typed_twice(self, verb, typed):
        typed(PASSWORD, PASSWORD)

        verb("account", "create", "wang", "--role", "city_official", "--body", "REGULATOR")

        assert account_by_name("wang").check_password(PASSWORD)

    def test_refuses_two_that_differ(self, verb, typed):
        typed(PASSWORD, PASSWORD + "x")

        with pytest.raises(account.NoPassword, match="differ"):
            verb("account", "create", "wang", "--role", "city_official", "--body", "REGULATOR")

        assert not Account.objects.exists()

    def test_takes_a_password_piped_in(self, verb, monkeypatch):
        monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\n"))

        verb("account", "create", "wang", "--role", "city_official", "--body", "REGULATOR")

        assert account_by_name("wang").check_password(PASSWORD)

    def test_refuses_where_nothing_is_piped_in(self, verb):
        with pytest.raises(account.NoPassword, match="--password-file"):
            verb("account", "create", "wang", "--role", "city_official", "--body", "REGULATOR")

    def test_says_what_is_wrong_with_a_password(self, verb, monkeypatch):
        monkeypatch.setattr("sys.stdin", io.StringIO("Ab1\n"))

        with pytest.raises(WeakPassword) as refused:
            verb("account", "create", "wang", "--role", "city_official", "--body", "REGULATOR")

        assert str(refused.value) == "not a password: it has fewer than 8 characters"
        assert WeakPassword in account.ANTICIPATED


class TestOtherActions:
    @pytest.fixture
    def wang(self, verb, password_file):
        verb(
            "account", "create", "wang", "--role", "city_official", "--body", "REGULATOR",
            "--full-name", "王", "--password-file", password_file,
        )  # fmt: skip
        return account_by_name("wang")

    def test_give_and_end_roles(self, verb, wang):
        at = ("wang", "--role", "district_official", "--body", "REGULATOR-310101")

        assert verb("account", "add-role", *at) == (
            0,
            "account wang is now district_official at REGULATOR-310101\n",
        )
        assert verb("account", "end-role", *at) == (
            0,
            "account wang is no longer district_official at REGULATOR-310101\n",
        )
        assert Membership.objects.filter(ended_at=None).get().role == "CITY_OFFICIAL"

    def test_set_a_password(self, verb, wang, typed):
        typed("Battery-Staple-2", "Battery-Staple-2")

        verb("account", "password", "wang")

        wang.refresh_from_db()
        assert wang.check_password("Battery-Staple-2")

    def test_close(self, verb, wang):
        assert verb("account", "close", "wang") == (0, "account wang is closed\n")
        wang.refresh_from_db()
        assert not wang.is_active

    def test_list_the_accounts(self, verb, wang):
        _, told = verb("account", "list")
        _, as_json = verb("account", "list", "--json")

        assert told.startswith("wang  王  ")
        assert told.endswith("  city_official at REGULATOR\n")
        assert [(row["name"], row["roles"]) for row in json.loads(as_json)] == [
            ("wang", [{"role": "CITY_OFFICIAL", "place": "REGULATOR"}])
        ]

    def test_list_the_roles_and_where_they_are_held(self, verb):
        _, told = verb("account", "roles")

        assert "district_official: held at a district regulator\n  REGULATOR-310101  " in told
        assert "energy_manager: held at a unit\n  the unit's 18-character" in told
