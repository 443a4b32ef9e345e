import csv
from io import StringIO

import pytest
from django.test import Client
from tests import two_districts

from hengneng.people.accounts.rules.roles import Role
from hengneng.registry.energy.models import Factor

CHECKED = """
[[edition]]
edition = "GB/T 2589-2020 official text"
clause = "annex A"
valid_from = 2021-04-01
[[edition.factor]]
energy_type = "ELECTRICITY"
basis = "CALORIFIC"
kgce_per_uom = "0.1229"
citation = "the text itself"
verified = true
"""


@pytest.fixture
def visitor(city) -> Client:
    return Client(headers={"accept-language": "en"})


@pytest.fixture
def administrator(city) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(two_districts.account(Role.ADMINISTRATOR, city.own))
    return client


class TestEnergy:
    def test_is_open_to_anyone_with_its_standing(self, visitor):
        answer = visitor.get("/energy")
        (line,) = answer.context["lines"]
        assert (str(line.calorific.kgce_per_uom), line.equivalent) == ("0.1229000000", None)
        assert "1 of 1 factors in force are not checked." in answer.text

    def test_shows_the_balance_by_edition(self, visitor):
        (edition,) = visitor.get("/energy").context["editions"]
        weights = [(row.flow, row.weight) for row in edition.weights]
        assert (edition.edition, edition.is_now) == ("GB/T 2589-2020", True)
        assert weights == [("BOUGHT", 1), ("SUPPLIED_OUT", -1)]

    def test_says_that_no_type_is_loaded(self, db):
        answer = Client(headers={"accept-language": "en"}).get("/energy")
        assert "No energy type is loaded." in answer.text
        assert "No balance is loaded." in answer.text

    def test_opens_down_to_each_factor_s_source(self, visitor):
        answer = visitor.get("/energy/ELECTRICITY")
        ((factor, is_now),) = answer.context["factors"]
        assert (factor.citation, is_now) == ("a test", True)

    def test_knows_no_other_type(self, visitor):
        assert visitor.get("/energy/PHLOGISTON").status_code == 404

    def test_is_exported_whole(self, visitor):
        answer = visitor.get("/energy/file?format=csv")
        rows = list(csv.reader(StringIO(answer.content.decode("utf-8-sig"))))
        assert rows[1] == [
            "Electricity", "kWh", "Calorific value", "0.1229", "GB/T 2589-2020", "annex A",
            "2025-12-31", "", "a test", "no",
        ]  # fmt: skip

    def test_is_exported_in_two_formats(self, visitor):
        assert visitor.get("/energy/file?format=exe").status_code == 404


class TestLoading:
    def test_lets_the_checked_value_go_first(self, administrator):
        sent = {"kind": "factors", "text": CHECKED}
        answer = administrator.post("/desk/energy/load", sent, follow=True)
        assert "Loaded: 1 factors, 0 weights, 0 energy types." in answer.text
        assert answer.context["unchecked"] == 0

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("[[edition", "The text cannot be read as records"),
            (CHECKED.replace('"0.1229"', "0.1229"), "kgce_per_uom is not a text"),
            ("x = 1", "loaded already"),
        ],
    )
    def test_says_beside_the_text_what_is_wrong(self, administrator, text, said):
        answer = administrator.post("/desk/energy/load", {"kind": "factors", "text": text})
        (error,) = answer.context["form"].errors["text"]
        assert (answer.status_code, said in error) == (422, True)
        assert Factor.objects.count() == 1

    def test_refuses_another_value_under_the_same_key(self, administrator):
        sent = {"kind": "factors", "text": CHECKED}
        administrator.post("/desk/energy/load", sent)
        other = {"kind": "factors", "text": CHECKED.replace("0.1229", "0.9")}
        assert administrator.post("/desk/energy/load", other).status_code == 422
        assert str(Factor.objects.get(verified=True).kgce_per_uom) == "0.1229000000"
