"""A unit declares what is to change in its ledger: it waits, comes back, is mended, withdrawn."""

import csv
from datetime import date, timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests import ledger_samples as samples

from hengneng.registry.declarations import operations, queries
from hengneng.registry.declarations.models import Declaration
from hengneng.registry.declarations.rules import FacilityRun, PointChange
from hengneng.registry.energy.models import EnergyType
from hengneng.registry.points import operations as points
from hengneng.registry.points.models import Point
from hengneng.registry.units.models import Site

from .conftest import NOON, at

MARCH = "2026-03-01"


@pytest.fixture(autouse=True)
def papers(settings, tmp_path):
    settings.DATA_DIR = tmp_path


@pytest.fixture
def coal(city):
    """A fuel that is kept by mass."""
    return EnergyType.objects.create(
        code="RAW_COAL", name_zh="原煤", name_en="Raw coal", uom="t", class_code="01",
        variety_code="0100", citation="a test", verified=False,
    )  # fmt: skip


def paper():
    return SimpleUploadedFile("报告.pdf", b"%PDF-1.7")


def point(**other):
    told = {
        "code": "E-07", "name": "七号车间", "energy_type": "ELECTRICITY", "level": "LEVEL_2",
        "flow": "BOUGHT", "parent": "E-01", "site": "S1", "kind": "INCREMENT",
        "key": "0200000002330011", "ratio": "400/5", "slot_seconds": "900", "valid_from": MARCH,
    }  # fmt: skip
    return told | other


def only(own):
    ((row,), _total) = queries.declarations_of(own.unit.id)
    return row


def send_back(declaration_id, reason):
    seen_at = Declaration.objects.get(id=declaration_id).declared_at
    operations.send_back(
        declaration_id=declaration_id, seen_at=seen_at, reason=reason, by=None, at=NOON
    )


