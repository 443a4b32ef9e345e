"""A unit's forms: one by one, and all of them as a package."""

import io
from datetime import UTC, date, datetime

import pytest
import python_calamine

from hengneng.kernel import clock
from hengneng.kernel.documents import paper
from hengneng.kernel.jobs import operations as progress
from hengneng.reporting.ledgers import operations
from hengneng.reporting.ledgers.models import Package

AT = datetime(2026, 11, 23, 4, tzinfo=UTC)


@pytest.fixture(autouse=True)
def own_data_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


@pytest.fixture
def page(city):
    return f"/desk/units/{city.own.unit.code}/ledger"


@pytest.fixture
def made(city, monkeypatch):
    """The own unit's package, made with a PDF that took no typesetter."""
    monkeypatch.setattr(paper, "pdf", lambda document: b"%PDF-1.7")
    package_id = operations.ask_for_package(
        unit_id=city.own.unit.id, on=date(2026, 1, 31), year=2025, by=None, at=AT
    )
    operations.make_package(package_id=package_id, at=AT)
    return package_id


class TestForms:
    def test_are_listed_with_their_standing(self, page, official):
        answer = official.get(page)

        assert answer.status_code == 200
        assert answer.text.count("not compared with the text") == 12
        assert answer.text.count(f'href="{page}/B.') == 10
        assert "in the package" in answer.text

    @pytest.mark.parametrize("number", [f"B.{n}" for n in range(1, 11)])
    def test_each_table_is_a_workbook(self, page, official, number):
        answer = official.get(f"{page}/{number}")

        book = python_calamine.load_workbook(io.BytesIO(answer.content))
        assert book.sheet_names == [number]
        assert answer["Content-Disposition"].startswith("attachment;")

    @pytest.mark.parametrize(
        "address",
        ["/B.11", "/fig-B.1", "/B.3?on=2999-01-01", "/B.3?on=x", "/B.3?year=x", "/B.3?year=99999",
         "/B.3?on=2001-01-01&year=2000"],
    )  # fmt: skip
    def test_what_is_not_there_is_not_there(self, page, official, address):
        assert official.get(f"{page}{address}").status_code == 404


class TestAskPackage:
    def test_asks_for_one_and_shows_how_far_it_is(self, page, official):
        answer = official.post(f"{page}/ask", {"on": "2026-01-31", "year": "2025", "next": page})

        package = Package.objects.get()
        assert (package.stood_on, package.year) == (date(2026, 1, 31), 2025)
        assert answer["Location"] == page
        assert "0 of 9 parts" in official.get(page).text
        progress.advance(progress_id=package.progress_id, count=3)
        assert "3 of 9 parts" in official.get(page).text

    @pytest.mark.parametrize(
        ("on", "year", "said"),
        [("", "2025", "Say a day and a year."), ("2026-02-30", "2025", "Say a day and a year."),
         ("2026-01-31", "²", "Say a day and a year."), ("2999-01-01", "2025", "has not come"),
         ("2026-01-31", "2027", "has not come"), ("2001-01-01", "2000", "No edition")],
    )  # fmt: skip
    def test_refuses_with_a_reason(self, page, official, on, year, said):
        sent = {"on": on, "year": year, "next": page}
        answer = official.post(f"{page}/ask", sent, follow=True)

        assert said in answer.text
        assert not Package.objects.exists()

    def test_refuses_the_same_twice(self, page, official):
        sent = {"on": "2026-01-31", "year": "2025", "next": page}
        official.post(f"{page}/ask", sent)

        assert "being made already" in official.post(f"{page}/ask", sent, follow=True).text

    def test_a_failure_is_shown_with_its_reason(self, page, official):
        official.post(f"{page}/ask", {"on": "2026-01-31", "year": "2025"})
        progress.fail(
            progress_id=Package.objects.get().progress_id, reason="no such font", at=clock.now()
        )

        assert "no such font" in official.get(page).text


class TestPackageFile:
    def test_the_pdf_and_the_workbook_are_handed_out(self, made, page, official):
        pdf = official.get(f"/desk/packages/{made}/pdf")
        workbook = official.get(f"/desk/packages/{made}/xlsx")

        assert (pdf.content, pdf["Content-Type"]) == (b"%PDF-1.7", "application/pdf")
        assert "B.10" in python_calamine.load_workbook(io.BytesIO(workbook.content)).sheet_names
        assert f"/desk/packages/{made}/pdf" in official.get(page).text

    def test_one_that_is_not_made_leads_to_the_page(self, page, official):
        official.post(f"{page}/ask", {"on": "2026-01-31", "year": "2025"})

        answer = official.get(f"/desk/packages/{Package.objects.get().id}/pdf")
        assert answer["Location"] == page

    def test_there_is_no_other_kind(self, made, official):
        assert official.get(f"/desk/packages/{made}/docx").status_code == 404

    def test_the_unit_may_read_its_own(self, made, manager):
        assert manager.get(f"/desk/packages/{made}/pdf").status_code == 200

    def test_another_district_may_not(self, city, official, district_official):
        foreign = operations.ask_for_package(
            unit_id=city.foreign.unit.id, on=date(2026, 1, 31), year=2025, by=None, at=AT
        )

        assert official.get(f"/desk/packages/{foreign}/pdf").status_code == 302
        assert district_official.get(f"/desk/packages/{foreign}/pdf").status_code == 404
