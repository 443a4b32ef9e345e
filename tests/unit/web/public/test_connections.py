"""What anyone may know of a unit's connection, and no more."""

from urllib.parse import urlencode

import pytest
from django.core.cache import cache

from hengneng.kernel import clock
from hengneng.registry.bodies.models import Body
from hengneng.registry.units.models import Unit
from hengneng.web.public.views import connections


@pytest.fixture(autouse=True)
def no_searches_yet():
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def city(city):
    """The city, its units without English names, which hold their codes here."""
    Unit.objects.update(name_en="")
    return city


def found(client, search, **more):
    words = urlencode({"search": search})
    return client.get(f"/connections?{words}", headers={"accept-language": "en"}, **more)


class TestWhatIsTold:
    def test_name_district_and_standing(self, client, city):
        answer = found(client, "甲饭")
        (row,) = answer.context["rows"]
        assert (row.unit.code, row.districts) == (city.own.unit.code, ["310101"])
        assert (row.standing.word, row.received_at) == ("Not connected yet", None)

    def test_the_code_is_told_to_nobody(self, client, city):
        assert city.own.unit.code not in found(client, "甲饭店").text

    def test_a_whole_code_finds_its_unit_and_a_part_of_it_none(self, client, city):
        code = city.own.unit.code
        assert [row.unit.code for row in found(client, code).context["rows"]] == [code]
        assert [row.unit.code for row in found(client, code.lower()).context["rows"]] == [code]
        assert found(client, code[:17]).context["rows"] == []

    def test_one_character_lists_nobody(self, client, city):
        answer = found(client, "店")
        assert "rows" not in answer.context
        assert "Write at least two characters of the name." in answer.text

    def test_where_nobody_fits_it_says_what_to_write(self, client, city):
        assert "No unit fits." in found(client, "丙工厂").text

    def test_no_more_than_a_few_are_told(self, client, city, monkeypatch):
        monkeypatch.setattr(connections, "SHOWN_MOST", 1)
        for number in (1, 2):
            Unit.objects.create(
                code=f"CODE{number}", name=f"丙工厂{number}", created_at=clock.now()
            )
        answer = found(client, "丙工厂")
        assert [row.unit.name for row in answer.context["rows"]] == ["丙工厂1"]
        assert "More than 1 units fit." in answer.text

    def test_costs_so_many_queries_however_many_fit(self, client, city, django_assert_num_queries):
        with django_assert_num_queries(8):
            found(client, "甲饭店")


class TestPace:
    def test_whoever_searches_too_often_is_asked_to_wait(self, client, city, monkeypatch):
        monkeypatch.setattr(connections, "SEARCHES_A_MINUTE", 2)
        statuses = [found(client, "甲饭店").status_code for _ in range(3)]
        assert statuses == [200, 200, 429]
        answer = found(client, "甲饭店")
        assert "Too many look-ups from your address." in answer.text
        assert "甲饭店" not in answer.text.partition("<main")[2].replace('value="甲饭店"', "")

    def test_another_address_is_not_held_up(self, client, city, monkeypatch):
        monkeypatch.setattr(connections, "SEARCHES_A_MINUTE", 1)
        assert [found(client, "甲饭店").status_code for _ in range(2)] == [200, 429]
        assert found(client, "甲饭店", REMOTE_ADDR="192.0.2.9").status_code == 200

    def test_a_forwarded_address_counts_only_from_a_known_proxy(
        self, client, city, monkeypatch, settings
    ):
        monkeypatch.setattr(connections, "SEARCHES_A_MINUTE", 1)
        forged = {"HTTP_X_FORWARDED_FOR": "192.0.2.1"}
        assert found(client, "甲饭店", **forged).status_code == 200
        assert found(client, "甲饭店", HTTP_X_FORWARDED_FOR="192.0.2.2").status_code == 429
        settings.TERMINAL_PROXIES = frozenset({"127.0.0.1"})
        assert found(client, "甲饭店", HTTP_X_FORWARDED_FOR="192.0.2.3").status_code == 200


class TestContacts:
    def test_each_district_has_its_regulator(self, client, city):
        text = client.get("/contacts").text
        assert "黄浦区市场监督管理局" in text
        assert "徐汇区市场监督管理局" in text

    def test_a_district_without_one_says_so(self, client, city):
        Body.objects.filter(district=city.foreign.district).update(kind="ENFORCEMENT")
        assert "尚未指定" in client.get("/contacts").text

    def test_without_districts_it_says_where_they_come_from(self, client, db):
        assert "尚未录入各区信息。" in client.get("/contacts").text
