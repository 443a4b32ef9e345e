"""A unit enters what it holds and bought of its fuels; the page never calls it measured."""

import csv
from datetime import date
from decimal import Decimal
from io import StringIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests import ledger_samples as samples

from hengneng.registry.energy.models import EnergyType
from hengneng.registry.fuels import queries
from hengneng.web.parts import fuels as fuel_pages

from .conftest import at

STOCK = {
    "energy_type_id": "RAW_COAL", "day": "2025-12-31", "amount": "1500", "measure": "kg",
    "determined_by": "WEIGHED",
}  # fmt: skip
PURCHASE = {
    "energy_type_id": "RAW_COAL", "paper": "F-1", "day": "2025-03-01", "amount": "100",
    "measure": "t", "supplier": "甲煤矿",
}  # fmt: skip


@pytest.fixture(autouse=True)
def papers(settings, tmp_path):
    settings.DATA_DIR = tmp_path


@pytest.fixture(autouse=True)
def coal(city):
    EnergyType.objects.create(
        code="RAW_COAL", name_zh="原煤", name_en="Raw coal", uom="t", class_code="01",
        variety_code="0100", citation="a test", verified=False,
    )  # fmt: skip


class TestStocks:
    def test_are_entered_in_kilograms_and_kept_in_tonnes(self, teller, own):
        answer = teller.post(at(own, "fuels/stocks/new"), STOCK, follow=True)

        assert "The stock is on record." in answer.text
        (row,) = queries.takings_of(own.unit.id)
        assert (row.day, row.amount, row.determined_by) == (
            date(2025, 12, 31), Decimal("1.5"), "WEIGHED",
        )  # fmt: skip
        assert "1.5\u2009t" in answer.text

    def test_are_corrected_and_taken_back(self, teller, own):
        paper = SimpleUploadedFile("盘点表.pdf", b"%PDF-1.7")
        teller.post(at(own, "fuels/stocks/new"), STOCK | {"document": paper})
        (row,) = queries.takings_of(own.unit.id)
        form = teller.get(at(own, f"fuels/stocks/{row.id}")).context["form"]
        assert [code for code, _ in form.fields["measure"].choices] == ["t", "kg"]

        sent = {"amount": "2", "measure": "t", "determined_by": "BOOKED"}
        teller.post(at(own, f"fuels/stocks/{row.id}"), sent)
        (corrected,) = queries.takings_of(own.unit.id)
        assert (corrected.amount, corrected.document_id) == (Decimal(2), row.document_id)
        # What was corrected since is not there to be corrected.
        assert teller.get(at(own, f"fuels/stocks/{row.id}")).status_code == 404

        teller.post(at(own, f"fuels/stocks/{corrected.id}/withdraw"), {"reason": "a slip"})
        assert queries.takings_of(own.unit.id) == []

    def test_on_record_are_not_written_over(self, teller, own):
        teller.post(at(own, "fuels/stocks/new"), STOCK)

        answer = teller.post(at(own, "fuels/stocks/new"), STOCK | {"amount": "2"})

        assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["day"])
        assert "is on record; correct it there." in answer.text
        assert [row.amount for row in queries.takings_of(own.unit.id)] == [Decimal("1.5")]

    @pytest.mark.parametrize(
        ("changed", "field"),
        [
            ({"amount": "-1"}, "amount"),
            ({"amount": "0.0001"}, "amount"),  # a tenth of a gram
            ({"measure": "m3"}, "measure"),
            ({"day": "2026-03-11"}, "day"),  # tomorrow
            ({"energy_type_id": "ELECTRICITY"}, "energy_type_id"),
            ({"determined_by": "GUESSED"}, "determined_by"),
        ],
    )
    def test_that_cannot_be_stay_in_the_form(self, teller, own, changed, field):
        answer = teller.post(at(own, "fuels/stocks/new"), STOCK | changed)

        assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
        assert answer.context["form"]["amount"].value() == (STOCK | changed)["amount"]
        assert queries.takings_of(own.unit.id) == []

    def test_of_today_are_taken(self, teller, own):
        teller.post(at(own, "fuels/stocks/new"), STOCK | {"day": "2026-03-10", "amount": "0"})

        assert [row.amount for row in queries.takings_of(own.unit.id)] == [Decimal(0)]

    def test_of_another_unit_are_not_there(self, teller, own, city):
        foreign = samples.taking_of(city.foreign)

        assert teller.get(at(own, f"fuels/stocks/{foreign}")).status_code == 404
        assert teller.post(at(city.foreign, "fuels/stocks/new"), STOCK).status_code == 404

    def test_are_not_the_officials_to_enter(self, official, own):
        assert official.post(at(own, "fuels/stocks/new"), STOCK).status_code == 403


