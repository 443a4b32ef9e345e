"""What a unit is called, does and runs, since when, and what was believed before."""

from datetime import UTC, date, datetime, timedelta

import pytest

from hengneng.kernel.audit.models import Entry
from hengneng.kernel.facts.operations import EmptySpan
from hengneng.kernel.personal.models import Person
from hengneng.kernel.personal.queries import Shown
from hengneng.registry.units import operations, queries
from hengneng.registry.units.models import Naming, Particulars, Unit

AT = datetime(2026, 11, 22, 8, tzinfo=UTC)
BEGINNING = datetime(1999, 12, 31, 16, tzinfo=UTC)
MAY = datetime(2025, 4, 30, 16, tzinfo=UTC)  # 2025-05-01 in Shanghai
JULY = datetime(2026, 6, 30, 16, tzinfo=UTC)

pytestmark = pytest.mark.usefixtures("in_november")


def rename(unit, name, on, **more):
    return operations.rename_unit(unit_id=unit.id, name=name, on=on, by=7, at=AT, **more)


def names(unit, as_of=None):
    return [
        (row.name, row.valid_from, row.valid_until)
        for row in reversed(queries.names_of(unit.id, as_of=as_of))
    ]


def describe(unit, valid_from, valid_until=None, **changes):
    operations.describe_unit(
        unit_id=unit.id, valid_from=valid_from, valid_until=valid_until, by=7, at=AT, **changes
    )


def said(unit, at, as_of=None):
    return queries.particulars_of(unit.id, whole=True, at=at, as_of=as_of)


class TestRename:
    def test_keeps_the_former_name_till_the_day(self, unit):
        rename(unit, "甲宾馆", date(2025, 5, 1))

        assert names(unit) == [("甲饭店", BEGINNING, MAY), ("甲宾馆", MAY, None)]
        unit.refresh_from_db()
        assert (unit.name, unit.name_en) == ("甲宾馆", "Hotel A")

    def test_entered_late_it_lasts_till_the_next_known(self, unit):
        rename(unit, "丙宾馆", date(2026, 7, 1))
        rename(unit, "乙宾馆", date(2025, 5, 1))

        assert names(unit) == [
            ("甲饭店", BEGINNING, MAY),
            ("乙宾馆", MAY, JULY),
            ("丙宾馆", JULY, None),
        ]
        assert Unit.objects.get().name == "丙宾馆"

    def test_what_was_believed_before_is_still_told(self, unit):
        rename(unit, "乙宾馆", date(2025, 5, 1))
        before = Naming.objects.latest("recorded_at").recorded_at
        rename(unit, "丙宾馆", date(2026, 7, 1))

        assert names(unit, as_of=before) == [("甲饭店", BEGINNING, MAY), ("乙宾馆", MAY, None)]
        assert queries.names_at([unit.id], AT, as_of=before) == {unit.id: "乙宾馆"}
        assert queries.names_at([unit.id], AT) == {unit.id: "丙宾馆"}
        assert queries.names_at([unit.id], MAY - timedelta(seconds=1)) == {unit.id: "甲饭店"}

    def test_today_is_taken_and_tomorrow_is_not(self, unit):
        with pytest.raises(operations.NotYet):
            rename(unit, "甲宾馆", date(2026, 11, 23))
        assert Unit.objects.get().name == "甲饭店"

        rename(unit, "甲宾馆", date(2026, 11, 22))
        assert Unit.objects.get().name == "甲宾馆"

    @pytest.mark.parametrize(
        ("name", "error"), [("", operations.NoName), ("甲饭店", operations.SameName)]
    )
    def test_refuses_no_name_and_the_same(self, unit, name, error):
        with pytest.raises(error):
            rename(unit, name, date(2025, 5, 1))

        assert queries.events_of(unit.id) == []

    def test_is_an_event_and_one_entry(self, unit, proof):
        entries = Entry.objects.count()
        number = rename(unit, "甲宾馆", date(2025, 5, 1), document_id=proof, note="改制")

        (event,) = queries.events_of(unit.id)
        assert (event.id, event.kind, event.happened_on) == (number, "RENAME", date(2025, 5, 1))
        assert (event.document_id, event.note) == (proof, "改制")
        assert [row.unit_id for row in event.before + event.after] == [unit.id, unit.id]
        (entry,) = Entry.objects.order_by("sequence")[entries:]
        assert entry.action == "unit.renamed"


