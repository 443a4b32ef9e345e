import os
import shutil
import sqlite3
import stat
import subprocess
import sys

import pytest

from hengneng.gateway import batches, outbox
from hengneng.gateway.batches import Channel, Sender, State
from hengneng.gateway.decoding import Number
from hengneng.gateway.outbox import Failure, NoOutbox, Outbox, OutboxInUse, Reading, looking_at
from hengneng.protocol.records import DAY_SECONDS

AT = 1_795_190_400  # 2026-11-20 16:00:00 local
SENDER = Sender("secret", "91310000MA1K35X16E", Channel.REGISTERS, 900, {})


def reading(at=AT, digits=100, meter="A-1", mark="M") -> Reading:
    return Reading(meter, "total", at, Number(digits, 2), mark, at)


def rows(opened: Outbox, sql: str) -> list[tuple]:
    with opened.looking() as connection:
        return connection.execute(sql).fetchall()


class TestOpening:
    def test_is_durable(self, outbox):
        assert rows(outbox, "PRAGMA journal_mode") == [("wal",)]
        assert rows(outbox, "PRAGMA synchronous") == [(2,)]

    def test_is_readable_by_its_account_alone(self, outbox, tmp_path):
        outbox.keep([reading()], [])

        found = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.rglob("*.*")}

        assert found == dict.fromkeys(
            ["outbox.lock", "outbox.sqlite3", "outbox.sqlite3-shm", "outbox.sqlite3-wal"], 0o600
        )

    def test_has_one_writer(self, outbox, tmp_path):
        """The guard against SQLite's WAL-reset bug: nobody else writes or checkpoints."""
        with pytest.raises(OutboxInUse):
            Outbox(tmp_path / "outbox")

    def test_is_free_again_once_closed(self, tmp_path):
        Outbox(tmp_path).close()
        Outbox(tmp_path).close()

    def test_leaves_another_editions_outbox_alone(self, tmp_path):
        Outbox(tmp_path).close()
        with sqlite3.connect(tmp_path / outbox.FILE) as connection:
            connection.execute("PRAGMA user_version = 99")
        connection.close()

        with pytest.raises(outbox.OtherEdition):
            Outbox(tmp_path)


class TestKeep:
    def test_keeps_readings_and_failures_together(self, outbox):
        failure = Failure("A-2", "", AT, "NO_ANSWER", "silent")

        assert outbox.keep([reading(), reading(meter="A-3")], [failure]) == 2

        assert rows(outbox, "SELECT meter, at, digits, scale, mark FROM reading"
                    " JOIN series ON series.id = series ORDER BY reading.id") == [
            ("A-1", AT, 100, 2, "M"),
            ("A-3", AT, 100, 2, "M"),
        ]  # fmt: skip
        assert rows(outbox, "SELECT meter, reason FROM failure") == [("A-2", "NO_ANSWER")]

    def test_lets_the_first_reading_of_an_instant_stand(self, outbox):
        outbox.keep([reading(digits=100)], [])

        assert outbox.keep([reading(digits=101)], []) == 0

        assert rows(outbox, "SELECT digits FROM reading") == [(100,)]
        assert rows(outbox, "SELECT reason FROM failure") == [("READ_ALREADY",)]

    def test_keeps_all_or_nothing(self, outbox):
        with pytest.raises(OverflowError):
            outbox.keep([reading(), reading(meter="A-2", digits=1 << 70)], [])

        assert rows(outbox, "SELECT count(*) FROM reading") == [(0,)]
        # The series made in what was undone is made again.
        assert outbox.keep([reading()], []) == 1


class TestFull:
    def test_says_so_and_holds_what_it_had(self, outbox):
        outbox.keep([reading()], [])
        with outbox.looking() as connection:
            (pages,) = connection.execute("PRAGMA page_count").fetchone()
            connection.execute(f"PRAGMA max_page_count = {pages}")

        with pytest.raises(sqlite3.OperationalError, match="full"):
            outbox.keep([reading(AT + 900 * n) for n in range(1, 5000)], [])

        assert rows(outbox, "SELECT count(*) FROM reading") == [(1,)]


def acknowledged(opened: Outbox, number: int, *, at: int, state=State.ACKNOWLEDGED) -> None:
    """One reading and what became of it, and when."""
    opened.keep([reading(AT + 900 * number)], [])
    batches.form(opened, SENDER, at=at)
    batches.settle(opened, batches.pending(opened), state, "", at=at)


class TestPrune:
    def test_forgets_only_what_was_acknowledged_long_ago(self, outbox):
        later = AT + 200 * DAY_SECONDS
        acknowledged(outbox, 0, at=AT)
        acknowledged(outbox, 1, at=AT, state=State.REFUSED)
        for day in range(30):
            acknowledged(outbox, 2 + day, at=later + day * DAY_SECONDS)
        outbox.keep([reading(AT - 9000)], [Failure("", "", AT, "CLOCK_JUMPED", "")])

        assert outbox.prune(before=later) == 1

        assert rows(outbox, "SELECT (at - 1795190400) / 900 FROM reading ORDER BY at")[:4] == [
            (-10,),
            (1,),
            (2,),
            (3,),
        ]
        assert rows(outbox, "SELECT count(*) FROM batch WHERE state = 'REFUSED'") == [(1,)]
        assert rows(outbox, "SELECT count(*) FROM batch") == [(31,)]
        assert rows(outbox, "SELECT * FROM failure") == []

    def test_a_clock_far_ahead_makes_nothing_old(self, outbox):
        acknowledged(outbox, 0, at=AT)
        ahead = AT + 36_500 * DAY_SECONDS
        for day in range(29):
            acknowledged(outbox, 1 + day, at=ahead + day * DAY_SECONDS)

        assert outbox.prune(before=ahead) == 0