class TestPurchases:
    def test_are_entered_corrected_and_taken_back(self, teller, own):
        teller.post(at(own, "fuels/purchases/new"), PURCHASE)
        (row,) = queries.purchases_of(own.unit.id)
        assert (row.paper, row.amount, row.supplier) == ("F-1", Decimal(100), "甲煤矿")

        sent = {"day": "2025-03-02", "amount": "90", "measure": "t", "supplier": "甲煤矿"}
        teller.post(at(own, f"fuels/purchases/{row.id}"), sent)
        (row,) = queries.purchases_of(own.unit.id)
        assert (row.paper, row.day, row.amount) == ("F-1", date(2025, 3, 2), Decimal(90))

        teller.post(at(own, f"fuels/purchases/{row.id}/withdraw"), {"reason": "a slip"})
        assert queries.purchases_of(own.unit.id) == []

    def test_of_two_suppliers_may_bear_one_number(self, teller, own):
        teller.post(at(own, "fuels/purchases/new"), PURCHASE)
        teller.post(
            at(own, "fuels/purchases/new"), PURCHASE | {"supplier": "乙煤矿", "amount": "20"}
        )

        told = {row.supplier: row.amount for row in queries.purchases_of(own.unit.id)}
        assert told == {"甲煤矿": Decimal(100), "乙煤矿": Decimal(20)}

    def test_of_a_known_paper_are_not_written_over(self, teller, own):
        teller.post(at(own, "fuels/purchases/new"), PURCHASE)

        answer = teller.post(at(own, "fuels/purchases/new"), PURCHASE | {"amount": "20"})

        assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["supplier"])
        assert [row.amount for row in queries.purchases_of(own.unit.id)] == [Decimal(100)]

    def test_without_a_reason_stay(self, teller, own):
        teller.post(at(own, "fuels/purchases/new"), PURCHASE)
        (row,) = queries.purchases_of(own.unit.id)

        answer = teller.post(at(own, f"fuels/purchases/{row.id}/withdraw"), {"reason": " "})

        assert (answer.status_code, len(queries.purchases_of(own.unit.id))) == (422, 1)


class TestThePage:
    @pytest.fixture
    def coal_year(self, teller, own):
        teller.post(at(own, "fuels/stocks/new"), STOCK | {"day": "2024-12-31", "amount": "500"})
        teller.post(at(own, "fuels/stocks/new"), STOCK)
        teller.post(at(own, "fuels/purchases/new"), PURCHASE)

    def test_tells_what_was_used_as_entered_by_hand(self, coal_year, teller, own):
        answer = teller.get(at(own, "fuels?year=2025"))

        (row,) = answer.context["years"]
        assert row.derived == (Decimal(99), ())  # 0.5 + 100 - 1.5
        assert "Entered by hand" in answer.text
        assert "Measured" not in answer.text

    def test_tells_what_lacks(self, coal_year, teller, own):
        answer = teller.get(at(own, "fuels?year=2024"))

        assert "no stock at the beginning; no purchase on record" in answer.text

    def test_of_a_year_without_papers_says_how_to_begin(self, teller, own):
        answer = teller.get(at(own, "fuels?year=2023"))

        assert "No paper speaks of a fuel in 2023." in answer.text
        assert "No stock taking is on record." in answer.text

    def test_lists_are_exported(self, coal_year, teller, own):
        answer = teller.get(at(own, "fuels/purchases/file?format=csv"))
        rows = list(csv.reader(StringIO(answer.content.decode("utf-8-sig"))))
        assert rows[1] == ["Raw coal", "2025-03-01", "100", "t", "F-1", "甲煤矿"]

        answer = teller.get(at(own, "fuels/stocks/file?format=csv"))
        rows = list(csv.reader(StringIO(answer.content.decode("utf-8-sig"))))
        assert [row[2] for row in rows[1:]] == ["1.5", "0.5"]

    def test_shows_each_list_by_pages_of_its_own(self, teller, own, monkeypatch):
        monkeypatch.setattr(fuel_pages, "PAGE_SIZE", 2)
        for day in ("01", "02", "03"):
            asked = {"day": f"2025-03-{day}"}
            teller.post(at(own, "fuels/stocks/new"), STOCK | asked)
            teller.post(at(own, "fuels/purchases/new"), PURCHASE | asked | {"paper": f"F-{day}"})

        first = teller.get(at(own, "fuels?year=2025"))
        second = teller.get(at(own, "fuels?year=2025&purchases=2"))
        beyond = teller.get(at(own, "fuels?stocks=9"))

        assert [row.day.day for row in first.context["takings"]] == [3, 2]
        assert "?year=2025&amp;stocks=2" in first.text
        assert [row.paper for row in second.context["purchases"]] == ["F-01"]
        assert [row.day.day for row in second.context["takings"]] == [3, 2]
        assert [row.day.day for row in beyond.context["takings"]] == [1]
        file = teller.get(at(own, "fuels/purchases/file?format=csv"))
        assert len(file.content.decode("utf-8-sig").splitlines()) == 4

    def test_its_papers_are_saved(self, teller, own):
        paper = SimpleUploadedFile("盘点表.pdf", b"%PDF-1.7")
        teller.post(at(own, "fuels/stocks/new"), STOCK | {"document": paper})
        (row,) = queries.takings_of(own.unit.id)

        answer = teller.get(at(own, f"fuels/papers/{row.document_id}"))

        assert answer.content == b"%PDF-1.7"
        assert answer["Content-Disposition"].startswith("attachment")
        assert teller.get(at(own, f"fuels/papers/{row.document_id + 1}")).status_code == 404

    @pytest.mark.parametrize(("year", "is_told"), [(2025, True), (2023, False)])
    def test_the_consumption_says_that_papers_are_not_in_its_sums(
        self, coal_year, teller, own, year, is_told
    ):
        page = teller.get(at(own, f"consumption?year={year}")).text

        assert ("are not in these sums; form B.10 joins both." in page) is is_told