class TestCorrect:
    def test_a_name_entered_wrongly_was_never_borne(self, unit):
        rename(unit, "甲滨馆", date(2025, 5, 1))
        operations.correct_unit(unit_id=unit.id, by=7, at=AT, name="甲宾馆", department="商务委")

        assert names(unit) == [("甲饭店", BEGINNING, MAY), ("甲宾馆", MAY, None)]
        assert said(unit, BEGINNING).department == "商务委"
        assert Unit.objects.get().name == "甲宾馆"

    def test_says_what_stood_there_before(self, unit):
        operations.correct_unit(unit_id=unit.id, by=7, at=AT, industry_code="6110")

        assert Entry.objects.get().details == {
            "before": {"industry_code": ""},
            "after": {"industry_code": "6110"},
        }


class TestDescribe:
    def test_says_another_thing_from_one_day_on(self, unit):
        describe(unit, MAY, address="新路1号", sector="宾馆")
        describe(unit, JULY, department="文旅局")

        assert said(unit, MAY - timedelta(seconds=1)).address == ""
        assert (said(unit, MAY).address, said(unit, MAY).department) == ("新路1号", "")
        assert (said(unit, AT).address, said(unit, AT).department) == ("新路1号", "文旅局")
        assert Unit.objects.get().address == "新路1号"
        assert Unit.objects.get().sector == "宾馆"

    def test_an_edit_recorded_late_leaves_what_was_believed(self, unit):
        describe(unit, MAY, address="新路1号")
        before = Particulars.objects.latest("recorded_at").recorded_at
        describe(unit, MAY, address="新路2号")

        assert said(unit, AT, as_of=before).address == "新路1号"
        assert said(unit, AT).address == "新路2号"

    @pytest.mark.parametrize(
        ("start", "end", "changes", "error"),
        [
            (MAY, MAY, {"address": "x"}, EmptySpan),
            (AT + timedelta(seconds=1), None, {"address": "x"}, operations.NotYet),
            (MAY, None, {"name": "x"}, operations.NotCorrectable),
        ],
    )
    def test_refuses(self, unit, start, end, changes, error):
        with pytest.raises(error):
            describe(unit, start, end, **changes)

        assert Unit.objects.get().address == ""


class TestLegalPerson:
    def name(self, unit, name, since):
        return operations.name_legal_person(
            unit_id=unit.id, name=name, valid_from=since, by=7, at=AT
        )

    def test_each_is_told_of_their_time(self, unit):
        first = self.name(unit, "王一", BEGINNING)
        self.name(unit, "李二", MAY)

        assert said(unit, MAY - timedelta(seconds=1)).legal_person.name == "王一"
        assert said(unit, MAY).legal_person.name == "李二"
        assert Person.objects.get(id=first).ended_at == MAY
        assert Person.objects.exclude(id=first).get().ended_at is None

    def test_is_masked_for_who_may_not_see_the_whole(self, unit):
        self.name(unit, "王一", MAY)

        person = queries.particulars_of(unit.id, whole=False).legal_person
        assert (person.name, person.shown) == ("王*", Shown.MASKED)


class TestFacilities:
    def record(self, unit, kind, since, until=None, **more):
        operations.record_facility(
            unit_id=unit.id, kind=kind, valid_from=since, valid_until=until, by=7, at=AT, **more
        )

    def kinds(self, unit, at=None):
        return [row.kind for row in queries.facilities_of(unit.id, at=at)]

    def test_runs_several_each_for_its_time(self, unit):
        self.record(unit, "DATA_CENTRE", MAY)
        self.record(unit, "SHORE_POWER", MAY, JULY)

        assert self.kinds(unit, at=MAY) == ["DATA_CENTRE", "SHORE_POWER"]
        assert self.kinds(unit) == ["DATA_CENTRE"]
        assert queries.units_running("DATA_CENTRE") == {unit.id}
        assert queries.units_running("SHORE_POWER") == set()

    def test_is_shut(self, unit):
        self.record(unit, "RAIL", MAY)
        self.record(unit, "RAIL", JULY, is_run=False)

        assert (self.kinds(unit, at=MAY), self.kinds(unit)) == (["RAIL"], [])

    def test_refuses_a_kind_there_is_not(self, unit):
        with pytest.raises(operations.UnknownFacility):
            self.record(unit, "CASINO", MAY)


def test_every_version_is_told_without_naming_persons(unit):
    operations.name_legal_person(unit_id=unit.id, name="王一", valid_from=MAY, by=7, at=AT)
    rename(unit, "甲宾馆", date(2025, 5, 1))

    told = queries.versions_of(unit.id)

    assert [v.kind for v in told] == ["NAMING"] * 3 + ["PARTICULARS"] * 3
    assert "王" not in str(told)
