import stat
import threading
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.db import DataError, connection, transaction

from hengneng.kernel.audit import operations, queries, rules
from hengneng.kernel.audit.models import DayRoot, Entry, Link
from hengneng.kernel.facts import queries as facts

NOON = datetime(2020, 9, 30, 4, tzinfo=UTC)  # noon in Shanghai
NEXT_NOON = NOON + timedelta(days=1)


@pytest.fixture(autouse=True)
def keys_of_this_test(tmp_path, settings):
    settings.DATA_DIR = tmp_path


@transaction.atomic
def create_unit(code):
    operations.record("unit.created", subject=f"unit:{code}", by=7, at=NOON)


@transaction.atomic
def import_units(*codes):
    for code in codes:
        create_unit(code)
    operations.record(
        "units.imported", subject="file:a.csv", by=8, at=NEXT_NOON, details={"rows": len(codes)}
    )


class Stop(BaseException):
    """Stands for an error, or a kill, in the middle."""


@transaction.atomic
def create_unit_and_fail(code):
    create_unit(code)
    raise Stop


@transaction.atomic
def link_and_record(action):
    Link.objects.create(chain="m", upto=1, count=1, digest=b"", sealed_at=NOON)
    operations.record(action, subject="s", by=7, at=NOON)


def told():
    return list(Entry.objects.order_by("sequence").values_list("action", "subject", "by"))


@pytest.mark.django_db
class TestRecord:
    def test_keeps_who_did_what_when_with_its_digest(self):
        create_unit("A")

        entry = Entry.objects.get()
        row = rules.EntryRow(1, entry.recorded_at, NOON, 7, "unit.created", "unit:A", {})
        assert queries.entry_row(1) == row
        assert bytes(entry.digest) == rules.entry_digest(row)

    def test_numbers_operations_one_after_the_other(self):
        create_unit("A")
        create_unit("B")

        assert told() == [("unit.created", "unit:A", 7), ("unit.created", "unit:B", 7)]
        assert list(Entry.objects.values_list("sequence", flat=True)) == [1, 2]

    def test_gives_an_operation_and_those_inside_it_one_entry(self):
        import_units("A", "B")

        entry = Entry.objects.get()
        assert (entry.action, entry.subject, entry.by, entry.at) == (
            "units.imported",
            "file:a.csv",
            8,
            NEXT_NOON,
        )
        assert entry.details == {
            "rows": 2,
            "within": [["unit.created", "unit:A"], ["unit.created", "unit:B"]],
        }
        assert list(queries.broken_links()) == []

    def test_forgets_what_was_rolled_back_inside(self):
        with transaction.atomic():
            with pytest.raises(Stop):
                create_unit_and_fail("A")
            create_unit("B")

        assert told() == [("unit.created", "unit:B", 7)]
        assert Entry.objects.get().details == {}

    def test_keeps_the_inner_entry_where_the_outer_one_is_rolled_back(self):
        with transaction.atomic():
            create_unit("A")
            with pytest.raises(Stop):
                create_unit_and_fail("B")

        assert told() == [("unit.created", "unit:A", 7)]
        assert Entry.objects.get().details == {}

    def test_refuses_to_record_outside_of_a_transaction(self):
        with pytest.raises(operations.NotInTransaction):
            operations.record("unit.created", subject="unit:A", by=7, at=NOON)

        assert not Entry.objects.exists()

    def test_adds_the_attribution_while_it_lasts(self):
        with operations.attributed(by_script="li"):
            create_unit("A")
        create_unit("B")

        details = Entry.objects.order_by("sequence").values_list("details", flat=True)
        assert list(details) == [{"by_script": "li"}, {}]

    def test_gives_operations_beside_each_other_an_entry_each(self):
        with transaction.atomic():
            create_unit("A")
            import_units("B", "C")
            create_unit("D")

        assert told() == [
            ("unit.created", "unit:A", 7),
            ("units.imported", "file:a.csv", 8),
            ("unit.created", "unit:D", 7),
        ]
        assert list(queries.broken_links()) == []

    def test_takes_an_operation_that_tells_of_itself_before_those_inside(self):
        with transaction.atomic():
            operations.record("units.imported", subject="file:a.csv", by=8, at=NOON)
            create_unit("A")
            import_units("B")

        entry = Entry.objects.get()
        assert entry.action == "units.imported"
        assert entry.details == {
            "within": [
                ["unit.created", "unit:A"],
                ["unit.created", "unit:B"],
                ["units.imported", "file:a.csv"],
            ]
        }

    def test_refuses_at_once_what_no_entry_can_hold(self):
        with transaction.atomic():
            with pytest.raises(rules.NotPlain):
                operations.record("a", subject="s", by=7, at=NOON, details={"ratio": 0.5})
            with pytest.raises(UnicodeEncodeError):
                operations.record("a", subject="\ud800", by=7, at=NOON)

        assert not Entry.objects.exists()


