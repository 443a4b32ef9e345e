"""The editions of GB 17167: shown with their standing, loaded from the official text."""

import csv
from io import StringIO

import pytest
from django.test import Client
from tests import two_districts

from hengneng.people.accounts.rules.roles import Role
from hengneng.registry.equipment import queries as equipment

TEXT = """
edition = "GB 17167-2025"
valid_from = 2026-02-01
citation = "the printed standard, held in hand by a test"
verified = true

[[rate]]
name = "电力"
energy_types = ["ELECTRICITY"]
LEVEL_1 = "1"
LEVEL_2 = "0.9"
clause = "table 3"
citation = "a test"
verified = true
"""


@pytest.fixture
def administrator(city):
    client = Client(headers={"accept-language": "en"})
    client.force_login(two_districts.account(Role.ADMINISTRATOR, city.own))
    return client


def page(client, edition=""):
    answer = client.get(f"/desk/equipping?edition={edition}")
    assert answer.status_code == 200
    return answer


def test_shows_recollected_values_as_such(official):
    answer = page(official, "GB 17167-2006")

    assert answer.context["shown"].edition == "GB 17167-2006"
    assert "were not checked against the official text" in answer.text
    assert "100\u2009%" in answer.text
    assert "2007-01-01 – 2026-01-31" in answer.text


def test_says_that_of_an_empty_edition_only_the_name_is_known(official):
    answer = page(official, "GB 17167-2025")

    assert answer.context["shown"].is_empty()
    assert "Of GB 17167-2025 only its name and its days are known here" in answer.text
    assert "No required rate is loaded." in answer.text


def test_exports_the_rates(official):
    answer = official.get("/desk/equipping?edition=GB 17167-2006&format=csv")
    rows = list(csv.reader(StringIO(answer.content.decode("utf-8-sig"))))

    assert rows[1][1:4] == ["100\u2009%", "100\u2009%", "95\u2009%"]


def test_an_administrator_loads_the_official_text(administrator):
    answer = administrator.post("/desk/equipping/load", {"text": TEXT}, follow=True)

    assert "Loaded: GB 17167-2025 (limits: 0, rates: 1, classes: 0)." in answer.text
    (loaded,) = [one for one in equipment.rule_sets() if one.edition == "GB 17167-2025"]
    assert loaded.verified
    assert "90\u2009%" in page(administrator, "GB 17167-2025").text


def test_a_text_that_cannot_be_read_is_kept_in_the_form(administrator):
    answer = administrator.post("/desk/equipping/load", {"text": "edition = 1"})

    assert answer.status_code == 422
    assert "The text cannot be read as an edition" in answer.text
    assert "edition = 1" in answer.text


def test_only_who_loads_rules_is_led_there(official, administrator):
    assert "/desk/equipping/load" not in page(official).text
    assert "/desk/equipping/load" in page(administrator).text


def test_names_follow_the_reader_s_language(official):
    english = page(official, "GB 17167-2006").text
    chinese = official.get(
        "/desk/equipping?edition=GB 17167-2006", headers={"accept-language": "zh-hans"}
    ).text

    assert "Recoverable surplus energy" in english
    assert "Weighing instruments" in english
    assert "可回收利用的余能" not in english
    assert "可回收利用的余能" in chinese
