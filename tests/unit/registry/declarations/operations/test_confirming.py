"""What an official confirmed stands in the facts, until the next change that is known."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from tests.unit.registry.declarations.conftest import (
    AT,
    CLOSED,
    COAL,
    FROM_MARCH,
    JULY,
    JUNE,
    MARCH,
    NEW,
    NEW_YEAR,
    PAPER,
    RENAMED,
    confirm,
    row_of,
    runs,
    send_back,
    touched,
)

from hengneng.kernel.audit.models import Entry
from hengneng.kernel.facts.models import FactChange
from hengneng.kernel.personal.models import Person
from hengneng.registry.declarations import operations, queries
from hengneng.registry.declarations.rules import (
    FacilityRun,
    HeatValue,
    LegalPerson,
    Particulars,
    PointChange,
    SitePlace,
)
from hengneng.registry.fuels import operations as fuels
from hengneng.registry.fuels import queries as fuel_queries
from hengneng.registry.points import operations as points
from hengneng.registry.points import queries as point_queries
from hengneng.registry.points.models import Description, Point
from hengneng.registry.units import operations as units
from hengneng.registry.units import queries as unit_queries


class TestConfirm:
    def test_a_new_point_is_in_the_ledger_from_its_first_day(self, unit, ledger, declare):
        confirm(declare(NEW))

        row = next(one for one in point_queries.points_of(unit.id) if one.code == "E-03")
        assert (row.name, row.level, row.flow, row.kind, row.ratio, row.key) == (
            "三车间", "LEVEL_2", "BOUGHT", "REGISTER", 80, "R:E-03:total",
        )  # fmt: skip
        assert (row.site_code, row.parent_id, row.feeds_code) == ("S1", ledger["E-01"].id, "CH-01")
        assert touched() == [(row.id, FROM_MARCH, None)]

    def test_the_official_acts_and_one_entry_holds_all_of_it(self, ledger, declare):
        there = declare()
        confirm(there)
        entry = Entry.objects.latest("sequence")
        assert (entry.action, entry.by) == ("declaration.confirmed", 7)
        assert entry.details["within"] == [["point.described", f"point:{ledger['E-02'].id}"]]

    def test_a_point_is_otherwise_from_that_day_on(self, unit, ledger, declare):
        confirm(declare(PointChange("E-02", MARCH, name="二车间", parent="", feeds="CH-01")))

        spans = point_queries.spans_of_point(ledger["E-02"].id)
        assert [(s.name, s.valid_from) for s in spans] == [
            ("E-02", NEW_YEAR),
            ("二车间", FROM_MARCH),
        ]
        row = next(one for one in point_queries.points_of(unit.id) if one.code == "E-02")
        assert (row.parent_id, row.feeds_code) == (None, "CH-01")
        assert touched() == [(ledger["E-02"].id, FROM_MARCH, None)]

    def test_a_later_change_that_is_known_stays(self, ledger, declare):
        points.describe_point(
            point_id=ledger["E-02"].id, valid_from=JUNE, name="旧车间", by=7, at=AT
        )
        points.describe_point(
            point_id=ledger["E-02"].id, valid_from=JUNE - timedelta(days=9), ratio=Fraction(2),
            by=7, at=AT,
        )  # fmt: skip
        FactChange.objects.all().delete()

        confirm(declare())

        names = [s.name for s in point_queries.spans_of_point(ledger["E-02"].id)]
        assert names == ["E-02", "二车间", "二车间", "旧车间"]
        assert touched() == [(ledger["E-02"].id, FROM_MARCH, JUNE)]

    def test_each_field_ends_at_its_own_next_change(self, unit, ledger, declare):
        point_id = ledger["E-02"].id
        points.describe_point(point_id=point_id, valid_from=JUNE, name="新名", by=7, at=AT)
        FactChange.objects.all().delete()
        there = declare(RENAMED._replace(level="LEVEL_1"))

        rows = queries.preview(row_of(there), whole=True).rows
        assert [(row.field, row.until) for row in rows] == [
            ("name", date(2026, 6, 1)), ("level", None),
        ]  # fmt: skip
        confirm(there)

        assert [(s.name, s.level) for s in point_queries.spans_of_point(point_id)] == [
            ("E-02", "LEVEL_2"), ("二车间", "LEVEL_1"), ("新名", "LEVEL_1"),
        ]  # fmt: skip
        assert set(touched()) == {(point_id, FROM_MARCH, JUNE), (point_id, FROM_MARCH, None)}

    def test_each_particular_ends_at_its_own_next_change(self, unit, declare):
        units.describe_unit(
            unit_id=unit.id, valid_from=JUNE, address="新路 1 号", by=7, at=AT
        )  # fmt: skip
        confirm(declare(Particulars(MARCH, address="老路 2 号", department="市经信委")))

        def said(at):
            row = unit_queries.particulars_of(unit.id, whole=False, at=at)
            return row.address, row.department

        assert said(FROM_MARCH) == ("老路 2 号", "市经信委")
        assert said(JUNE) == ("新路 1 号", "市经信委")

    def test_a_legal_person_known_from_a_later_day_stays(self, unit, declare):
        later = units.name_legal_person(unit_id=unit.id, name="李二", valid_from=JUNE, by=7, at=AT)
        there = declare(LegalPerson(MARCH), person_name="王小明")
        (row,) = queries.preview(row_of(there), whole=True).rows
        assert row.until == date(2026, 6, 1)

        confirm(there)

        def named(at):
            return unit_queries.particulars_of(unit.id, whole=True, at=at).legal_person

        assert (named(FROM_MARCH).name, named(JUNE).id) == ("王小明", later)
        assert Person.objects.get(id=later).ended_at is None
        assert Person.objects.get(id=named(FROM_MARCH).id).ended_at == JUNE

    def test_a_facility_known_to_be_shut_later_stays_shut(self, unit, declare):
        units.record_facility(
            unit_id=unit.id, kind="PORT", valid_from=FROM_MARCH, valid_until=JUNE, by=7, at=AT
        )
        confirm(declare(FacilityRun("PORT", date(2026, 2, 1))))
        assert runs(unit, FROM_MARCH - timedelta(days=1), JUNE) == [True, False]

    def test_a_facility_known_to_be_run_again_later_is_run_then(self, unit, declare):
        told = {"unit_id": unit.id, "kind": "PORT", "by": 7, "at": AT}
        for start, end in ((NEW_YEAR, FROM_MARCH), (FROM_MARCH, JUNE), (JULY, None)):
            units.record_facility(valid_from=start, valid_until=end, **told)
        there = declare(FacilityRun("PORT", date(2026, 2, 1), is_run=False))
        (row,) = queries.preview(row_of(there), whole=True).rows
        assert row.until == date(2026, 6, 1)

        confirm(there)

        assert runs(unit, NEW_YEAR, FROM_MARCH, JUNE, JULY) == [True, False, False, True]

    def test_what_was_believed_before_is_known_still(self, ledger, declare):
        there = declare()
        before = Description.objects.latest("recorded_at").recorded_at
        confirm(there)
        spans = point_queries.spans_of_point(ledger["E-02"].id, as_of=before)
        assert [s.name for s in spans] == ["E-02"]

    def test_a_point_edited_meanwhile_is_not_overwritten(self, ledger, declare):
        there = declare()
        points.describe_point(
            point_id=ledger["E-02"].id, valid_from=NEW_YEAR, name="别名", by=7, at=AT
        )
        FactChange.objects.all().delete()

        with pytest.raises(operations.Overtaken) as raised:
            confirm(there)

        assert raised.value.fields == ("name",)
        assert row_of(there).state == "DECLARED"
        assert touched() == []
        (row,) = queries.preview(row_of(there), whole=True).rows
        assert (row.before, row.after, row.now) == ("E-02", "二车间", "别名")

    def test_an_edit_of_something_else_stands_in_no_way(self, ledger, declare):
        there = declare()
        points.describe_point(
            point_id=ledger["E-02"].id, valid_from=NEW_YEAR, flow="GENERATED", by=7, at=AT
        )
        assert confirm(there).state == "CONFIRMED"

    def test_a_circle_closed_meanwhile_leaves_all_as_it_was(self, ledger, declare):
        confirm(declare(NEW))
        there = declare(PointChange("E-02", MARCH, parent="E-03"))
        points.describe_point(
            point_id=Point.objects.get(code="E-03").id, valid_from=FROM_MARCH,
            parent_id=ledger["E-02"].id, by=7, at=AT,
        )  # fmt: skip
        FactChange.objects.all().delete()

        with pytest.raises(points.ForeignPlace):
            confirm(there)

        assert row_of(there).state == "DECLARED"
        assert touched() == []

    def test_a_heat_value_stands_with_its_report(self, unit, declare):
        there = declare(COAL, proof=PAPER)
        confirm(there)
        (row,) = fuel_queries.heat_values_of(unit.id)
        assert (row.heat_value_kj, row.first, row.until, row.document_id) == (
            Decimal(20934000), MARCH, date(2026, 5, 1), there.proof_id,
        )  # fmt: skip

    def test_a_heat_value_recorded_meanwhile_is_not_overwritten(self, unit, declare):
        content = HeatValue("RAW_COAL", Decimal("20934000"), MARCH, None, "R-1", "检测")
        there = declare(content, proof=PAPER)
        fuels.record_heat_value(
            unit_id=unit.id, energy_type_id="RAW_COAL", heat_value_kj=Decimal("21000000"),
            first=date(2026, 6, 1), until=None, report="R-2", laboratory="检测", by=7, at=AT,
        )  # fmt: skip
        with pytest.raises(operations.Overtaken):
            confirm(there)
        assert queries.preview(row_of(there), whole=True).is_overtaken

    def test_particulars_hold_from_their_day_on(self, unit, declare):
        confirm(declare(Particulars(MARCH, department="市经信委", industry_code="4411")))
        now = unit_queries.particulars_of(unit.id, whole=False)
        before = unit_queries.particulars_of(unit.id, whole=False, at=FROM_MARCH - timedelta(1))
        assert (now.department, now.industry_code) == ("市经信委", "4411")
        assert before.department == ""

    def test_a_legal_person_is_named_and_the_draft_is_needed_no_longer(self, unit, declare):
        there = declare(LegalPerson(MARCH), person_name="王小明")
        confirm(there)
        said = unit_queries.particulars_of(unit.id, whole=True)
        assert said.legal_person.name == "王小明"
        assert Person.objects.get(id=there.person_id).ended_at == AT
        assert Person.objects.get(id=said.legal_person.id).ended_at is None

    def test_other_open_declarations_of_a_legal_person_end_with_their_names(self, unit, declare):
        sent_back, waiting = (
            declare(LegalPerson(MARCH), person_name=name) for name in ("李二", "赵三")
        )
        send_back(sent_back)
        another = declare(FacilityRun("PORT", MARCH))
        there = declare(LegalPerson(MARCH), person_name="王小明")

        confirm(there)

        for rival in (sent_back, waiting):
            row = row_of(rival)
            assert (row.state, row.reason) == ("WITHDRAWN", "ANOTHER_CONFIRMED")
            assert Person.objects.get(id=row.person_id).ended_at == AT
        assert row_of(another).state == "DECLARED"
        entry = Entry.objects.latest("sequence")
        withdrawn = [["declaration.withdrawn", f"declaration:{n.pk}"] for n in (sent_back, waiting)]
        assert [one for one in entry.details["within"] if one[0].startswith("decl")] == withdrawn

    def test_a_facility_is_run_then_run_no_more(self, unit, declare):
        confirm(declare(FacilityRun("DATA_CENTRE", MARCH)))
        assert [row.kind for row in unit_queries.facilities_of(unit.id)] == ["DATA_CENTRE"]
        confirm(declare(FacilityRun("DATA_CENTRE", date(2026, 6, 1), is_run=False)))
        assert unit_queries.facilities_of(unit.id) == []

    def test_a_site_lies_elsewhere_from_that_day_on(self, unit, declare):
        confirm(declare(SitePlace("S1", "总部", "新路 1 号", "310104", MARCH)))
        (now,) = unit_queries.sites_of(unit.id)
        (before,) = unit_queries.sites_of(unit.id, at=FROM_MARCH - timedelta(days=1))
        assert (now.address, now.district_id, before.district_id) == (
            "新路 1 号", "310104", "310101",
        )  # fmt: skip
        assert touched() == [(None, FROM_MARCH, None)]

    def test_an_address_left_empty_is_no_change(self, unit, declare):
        (before,) = unit_queries.sites_of(unit.id)
        with pytest.raises(operations.NothingNew):
            declare(SitePlace("S1", "总部", "", "310101", MARCH))
        there = declare(SitePlace("S1", "总部", "", "310104", MARCH))
        rows = queries.preview(row_of(there), whole=True).rows
        assert [row.field for row in rows] == ["name", "district"]
        confirm(there)
        (now,) = unit_queries.sites_of(unit.id)
        assert (now.address, now.district_id) == (before.address, "310104")

    def test_a_new_site_is_made(self, unit, declare):
        confirm(declare(SitePlace("S2", "分部", "", "310104", MARCH)))
        assert [row.code for row in unit_queries.sites_of(unit.id)] == ["S1", "S2"]

    def test_a_standstill_stands_with_its_proof(self, unit, declare):
        there = declare(CLOSED._replace(until=date(2026, 6, 1)), proof=PAPER)
        confirm(there)
        (row,) = unit_queries.business_of(unit.id)
        assert (row.state, row.proof_id, row.reason, row.valid_until) == (
            "CLOSED", there.proof_id, "搬迁", JUNE,
        )  # fmt: skip