@pytest.mark.django_db(transaction=True)
class TestRecordAtTheCommit:
    """In transactions that end, as they do outside of tests."""

    def test_shares_the_entry(self):
        import_units("A", "B")
        create_unit("C")

        assert told() == [("units.imported", "file:a.csv", 8), ("unit.created", "unit:C", 7)]

    def test_stamps_last_so_that_others_do_not_wait(self):
        with transaction.atomic():
            create_unit("A")
            assert facts.last_sequence("entry") == 0

        assert facts.last_sequence("entry") == 1

    def test_forgets_what_a_transaction_did_that_failed(self):
        with pytest.raises(Stop):
            create_unit_and_fail("A")
        create_unit("B")

        assert told() == [("unit.created", "unit:B", 7)]

    def test_rolls_everything_back_where_the_entry_cannot_be_written(self):
        with pytest.raises(DataError):
            link_and_record("a" * 61)

        assert not Link.objects.exists()
        create_unit("B")
        assert told() == [("unit.created", "unit:B", 7)]


@pytest.mark.django_db
class TestExtendChains:
    def test_makes_one_link_for_each_chain_that_grows(self):
        batches = {"messages:1": [(1, b"x" * 32), (3, b"y" * 32)], "messages:2": []}

        assert operations.extend_chains(batches=batches, at=NOON) == 2

        link = Link.objects.get()
        head = rules.extended(rules.first_head("messages:1"), batches["messages:1"])
        assert (link.chain, link.upto, link.count) == ("messages:1", 3, 2)
        assert bytes(link.digest) == head.digest
        assert queries.heads(["messages:1", "messages:2"]) == {
            "messages:1": head,
            "messages:2": rules.first_head("messages:2"),
        }

    def test_leaves_out_what_is_chained_already(self):
        operations.extend_chain(name="m", digests=[(1, b"x" * 32)], at=NOON)

        chained = operations.extend_chain(
            name="m", digests=[(1, b"x" * 32), (2, b"y" * 32)], at=NOON
        )

        assert chained == 1
        whole = rules.extended(rules.first_head("m"), [(1, b"x" * 32), (2, b"y" * 32)])
        assert queries.heads(["m"]) == {"m": whole}

    def test_refuses_rows_out_of_order(self):
        with pytest.raises(operations.OutOfSequence):
            operations.extend_chain(name="m", digests=[(2, b"x"), (2, b"y")], at=NOON)

    def test_seals_nothing_into_a_day_that_has_its_root(self):
        create_unit("A")
        operations.seal(at=NOON)
        operations.seal(at=NEXT_NOON)

        operations.extend_chain(name="m", digests=[(1, b"x" * 32)], at=NOON)

        assert Link.objects.get(chain="m").sealed_at == datetime(2020, 9, 30, 16, tzinfo=UTC)


