"""What units declare, decided on the desk."""

import csv
from datetime import date, timedelta
from io import StringIO

import pytest
from django.urls import reverse
from tests import ledger_samples

from hengneng.kernel import clock
from hengneng.registry.declarations import operations
from hengneng.registry.declarations.models import Declaration
from hengneng.registry.declarations.rules import FacilityRun, LegalPerson
from hengneng.registry.points import operations as points
from hengneng.registry.points import queries as point_queries

MARCH = date(2026, 3, 1)


@pytest.fixture(autouse=True)
def papers(settings, tmp_path):
    settings.DATA_DIR = tmp_path


def declared(place, content, **more) -> Declaration:
    return operations.declare(
        unit_id=place.unit.id, content=content, by=None, at=clock.now(), **more
    )


@pytest.fixture
def told(city):
    """The own unit says that its point bears another name since 21 January."""
    return Declaration.objects.get(id=ledger_samples.declaration_of(city.own))


@pytest.fixture
def foreign(city):
    """The foreign unit says that it runs a port."""
    return declared(city.foreign, FacilityRun("PORT", MARCH))


@pytest.fixture
def overtaken(city, told):
    """What the own unit declares, after an official has edited the same thing."""
    points.describe_point(
        point_id=city.own.point.id, name="别名", valid_from=clock.midnight(MARCH) - timedelta(99),
        by=None, at=clock.now(),
    )  # fmt: skip
    return told


def confirm(official, there):
    """Press the button of the declaration's page as it was read."""
    seen = {"seen_at": there.declared_at.isoformat()}
    return official.post(f"/desk/declarations/{there.pk}/confirm", seen, follow=True)


class TestTheList:
    def test_shows_those_in_reach(self, told, foreign, official, district_official):
        page = official.get("/desk/declarations").text
        assert f"/desk/declarations/{told.pk}" in page
        assert f"/desk/declarations/{foreign.pk}" in page
        assert (
            f"/desk/declarations/{foreign.pk}"
            not in district_official.get("/desk/declarations").text
        )

    @pytest.mark.parametrize(
        ("words", "count"),
        [
            ("", 2),
            ("state=DECLARED", 2),
            ("state=CONFIRMED", 0),
            ("kind=FACILITY", 1),
            ("search=甲", 1),
            ("state=NONSENSE&kind=NONSENSE", 2),
        ],
    )
    def test_is_filtered_and_exported_so(self, told, foreign, official, words, count):
        assert len(official.get(f"/desk/declarations?{words}").context["rows"]) == count
        answer = official.get(f"/desk/declarations?format=csv&{words}")
        rows = list(csv.reader(StringIO(answer.content.decode("utf-8-sig"))))[1:]
        assert len(rows) == count

    def test_is_paged(self, city, official):
        for month in range(1, 13):
            for kind in ("PORT", "MALL", "HOTEL", "OFFICE", "RAIL"):
                declared(city.own, FacilityRun(kind, date(2025, month, 1)))
        assert len(official.get("/desk/declarations").context["rows"]) == 50
        assert len(official.get("/desk/declarations?page=2").context["rows"]) == 10

    def test_a_format_that_is_none_is_not_there(self, official):
        assert official.get("/desk/declarations?format=exe").status_code == 404

    def test_the_to_dos_lead_to_what_waits(self, told, foreign, official, district_official):
        for waiting in (told, foreign):
            assert f"/desk/declarations/{waiting.pk}" in official.get("/desk/").text
        assert f"/desk/declarations/{foreign.pk}" not in district_official.get("/desk/").text
        rows = official.get("/desk/?format=csv").content.decode("utf-8-sig")
        assert "Declaration" in {row[0] for row in csv.reader(StringIO(rows))}


