import csv
from io import BytesIO, StringIO

from python_calamine import CalamineWorkbook
from tests import two_districts

from hengneng.registry.units.models import Unit


def names(answer) -> list[str]:
    return [unit.name for unit, _ in answer.context["rows"]]


class TestTheList:
    def test_shows_what_the_viewer_reaches(self, city, official, district_official):
        assert names(official.get("/desk/units")) == ["甲饭店", "乙商场"]
        assert names(district_official.get("/desk/units")) == ["甲饭店"]

    def test_filters_by_name_code_and_district(self, city, official):
        assert names(official.get("/desk/units?search=商场")) == ["乙商场"]
        assert names(official.get(f"/desk/units?search={city.own.unit.code}")) == ["甲饭店"]
        assert names(official.get("/desk/units?district=310104")) == ["乙商场"]

    def test_says_that_nothing_fits_the_filter(self, official):
        assert "No unit fits the filter." in official.get("/desk/units?search=zzz").text

    def test_pages_with_counts(self, city, official):
        Unit.objects.bulk_create(
            Unit(code=f"91310000MB{n:08d}", name=f"{n}", created_at=two_districts.SINCE)
            for n in range(60)
        )
        first, second = official.get("/desk/units"), official.get("/desk/units?page=2")
        assert (len(names(first)), len(names(second))) == (50, 12)
        assert "51 to 62 of 62" in second.text

    def test_takes_no_nonsense_for_a_page(self, official):
        for page in ("0", "-1", "x", "٣", "9" * 40):
            assert official.get(f"/desk/units?page={page}").status_code == 200

    def test_shows_a_name_as_text(self, city, official):
        Unit.objects.filter(id=city.own.unit.id).update(name="<script>alert(1)</script>")
        english = Unit.objects.filter(id=city.own.unit.id)
        english.update(name_en="")
        assert "<script>alert" not in official.get("/desk/units").text


class TestTheFile:
    def test_holds_what_the_filter_shows(self, official):
        answer = official.get("/desk/units/file?format=csv&search=商场")
        rows = list(csv.reader(StringIO(answer.content.decode("utf-8-sig"))))
        assert rows[0][:2] == ["Social credit code", "Name"]
        assert rows[1:] == [
            ["91310000MA1FL00024", "乙商场", "Unit 91310000MA1FL00024", "310104", "", "",
             "2026 Key energy-using unit · Thousand tier"]
        ]  # fmt: skip

    def test_holds_no_more_than_the_viewer_reaches(self, district_official):
        answer = district_official.get("/desk/units/file?format=xlsx")
        sheet = CalamineWorkbook.from_filelike(BytesIO(answer.content)).get_sheet_by_index(0)
        assert [row[1] for row in sheet.to_python()] == ["Name", "甲饭店"]

    def test_runs_no_formula(self, city, official):
        Unit.objects.filter(id=city.own.unit.id).update(name='=HYPERLINK("x")')
        answer = official.get("/desk/units/file?format=csv")
        rows = list(csv.reader(StringIO(answer.content.decode("utf-8-sig"))))
        assert rows[1][1] == '\'=HYPERLINK("x")'

    def test_knows_two_formats(self, official):
        assert official.get("/desk/units/file?format=exe").status_code == 404
