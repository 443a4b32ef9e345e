"""Declarations: told by the unit, confirmed or sent back by an official, then in the facts."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from tests.at_once import together
from tests.unit.registry.declarations.conftest import (
    AT,
    MARCH,
    NEW_YEAR,
    OFFICIAL,
    PAPER,
    RENAMED,
)

from hengneng.kernel import clock
from hengneng.kernel.audit.models import Entry
from hengneng.kernel.facts.models import FactChange
from hengneng.kernel.files.models import KeptFile
from hengneng.kernel.personal.models import Person
from hengneng.kernel.personal.operations import NoPersonName
from hengneng.kernel.policy.rules import Permission
from hengneng.kernel.states import EventOutOfTurn
from hengneng.registry.declarations import operations, queries
from hengneng.registry.declarations.models import Declaration
from hengneng.registry.declarations.rules import (
    FacilityRun,
    HeatValue,
    LegalPerson,
    NewPoint,
    Particulars,
    PointChange,
    SitePlace,
    Standing,
)
from hengneng.registry.energy.operations import Document, DocumentRefused
from hengneng.registry.fuels import operations as fuels
from hengneng.registry.fuels import queries as fuel_queries
from hengneng.registry.points import operations as points
from hengneng.registry.points import queries as point_queries
from hengneng.registry.points.models import Description, Point
from hengneng.registry.points.rules import BadDescription, CodeDoesNotFit
from hengneng.registry.units import operations as units
from hengneng.registry.units import queries as unit_queries

FROM_MARCH = clock.midnight(MARCH)
JUNE = datetime(2026, 5, 31, 16, tzinfo=UTC)
JULY = datetime(2026, 6, 30, 16, tzinfo=UTC)
NEW = NewPoint(
    "E-03", "三车间", "ELECTRICITY", "LEVEL_2", "REGISTER", MARCH, ratio=Fraction(80), site="S1",
    parent="E-01", feeds="CH-01", key="R:E-03:total",
)  # fmt: skip
CLOSED = Standing("CLOSED", MARCH, reason="搬迁")
COAL = HeatValue("RAW_COAL", Decimal("20934000"), MARCH, date(2026, 5, 1), "R-1", "检测")


def confirm(there):
    return operations.confirm(declaration_id=there.pk, seen_at=there.declared_at, by=7, at=AT)


def send_back(there, reason="请附图"):
    return operations.send_back(
        declaration_id=there.pk, seen_at=there.declared_at, reason=reason, by=7, at=AT
    )


def touched():
    return list(FactChange.objects.values_list("point_id", "changed_from", "changed_until"))


def runs(unit, *instants):
    return [bool(unit_queries.facilities_of(unit.id, at=at)) for at in instants]


def row_of(there):
    return queries.declaration_by_id(OFFICIAL, Permission.EDIT_REGISTRY, there.pk)


class TestDeclare:
    def test_waits_and_changes_nothing(self, unit, ledger, declare):
        before = Description.objects.count()

        there = declare()

        (row,) = queries.awaiting(OFFICIAL)
        assert (row.id, row.kind, row.state, row.content) == (
            there.pk,
            "POINT",
            "DECLARED",
            RENAMED,
        )
        assert row.seen == {"name": "E-02"}
        assert Description.objects.count() == before
        assert touched() == []

    def test_leaves_one_entry_that_says_nothing_of_the_trial(self, declare):
        there = declare()
        entry = Entry.objects.latest("sequence")
        assert (entry.action, entry.subject, entry.by) == (
            "declaration.declared", f"declaration:{there.pk}", 9,
        )  # fmt: skip
        assert "within" not in entry.details

    @pytest.mark.parametrize(
        ("content", "error"),
        [
            (NEW._replace(code="E-01"), points.PointExists),
            (NEW._replace(energy_type="NOTHING"), points.UnknownEnergyType),
            (NEW._replace(key="R:E-01:total"), points.KeyTaken),
            (NEW._replace(kind="INCREMENT"), CodeDoesNotFit),
            (NEW._replace(level="LEVEL_9"), BadDescription),
            (NEW._replace(parent="E-99"), points.ForeignPlace),
            (PointChange("E-01", MARCH, parent="E-02"), points.ForeignPlace),
            (PointChange("E-99", MARCH, name="无"), point_queries.UnknownPoint),
            (Particulars(date(2026, 11, 24), department="经信委"), units.NotYet),
            (FacilityRun("CASTLE", MARCH), units.UnknownFacility),
            (SitePlace("S2", "分部", "", "999999", MARCH), units.UnknownDistrict),
            (RENAMED._replace(name="E-02"), operations.NothingNew),
            (RENAMED._replace(name=" "), operations.Incomplete),
        ],
    )
    def test_what_the_registry_would_refuse_is_refused_at_once(self, declare, content, error):
        with pytest.raises(error):
            declare(content)
        assert not Declaration.objects.exists()
        assert not Point.objects.filter(code="E-03").exists()

    def test_another_units_point_is_none_of_its_own(self, other_unit, ledger):
        with pytest.raises(point_queries.UnknownPoint):
            operations.declare(unit_id=other_unit.id, content=RENAMED, by=9, at=AT)

    def test_a_standstill_needs_its_proof(self, declare):
        with pytest.raises(operations.NoProof):
            declare(CLOSED)
        assert declare(CLOSED, proof=PAPER).proof_id == KeptFile.objects.get().id

    def test_a_document_of_another_kind_is_refused(self, declare):
        with pytest.raises(DocumentRefused):
            declare(CLOSED, proof=Document("a.exe", b"MZ"))

    def test_a_legal_persons_name_is_sealed_and_stands_nowhere_else(self, declare):
        there = declare(LegalPerson(MARCH), person_name="王小明")
        assert there.person_id == Person.objects.get().pk
        assert "王小明" not in str(Declaration.objects.values().get())
        assert "王小明" not in str(list(Entry.objects.values_list("details", flat=True)))

    def test_no_document_is_kept_that_would_name_the_legal_person(self, declare):
        with pytest.raises(operations.NamedOnPaper):
            declare(LegalPerson(MARCH), person_name="王小明", proof=PAPER)
        assert not KeptFile.objects.exists()
        assert not Person.objects.exists()

    @pytest.mark.parametrize(
        ("content", "is_new"),
        [
            (COAL, False),
            (COAL._replace(first=date(2026, 4, 1)), False),
            (COAL._replace(until=None), True),
            (COAL._replace(first=date(2026, 2, 1)), True),
            (COAL._replace(report="R-2"), True),
            (CLOSED._replace(valid_from=date(2026, 4, 1)), False),
            (CLOSED._replace(until=date(2026, 6, 1)), False),
            (CLOSED._replace(valid_from=date(2026, 2, 1)), True),
            (CLOSED._replace(reason="歇业"), True),
            (CLOSED._replace(state="SUSPENDED"), True),
        ],
    )
    def test_what_is_on_record_of_all_the_days_is_nothing_new(self, declare, content, is_new):
        confirm(declare(COAL, proof=PAPER))
        confirm(declare(CLOSED, proof=PAPER))
        if is_new:
            assert declare(content, proof=PAPER).state == "DECLARED"
        else:
            with pytest.raises(operations.NothingNew):
                declare(content, proof=PAPER)

    def test_a_legal_person_has_a_name(self, declare):
        with pytest.raises(NoPersonName):
            declare(LegalPerson(MARCH))


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


class TestSendBackAndAgain:
    def test_needs_a_reason(self, declare):
        there = declare()
        with pytest.raises(operations.NoReason):
            send_back(there, " ")
        assert row_of(there).state == "DECLARED"

    def test_is_mended_and_declared_again(self, ledger, declare):
        there = declare()
        send_back(there)
        assert row_of(there).reason == "请附图"

        operations.declare_again(
            declaration_id=there.pk, content=RENAMED._replace(name="二号车间"), by=9, at=AT
        )

        row = row_of(there)
        assert (row.state, row.content.name, row.decided_at) == ("DECLARED", "二号车间", None)
        confirm(there)
        assert point_queries.spans_of_point(ledger["E-02"].id)[-1].name == "二号车间"

    def test_looks_at_the_record_anew(self, ledger, declare):
        there = declare()
        points.describe_point(
            point_id=ledger["E-02"].id, valid_from=NEW_YEAR, name="别名", by=7, at=AT
        )
        send_back(there)
        operations.declare_again(declaration_id=there.pk, content=RENAMED, by=9, at=AT)
        assert confirm(there).state == "CONFIRMED"

    @pytest.mark.parametrize("decide", [confirm, send_back])
    def test_what_was_declared_anew_unread_is_not_decided(self, ledger, declare, decide):
        there = declare()
        send_back(there)
        operations.declare_again(
            declaration_id=there.pk, content=RENAMED._replace(name="别的"), by=9,
            at=AT + timedelta(minutes=1),
        )  # fmt: skip

        with pytest.raises(operations.DeclaredAnew):
            decide(there)

        assert row_of(there).state == "DECLARED"
        assert [s.name for s in point_queries.spans_of_point(ledger["E-02"].id)] == ["E-02"]

    def test_keeps_the_proof_that_was_brought(self, declare):
        there = declare(CLOSED, proof=PAPER)
        send_back(there)
        again = operations.declare_again(
            declaration_id=there.pk, content=CLOSED._replace(reason="迁址"), by=9, at=AT
        )
        assert again.proof_id == there.proof_id

    @pytest.mark.parametrize("content", [PointChange("E-01", MARCH, name="一"), CLOSED])
    def test_it_does_not_become_another_one(self, declare, content):
        there = declare()
        send_back(there)
        with pytest.raises(operations.AnotherKind):
            operations.declare_again(declaration_id=there.pk, content=content, by=9, at=AT)

    @pytest.mark.parametrize(
        ("content", "other"),
        [
            (COAL, COAL._replace(energy_type="NATURAL_GAS")),
            (FacilityRun("PORT", MARCH), FacilityRun("MALL", MARCH)),
            (
                SitePlace("S1", "总部", "", "310104", MARCH),
                SitePlace("S2", "总部", "", "310104", MARCH),
            ),
        ],
    )
    def test_it_stays_about_the_same_thing(self, declare, content, other):
        there = declare(content, proof=PAPER)
        send_back(there)
        with pytest.raises(operations.AnotherKind):
            operations.declare_again(declaration_id=there.pk, content=other, by=9, at=AT)

    @pytest.mark.parametrize(
        ("content", "mended"),
        [(NEW, NEW._replace(code="E-04")), (CLOSED, CLOSED._replace(state="SUSPENDED"))],
    )
    def test_a_new_code_or_another_standing_is_a_mend(self, declare, content, mended):
        there = declare(content, proof=PAPER)
        send_back(there)
        operations.declare_again(declaration_id=there.pk, content=mended, by=9, at=AT)
        assert row_of(there).content == mended

    def test_another_name_replaces_the_sealed_one(self, unit, declare):
        there = declare(LegalPerson(MARCH), person_name="王小明")
        send_back(there)
        operations.declare_again(
            declaration_id=there.pk, content=LegalPerson(MARCH), person_name="王晓明", by=9, at=AT
        )
        assert queries.preview(row_of(there), whole=True).after.name == "王晓明"
        assert Person.objects.count() == 1

    def test_withdrawn_it_never_counts(self, declare):
        there = declare(LegalPerson(MARCH), person_name="王小明")
        operations.withdraw(declaration_id=there.pk, by=9, at=AT)
        assert Person.objects.get().ended_at == AT
        with pytest.raises(EventOutOfTurn):
            confirm(there)


@pytest.mark.django_db(transaction=True)
def test_two_officials_decide_once(declare, ledger):
    there = declare()

    raised = together(
        lambda: confirm(there), lambda: confirm(there), lambda: send_back(there, "一")
    )

    assert sorted(type(error).__name__ for error in raised) == [
        "EventOutOfTurn", "EventOutOfTurn", "NoneType",
    ]  # fmt: skip
    is_confirmed = row_of(there).state == "CONFIRMED"
    names = [s.name for s in point_queries.spans_of_point(ledger["E-02"].id)]
    assert names == (["E-02", "二车间"] if is_confirmed else ["E-02"])
