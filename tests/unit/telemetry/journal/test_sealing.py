from datetime import timedelta

import pytest
from django.db import connection
from tests.unit.telemetry.journal.conftest import AT

from hengneng.kernel.audit.models import Entry, Link
from hengneng.telemetry.journal import operations as journal
from hengneng.telemetry.journal import queries
from hengneng.telemetry.journal.models import Message
from hengneng.telemetry.journal.operations import sealing


@pytest.fixture
def three_sealed(db, keep):
    """Two messages of unit 1 and one of unit 2, sealed."""
    for n, unit_id in enumerate((1, 2, 1)):
        keep(b'{"n": %d}' % n, unit_id=unit_id)
    journal.seal(at=AT)


def tamper(assignment, sequence=3):
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE journal_message SET {assignment} WHERE sequence = {sequence}")


class TestSeal:
    def test_chains_each_message_to_its_unit_and_the_city(self, three_sealed):
        links = Link.objects.order_by("chain").values_list("chain", "upto", "count")

        assert list(links) == [("messages", 3, 3), ("unit:1", 3, 2), ("unit:2", 2, 1)]

    def test_chains_only_what_is_new(self, three_sealed, keep):
        keep(b"more")

        assert journal.seal(at=AT + timedelta(seconds=5)) == 1
        assert journal.seal(at=AT + timedelta(seconds=9)) == 0
        assert list(Link.objects.filter(upto=4).values_list("chain", flat=True)) == [
            "messages",
            "unit:1",
        ]

    def test_goes_on_batch_by_batch(self, db, keep, monkeypatch):
        monkeypatch.setattr(sealing, "AT_ONCE", 2)
        for n in range(5):
            keep(b"%d" % n)

        assert journal.seal(at=AT) == 5
        assert list(queries.broken_links()) == []

    def test_writes_no_entry(self, three_sealed):
        assert not Entry.objects.exists()


class TestBrokenLinks:
    def test_nothing_is_broken(self, three_sealed, keep):
        keep(b"not sealed yet")

        assert list(queries.broken_links()) == []

    def test_a_flipped_bit_in_a_body_is_named(self, three_sealed):
        tamper("body = set_bit(body, 90, 1 - get_bit(body, 90))")

        (broken,) = queries.broken_links()

        assert broken.startswith("unit 1, message 3: its body ")

    def test_another_body_under_the_same_digest_is_named(self, three_sealed):
        tamper("body = (SELECT body FROM journal_message WHERE sequence = 1)")

        assert list(queries.broken_links()) == [
            "unit 1, message 3: its body is not what its SHA-256 was made of"
        ]

    @pytest.mark.parametrize(
        "assignment",
        ["terminal_id = 8", "terminal_id = NULL", "channel = 2", "key_version = 1"],
    )
    def test_a_changed_row_is_named(self, three_sealed, assignment):
        tamper(assignment)

        broken = list(queries.broken_links())

        assert [sentence[:25] for sentence in broken] == [
            "chain messages, link up t",
            "chain unit:1, link up to ",
        ]

    def test_a_message_moved_to_another_unit_is_named(self, three_sealed):
        tamper("unit_id = 2")

        chains = [sentence.split(",")[0] for sentence in queries.broken_links()]

        assert chains == ["chain messages", "chain unit:1"]

    def test_a_missing_message_is_named(self, three_sealed):
        Message.objects.filter(sequence=2).delete()

        first, *chains = queries.broken_links()

        assert first == "message 2 is missing"
        assert [sentence.split(",")[0] for sentence in chains] == ["chain messages", "chain unit:2"]

    def test_missing_messages_at_the_end_are_named(self, three_sealed, keep):
        keep(b"4")
        keep(b"5")
        Message.objects.filter(sequence__gte=4).delete()

        assert list(queries.broken_links()) == ["messages 4 to 5 are missing"]

    def test_progress_is_told(self, three_sealed, monkeypatch):
        monkeypatch.setattr(queries.verification, "_AT_ONCE", 2)
        told = []

        list(queries.broken_links(progress=told.append))

        assert told == [2]