class TestDeclaring:
    def test_a_new_point_waits(self, teller, own):
        answer = teller.post(at(own, "declarations/new-point"), point())

        assert answer["Location"] == at(own, "declarations")
        row = only(own)
        assert (row.kind, row.state, row.subject) == ("NEW_POINT", "DECLARED", "E-07")
        assert row.content.ratio == 80
        assert (row.content.key, row.content.parent) == ("N:0200000002330011", "E-01")
        assert not Point.objects.filter(code="E-07").exists()

    def test_a_new_point_meters_energy_or_a_medium(self, teller, own):
        for code, kind in (("WATER", "MEDIUM"), ("OTHER_FIGURE", "INDICATOR")):
            EnergyType.objects.create(
                code=code, kind=kind, name_zh=code, name_en=code, uom="m3", class_code="03",
                variety_code="", citation="made up", verified=False,
            )  # fmt: skip
        form = teller.get(at(own, "declarations/new-point")).context["form"]
        assert [code for code, _ in form.fields["energy_type"].choices] == [
            "", "ELECTRICITY", "WATER",
        ]  # fmt: skip

    @pytest.mark.parametrize(
        ("changed", "field"),
        [
            ({"code": "E-01"}, "code"),
            ({"key": "R:M1:total"}, "key"),
            ({"key": "much"}, "key"),
            ({"key": "0000000002330011"}, "key"),
            ({"ratio": "0"}, "ratio"),
            ({"parent": "X-99"}, "parent"),
            ({"name": ""}, "name"),
            ({"energy_type": ""}, "energy_type"),
            ({"valid_from": "1999-12-31"}, "valid_from"),
        ],
    )
    def test_what_the_registry_refuses_stands_beside_its_field(self, teller, own, changed, field):
        answer = teller.post(at(own, "declarations/new-point"), point(**changed))
        assert answer.status_code == 422
        assert field in answer.context["form"].errors
        assert not Declaration.objects.exists()

    def test_a_point_begins_with_how_it_is(self, teller, own):
        answer = teller.get(at(own, f"declarations/points/{own.point.id}"))
        assert 'value="总表 E-01"' in answer.text
        assert [code for code, _ in answer.context["form"].fields["parent"].choices] == [""]

    def test_only_what_differs_is_declared_of_a_point(self, teller, own):
        told = {
            "name": "新总表", "level": "LEVEL_1", "flow": "BOUGHT", "site": "", "parent": "",
            "feeds": "", "valid_from": MARCH,
        }  # fmt: skip
        teller.post(at(own, f"declarations/points/{own.point.id}"), told)
        assert only(own).content._asdict() == {
            "point": "E-01", "valid_from": date(2026, 3, 1), "name": "新总表", "level": None,
            "flow": None, "site": None, "parent": None, "feeds": None,
        }  # fmt: skip

    def test_what_was_left_as_it_stands_today_is_not_declared_of_an_earlier_day(self, teller, own):
        points.describe_point(
            point_id=own.point.id, valid_from=NOON - timedelta(days=1), name="新总表", by=None,
            at=NOON,
        )  # fmt: skip
        told = {"name": "新总表", "level": "LEVEL_1", "flow": "GENERATED", "valid_from": MARCH}
        teller.post(at(own, f"declarations/points/{own.point.id}"), told)
        assert only(own).content == PointChange("E-01", date(2026, 3, 1), flow="GENERATED")

    def test_where_only_the_day_was_set_it_was_so_since_then(self, teller, own):
        points.describe_point(
            point_id=own.point.id, valid_from=NOON - timedelta(days=1), name="新总表", by=None,
            at=NOON,
        )  # fmt: skip
        told = {"name": "新总表", "level": "LEVEL_1", "flow": "BOUGHT", "valid_from": MARCH}
        teller.post(at(own, f"declarations/points/{own.point.id}"), told)
        row = only(own)
        assert row.content == PointChange("E-01", date(2026, 3, 1), name="新总表")
        last = (NOON - timedelta(days=2)).date().isoformat()
        assert f"until {last}" in teller.get(at(own, f"declarations/{row.id}")).text

    def test_nothing_new_is_refused(self, teller, own):
        told = {"name": "总表 E-01", "level": "LEVEL_1", "flow": "BOUGHT", "valid_from": MARCH}
        answer = teller.post(at(own, f"declarations/points/{own.point.id}"), told)
        assert answer.status_code == 422
        assert "says so already" in answer.text

    def test_a_heat_value_brings_its_report(self, teller, own, coal):
        told = {
            "energy_type": "RAW_COAL", "heat_value_kj": "20934000.5", "report": "R-1",
            "laboratory": "检测站", "valid_from": "2026-01", "last": "2026-02",
        }  # fmt: skip
        address = at(own, "declarations/heat-value")
        assert "proof" in teller.post(address, told).context["form"].errors

        teller.post(address, told | {"proof": paper()})

        row = only(own)
        assert (row.content.first, row.content.until) == (date(2026, 1, 1), date(2026, 3, 1))
        assert row.content.heat_value_kj == Decimal("20934000.5")
        shown = teller.get(at(own, f"declarations/{row.id}"))
        assert "报告.pdf" in shown.text
        assert "2026-01-01 – 2026-02-28" in shown.text
        proof = teller.get(at(own, f"declarations/{row.id}/proof"))
        assert proof.content == b"%PDF-1.7"
        assert proof["Content-Disposition"].startswith("attachment")

    @pytest.mark.parametrize(
        ("path", "told", "kind"),
        [
            ("particulars", {"department": "市经信委"}, "PARTICULARS"),
            ("legal-person", {"person": "王小明"}, "LEGAL_PERSON"),
            ("facility", {"facility": "PORT", "is_run": "yes"}, "FACILITY"),
            (
                "site",
                {"site_code": "S2", "name": "分部", "district": "310101"},
                "SITE",
            ),
            ("standing", {"state": "IN_BUSINESS", "last": "2026-03-31"}, "STANDING"),
        ],
    )
    def test_each_part_of_the_card_is_declared(self, teller, own, path, told, kind):
        address = at(own, f"declarations/{path}")
        assert teller.get(address).status_code == 200
        assert teller.post(address, told | {"valid_from": MARCH}).status_code == 302
        row = only(own)
        assert row.kind == kind
        assert teller.get(at(own, f"declarations/{row.id}")).status_code == 200
        send_back(row.id, "一")
        assert teller.get(at(own, f"declarations/{row.id}/again")).status_code == 200

    def test_no_document_is_taken_that_would_name_a_person(self, teller, own):
        address = at(own, "declarations/legal-person")
        assert 'type="file"' not in teller.get(address).text
        teller.post(address, {"person": "王小明", "valid_from": MARCH, "proof": paper()})
        assert only(own).proof_id is None

    def test_a_site_s_form_says_what_is_dated(self, teller, own):
        page = teller.get(at(own, "declarations/site")).text
        assert "Name and address are corrected for all days." in page
        assert "earlier days stay." not in page

    def test_why_another_was_withdrawn_is_said_in_words(self, teller, own):
        told = {"person": "王小明", "valid_from": MARCH}
        for _ in range(2):
            teller.post(at(own, "declarations/legal-person"), told)
        ((latest, first), _total) = queries.declarations_of(own.unit.id)
        operations.confirm(declaration_id=latest.id, seen_at=latest.declared_at, by=None, at=NOON)
        words = "another declaration of the same was confirmed"
        assert words in teller.get(at(own, f"declarations/{first.id}")).text
        assert words in teller.get(at(own, "declarations")).text
        assert words in teller.get(at(own, "declarations/file?format=csv")).content.decode()

    def test_a_standstill_needs_its_document(self, teller, own):
        told = {"state": "CLOSED", "reason": "搬迁", "valid_from": MARCH}
        answer = teller.post(at(own, "declarations/standing"), told)
        assert "proof" in answer.context["form"].errors
        told["proof"] = paper()
        assert teller.post(at(own, "declarations/standing"), told).status_code == 302

    def test_a_site_begins_with_what_is_on_record(self, teller, own):
        site = Site.objects.get(unit=own.unit)
        answer = teller.get(at(own, f"declarations/site?site={site.code}"))
        assert 'value="门店"' in answer.text

    def test_the_pages_lead_there(self, teller, own):
        assert at(own, "declarations/new-point") in teller.get(at(own, "points")).text
        one = teller.get(at(own, f"points/{own.point.id}")).text
        assert at(own, f"declarations/points/{own.point.id}") in one
        card = teller.get(at(own, "card")).text
        assert at(own, "declarations/particulars") in card
        assert at(own, "declarations/heat-value") in card