@pytest.mark.django_db
class TestSeal:
    def test_chains_the_new_entries_once(self):
        create_unit("A")
        create_unit("B")

        assert operations.seal(at=NOON) == (2, 0)
        assert operations.seal(at=NOON) == (0, 0)

        link = Link.objects.get()
        assert (link.chain, link.upto, link.count) == ("entries", 2, 2)
        assert queries.unsealed_since() is None

    def test_takes_many_entries_in_several_batches(self, monkeypatch):
        monkeypatch.setattr(operations, "ENTRIES_AT_ONCE", 2)
        for code in "ABCDE":
            create_unit(code)

        assert operations.seal(at=NOON) == (5, 0)

        assert list(Link.objects.order_by("upto").values_list("upto", "count")) == [
            (2, 2),
            (4, 2),
            (5, 1),
        ]
        assert list(queries.broken_links()) == []

    def test_roots_a_day_at_its_local_midnight_and_not_before(self):
        create_unit("A")
        operations.seal(at=NOON)
        midnight = datetime(2020, 9, 30, 16, tzinfo=UTC)

        assert operations.seal(at=midnight - timedelta(microseconds=1)) == (0, 0)
        assert operations.seal(at=midnight) == (0, 1)
        assert operations.seal(at=midnight) == (0, 0)

        root = queries.day_root(date(2020, 9, 30))
        leaf = bytes(Link.objects.get().digest)
        assert (root.root, root.links) == rules.merkle_root([leaf])

    def test_roots_every_day_that_was_missed(self):
        for days in (0, 1, 4):
            create_unit(str(days))
            operations.extend_chain(
                name="m", digests=[(days + 1, b"x" * 32)], at=NOON + timedelta(days=days)
            )

        assert operations.seal(at=NOON + timedelta(days=5)).days == 3

        days = list(DayRoot.objects.order_by("day").values_list("day", flat=True))
        assert days == [date(2020, 9, 30), date(2020, 10, 1), date(2020, 10, 4)]
        assert list(queries.broken_links()) == []

    def test_makes_the_key_once_and_for_its_owner_alone(self, settings):
        create_unit("A")
        operations.seal(at=NOON)
        operations.seal(at=NEXT_NOON)
        key = Path(settings.DATA_DIR) / "keys" / "day-root.key"
        made = key.read_bytes()
        create_unit("B")
        operations.seal(at=NEXT_NOON)
        operations.seal(at=NEXT_NOON + timedelta(days=1))

        assert key.read_bytes() == made
        assert stat.S_IMODE(key.stat().st_mode) == 0o600
        assert len(set(DayRoot.objects.values_list("key_id", flat=True))) == 1


@pytest.mark.django_db(transaction=True)
class TestSealersAtOnce:
    def test_two_chain_each_entry_once(self, monkeypatch):
        monkeypatch.setattr(operations, "ENTRIES_AT_ONCE", 3)
        for number in range(30):
            create_unit(str(number))
        sealed = []

        def sealer():
            sealed.append(operations.seal(at=NEXT_NOON))
            connection.close()

        threads = [threading.Thread(target=sealer) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert sum(entries for entries, _ in sealed) == 30
        assert sum(Link.objects.values_list("count", flat=True)) == 30
        assert list(queries.broken_links()) == []

    def test_one_killed_while_it_chains_is_resumed(self, monkeypatch):
        create_unit("A")

        with monkeypatch.context() as patched:
            patched.setattr(Link.objects, "bulk_create", stop)
            with pytest.raises(Stop):
                operations.seal(at=NOON)

        assert operations.seal(at=NOON) == (1, 0)
        assert list(queries.broken_links()) == []

    def test_one_killed_while_it_roots_is_resumed(self, monkeypatch):
        create_unit("A")
        operations.seal(at=NOON)

        with monkeypatch.context() as patched:
            patched.setattr(DayRoot.objects, "create", stop)
            with pytest.raises(Stop):
                operations.seal(at=NEXT_NOON)

        assert operations.seal(at=NEXT_NOON) == (0, 1)
        assert list(queries.broken_links()) == []


def stop(*_, **__):
    raise Stop
