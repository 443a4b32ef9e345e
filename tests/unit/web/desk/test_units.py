import csv
from datetime import timedelta
from io import BytesIO, StringIO

import pytest
from django.utils import timezone
from python_calamine import CalamineWorkbook
from tests import two_districts

from hengneng.insight.coverage.queries import Connection, Standing
from hengneng.kernel import clock
from hengneng.people.views import queries as saved
from hengneng.registry.units.models import Listing, Unit
from hengneng.web.desk import unit_list

HEARD = {"甲饭店": (Standing.LIVE, 90, timedelta(0)), "乙商场": (Standing.SILENT, 10, timedelta(3))}


def names(answer) -> list[str]:
    return [line.unit.name for line in answer.context["lines"]]


@pytest.fixture
def heard(city, monkeypatch):
    """The own unit is live and complete to nine tenths, the foreign one silent for three days."""
    rows = {
        place.unit.id: HEARD[place.unit.name]
        for place in (city.own, city.foreign)
    }  # fmt: skip

    def connections(unit_ids, *, at):
        return {
            one: Connection(one, rows[one][0], at - rows[one][2], 1, rows[one][1], 100)
            for one in unit_ids
        }

    monkeypatch.setattr(unit_list.coverage, "connections", connections)


class TestTheList:
    def test_shows_what_the_viewer_reaches(self, city, official, district_official):
        assert names(official.get("/desk/units")) == ["甲饭店", "乙商场"]
        assert names(district_official.get("/desk/units")) == ["甲饭店"]

    def test_filters_by_name_code_and_district(self, city, official):
        assert names(official.get("/desk/units?search=商场")) == ["乙商场"]
        assert names(official.get(f"/desk/units?search={city.own.unit.code}")) == ["甲饭店"]
        assert names(official.get("/desk/units?district=310104")) == ["乙商场"]

    def test_filters_by_sector_and_tier(self, city, official):
        Unit.objects.filter(id=city.own.unit.id).update(sector="宾馆饭店")
        Listing.objects.filter(unit=city.foreign.unit).update(tier="HUNDRED")
        assert names(official.get("/desk/units?sector=宾馆饭店")) == ["甲饭店"]
        assert names(official.get("/desk/units?tier=HUNDRED")) == ["乙商场"]
        assert official.get("/desk/units").context["sectors"] == ["宾馆饭店"]

    def test_filters_by_energy_type(self, official):
        assert names(official.get("/desk/units?energy=ELECTRICITY")) == ["甲饭店", "乙商场"]
        assert names(official.get("/desk/units?energy=HEAT")) == []

    def test_filters_by_standing(self, heard, official):
        assert names(official.get("/desk/units?standing=SILENT")) == ["乙商场"]
        assert names(official.get("/desk/units?standing=NEVER")) == []

    @pytest.mark.parametrize(
        ("order", "first"),
        [
            ("name", "甲饭店"),
            ("-name", "乙商场"),
            ("-district", "乙商场"),
            ("standing", "乙商场"),
            ("-standing", "甲饭店"),
            ("complete", "乙商场"),
            ("-received", "甲饭店"),
            ("tonnes", "甲饭店"),
            ("tier", "甲饭店"),
            ("pink", "甲饭店"),
        ],
    )
    def test_sorts_by_every_column(self, heard, official, order, first):
        assert names(official.get(f"/desk/units?order={order}"))[0] == first

    def test_says_how_the_columns_sort(self, official):
        text = official.get("/desk/units?order=-name").text
        assert text.count("aria-sort=") == 1
        assert 'aria-sort="descending"' in text

    def test_puts_what_is_not_known_last_either_way(self, heard, city, official):
        Unit.objects.filter(id=city.foreign.unit.id).update(sector="商业")
        assert names(official.get("/desk/units?order=sector")) == ["乙商场", "甲饭店"]
        assert names(official.get("/desk/units?order=-sector")) == ["乙商场", "甲饭店"]

    def test_says_the_filter_in_words_each_to_be_taken_out(self, official):
        answer = official.get("/desk/units?search=商场&district=310104&page=1")
        assert [(str(one.words), one.without) for one in answer.context["conditions"]] == [
            ("name or code with “商场”", "?district=310104"),
            ("310104", "?search=%E5%95%86%E5%9C%BA"),
        ]

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

    @pytest.mark.parametrize("order", ["", "?order=tonnes", "?order=-standing&tier=THOUSAND"])
    def test_costs_the_same_however_long_it_is(
        self, city, official, order, django_assert_max_num_queries
    ):
        Unit.objects.bulk_create(
            Unit(code=f"91310000MB{n:08d}", name=f"{n}", created_at=two_districts.SINCE)
            for n in range(300)
        )
        with django_assert_max_num_queries(22):
            official.get(f"/desk/units{order}")


