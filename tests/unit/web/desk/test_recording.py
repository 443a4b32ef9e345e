"""What an official puts on record of a unit as a legal person, from its card."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from hengneng.kernel.files.models import KeptFile


@pytest.fixture
def at(city):
    return f"/desk/units/{city.own.unit.code}"


def proof():
    return SimpleUploadedFile("证明.pdf", b"%PDF-1.4 closed")


def card(client, at):
    return client.get(f"{at}/card").context["card"]


def test_a_closure_stands_on_its_proof(official, at):
    sent = {"state": "CLOSED", "since": "2026-02-01", "reason": "注销", "proof": proof()}
    answer = official.post(f"{at}/business", sent)

    assert (answer.status_code, answer["Location"]) == (302, f"{at}/card")
    business = card(official, at).business
    assert (business.state, business.reason) == ("CLOSED", "注销")
    assert business.valid_from == datetime(2026, 1, 31, 16, tzinfo=UTC)
    assert official.get(f"{at}/card/papers/{business.proof_id}").content == b"%PDF-1.4 closed"


def test_every_page_of_a_closed_unit_says_so(official, at):
    official.post(f"{at}/business", {"state": "CLOSED", "since": "2026-02-01", "proof": proof()})

    assert official.get(at).context["business"].state == "CLOSED"
    assert "Closed</span>" in official.get(f"{at}/network").text


def test_a_closure_without_proof_is_refused_beside_the_field(official, at):
    answer = official.post(f"{at}/business", {"state": "CLOSED", "since": "2026-02-01"})

    assert answer.status_code == 422
    assert answer.context["form"].errors == {
        "proof": ["A closed or suspended unit needs a document that shows it."]
    }
    assert 'value="2026-02-01"' in answer.text
    assert card(official, at).business is None


def test_a_proof_of_another_kind_is_refused_and_nothing_is_kept(official, at):
    sent = {
        "state": "CLOSED",
        "since": "2026-02-01",
        "proof": SimpleUploadedFile("a.exe", b"MZ"),
    }
    answer = official.post(f"{at}/business", sent)

    assert list(answer.context["form"].errors) == ["proof"]
    assert not KeptFile.objects.exists()


@pytest.mark.parametrize("since", ["0001-01-01", "9999-12-31", "yesterday"])
def test_a_day_that_cannot_be_is_refused(official, at, since):
    answer = official.post(f"{at}/business", {"state": "IN_BUSINESS", "since": since})

    assert list(answer.context["form"].errors) == ["since"]


def test_another_name_keeps_the_earlier_one(official, at):
    official.post(f"{at}/name", {"name": "甲酒店", "on": "2026-03-01"})

    assert [row.name for row in card(official, at).names] == ["甲酒店", "甲饭店"]


def test_the_same_name_is_refused(official, at):
    answer = official.post(f"{at}/name", {"name": "甲饭店", "on": "2026-03-01"})

    assert list(answer.context["form"].errors) == ["name"]


def test_a_merger_closes_the_other(official, at, city):
    other = city.foreign.unit.code
    sent = {
        "kind": "MERGE",
        "others": f" {other} ",
        "on": "2026-03-01",
        "document": proof(),
    }
    official.post(f"{at}/succession", sent)

    (event,) = card(official, at).events
    assert [one.code for one in event.before] == sorted([city.own.unit.code, other])
    assert [one.code for one in event.after] == [city.own.unit.code]
    gone = card(official, f"/desk/units/{other}")
    assert gone.business.state == "CLOSED"
    assert "Merged" in official.get(f"/desk/units/{other}/card").text


def test_a_district_merges_no_unit_of_another(district_official, at, city):
    sent = {
        "kind": "MERGE", "others": city.foreign.unit.code, "on": "2026-03-01",
        "document": proof(),
    }  # fmt: skip
    answer = district_official.post(f"{at}/succession", sent)

    assert list(answer.context["form"].errors) == ["others"]
    assert card(district_official, at).events == []


def test_an_event_is_taken_back_with_what_it_brought_about(official, at):
    official.post(f"{at}/name", {"name": "甲酒店", "on": "2026-03-01"})
    (event,) = card(official, at).events
    official.post(f"{at}/events/{event.id}/withdraw", {"reason": "录入有误"})

    context = official.get(f"{at}/card").context
    assert context["card"].events == []
    assert [(row.name, row.valid_until) for row in context["names"]] == [("甲饭店", None)]


def test_an_event_of_another_unit_is_not_there(official, at, city):
    official.post(f"{at}/name", {"name": "甲酒店", "on": "2026-03-01"})
    (event,) = card(official, at).events
    foreign = f"/desk/units/{city.foreign.unit.code}/events/{event.id}/withdraw"

    assert official.get(foreign).status_code == 404
    assert official.post(foreign, {"reason": "x"}).status_code == 404


def test_a_year_is_recorded_with_its_source(official, at):
    official.post(f"{at}/levels", {"year": 2025, "tce": "12000.5", "source": "能源利用状况报告"})

    (level,) = card(official, at).levels
    assert (level.year, level.tce, level.verified) == (2025, Decimal("12000.5"), False)
    assert [one.code for one in level.classes][:1] == ["CITY_KEY_UNIT"]


def test_a_units_own_people_see_no_buttons(manager, at):
    answer = manager.get(f"{at}/card")

    assert answer.context["may_edit"] is False
    assert f"{at}/business" not in answer.text


def test_a_class_names_its_text_in_the_reader_s_language(official, at):
    official.post(f"{at}/levels", {"year": "2025", "tce": "6000", "source": "the unit"})

    english = official.get(f"{at}/card").text
    chinese = official.get(f"{at}/card", headers={"accept-language": "zh-hans"}).text

    assert "Shanghai DRC, notice on resources and environment (2018) no. 2" in english
    assert "沪发改环资〔2018〕2号" not in english
    assert "沪发改环资〔2018〕2号" in chinese
    assert "上海市节约能源条例（2009年文本）" in chinese
