import csv
from datetime import UTC, date, datetime
from decimal import Decimal
from io import StringIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests import two_districts

from hengneng.people.accounts.rules.roles import Role
from hengneng.registry.energy import operations as energy
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
            "Electricity", "kWh", "Calorific value", "0.1229", "", "", "", "", "National table",
            "GB/T 2589-2020", "annex A",
            "2025-12-31", "", "a test", "no",
        ]  # fmt: skip

    def test_is_exported_in_two_formats(self, visitor):
        assert visitor.get("/energy/file?format=exe").status_code == 404


class TestLoading:
    def test_lets_the_checked_value_go_first(self, administrator):
        sent = {"kind": "factors", "text": CHECKED}
        answer = administrator.post("/desk/energy/load", sent, follow=True)
        assert (
            "Loaded: 1 factors, 0 weights, 0 energy types, 0 heats of standard coal." in answer.text
        )
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


@pytest.fixture
def shipped(db):
    energy.load_rules(by=None, at=datetime(2026, 11, 22, 8, tzinfo=UTC))
    return Client(headers={"accept-language": "en"})


class TestShippedFactors:
    def test_energy_media_and_other_figures_stand_apart(self, shipped):
        answer = shipped.get("/energy")

        kinds = {kind: len(some) for kind, some in answer.context["kinds"]}
        assert kinds == {"ENERGY": 31, "MEDIUM": 10}
        assert len(answer.context["indicators"]) == 8
        assert "Energy media" in answer.text
        assert "Figures that are no energy" in answer.text

    def test_ranges_and_conflicts_are_shown_as_such(self, shipped):
        page, gas = shipped.get("/energy"), shipped.get("/energy/NATURAL_GAS")

        assert "range 1.1 – 1.33" in page.text
        assert "other sources give 0.0857" in " ".join(page.text.split())
        assert "range 1.1 – 1.33" in gas.text

    def test_two_editions_are_compared(self, shipped):
        asked = {"one": "GB/T 2589-2008", "other": "GB/T 2589-2020"}
        answer = shipped.get("/energy/compare", asked)

        rows = {row.type.code: row for row in answer.context["rows"]}
        assert rows["WATER"].change == Decimal("0.2571") / Decimal("0.0857") - 1
        assert rows["DIESEL"].change == 0
        assert rows["LNG"].one is None
        assert rows["LNG"].change is None
        assert "+200\u2009%" in answer.text

    def test_without_a_choice_the_two_largest_older_first(self, shipped):
        context = shipped.get("/energy/compare").context

        assert (context["one"], context["other"]) == ("GB/T 2589-2008", "GB/T 2589-2020")

    def test_an_unknown_edition_is_said_to_be_none(self, shipped):
        answer = shipped.get("/energy/compare?one=1990&other=GB/T 2589-2020")

        assert "There is no such edition" in answer.text

    def test_nothing_loaded_is_said_too(self, db):
        answer = Client(headers={"accept-language": "en"}).get("/energy/compare")

        assert "No factor is loaded." in answer.text


class TestLocalFactor:
    @pytest.fixture
    def entered(self, administrator, settings, tmp_path):
        settings.DATA_DIR = tmp_path
        return administrator.post(
            "/desk/energy/local",
            {
                "energy_type_id": "ELECTRICITY", "basis": "EQUIVALENT", "kgce_per_uom": "0.288",
                "edition": "guide 2026", "clause": "annex 1", "citation": "issued in May",
                "valid_from": "2026-01-01", "last_day": "2026-12-31", "verified": "on",
                "document": SimpleUploadedFile("guide.pdf", b"the guide"),
            },
            follow=True,
        )  # fmt: skip

    def test_is_entered_with_its_document(self, entered, visitor):
        assert "Entered: guide 2026." in entered.text
        factor = Factor.objects.get(scope="LOCAL")
        assert (factor.valid_until, factor.verified) == (date(2027, 1, 1), True)

        answer = visitor.get(f"/energy/documents/{factor.id}")

        assert answer.content == b"the guide"
        assert answer["Content-Disposition"] == 'attachment; filename="guide.pdf"'
        assert "The city&#x27;s own" in visitor.get("/energy/ELECTRICITY").text

    def test_is_withdrawn_for_a_reason(self, entered, administrator, visitor):
        factor = Factor.objects.get(scope="LOCAL")
        address = f"/desk/energy/local/{factor.id}/withdraw"

        assert administrator.post(address, {"reason": ""}).status_code == 422
        answer = administrator.post(address, {"reason": "a slip"}, follow=True)

        assert "Withdrawn: Electricity." in answer.text
        assert visitor.get(f"/energy/documents/{factor.id}").status_code == 404
        assert administrator.get(address).status_code == 404

    def test_a_national_one_is_not_withdrawn(self, administrator):
        factor = Factor.objects.get()

        answer = administrator.post(f"/desk/energy/local/{factor.id}/withdraw", {"reason": "x"})

        assert answer.status_code == 422
        assert "only those are withdrawn" in answer.text

    def test_without_a_document_nothing_is_entered(self, administrator):
        answer = administrator.post("/desk/energy/local", {"energy_type_id": "ELECTRICITY"})

        assert answer.status_code == 422
        assert not Factor.objects.filter(scope="LOCAL").exists()

    @pytest.mark.parametrize("file", ["guide.exe", "guide"])
    def test_another_kind_of_file_is_refused_beside_its_field(self, administrator, file):
        sent = {
            "energy_type_id": "ELECTRICITY", "basis": "EQUIVALENT", "kgce_per_uom": "0.288",
            "edition": "guide", "clause": "1", "citation": "x", "valid_from": "2026-01-01",
            "document": SimpleUploadedFile(file, b"1"),
        }  # fmt: skip

        answer = administrator.post("/desk/energy/local", sent)

        assert set(answer.context["form"].errors) == {"document"}
