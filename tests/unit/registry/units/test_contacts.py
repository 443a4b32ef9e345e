"""Who is asked at a unit, and that nobody is held whom no role needs."""

from datetime import UTC, datetime, timedelta

import pytest

from hengneng.kernel.audit.models import Entry
from hengneng.kernel.personal import operations as personal
from hengneng.kernel.personal.models import Person
from hengneng.kernel.personal.queries import Shown
from hengneng.kernel.personal.rules.masks import Field
from hengneng.registry.units import operations, queries

AT = datetime(2026, 11, 22, 8, tzinfo=UTC)
MAY = datetime(2025, 4, 30, 16, tzinfo=UTC)
JULY = datetime(2026, 6, 30, 16, tzinfo=UTC)
LI = {Field.NAME: "李小明", Field.PHONE: "13812345678", Field.CERTIFICATE: "2026-0017"}

pytestmark = pytest.mark.usefixtures("in_november")


@pytest.fixture
def staff(unit):
    return operations.add_contact(
        unit_id=unit.id, role="METERING_STAFF", fields=LI, valid_from=MAY, by=7, at=AT,
        post="计量员", training="2025年培训",
    )  # fmt: skip


def contacts(unit, *, whole=True, **more):
    return queries.contacts_of(unit.id, whole=whole, **more)


def end(unit, person_id, role="METERING_STAFF", at=JULY):
    operations.end_contact(
        unit_id=unit.id, person_id=person_id, role=role, ended_at=at, by=7, at=AT
    )


def give(unit, person_id, role, since=MAY):
    operations.give_role(
        unit_id=unit.id, person_id=person_id, role=role, valid_from=since, by=7, at=AT
    )


class TestAdd:
    def test_shows_person_post_and_training(self, unit, staff):
        (row,) = contacts(unit, roles=["METERING_STAFF"])

        assert (row.person.name, row.person.phone, row.person.certificate) == tuple(LI.values())
        assert (row.post, row.training, row.valid_from) == ("计量员", "2025年培训", MAY)
        assert contacts(unit, roles=["GENERAL"]) == []
        assert contacts(unit, at=MAY - timedelta(seconds=1)) == []

    def test_no_entry_names_the_person(self, unit, staff):
        entries = list(Entry.objects.values_list("details", flat=True))

        assert len(entries) == 1
        assert not any(text in str(entries) for text in LI.values())

    @pytest.mark.parametrize(
        ("role", "fields", "error"),
        [
            ("BOSS", LI, operations.UnknownContactRole),
            ("GENERAL", {Field.PHONE: "1"}, personal.NoPersonName),
        ],
    )
    def test_refuses(self, unit, role, fields, error):
        with pytest.raises(error):
            operations.add_contact(
                unit_id=unit.id, role=role, fields=fields, valid_from=MAY, by=7, at=AT
            )

        assert Person.objects.count() == 0


class TestAddMany:
    def test_takes_as_many_queries_for_more(self, unit, other_unit, django_assert_num_queries):
        rows = [
            operations.NewContact(one.id, "GENERAL", {Field.NAME: f"员工{n}"}, MAY, post=f"岗{n}")
            for n in range(20)
            for one in (unit, other_unit)
        ]
        operations.add_contacts(rows=rows[:1], by=7, at=AT)

        with django_assert_num_queries(11):  # savepoints among them
            ids = operations.add_contacts(rows=rows, by=7, at=AT)

        assert len(ids) == 40
        last = contacts(other_unit)[-1]
        assert (last.person.id, last.person.name, last.post) == (ids[-1], "员工19", "岗19")

    def test_takes_none_where_one_is_wrong(self, unit):
        good = operations.NewContact(unit.id, "GENERAL", LI, MAY)

        with pytest.raises(operations.UnknownContactRole):
            operations.add_contacts(rows=[good, good._replace(role="BOSS")], by=7, at=AT)
        with pytest.raises(personal.NoPersonName):
            operations.add_contacts(rows=[good, good._replace(fields={})], by=7, at=AT)

        assert (contacts(unit), Person.objects.count()) == ([], 0)


class TestEnd:
    def test_who_has_no_role_left_begins_their_term(self, unit, staff):
        end(unit, staff)

        assert [row.valid_until for row in contacts(unit, at=MAY)] == [JULY]
        assert contacts(unit) == []
        assert Person.objects.get().ended_at == JULY

    def test_who_has_another_role_does_not(self, unit, staff):
        give(unit, staff, "ENERGY_MANAGER")
        end(unit, staff)

        assert [row.role for row in contacts(unit)] == ["ENERGY_MANAGER"]
        assert Person.objects.get().ended_at is None

    def test_a_role_given_again_stops_the_term(self, unit, staff):
        end(unit, staff)
        give(unit, staff, "GENERAL", since=JULY)

        assert Person.objects.get().ended_at is None
        assert [row.role for row in contacts(unit)] == ["GENERAL"]

    def test_refuses_a_role_that_is_not_held(self, unit, staff):
        end(unit, staff)

        for role in ("METERING_STAFF", "GENERAL"):
            with pytest.raises(operations.NotAContact):
                end(unit, staff, role, at=JULY)


class TestCorrect:
    def test_the_person_and_the_post(self, unit, staff):
        operations.correct_contact(
            unit_id=unit.id, person_id=staff, by=7, at=AT, fields={Field.PHONE: "62345678"},
            role="METERING_STAFF", post="计量主管",
        )  # fmt: skip

        (row,) = contacts(unit, at=AT)
        assert (row.person.name, row.person.phone, row.post) == ("李小明", "62345678", "计量主管")
        assert contacts(unit, at=MAY)[0].post == "计量员"

    def test_refuses_a_role_that_is_not_held(self, unit, staff):
        with pytest.raises(operations.NotAContact):
            operations.correct_contact(
                unit_id=unit.id, person_id=staff, by=7, at=AT, role="GENERAL", post="x"
            )

    def test_another_unit_cannot_reach_them(self, unit, staff, other_unit):
        with pytest.raises(operations.NotAContact):
            operations.correct_contact(
                unit_id=other_unit.id, person_id=staff, by=7, at=AT, fields={Field.PHONE: ""}
            )
        with pytest.raises(operations.NotAContact):
            give(other_unit, staff, "GENERAL")
        with pytest.raises(operations.NotAContact):
            end(other_unit, staff)

        assert contacts(unit)[0].person.phone == LI[Field.PHONE]


class TestErased:
    def test_the_role_stays_without_a_name(self, unit, staff):
        personal.erase(person_ids=[staff], reason="their wish", by=7, at=AT)

        (row,) = contacts(unit)
        assert (row.person.name, row.person.shown, row.post) == ("", Shown.ERASED, "计量员")

    def test_gets_no_role_again(self, unit, staff):
        personal.erase(person_ids=[staff], reason="their wish", by=7, at=AT)

        with pytest.raises(personal.Erased):
            give(unit, staff, "GENERAL")