class TestViews:
    def test_are_kept_under_a_name(self, city, official):
        words = {"name": "徐汇", "query": "district=310104&page=7&pink=1&order=-tonnes"}
        answer = official.post("/desk/units/views", words | {"next": "/desk/units"})
        assert answer["Location"] == "/desk/units"
        (view,) = official.get("/desk/units").context["views"]
        assert (view.name, view.query) == ("徐汇", "district=310104&order=-tonnes")

    def test_are_forgotten(self, city, official):
        official.post("/desk/units/views", {"name": "徐汇", "query": "district=310104"})
        (view,) = official.get("/desk/units").context["views"]
        official.post(f"/desk/units/views/{view.id}/forget")
        assert official.get("/desk/units").context["views"] == []

    def test_of_others_stay(self, city, official, manager):
        official.post("/desk/units/views", {"name": "徐汇", "query": ""})
        (view,) = official.get("/desk/units").context["views"]
        assert manager.post(f"/desk/units/views/{view.id}/forget").status_code == 302
        assert official.get("/desk/units").context["views"] == [view]

    def test_without_a_name_are_not_kept(self, official):
        answer = official.post("/desk/units/views", {"name": " ", "query": ""}, follow=True)
        assert "Give the view a name of at most 40 characters." in answer.text
        assert saved.saved_views(answer.wsgi_request.user.pk, "units") == []


class TestTheFile:
    def test_holds_what_the_filter_shows(self, heard, official):
        answer = official.get("/desk/units/file?format=csv&search=商场")
        rows = list(csv.reader(StringIO(answer.content.decode("utf-8-sig"))))
        assert rows[0][:2] == ["Name", "Social credit code"]
        yesterday = timezone.localdate(clock.now()) - timedelta(days=1)
        heard_at = rows[1].pop(8)
        assert rows[1:] == [[
            "Unit 91310000MA1FL00024", "91310000MA1FL00024", "310104", "",
            "2026 Key energy-using unit · Thousand tier", "No data lately", "10", "100",
            yesterday.isoformat(), "", "nothing known",
        ]]  # fmt: skip
        assert heard_at[:10] == (timezone.localdate(clock.now()) - timedelta(days=3)).isoformat()

    def test_holds_the_pages_that_are_not_shown_too(self, city, official):
        Unit.objects.bulk_create(
            Unit(code=f"91310000MB{n:08d}", name=f"{n}", created_at=two_districts.SINCE)
            for n in range(60)
        )
        answer = official.get("/desk/units/file?format=csv&page=2")
        assert len(answer.content.decode().splitlines()) == 1 + 62

    def test_holds_no_more_than_the_viewer_reaches(self, district_official):
        answer = district_official.get("/desk/units/file?format=xlsx")
        sheet = CalamineWorkbook.from_filelike(BytesIO(answer.content)).get_sheet_by_index(0)
        assert [row[1] for row in sheet.to_python()] == ["Social credit code", "91310000MA1FL00016"]

    def test_runs_no_formula(self, city, official):
        Unit.objects.filter(id=city.own.unit.id).update(name_en='=HYPERLINK("x")')
        answer = official.get("/desk/units/file?format=csv")
        rows = list(csv.reader(StringIO(answer.content.decode("utf-8-sig"))))
        assert rows[1][0] == '\'=HYPERLINK("x")'

    def test_knows_two_formats(self, official):
        assert official.get("/desk/units/file?format=exe").status_code == 404
