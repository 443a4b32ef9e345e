"""Accounts, for those who manage them."""

import csv
from io import StringIO

import pytest
from django.test import Client
from tests import two_districts

from hengneng.people.accounts import queries
from hengneng.people.accounts.models import Account
from hengneng.people.accounts.rules.roles import Role

PASSWORD = "Fluss-1986-Ufer"
WORDS = {
    "name": "wang", "full_name": "王工", "role": "DISTRICT_OFFICIAL", "body": "REGULATOR-310101",
    "unit": "", "password": PASSWORD, "again": PASSWORD,
}  # fmt: skip


@pytest.fixture
def administrator(city) -> Account:
    return two_districts.account(Role.ADMINISTRATOR, city.own)


@pytest.fixture
def client(administrator) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(administrator)
    return client


def roles_of(account: Account) -> list[tuple[str, str]]:
    return [(held.role, held.place) for held in queries.account(account.id).roles]


@pytest.fixture
def wang(client) -> Account:
    assert client.post("/desk/accounts/new", WORDS)["Location"] == "/desk/accounts"
    return queries.account_by_name("wang")


class TestNewAccount:
    def test_has_its_first_role_and_its_password(self, wang):
        assert roles_of(wang) == [("DISTRICT_OFFICIAL", "REGULATOR-310101")]
        assert wang.check_password(PASSWORD)

    @pytest.mark.parametrize(
        ("words", "field"),
        [
            ({"name": "w"}, "name"),
            ({"name": "somebody of 310101"}, "name"),
            ({"password": "short", "again": "short"}, "password"),
            ({"again": "other"}, "again"),
            ({"body": ""}, "body"),
            ({"unit": "91310000MA1FL00016"}, "body"),
            ({"role": "CITY_OFFICIAL"}, "role"),
            ({"role": "ENERGY_MANAGER", "body": "", "unit": "91310000MA1FL0001X"}, "unit"),
        ],
    )
    def test_says_beside_the_field_what_is_wrong(self, client, words, field):
        before = Account.objects.count()
        answer = client.post("/desk/accounts/new", WORDS | words)
        assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
        assert Account.objects.count() == before

    def test_an_energy_manager_stands_at_a_unit(self, client, city):
        at_unit = {"role": "ENERGY_MANAGER", "body": "", "unit": city.own.unit.code.lower()}
        client.post("/desk/accounts/new", WORDS | at_unit)
        held = roles_of(queries.account_by_name("wang"))
        assert held == [("ENERGY_MANAGER", city.own.unit.code)]


class TestOneAccount:
    def test_gets_a_further_role_once(self, client, wang):
        further = {"role": "DISTRICT_OFFICIAL", "body": "REGULATOR-310104", "unit": ""}
        place = f"/desk/accounts/{wang.id}"
        assert client.post(f"{place}/role", further)["Location"] == place
        assert len(roles_of(wang)) == 2
        again = client.post(f"{place}/role", further)
        assert (again.status_code, list(again.context["form"].errors)) == (422, ["role"])

    def test_loses_a_role(self, client, wang):
        held = {"role": "DISTRICT_OFFICIAL", "place": "REGULATOR-310101"}
        client.post(f"/desk/accounts/{wang.id}/role/end", held)
        assert roles_of(wang) == []
        answer = client.post(f"/desk/accounts/{wang.id}/role/end", held, follow=True)
        assert "The account does not hold that role." in answer.text

    def test_gets_another_password(self, client, wang):
        new = {"password": "Weide-2026-Steg", "again": "Weide-2026-Steg"}
        client.post(f"/desk/accounts/{wang.id}/password", new)
        wang.refresh_from_db()
        assert wang.check_password("Weide-2026-Steg")

    def test_is_closed(self, client, wang):
        client.post(f"/desk/accounts/{wang.id}/close")
        wang.refresh_from_db()
        assert (wang.is_active, roles_of(wang)) == (False, [])

    def test_one_s_own_is_not_closed(self, client, administrator):
        answer = client.post(f"/desk/accounts/{administrator.id}/close", follow=True)
        assert "This is your own account" in answer.text
        administrator.refresh_from_db()
        assert administrator.is_active

    @pytest.mark.parametrize("place", ["", "/role", "/password"])
    def test_one_that_is_not_there(self, client, place):
        assert client.get(f"/desk/accounts/999999{place}").status_code == 404

    @pytest.mark.parametrize("act", ["close", "role/end"])
    def test_nothing_is_done_to_one_that_is_not_there(self, client, act):
        assert client.post(f"/desk/accounts/999999/{act}").status_code == 404


class TestTheList:
    def test_is_searched_and_narrowed(self, client, wang):
        rows = client.get("/desk/accounts?search=王工").context["rows"]
        assert [row.name for row, _ in rows] == ["wang"]
        assert client.get("/desk/accounts?standing=closed").context["rows"] == []

    def test_is_exported_as_shown(self, client, wang):
        answer = client.get("/desk/accounts/file?format=csv&search=wang")
        _, row = csv.reader(StringIO(answer.content.decode("utf-8-sig")))
        assert (row[:3], row[4]) == (
            ["wang", "王工", "open"], "District official · 黄浦区市场监督管理局",
        )  # fmt: skip

    def test_costs_so_many_queries_however_many(self, client, wang, django_assert_num_queries):
        with django_assert_num_queries(7):
            client.get("/desk/accounts")