class TestLooking:
    def test_from_outside_while_the_gateway_writes(self, outbox, tmp_path):
        outbox.keep([reading()], [])

        with looking_at(tmp_path / "outbox") as connection:
            outbox.keep([reading(AT + 900)], [])
            assert connection.execute("SELECT count(*) FROM reading").fetchone() == (2,)
            with pytest.raises(sqlite3.OperationalError, match="readonly"):
                connection.execute("DELETE FROM reading")

    def test_from_outside_when_the_gateway_rests(self, tmp_path):
        opened = Outbox(tmp_path)
        opened.keep([reading()], [])
        opened.close()

        with looking_at(tmp_path) as connection:
            assert connection.execute("SELECT count(*) FROM reading").fetchone() == (1,)

    @pytest.mark.parametrize("files", [["", "-wal", "-shm"], ["", "-wal"]])
    def test_from_outside_after_a_crash_moves_nothing(self, outbox, tmp_path, files):
        """What only looks must not checkpoint: decision 0007."""
        outbox.keep([reading()], [])
        left = tmp_path / "left"
        left.mkdir()
        for end in files:
            shutil.copy(tmp_path / "outbox" / f"outbox.sqlite3{end}", left)
        before = [(left / f"outbox.sqlite3{end}").read_bytes() for end in ("", "-wal")]

        with looking_at(left) as connection:
            assert connection.execute("SELECT count(*) FROM reading").fetchone() == (1,)

        assert [(left / f"outbox.sqlite3{end}").read_bytes() for end in ("", "-wal")] == before

    def test_makes_none_where_there_is_none(self, tmp_path):
        with pytest.raises(NoOutbox), looking_at(tmp_path):
            pass

        assert list(tmp_path.iterdir()) == []


KEEPER = """
import sys
from pathlib import Path
from hengneng.gateway import batches
from hengneng.gateway.batches import Channel, Sender, State
from hengneng.gateway.decoding import Number
from hengneng.gateway.outbox import Outbox, Reading
box = Outbox(Path(sys.argv[1]))
sender = Sender("secret", "91310000MA1K35X16E", Channel.REGISTERS, 900, {})
number = int(sys.argv[2])
def say(*what):
    sys.stdout.write(" ".join(map(str, what)) + "\\n")
    sys.stdout.flush()
while True:
    number += 1
    box.keep([Reading(meter, "total", 900 * number, Number(number, 2), "M", 900 * number)
              for meter in ("A-1", "A-2", "A-3")], [])
    say("kept", number)
    if batches.form(box, sender, at=900 * number, most=4):
        batch = batches.pending(box)
        import hashlib
        say("formed", batch.id, hashlib.sha256(batch.body).hexdigest())
        if number % 3:
            batches.settle(box, batch, State.ACKNOWLEDGED, "", at=900 * number)
            say("settled", batch.id)
"""


class TestKilled:
    @pytest.mark.parametrize("rounds", [6, pytest.param(60, marks=pytest.mark.long)])
    def test_at_any_moment_loses_nothing_and_changes_no_message(self, tmp_path, rounds):
        said, last = [], 0
        for number in range(rounds):
            told = _killed_after(tmp_path, last, lines=7 + 11 * number % 50)
            said += told
            last = max([last, *(int(line[1]) for line in told if line[0] == "kept")]) + 1

        kept = {int(line[1]) for line in said if line[0] == "kept"}
        formed = {int(line[1]): line[2] for line in said if line[0] == "formed"}
        settled = {int(line[1]) for line in said if line[0] == "settled"}
        assert len(kept) > rounds
        self._check(tmp_path, kept, formed, settled)

    def _check(self, folder, kept, formed, settled):
        """Everything said to be done is done, whole, and nothing half."""
        opened = Outbox(folder)
        try:
            assert rows(opened, "PRAGMA integrity_check") == [("ok",)]
            assert rows(opened, "PRAGMA foreign_key_check") == []
            found = rows(opened, "SELECT at / 900, count(*) FROM reading GROUP BY at")
            # One more round may have been kept than was said, just before the end; never a part.
            assert kept <= {at for at, _ in found}
            assert {count for _, count in found} == {3}
            batch = {row[0]: row[1:] for row in rows(opened, "SELECT id, state, sha256 FROM batch")}
            assert {id_: digest for id_, (_, digest) in batch.items() if id_ in formed} == formed
            assert {batch[id_][0] for id_ in settled} == {"ACKNOWLEDGED"}
        finally:
            opened.close()


def _killed_after(folder, last: int, *, lines: int) -> list[list[str]]:
    """Let another process keep readings and kill it after so many lines; return what it said."""
    process = subprocess.Popen(
        [sys.executable, "-c", KEEPER, str(folder), str(last)],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": "src"},
    )
    said = [process.stdout.readline().split() for _ in range(lines)]
    process.kill()
    said += [line.split() for line in process.stdout.read().splitlines(keepends=True)
             if line.endswith("\n")]  # fmt: skip
    process.stdout.close()
    process.wait()
    return said
