"""Whether a unit works, and mergers and splits that close one."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from hengneng.kernel.audit.models import Entry
from hengneng.kernel.files.queries import UnknownFile
from hengneng.registry.units import operations, queries
from hengneng.registry.units.models import Business, Unit

AT = datetime(2026, 11, 22, 8, tzinfo=UTC)
MAY = datetime(2025, 4, 30, 16, tzinfo=UTC)
JULY = datetime(2026, 6, 30, 16, tzinfo=UTC)
MAY_DAY, JULY_DAY = date(2025, 5, 1), date(2026, 7, 1)

pytestmark = pytest.mark.usefixtures("in_november")


def record(unit, state, since, until=None, **more):
    operations.record_business(
        unit_id=unit.id, state=state, valid_from=since, valid_until=until, by=7, at=AT, **more
    )


def state(unit, at=AT, as_of=None):
    row = queries.business_at([unit.id], at, as_of=as_of).get(unit.id)
    return row and row.state


@pytest.fixture
def third_unit(db):
    return Unit.objects.create(code="91310000MA1FL00032", name="丙合并公司", created_at=AT)


class TestRecordBusiness:
    def test_nothing_is_said_until_it_is_recorded(self, unit):
        assert state(unit) is None

    def test_a_suspension_has_a_beginning_an_end_and_a_proof(self, unit, proof):
        record(unit, "SUSPENDED", MAY, JULY, proof_id=proof, reason="停产检修")

        assert state(unit, MAY - timedelta(seconds=1)) is None
        assert state(unit, MAY) == "SUSPENDED"
        assert state(unit, JULY) is None
        row = queries.business_at([unit.id], MAY)[unit.id]
        assert (row.proof_id, row.reason) == (proof, "停产检修")

    def test_reopens(self, unit, proof):
        record(unit, "CLOSED", MAY, proof_id=proof)
        before = Business.objects.get().recorded_at
        record(unit, "IN_BUSINESS", JULY)

        assert (state(unit, MAY), state(unit)) == ("CLOSED", "IN_BUSINESS")
        assert state(unit, as_of=before) == "CLOSED"

    @pytest.mark.parametrize("said", ["SUSPENDED", "CLOSED"])
    def test_refuses_a_standstill_without_proof(self, unit, said):
        with pytest.raises(operations.NoProof):
            record(unit, said, MAY)

        assert Business.objects.count() == 0

    def test_refuses_another_state_and_a_file_never_kept(self, unit):
        with pytest.raises(operations.UnknownState):
            record(unit, "ASLEEP", MAY)
        with pytest.raises(UnknownFile):
            record(unit, "CLOSED", MAY, proof_id=99)

    def test_the_database_itself_refuses_a_standstill_without_proof(self, unit):
        row = Business(unit=unit, state="CLOSED", valid_from=MAY, recorded_at=AT)

        with pytest.raises(IntegrityError), transaction.atomic():
            row.save()


class TestMerge:
    def merge(self, units, into, on=MAY_DAY, **more):
        ids = [one.id for one in units]
        return operations.merge_units(unit_ids=ids, into_id=into.id, on=on, by=7, at=AT, **more)

    def test_by_absorption_closes_the_absorbed(self, unit, other_unit, proof):
        self.merge([unit, other_unit], unit, document_id=proof)

        assert (state(unit), state(other_unit)) == (None, "CLOSED")
        assert state(other_unit, MAY - timedelta(seconds=1)) is None
        (event,) = queries.events_of(other_unit.id)
        assert [row.code for row in event.before] == [unit.code, other_unit.code]
        assert [row.name for row in event.after] == ["甲饭店"]
        assert queries.business_at([other_unit.id], AT)[other_unit.id].proof_id == proof

    def test_into_a_new_unit_closes_both(self, unit, other_unit, third_unit, proof):
        self.merge([unit, other_unit], third_unit, document_id=proof)

        assert [state(u) for u in (unit, other_unit, third_unit)] == ["CLOSED", "CLOSED", None]

    def test_is_one_entry(self, unit, other_unit, proof):
        entries = Entry.objects.count()
        self.merge([unit, other_unit], unit, document_id=proof)

        (entry,) = Entry.objects.order_by("sequence")[entries:]
        assert (entry.action, entry.subject) == ("unit.merged", f"unit:{unit.code}")
        assert entry.details["before"] == [unit.code, other_unit.code]

    def test_refuses(self, unit, other_unit, third_unit, proof):
        with pytest.raises(operations.WrongParties):
            self.merge([unit], third_unit, document_id=proof)
        with pytest.raises(operations.NoProof):
            self.merge([unit, other_unit], third_unit)
        with pytest.raises(operations.NotYet):
            self.merge([unit, other_unit], unit, on=date(2026, 11, 23), document_id=proof)
        self.merge([unit, other_unit], unit, document_id=proof)
        with pytest.raises(operations.AlreadyClosed):
            self.merge([unit, other_unit], third_unit, on=JULY_DAY, document_id=proof)

        assert len(queries.events_of(unit.id)) == 1
        assert queries.events_of(third_unit.id) == []


class TestSplit:
    def split(self, unit, into, **more):
        ids = [one.id for one in into]
        return operations.split_unit(unit_id=unit.id, into_ids=ids, on=MAY_DAY, by=7, at=AT, **more)

    def test_a_unit_may_go_on_beside_the_new_one(self, unit, other_unit):
        self.split(unit, [unit, other_unit])

        assert (state(unit), state(other_unit)) == (None, None)
        assert queries.events_of(other_unit.id)[0].kind == "SPLIT"

    def test_a_unit_that_does_not_go_on_is_closed(self, unit, other_unit, third_unit, proof):
        with pytest.raises(operations.NoProof):
            self.split(unit, [other_unit, third_unit])
        self.split(unit, [other_unit, third_unit], document_id=proof)

        assert state(unit) == "CLOSED"

    def test_refuses_a_split_into_one_or_into_none_that_there_is(self, unit, other_unit):
        with pytest.raises(operations.WrongParties):
            self.split(unit, [other_unit])
        with pytest.raises(queries.UnknownUnit):
            operations.split_unit(unit_id=unit.id, into_ids=[unit.id, 0], on=MAY_DAY, by=7, at=AT)


class TestWithdraw:
    def withdraw(self, number):
        operations.withdraw_event(event_id=number, reason="wrong unit", by=7, at=AT)

    def test_a_merger_reopens_what_it_closed(self, unit, other_unit, proof):
        record(other_unit, "SUSPENDED", MAY - timedelta(days=9), proof_id=proof, reason="检修")
        number = operations.merge_units(
            unit_ids=[unit.id, other_unit.id], into_id=unit.id, on=MAY_DAY, document_id=proof,
            by=7, at=AT,
        )  # fmt: skip
        before = Business.objects.latest("recorded_at").recorded_at
        self.withdraw(number)

        assert state(other_unit) == "SUSPENDED"
        assert state(other_unit, as_of=before) == "CLOSED"
        assert queries.events_of(unit.id) == []
        assert len(queries.events_of(unit.id, as_of=before)) == 1

    def test_a_rename_gives_the_former_name_back(self, unit):
        number = operations.rename_unit(unit_id=unit.id, name="甲宾馆", on=MAY_DAY, by=7, at=AT)
        self.withdraw(number)

        assert [row.name for row in queries.names_of(unit.id)] == ["甲饭店", "甲饭店"]
        assert Unit.objects.get().name == "甲饭店"

    def test_refuses_twice_and_what_was_changed_since(self, unit, other_unit, proof):
        number = operations.merge_units(
            unit_ids=[unit.id, other_unit.id], into_id=unit.id, on=MAY_DAY, document_id=proof,
            by=7, at=AT,
        )  # fmt: skip
        record(other_unit, "IN_BUSINESS", MAY)
        with pytest.raises(operations.NotAsRecorded):
            self.withdraw(number)
        renamed = operations.rename_unit(unit_id=unit.id, name="甲宾馆", on=MAY_DAY, by=7, at=AT)
        self.withdraw(renamed)
        with pytest.raises(operations.UnknownEvent):
            self.withdraw(renamed)

        assert state(other_unit) == "IN_BUSINESS"
