import logging

import pytest
from django.test import Client
from tests import two_districts

from hengneng.people.accounts.rules.roles import Role
from hengneng.web.desk.views import home


@pytest.fixture
def official(city) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(two_districts.account(Role.CITY_OFFICIAL, city.own))
    return client


class TestErrorPages:
    def test_nothing_there(self, client, db):
        answer = client.get("/nowhere", headers={"accept-language": "en"})
        assert answer.status_code == 404
        assert "There is nothing at this address" in answer.text
        assert answer["X-Request-Number"] in answer.text

    def test_not_allowed(self, client, city):
        client.force_login(two_districts.stranger("a stranger"))
        answer = client.get("/desk/")
        assert answer.status_code == 403
        assert "您的账号无权进行此操作" in answer.text

    def test_a_failure_is_logged_under_the_number_shown(self, official, monkeypatch, caplog):
        def fail(*_):
            raise RuntimeError("the row is gone")

        monkeypatch.setattr(home.terminals, "awaiting", fail)
        with caplog.at_level(logging.ERROR, "hengneng.web.parts.requests"):
            answer = official.get("/desk/")

        assert answer.status_code == 500
        assert answer["X-Request-Number"] in answer.text
        assert "the row is gone" not in answer.text
        assert f"request {answer['X-Request-Number']}: /desk/" in caplog.text

    def test_a_form_without_its_token(self, city):
        client = Client(enforce_csrf_checks=True)
        answer = client.post("/language", {"language": "en"})
        assert answer.status_code == 403
        assert answer["X-Request-Number"] in answer.text

    def test_an_unknown_language(self, client, db):
        answer = client.post("/language", {"language": "xx"})
        assert answer.status_code == 400
        assert "请求无法识别" in answer.text


def test_every_page_has_the_strict_policy(client, db):
    policy = client.get("/")["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
