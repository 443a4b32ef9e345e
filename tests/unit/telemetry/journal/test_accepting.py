import os
import subprocess
import sys
import threading
import time
from datetime import date
from pathlib import Path

import psycopg
import pytest
from django.db import connection, connections, transaction
from psycopg import conninfo
from tests.unit.telemetry.journal.conftest import AT, SERIES

import hengneng
from hengneng.kernel.facts import operations as facts
from hengneng.kernel.facts.models import Tail
from hengneng.protocol.records import DAY_SECONDS, Content, Record
from hengneng.telemetry.journal import operations as journal
from hengneng.telemetry.journal import queries
from hengneng.telemetry.journal.models import (
    Channel,
    FlawedRecord,
    Message,
    MessageDay,
    MessageKey,
    StaleMark,
)
from hengneng.telemetry.journal.operations import accepting, writing

DAY_10, DAY_11 = date(1970, 1, 11), date(1970, 1, 12)


def at_once(*calls):
    """Run the calls in threads of their own; return what each returned or raised, in order."""
    results = [None] * len(calls)

    def run(i, call):
        try:
            results[i] = call()
        except Exception as error:  # noqa: BLE001 - judged by the test
            results[i] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results


def sequences():
    return sorted(Message.objects.values_list("sequence", flat=True))


def other_connection():
    return psycopg.connect(**connection.get_connection_params() | {"cursor_factory": None})


class TestAccept:
    def test_keeps_the_same_bytes_once_by_each_channel(self, db, keep):
        first = keep(b"{}", channel=Channel.CONFIGURATION)
        other, again = keep(b"{}", channel=Channel.NATIONAL), keep(b"{}")

        assert (first.is_new, other.is_new, again.is_new) == (True, True, False)
        assert (other.sequence, again.sequence) == (2, 2)

    def test_keeps_the_message_with_its_days_flaws_and_marks(self, db, keep, two_days_and_flaws):
        accepted = keep(b'{"a": 1}', unit_id=3, content=two_days_and_flaws)

        assert accepted.sequence == 1
        assert accepted.is_new
        message = Message.objects.get()
        assert (message.unit_id, message.terminal_id, message.channel) == (3, 7, Channel.NATIONAL)
        assert message.recorded_at == accepted.recorded_at
        assert set(MessageDay.objects.values_list("unit_id", "day", "sequence", "recorded_at")) == {
            (3, DAY_10, 1, accepted.recorded_at),
            (3, DAY_11, 1, accepted.recorded_at),
        }
        assert sorted(StaleMark.objects.values_list("unit_id", "day", "marked_at")) == [
            (3, DAY_10, AT),
            (3, DAY_11, AT),
        ]
        assert sorted(FlawedRecord.objects.values_list("unit_id", "reason", "positions")) == [
            (3, "BAD_NUMBER", [2]),
            (3, "BAD_TIME", [1, 4]),
        ]

    def test_the_same_bytes_again_are_stored_once(self, db, keep):
        first = keep(b"same")
        again = keep(b"same")

        assert again == first._replace(is_new=False)
        assert Message.objects.count() == StaleMark.objects.count() == 1
        assert Tail.objects.get(name="message").sequence == 1

    def test_the_same_bytes_of_another_unit_are_another_message(self, db, keep):
        keep(b"same", unit_id=1)

        assert keep(b"same", unit_id=2).is_new

    def test_joins_the_callers_transaction(self, db, keep):
        with transaction.atomic():
            keep()
            transaction.set_rollback(True)

        assert not Message.objects.exists()

    def test_more_days_than_a_statement_has_parameters(self, db, keep):
        days = range(20_001)
        records = [Record(SERIES, day * DAY_SECONDS, 1, 0, "M", 0) for day in days]

        keep(content=Content(records, []))

        assert MessageDay.objects.count() == StaleMark.objects.count() == 20_001


class TestGroupCommit:
    def test_threads_share_a_transaction(self, committed_journal, keep):
        keep(b"starts the committer")
        with other_connection() as holder, holder.cursor() as cursor:
            cursor.execute("SELECT * FROM facts_tail WHERE name = 'message' FOR UPDATE")
            waiting = [
                threading.Thread(target=keep, args=(b"%d" % i,), kwargs={"unit_id": i % 3})
                for i in range(20)
            ]
            for thread in waiting:
                thread.start()
            time.sleep(0.5)
            holder.rollback()
            for thread in waiting:
                thread.join(timeout=30)

        assert sequences() == list(range(1, 22))
        # One alone may have gone ahead before the others were there.
        assert Message.objects.values("recorded_at").distinct().count() <= 3

    def test_the_same_bytes_twice_in_one_group(self, committed_journal, keep, one_day):
        group = [writing.Entry(1, b"%032d" % n, 7, 1, 1, b"", (DAY_10,), {}, AT) for n in (1, 2, 1)]

        answers = writing.write(group=group)

        assert [(a.sequence, a.is_new) for a in answers] == [(1, True), (2, True), (1, False)]
        assert sequences() == [1, 2]

    def test_sequences_have_no_gaps_whatever_is_sent_twice(self, committed_journal, keep):
        answers = at_once(*[lambda i=i: keep(b"%d" % (i % 25)) for i in range(60)])

        assert sequences() == list(range(1, 26))
        assert sum(answer.is_new for answer in answers) == 25

    def test_another_process_keeping_the_same_at_this_moment(
        self, committed_journal, keep, monkeypatch
    ):
        """The other commits between our look at the keys and our stamp."""
        entry = writing.Entry(1, b"x" * 32, 7, 1, 1, b"", (DAY_10,), {}, AT)
        looks = []
        look = writing._kept

        def look_then_race(keys):
            found = look(keys)
            looks.append(found)
            if len(looks) == 1:
                at_once(lambda: writing.write(group=[entry]))
            return found

        monkeypatch.setattr(writing, "_kept", look_then_race)

        answer = writing.write(group=[entry._replace(unit_id=2), entry])

        assert [(a.sequence, a.is_new) for a in answer] == [(2, True), (1, False)]
        assert sequences() == [1, 2]

    def test_a_member_that_fails_does_not_take_the_others_along(self, committed_journal, one_day):
        def entry(n, unit_id):
            return accepting._Waiting(
                writing.Entry(unit_id, b"%032d" % n, 7, 1, 1, b"", (DAY_10,), {}, AT)
            )

        beyond_bigint = 2**63
        group = [entry(1, 1), entry(2, beyond_bigint), entry(3, 2)]

        accepting._commit(group)

        assert group[0].answer.result().is_new
        assert isinstance(group[1].answer.exception(), Exception)
        assert group[2].answer.result().is_new
        assert sequences() == [1, 2]
        connection.close()

    def test_a_failure_reaches_the_sender(self, committed_journal, keep):
        with pytest.raises(journal.NotKept):
            keep(unit_id=2**63)

        assert keep(b"next").sequence == 1

    def test_marks_are_in_the_messages_transaction(self, committed_journal, keep, monkeypatch):
        def fail(*args, **kwargs):
            raise psycopg.errors.DiskFull("no space left")

        monkeypatch.setattr(writing, "_insert_days", fail)

        with pytest.raises(journal.NotKept):
            keep()

        assert not Message.objects.exists()
        assert not MessageKey.objects.exists()
        assert not Tail.objects.filter(name="message", sequence__gt=0).exists()