class TestWhatWasDeclared:
    @pytest.fixture
    def told(self, own) -> int:
        """A declaration that waits for the district."""
        return samples.declaration_of(own)

    @pytest.fixture
    def returned(self, told) -> int:
        """A declaration that came back."""
        send_back(told, "请附接线图")
        return told

    def test_it_is_withdrawn(self, teller, own, told):
        teller.post(at(own, f"declarations/{told}/withdraw"))
        assert only(own).state == "WITHDRAWN"

    def test_what_is_confirmed_is_not_withdrawn(self, teller, own, told):
        operations.confirm(declaration_id=told, seen_at=only(own).declared_at, by=None, at=NOON)
        answer = teller.post(at(own, f"declarations/{told}/withdraw"), follow=True)
        assert "confirmed or withdrawn already" in answer.text
        assert only(own).state == "CONFIRMED"

    def test_another_s_is_not_there(self, teller, own, city):
        foreign = samples.declaration_of(city.foreign)
        for path in ("", "/again", "/proof"):
            assert teller.get(at(own, f"declarations/{foreign}{path}")).status_code == 404
        assert teller.post(at(own, f"declarations/{foreign}/withdraw")).status_code == 404
        assert only(city.foreign).state == "DECLARED"
        foreign_point = at(own, f"declarations/points/{city.foreign.point.id}")
        assert teller.get(foreign_point).status_code == 404

    def test_what_came_back_is_declared_again_with_its_paper(self, teller, own, returned):
        shown = teller.get(at(own, f"declarations/{returned}/again"))
        assert "请附接线图" in shown.text
        assert 'value="新总表"' in shown.text

        told = {"name": "新总表二", "level": "LEVEL_1", "flow": "BOUGHT", "valid_from": MARCH}
        answer = teller.post(at(own, f"declarations/{returned}/again"), told)

        assert answer["Location"] == at(own, f"declarations/{returned}")
        row = only(own)
        assert (row.state, row.content.name) == ("DECLARED", "新总表二")
        assert row.proof_id is not None

    def test_what_waits_is_not_declared_again(self, teller, own, told):
        sent = {"name": "新总表二", "level": "LEVEL_1", "flow": "BOUGHT", "valid_from": MARCH}
        assert teller.post(at(own, f"declarations/{told}/again"), sent).status_code == 422

    def test_its_point_says_that_it_waits_until_it_is_decided(self, teller, own, told):
        page = teller.get(at(own, f"points/{own.point.id}")).text
        assert "not on record yet: Name: 新总表." in page
        assert "waits for confirmation" in page
        assert at(own, f"declarations/{told}") in page
        send_back(told, "请附接线图")
        assert "sent back to the unit" in teller.get(at(own, f"points/{own.point.id}")).text
        operations.withdraw(declaration_id=told, by=None, at=NOON)
        assert "not on record yet" not in teller.get(at(own, f"points/{own.point.id}")).text

    def test_the_list_is_paged(self, teller, own):
        for month in range(1, 13):
            for kind in ("PORT", "MALL", "HOTEL", "OFFICE", "RAIL"):
                content = FacilityRun(kind, date(2025, month, 1))
                operations.declare(unit_id=own.unit.id, content=content, by=None, at=NOON)
        first = teller.get(at(own, "declarations"))
        assert (len(first.context["rows"]), first.context["total"]) == (50, 60)
        assert ("DECLARED", 60) in first.context["counts"]
        assert ("FACILITY", 60) in first.context["kinds"]
        assert len(teller.get(at(own, "declarations?page=2")).context["rows"]) == 10

    def test_it_stands_among_the_to_dos(self, teller, own, returned):
        waiting = teller.get(at(own, "")).context["todos"]
        assert [todo.address for todo in waiting.own if todo.subject == "Declaration"] == [
            at(own, f"declarations/{returned}")
        ]

    def test_what_waits_for_the_district_stands_there_too(self, teller, own, told):
        waiting = teller.get(at(own, "")).context["todos"]
        assert "1 declaration waits to be confirmed." in [t.says for t in waiting.others]

    def test_the_list_and_its_file_show_what_the_filter_says(self, teller, own, told):
        def rows(words):
            answer = teller.get(at(own, f"declarations/file?format=csv&{words}"))
            return list(csv.reader(StringIO(answer.content.decode("utf-8-sig"))))[1:]

        (row,) = rows("state=DECLARED&kind=POINT")
        assert row[:2] + row[3:4] == ["Change of a point", "E-01", "Name: 新总表"]
        assert rows("state=CONFIRMED") == []
        assert rows("kind=SITE") == []
        page = teller.get(at(own, "declarations?kind=SITE"))
        assert "No declaration stands so." in page.text
        assert "新总表" in teller.get(at(own, "declarations")).text


def test_an_empty_list_says_what_belongs_there(teller, own):
    page = teller.get(at(own, "declarations"))
    assert "Nothing has been declared yet." in page.text
    assert at(own, "declarations/standing") in page.text
