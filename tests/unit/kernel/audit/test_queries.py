from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection, transaction

from hengneng.kernel.audit import operations, queries, rules
from hengneng.kernel.audit.models import DayRoot, Entry, Link

NOON = datetime(2020, 9, 30, 4, tzinfo=UTC)  # noon in Shanghai
DAY = date(2020, 9, 30)

pytestmark = pytest.mark.django_db


@pytest.fixture
def sealed(tmp_path, settings):
    """Six entries in two links on one day, rooted; then one entry in a link on the next."""
    settings.DATA_DIR = tmp_path
    for numbers, at in (((1, 2, 3), NOON), ((4, 5, 6), NOON), ((7,), NOON + timedelta(days=1))):
        for number in numbers:
            record(number)
        operations.seal(at=at)


def record(number):
    with transaction.atomic():
        operations.record("unit.created", subject=f"unit:{number}", by=7, at=NOON)


def flipped(value):
    return bytes([value[0] ^ 1]) + bytes(value[1:])


def breaks():
    return list(queries.broken_links())


class TestBrokenLinks:
    def test_finds_nothing_where_nothing_was_touched(self, sealed):
        record(8)

        assert breaks() == []
        assert queries.counts() == (8, 3, 1)

    @pytest.mark.parametrize(
        ("column", "value"),
        [
            ("subject", "unit:5"),
            ("action", "unit.createe"),
            ("by", 6),
            ("at", NOON + timedelta(microseconds=1)),
            ("recorded_at", NOON),
            ("details", {"name": ""}),
        ],
    )
    def test_names_the_entry_whose_row_was_changed(self, sealed, column, value):
        Entry.objects.filter(sequence=4).update(**{column: value})

        action, subject = Entry.objects.values_list("action", "subject").get(sequence=4)
        assert breaks() == [
            f"entry 4 ({action}, {subject}): its row is not what its digest was made of"
        ]

    def test_names_entry_and_link_where_a_digest_was_changed(self, sealed):
        entry = Entry.objects.get(sequence=4)
        Entry.objects.filter(sequence=4).update(digest=flipped(entry.digest))

        assert breaks() == [
            "entry 4 (unit.created, unit:4): its row is not what its digest was made of",
            "chain entries, link up to 6: its 3 rows, or the link, are not what was sealed",
        ]

    def test_names_the_link_where_row_and_digest_were_changed_together(self, sealed):
        row = queries.entry_row(4)._replace(by=6)
        Entry.objects.filter(sequence=4).update(by=6, digest=rules.entry_digest(row))

        assert breaks() == [
            "chain entries, link up to 6: its 3 rows, or the link, are not what was sealed"
        ]

    def test_names_the_entry_that_is_missing(self, sealed):
        Entry.objects.filter(sequence=2).delete()

        assert breaks() == [
            "entry 2 is missing",
            "chain entries, link up to 3: it was made over 3 rows, of which 2 are there",
        ]

    def test_names_entries_missing_at_the_end(self, sealed):
        record(8)
        record(9)
        Entry.objects.filter(sequence__gte=8).delete()

        assert breaks() == ["entries 8 to 9 are missing"]

    def test_names_both_of_two_entries_that_changed_places(self, sealed):
        with connection.cursor() as cursor:
            cursor.execute("UPDATE audit_entry SET sequence = 0 WHERE sequence = 2")
            cursor.execute("UPDATE audit_entry SET sequence = 2 WHERE sequence = 5")
            cursor.execute("UPDATE audit_entry SET sequence = 5 WHERE sequence = 0")

        assert breaks() == [
            "entry 2 (unit.created, unit:5): its row is not what its digest was made of",
            "entry 5 (unit.created, unit:2): its row is not what its digest was made of",
            "chain entries, link up to 3: its 3 rows, or the link, are not what was sealed",
            "chain entries, link up to 6: its 3 rows, or the link, are not what was sealed",
        ]

    def test_names_the_link_that_was_changed_and_the_day_of_its_root(self, sealed):
        link = Link.objects.get(upto=3)
        Link.objects.filter(upto=3).update(digest=flipped(link.digest))

        assert breaks() == [
            "chain entries, link up to 3: its 3 rows, or the link, are not what was sealed",
            "chain entries, link up to 6: its 3 rows, or the link, are not what was sealed",
            "day 2020-09-30: its root is not that of its links",
        ]

    def test_names_what_a_missing_link_leaves(self, sealed):
        Link.objects.filter(upto=3).delete()

        assert breaks() == [
            "chain entries, link up to 6: it was made over 3 rows, of which 6 are there",
            "day 2020-09-30: its root was made over 2 links, 1 are there",
        ]

    def test_names_the_day_whose_root_was_changed(self, sealed):
        root = DayRoot.objects.get()
        DayRoot.objects.update(root=flipped(root.root))

        assert breaks() == [
            "day 2020-09-30: its root is not that of its links",
            "day 2020-09-30: its signature does not fit what it signs",
        ]

    def test_names_the_day_whose_signature_was_changed(self, sealed):
        root = DayRoot.objects.get()
        DayRoot.objects.update(signature=flipped(root.signature))

        assert breaks() == ["day 2020-09-30: its signature does not fit what it signs"]

    def test_names_the_day_whose_root_is_missing(self, sealed):
        record(8)
        operations.seal(at=NOON + timedelta(days=2))
        DayRoot.objects.filter(day=DAY).delete()

        assert breaks() == [
            "day 2020-09-30: its root is missing",
            "day 2020-10-01: its signature does not fit what it signs",
        ]

    def test_says_where_the_public_key_is_gone(self, sealed, settings):
        folder = Path(settings.DATA_DIR) / "keys"
        key_id = queries.day_root(DAY).key_id
        (folder / f"{key_id}.pub").unlink()

        assert breaks() == [
            f"day 2020-09-30: the public key {key_id} that signed it is not in {folder}"
        ]

    def test_tells_of_its_progress(self, sealed, monkeypatch):
        monkeypatch.setattr(queries, "ROWS_AT_ONCE", 3)
        seen = []

        assert list(queries.broken_links(progress=seen.append)) == []
        assert seen == [3, 6]