ANOTHER_PROCESS = """
import sys
from datetime import UTC, datetime

import django

django.setup()
from hengneng.protocol.records import Content
from hengneng.telemetry.journal import operations as journal
from hengneng.telemetry.journal.rules import Channel
from concurrent.futures import ThreadPoolExecutor

def keep(n):
    return journal.accept(
        unit_id=n % 3, terminal_id=None, channel=Channel.NATIONAL, body=b"%d" % n,
        content=Content([], []), at=datetime(2026, 11, 22, tzinfo=UTC),
    )

with ThreadPoolExecutor(8) as pool:
    print(sum(answer.is_new for answer in pool.map(keep, range(100))))
journal.stop()
"""


def test_processes_keep_the_same_messages_once_and_without_gaps(committed_journal):
    database = connection.settings_dict
    parts = {"dbname": database["NAME"]}
    for part in ("user", "password", "host", "port"):
        parts |= {part: database[part.upper()]} if database[part.upper()] else {}
    address = conninfo.make_conninfo(**parts)
    environment = os.environ | {
        "HENGNENG_DATABASE_URL": address,
        "DJANGO_SETTINGS_MODULE": "hengneng.settings",
        "PYTHONPATH": str(Path(hengneng.__file__).parent.parent),
    }
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", ANOTHER_PROCESS], env=environment, stdout=subprocess.PIPE
        )
        for _ in range(3)
    ]
    kept = [int(process.communicate(timeout=120)[0]) for process in processes]

    assert sum(kept) == 100
    assert sequences() == list(range(1, 101))


def test_a_forked_child_starts_its_own_committer(committed_journal, keep):
    keep(b"in the parent")
    parents = accepting._Process.committer

    accepting._forget()
    child_answer = keep(b"in the child")

    assert accepting._Process.committer is not parents
    assert child_answer.sequence == 2
    parents.stop()


class TestLostDatabase:
    @pytest.fixture
    def kill_backends(self):
        """End every other connection to the database, as its restart would."""

        def kill():
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )

        return kill

    def test_an_idle_connection_that_was_lost_is_made_anew(
        self, committed_journal, keep, kill_backends
    ):
        keep(b"before")
        kill_backends()

        assert keep(b"after").sequence == 2

    def test_killed_in_the_middle_the_waiter_gets_an_error(
        self, committed_journal, keep, monkeypatch, kill_backends
    ):
        insert_days = writing._insert_days

        def killed(*args):
            at_once(kill_backends)
            insert_days(*args)

        monkeypatch.setattr(writing, "_insert_days", killed)
        with pytest.raises(journal.NotKept):
            keep(b"lost")
        monkeypatch.undo()

        assert not Message.objects.exists()
        assert keep(b"lost").is_new
        assert sequences() == [1]

    def test_no_waiter_waits_longer_than_its_time(self, committed_journal, keep, monkeypatch):
        monkeypatch.setattr(accepting, "WAIT_S", 0.3)
        with other_connection() as holder, holder.cursor() as cursor:
            facts_tail_exists = keep(b"first")
            cursor.execute("SELECT * FROM facts_tail WHERE name = 'message' FOR UPDATE")

            with pytest.raises(journal.NotKept):
                keep(b"held up")

        monkeypatch.setattr(accepting, "WAIT_S", 20.0)
        # It was begun, so it may have been kept after all; sent again it is kept exactly once.
        keep(b"held up")
        assert facts_tail_exists.sequence == 1
        assert sequences() == [1, 2]


def test_the_recording_instant_follows_the_sequence(db, keep):
    first, second = keep(b"1"), keep(b"2")

    assert first.recorded_at < second.recorded_at
    assert facts.stamp(name="message").sequence == 3


def test_a_journal_message_is_found_by_its_day(db, keep):
    keep(b"1")

    assert [m.body for m in queries.messages_of_days(1, [DAY_10])] == [b"1"]
