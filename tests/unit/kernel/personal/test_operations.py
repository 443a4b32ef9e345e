"""Holding persons sealed, correcting them, letting their term run, erasing them."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest

from hengneng.kernel import clock
from hengneng.kernel.audit.models import Entry
from hengneng.kernel.personal import jobs, keys, operations, queries
from hengneng.kernel.personal.models import Person
from hengneng.kernel.personal.queries import Shown
from hengneng.kernel.personal.rules.masks import Field
from hengneng.kernel.personal.rules.purposes import UnknownPurpose

AT = datetime(2026, 11, 22, 8, tzinfo=UTC)
TODAY = date(2026, 11, 22)
LI = {Field.NAME: "李小明", Field.PHONE: "13812345678", Field.EMAIL: "li@example.com"}
KEEP_DAYS = 730  # of CONTACT, rules/purposes.toml


@pytest.fixture(autouse=True)
def own_data_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    return tmp_path


def hold(fields=LI, purpose="CONTACT"):
    (number,) = operations.hold(people=[operations.NewPerson(purpose, fields)], by=7, at=AT)
    return number


@pytest.fixture
def contact(db):
    return hold()


def shown(number, *, whole=True):
    return queries.people([number], whole=whole)[number]


class TestHold:
    def test_shows_whole_or_masked(self, contact):
        assert shown(contact)[1:] == ("李小明", "13812345678", "li@example.com", "", Shown.WHOLE)
        assert shown(contact, whole=False)[1:] == (
            "李**", "138****5678", "l***@example.com", "", Shown.MASKED,
        )  # fmt: skip

    def test_leaves_no_plain_text_in_database_or_entry(self, contact):
        row = Person.objects.get()
        kept = bytes(row.sealed) + bytes(row.wrapped_key) + str(row.fields).encode()
        entries = json.dumps(list(Entry.objects.values_list("details")), ensure_ascii=False)

        for text in LI.values():
            assert text.encode() not in kept
            assert text not in entries
        assert row.fields == ["EMAIL", "NAME", "PHONE"]

    def test_gives_everyone_a_key_of_their_own(self, db):
        first, second = hold(), hold()
        one, other = (Person.objects.get(id=number) for number in (first, second))
        one.wrapped_key, other.wrapped_key = other.wrapped_key, one.wrapped_key
        one.save()

        with pytest.raises(keys.SealBroken):
            shown(first)

    def test_keeps_the_master_key_for_its_owner_alone(self, contact, own_data_folder):
        key = own_data_folder / "keys" / "personal.key"

        assert key.stat().st_mode & 0o777 == 0o600
        assert len(key.read_bytes()) == 32

    @pytest.mark.parametrize(
        ("purpose", "fields", "error"),
        [
            ("CONTACT", {Field.PHONE: "1"}, operations.NoPersonName),
            ("CONTACT", {Field.NAME: "  "}, operations.NoPersonName),
            ("LEGAL_PERSON", LI, operations.NotForThatPurpose),
            ("GOSSIP", LI, UnknownPurpose),
        ],
    )
    def test_refuses_what_may_not_be_held(self, db, purpose, fields, error):
        with pytest.raises(error):
            hold(fields, purpose)

        assert Person.objects.count() == 0

    def test_makes_no_new_master_key_while_persons_are_sealed(self, contact, own_data_folder):
        (own_data_folder / "keys" / "personal.key").unlink()

        with pytest.raises(keys.MasterKeyMissing):
            hold()
        assert shown(contact).shown is Shown.LOCKED
        with pytest.raises(keys.MasterKeyMissing):
            operations.correct(person_id=contact, fields={Field.NAME: "王"}, by=7, at=AT)

    def test_a_key_of_the_wrong_length_is_refused(self, contact, own_data_folder):
        (own_data_folder / "keys" / "personal.key").write_bytes(b"short")

        with pytest.raises(keys.UnreadableMasterKey):
            shown(contact)


class TestCorrect:
    def test_changes_what_is_named(self, contact):
        operations.correct(
            person_id=contact, fields={Field.PHONE: "", Field.NAME: "李晓明"}, by=7, at=AT
        )

        assert shown(contact)[1:4] == ("李晓明", "", "li@example.com")
        assert Person.objects.get().fields == ["EMAIL", "NAME"]

    def test_refuses_to_take_the_name(self, contact):
        with pytest.raises(operations.NoPersonName):
            operations.correct(person_id=contact, fields={Field.NAME: ""}, by=7, at=AT)

        assert shown(contact).name == "李小明"


class TestErase:
    def test_destroys_the_key_and_leaves_the_row(self, contact):
        erased = operations.erase(person_ids=[contact], reason="their wish", by=7, at=AT)

        row = Person.objects.get()
        assert erased == [contact]
        assert (row.wrapped_key, row.erased_at) == (None, AT)
        assert shown(contact)[1:] == ("", "", "", "", Shown.ERASED)
        assert Entry.objects.order_by("sequence").last().details["reason"] == "their wish"

    def test_an_erased_person_is_not_corrected_nor_erased_again(self, contact):
        operations.erase(person_ids=[contact], reason="their wish", by=7, at=AT)
        entries = Entry.objects.count()

        with pytest.raises(operations.Erased):
            operations.correct(person_id=contact, fields={Field.NAME: "王"}, by=7, at=AT)
        assert operations.erase(person_ids=[contact], reason="again", by=7, at=AT) == []
        assert Entry.objects.count() == entries


class TestTerm:
    @pytest.mark.parametrize(("days", "is_erased"), [(KEEP_DAYS, False), (KEEP_DAYS + 1, True)])
    def test_runs_from_the_end_to_its_last_day(self, contact, days, is_erased):
        operations.end(person_ids=[contact], by=7, at=AT)

        erased = operations.erase_due(by=None, at=AT + timedelta(days=days))

        assert bool(erased) is is_erased
        assert (shown(contact).shown is Shown.ERASED) is is_erased

    def test_does_not_run_while_the_purpose_needs_them(self, contact):
        assert operations.erase_due(by=None, at=AT + timedelta(days=36500)) == []

    def test_a_later_end_does_not_prolong_it(self, contact):
        operations.end(person_ids=[contact], by=7, at=AT)
        operations.end(person_ids=[contact], by=7, at=AT + timedelta(days=100))

        assert Person.objects.get().ended_at == AT

    def test_the_job_run_twice_erases_once(self, contact, monkeypatch):
        operations.end(person_ids=[contact], by=7, at=AT)
        monkeypatch.setattr(clock, "now", lambda: AT + timedelta(days=KEEP_DAYS + 1))

        jobs.erase_due(timestamp=0)
        entries = Entry.objects.count()
        jobs.erase_due(timestamp=0)

        assert shown(contact).shown is Shown.ERASED
        assert Entry.objects.count() == entries


def test_the_register_names_purposes_with_their_counts(contact):
    other = hold()
    operations.end(person_ids=[other], by=7, at=AT)
    operations.erase(person_ids=[hold()], reason="their wish", by=7, at=AT)

    rows = {row.purpose.code: row[1:] for row in queries.register(TODAY)}

    assert rows == {"CONTACT": (2, 1, 1), "LEGAL_PERSON": (0, 0, 0)}
    assert not any(row.purpose.verified for row in queries.register(TODAY))