class TestBrokenChain:
    def test_judges_rows_of_any_room(self):
        rows = [(3, b"x" * 32), (9, b"y" * 32)]
        operations.extend_chain(name="messages:1", digests=rows, at=NOON)

        assert list(queries.broken_chain("messages:1", rows)) == []
        assert list(queries.broken_chain("messages:1", [*rows, (11, b"z" * 32)])) == []
        assert list(queries.broken_chain("messages:1", [(3, b"x" * 32), (9, b"z" * 32)])) == [
            "chain messages:1, link up to 9: its 2 rows, or the link, are not what was sealed"
        ]
        assert list(queries.broken_chain("messages:1", [])) == [
            "chain messages:1, link up to 9: it was made over 2 rows, of which 0 are there"
        ]


class TestUnsealedSince:
    def test_is_when_the_oldest_unsealed_entry_was_recorded(self, sealed):
        record(8)
        record(9)

        assert queries.unsealed_since() == queries.entry_row(8).recorded_at

    def test_is_nothing_where_all_is_sealed(self, sealed):
        assert queries.unsealed_since() is None


class TestActsOf:
    def test_are_one_account_s_newest_first(self):
        at = datetime(2026, 3, 2, 4, tzinfo=UTC)
        for by, subject in ((7, "unit:A"), (8, "unit:B"), (7, "unit:C"), (None, "unit:D")):
            with transaction.atomic():
                operations.record("unit.listed", subject=subject, by=by, at=at, details={"n": 1})

        page = queries.acts_of(7, limit=1)
        rest = queries.acts_of(7, offset=1)

        assert [(act.subject, act.details) for act in page.rows] == [("unit:C", {"n": 1})]
        assert [act.subject for act in rest.rows] == ["unit:A"]
        assert (page.total, rest.total) == (2, 2)