class TestADeclaration:
    def test_is_shown_before_and_after_with_its_paper(self, told, official):
        answer = official.get(f"/desk/declarations/{told.pk}")
        (line,) = answer.context["lines"]
        assert (str(line.label), line.before, line.after, line.now) == (
            "Name", ("总表 E-01",), ("新总表",), None,
        )  # fmt: skip
        assert official.get(f"/desk/declarations/{told.pk}/proof").content == b"%PDF"

    def test_is_confirmed_and_the_registry_says_it(self, city, told, official):
        answer = confirm(official, told)
        assert "on record" in answer.text
        (point,) = point_queries.points_of(city.own.unit.id)
        assert point.name == "新总表"
        done = official.get("/desk/done").text
        assert "confirmed a declaration" in done

    def test_overtaken_it_says_what_is_on_record_now_and_offers_no_button(
        self, overtaken, official
    ):
        answer = official.get(f"/desk/declarations/{overtaken.pk}")
        assert answer.context["lines"][0].now == ("别名",)
        assert f"/desk/declarations/{overtaken.pk}/confirm" not in answer.text

    def test_overtaken_it_is_refused_with_the_reason(self, city, overtaken, official):
        answer = confirm(official, overtaken)
        assert "edited since this was declared" in answer.text
        overtaken.refresh_from_db()
        assert overtaken.state == "DECLARED"
        (point,) = point_queries.points_of(city.own.unit.id)
        assert point.name == "别名"

    def test_the_next_one_that_waits_is_led_to(self, told, foreign, official):
        page = official.get(f"/desk/declarations/{told.pk}").text
        assert f'href="/desk/declarations/{foreign.pk}"' in page
        assert "1 more waits" in page

    def test_its_point_s_day_says_that_it_waits(self, city, told, official):
        address = reverse("point-day", args=[city.own.unit.code, city.own.point.id, "2026-01-21"])
        page = official.get(address).text
        assert "not on record yet: Name: 新总表." in page
        assert f'href="/desk/declarations/{told.pk}"' in page
        confirm(official, told)
        assert "not on record yet" not in official.get(address).text

    def test_goes_back_with_a_reason_only(self, told, official):
        address = f"/desk/declarations/{told.pk}/back"
        seen = {"seen_at": told.declared_at.isoformat()}
        assert official.post(address, seen | {"reason": " "}).status_code == 422
        assert official.post(address, seen | {"reason": "请附接线图"}).status_code == 302
        told.refresh_from_db()
        assert (told.state, told.reason) == ("SENT_BACK", "请附接线图")

    def test_what_the_unit_declared_anew_unread_is_not_decided(self, told, official):
        page = official.get(f"/desk/declarations/{told.pk}")
        seen = told.declared_at.isoformat()
        assert f'name="seen_at" value="{seen}"' in page.text.replace("&#x2B;", "+")
        link = f"/desk/declarations/{told.pk}/back"
        assert link + "?seen_at=" in page.text
        asked = official.get(link, {"seen_at": seen})
        assert asked.context["form"].initial == {"seen_at": seen}
        Declaration.objects.filter(id=told.pk).update(
            declared_at=told.declared_at + timedelta(minutes=1)
        )

        assert "declared it anew since you opened it" in confirm(official, told).text
        answer = official.post(link, {"seen_at": seen, "reason": "请附接线图"})

        assert answer.status_code == 422
        assert "declared it anew since you opened it" in answer.text
        told.refresh_from_db()
        assert told.state == "DECLARED"

    @pytest.mark.parametrize("seen", [{}, {"seen_at": "yesterday"}])
    def test_nothing_is_decided_that_was_not_read(self, told, official, seen):
        address = f"/desk/declarations/{told.pk}/confirm"
        assert "since you opened it" in official.post(address, seen, follow=True).text
        told.refresh_from_db()
        assert told.state == "DECLARED"

    def test_is_decided_once(self, told, official):
        confirm(official, told)
        answer = confirm(official, told)
        assert "decided on this declaration in the meantime" in answer.text

    def test_of_a_person_is_whole_for_whoever_works_with_the_unit(self, city, official):
        there = declared(city.own, LegalPerson(MARCH), person_name="王小明")
        (line,) = official.get(f"/desk/declarations/{there.pk}").context["lines"]
        assert (line.before, line.after) == ((), ("王小明",))
        everywhere = official.get("/desk/declarations").text
        assert "kept sealed" in everywhere
        assert "王小明" not in everywhere

    def test_another_district_s_is_not_there(self, foreign, district_official):
        address = f"/desk/declarations/{foreign.pk}"
        assert district_official.get(address).status_code == 404
        assert district_official.get(f"{address}/proof").status_code == 404
        assert district_official.post(f"{address}/confirm").status_code == 404
        assert district_official.post(f"{address}/back", {"reason": "a"}).status_code == 404
        foreign.refresh_from_db()
        assert foreign.state == "DECLARED"

    def test_without_a_paper_there_is_none_to_save(self, foreign, official):
        assert official.get(f"/desk/declarations/{foreign.pk}/proof").status_code == 404


def test_an_empty_list_says_what_belongs_there(official):
    assert "No unit has declared anything yet." in official.get("/desk/declarations").text
