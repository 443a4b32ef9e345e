"""Signing in and out, the language, one's own account."""

import pytest
from django.test import Client
from tests import two_districts

from hengneng.kernel import clock
from hengneng.people.accounts import operations as accounts
from hengneng.people.accounts import queries
from hengneng.people.accounts.models import Account
from hengneng.people.accounts.rules.roles import Role

OLD, NEW = "Fluss-1986-Ufer", "Weide-2026-Steg"


@pytest.fixture
def manager(city) -> Account:
    """The own unit's energy manager, who has a password."""
    return accounts.create_account(
        name="manager", password=OLD, role=Role.ENERGY_MANAGER,
        unit_code=city.own.unit.code, by=None, at=clock.now(),
    )  # fmt: skip


def sign_in(client: Client, password: str, **more: str):
    return client.post("/sign-in", {"username": "manager", "password": password, **more})


class TestSignIn:
    def test_leads_a_unit_s_people_to_their_portal(self, client, manager):
        assert sign_in(client, OLD)["Location"] == "/portal/"

    def test_leads_to_where_one_wanted_to_go(self, client, manager):
        assert sign_in(client, OLD, next="/desk/units")["Location"] == "/desk/units"

    def test_leads_nowhere_else(self, client, manager):
        assert sign_in(client, OLD, next="https://example.org/")["Location"] == "/portal/"

    def test_does_not_tell_what_was_wrong(self, client, manager):
        known = sign_in(client, "wrong").context["form"].non_field_errors()
        unknown = client.post("/sign-in", {"username": "nobody", "password": "wrong"})
        assert known == unknown.context["form"].non_field_errors()

    def test_locks_out_in_words(self, client, manager):
        for _ in range(5):
            answer = sign_in(client, "wrong")
        assert answer.status_code == 429
        assert "登录失败次数过多" in answer.text
        assert sign_in(client, OLD).status_code == 429

    def test_an_account_without_a_role_is_told_so(self, client, city):
        client.force_login(two_districts.stranger("a stranger"))
        assert "您的账号尚未授予角色" in client.get("/").text


def test_signing_out_takes_a_post(client, manager):
    client.force_login(manager)
    assert client.get("/sign-out").status_code == 405
    assert client.post("/sign-out")["Location"] == "/"
    assert client.get("/desk/")["Location"].startswith("/sign-in")


class TestLanguage:
    def test_is_chinese_unless_the_browser_asks_for_english(self, client, db):
        assert 'lang="zh-Hans"' in client.get("/", headers={"accept-language": "fr"}).text
        assert 'lang="en"' in client.get("/", headers={"accept-language": "en-GB"}).text

    def test_is_kept_when_chosen(self, client, db):
        answer = client.post("/language", {"language": "en", "next": "/sign-in"})
        assert answer["Location"] == "/sign-in"
        shown = client.get("/", headers={"accept-language": "zh"}).text
        assert 'lang="en"' in shown


class TestOwnAccount:
    def change(self, client: Client, present: str, new: str, again: str | None = None):
        words = {"present": present, "new": new, "again": again or new}
        return client.post("/account", words)

    @pytest.fixture
    def client(self, client, manager) -> Client:
        client.force_login(manager)
        return client

    def test_changes_the_password_and_stays_signed_in(self, client, manager):
        assert self.change(client, OLD, NEW)["Location"] == "/account"
        manager.refresh_from_db()
        assert manager.check_password(NEW)
        assert client.get("/account").status_code == 200

    @pytest.mark.parametrize(
        ("present", "new", "again", "field"),
        [
            ("wrong", NEW, NEW, "present"),
            (OLD, NEW, NEW + "x", "again"),
            (OLD, "short", "short", "new"),
            (OLD, OLD, OLD, "new"),
        ],
    )
    def test_says_beside_the_field_what_is_wrong(self, client, manager, present, new, again, field):
        answer = self.change(client, present, new, again)
        assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
        manager.refresh_from_db()
        assert manager.check_password(OLD)


class TestTokens:
    @pytest.fixture
    def client(self, client, manager) -> Client:
        client.force_login(manager)
        return client

    def open(self, manager) -> list[int]:
        rows = queries.tokens(account_name=manager.name)
        return [row.id for row in rows if row.ended_at is None]

    def test_one_is_shown_once(self, client, manager):
        answer = client.post("/account/tokens")
        secret = answer.context["secret"]
        assert secret in answer.text
        assert answer["Cache-Control"] == "private, no-store"
        assert queries.viewer_of_token(secret).account_id == manager.id
        assert secret not in client.get("/account").text

    def test_one_s_own_is_ended(self, client, manager):
        client.post("/account/tokens")
        (token_id,) = self.open(manager)
        assert client.post("/account/tokens/end", {"token": token_id})["Location"] == "/account"
        assert self.open(manager) == []
        assert "已停用令牌 1 个。" in client.get("/account").text

    def test_another_s_is_not(self, client, manager):
        other = two_districts.stranger("another")
        accounts.issue_token(account_name="another", by=None, at=clock.now())
        client.post("/account/tokens/end", {"token": self.open(other)[0]})
        assert len(self.open(other)) == 1

    @pytest.mark.parametrize("token", ["", "x", "9" * 40, "0"])
    def test_nonsense_is_borne(self, client, token):
        assert client.post("/account/tokens/end", {"token": token}).status_code == 302

    def test_there_is_an_end_to_them(self, client, manager, monkeypatch):
        monkeypatch.setattr("hengneng.web.public.views.account.TOKENS_MOST", 1)
        assert client.post("/account/tokens").status_code == 200
        assert client.post("/account/tokens")["Location"] == "/account"
        assert len(self.open(manager)) == 1


class TestWhoOneIs:
    def test_roles_and_sign_ins_stand_there(self, client, manager, city):
        sign_in(client, OLD)
        answer = client.get("/account", headers={"accept-language": "zh"})
        assert "能源管理员 · 甲饭店" in answer.text
        assert [row.address for row in answer.context["sign_ins"]] == ["127.0.0.1"]

    @pytest.mark.parametrize(
        ("role", "front"),
        [
            (Role.CITY_OFFICIAL, "/desk/"),
            (Role.DISTRICT_OFFICIAL, "/desk/"),
            (Role.ADMINISTRATOR, "/desk/"),
            (Role.ENERGY_MANAGER, "/portal/"),
        ],
    )
    def test_each_role_lands_on_its_own_front(self, client, city, role, front):
        account = two_districts.account(role, city.own)
        account.set_password(OLD)
        account.save()
        answer = client.post("/sign-in", {"username": account.name, "password": OLD})
        assert answer["Location"] == front
        assert f'href="{front}"' in client.get("/").text
