import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection, connections

from hengneng.telemetry.journal import jobs, queries
from hengneng.telemetry.journal import operations as journal
from hengneng.telemetry.journal.models import Message

AT = datetime(2026, 11, 22, 8, tzinfo=UTC)
AHEAD = ["2026_11", "2026_12", "2027_01", "2027_02"]
NAMES = [f"journal_message_{month}" for month in AHEAD]


def partitions():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_inherits JOIN pg_class c ON c.oid = inhrelid"
            " WHERE inhparent = 'journal_message'::regclass ORDER BY 1"
        )
        return [name for (name,) in cursor.fetchall()]


@pytest.fixture
def unpartitioned(transactional_db):
    """The journal as migrated, DEFAULT alone, before and after."""

    def drop():
        with connection.cursor() as cursor:
            for name in partitions():
                if name != "journal_message_default":
                    cursor.execute(f"DROP TABLE {name}")

    drop()
    yield
    drop()
    journal.stop()


def kept_at(instant, sequence):
    return Message.objects.create(
        unit_id=1, recorded_at=instant, sequence=sequence, channel=1, dictionary=1,
        sha256=b"s" * 32, body=b"",
    )  # fmt: skip


def sent_many(cursor, unit_id, count):
    """Keep messages of a unit that touch one day, as the database alone could have them."""
    asked = {"unit": unit_id, "count": count, "at": AT}
    cursor.execute(
        "INSERT INTO journal_message (unit_id, recorded_at, sequence, channel, dictionary, sha256,"
        " body) SELECT %(unit)s, %(at)s, 10000 * %(unit)s + n, 1, 0, '', '' FROM"
        " generate_series(1, %(count)s) AS n", asked,
    )  # fmt: skip
    cursor.execute(
        "INSERT INTO journal_messageday SELECT unit_id, '2026-11-21', sequence, recorded_at"
        " FROM journal_message WHERE unit_id = %(unit)s", asked,
    )  # fmt: skip


def read_rows(node):
    """Return how many messages a plan's scans looked at, each as often as they did."""
    seen = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
    is_scan = node.get("Relation Name", "").startswith("journal_message_")
    below = sum(map(read_rows, node.get("Plans", ())))
    return below + (seen * node["Actual Loops"] if is_scan else 0)


class TestEnsurePartitions:
    def test_makes_this_month_and_three_ahead(self, unpartitioned):
        assert journal.ensure_partitions(at=AT) == NAMES
        assert partitions() == [*NAMES, "journal_message_default"]

    def test_the_job_run_twice_finds_the_same(self, unpartitioned):
        jobs.ensure_partitions(timestamp=0)
        made = partitions()
        jobs.ensure_partitions(timestamp=0)

        assert partitions() == made
        assert len(made) == 5

    def test_again_makes_nothing(self, unpartitioned):
        journal.ensure_partitions(at=AT)

        assert journal.ensure_partitions(at=AT) == []

    def test_each_month_holds_its_own_to_the_microsecond(self, unpartitioned):
        journal.ensure_partitions(at=AT)
        january = datetime(2027, 1, 1, tzinfo=UTC)
        kept_at(datetime(2026, 12, 1, tzinfo=UTC), 1)
        kept_at(january - timedelta(microseconds=1), 2)
        kept_at(january, 3)

        with connection.cursor() as cursor:
            cursor.execute("SELECT sequence FROM journal_message_2026_12 ORDER BY 1")
            assert cursor.fetchall() == [(1,), (2,)]

    def test_takes_over_what_stands_in_default(self, unpartitioned):
        kept_at(AT, 1)
        kept_at(datetime(2025, 3, 31, 23, tzinfo=UTC), 2)
        assert queries.messages_in_default() == 2

        assert journal.ensure_partitions(at=AT) == ["journal_message_2025_03", *NAMES]

        assert queries.messages_in_default() == 0
        assert sorted(Message.objects.values_list("sequence", flat=True)) == [1, 2]

    def test_bodies_are_not_compressed_a_second_time(self, unpartitioned):
        journal.ensure_partitions(at=AT)

        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT attstorage FROM pg_attribute WHERE attname = 'body'"
                " AND attrelid = 'journal_message_2026_11'::regclass"
            )
            assert cursor.fetchone() == ("e",)

    def test_several_processes_at_once(self, unpartitioned):
        made = []

        def run():
            made.extend(journal.ensure_partitions(at=AT))
            connections.close_all()

        threads = [threading.Thread(target=run) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)

        assert sorted(made) == NAMES

    def test_messages_of_a_day_read_only_the_partitions_they_are_in(self, unpartitioned):
        """PostgreSQL skips at run time what no instant of the day's rows falls into."""
        journal.ensure_partitions(at=AT)
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO journal_messageday VALUES (1, '2026-11-21', 1, %s)", [AT])
            kept_at(AT, 1)
            cursor.execute("SET enable_hashjoin = off")
            cursor.execute("SET enable_mergejoin = off")
            cursor.execute("SET enable_seqscan = off")
            cursor.execute(
                "EXPLAIN (ANALYZE, COSTS OFF) " + queries.reading._MESSAGES_OF_DAYS,
                queries.reading._asked(1, [date(2026, 11, 21)], None),
            )
            plan = "\n".join(line for (line,) in cursor.fetchall())
            cursor.execute("RESET ALL")
        entered = [line for line in plan.splitlines() if "Scan" in line and "message_20" in line]
        assert [line for line in entered if "never executed" not in line]
        assert all("2026_11" in line or "never executed" in line for line in entered)

    def test_messages_of_a_unit_never_counted_are_each_read_once(self, unpartitioned):
        """Not looked for, each anew, among all messages that the unit has sent."""
        journal.ensure_partitions(at=AT)
        with connection.cursor() as cursor:
            sent_many(cursor, 1, 3000)
            cursor.execute("ANALYZE journal_message, journal_messageday")
            sent_many(cursor, 2, 300)
            cursor.execute(
                "EXPLAIN (ANALYZE, FORMAT JSON) " + queries.reading._MESSAGES_OF_DAYS,
                queries.reading._asked(2, [date(2026, 11, 21)], None),
            )
            ((found,),) = cursor.fetchall()
        assert read_rows(found[0]["Plan"]) <= 3300
