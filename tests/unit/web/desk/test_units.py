import csv
from datetime import timedelta
from io import BytesIO, StringIO

import pytest
from django.shortcuts import resolve_url
from django.utils import timezone
from python_calamine import CalamineWorkbook
from tests import ledger_samples, two_districts

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
        answer = official.post("/desk/views/units", words | {"next": "/desk/units"})
        assert answer["Location"] == "/desk/units"
        (view,) = official.get("/desk/units").context["kept"].rows
        assert (view.name, view.query) == ("徐汇", "district=310104&order=-tonnes")

    def test_are_forgotten(self, city, official):
        official.post("/desk/views/units", {"name": "徐汇", "query": "district=310104"})
        (view,) = official.get("/desk/units").context["kept"].rows
        official.post(f"/desk/views/{view.id}/forget")
        assert official.get("/desk/units").context["kept"].rows == []

    def test_of_others_stay(self, city, official, manager):
        official.post("/desk/views/units", {"name": "徐汇", "query": ""})
        (view,) = official.get("/desk/units").context["kept"].rows
        assert manager.post(f"/desk/views/{view.id}/forget").status_code == 302
        assert official.get("/desk/units").context["kept"].rows == [view]

    def test_without_a_name_are_not_kept(self, official):
        answer = official.post("/desk/views/units", {"name": " ", "query": ""}, follow=True)
        assert "Give the view a name of at most 40 characters." in answer.text
        assert saved.saved_views(answer.wsgi_request.user.pk, "units") == []

    @pytest.mark.parametrize(
        ("page", "asked", "kept"),
        [
            ("units", "standing=LATE&page=2", "standing=LATE"),
            ("instruments", "due=OVERDUE&order=due&pink=1", "due=OVERDUE&order=due"),
            ("due", "district=310104&month=2026-05&page=3", "district=310104&month=2026-05"),
            ("changes", "state=REPORTED", "state=REPORTED"),
            ("declarations", "kind=POINT&state=DECLARED&x=1", "kind=POINT&state=DECLARED"),
        ],
    )
    def test_are_kept_of_every_list_with_a_filter(self, city, official, page, asked, kept):
        where = resolve_url(page)
        official.post(f"/desk/views/{page}", {"name": "mine", "query": asked, "next": where})
        shown = official.get(f"{where}?{kept}")
        assert [(view.name, view.query) for view in shown.context["kept"].rows] == [("mine", kept)]
        address = f"?{kept}".replace("&", "&amp;")
        assert f'href="{address}" aria-current="true">mine</a>' in shown.text

    @pytest.mark.parametrize(
        ("tab", "asked"), [("instruments", "due=OVERDUE"), ("equipping", "verdict=FAILS")]
    )
    def test_of_a_unit_s_tab_show_the_same_of_every_unit(self, city, official, tab, asked):
        official.post(
            f"/desk/views/unit-{tab}", {"name": "mine", "query": f"{asked}&day=2026-01-01"}
        )
        for place in (city.own, city.foreign):
            ledger_samples.instrument_of(place)
            shown = official.get(f"/desk/units/{place.unit.code}/{tab}").text
            assert f'href="?{asked}">mine</a>' in shown

    def test_of_a_list_that_has_none_are_not_kept(self, official):
        answer = official.post("/desk/views/accounts", {"name": "mine", "query": ""})
        assert answer.status_code == 404

    def test_are_renamed(self, city, official, manager):
        for name in ("徐汇", "黄浦"):
            official.post("/desk/views/units", {"name": name, "query": "district=310104"})
        view = next(v for v in official.get("/desk/units").context["kept"].rows if v.name == "徐汇")
        where = f"/desk/views/{view.id}/rename"
        for client, name, said in (
            (official, "黄浦", "Another view of this list has that name already."),
            (official, " ", "Give the view a name of at most 40 characters."),
            (manager, "mine", "This view is gone already."),
            (official, "徐汇区", "The view is called “徐汇区” now."),
        ):
            answer = client.post(where, {"name": name, "next": "/account"}, follow=True)
            assert said in answer.text
        names = [view.name for view in official.get("/desk/units").context["kept"].rows]
        assert sorted(names) == ["徐汇区", "黄浦"]


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
