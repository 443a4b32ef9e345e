"""Processes killed at any moment while terminals upload: nothing acknowledged is lost or wrong.

Every terminal keeps what it was told was received and what its meters truly counted. Meanwhile days
are worked out by two processes and closed months are copied to Parquet without end. At the end the
journal holds exactly the acknowledged messages, each once, every day equals the truth, and the
copies' manifest is whole.
"""

import hashlib
import http.client
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from tests import inside, wire
from tests.product import Platform, environment_of
from tests.wire import RECEIVED, Client, Terminal

BACKEND, LAKE, SUPERVISOR = "backend", "lake", "supervisor"
# What "up" starts, its web worker, the database and its backends, the writer of closed months.
ROLES = [
    "web-worker", "web", "jobs", "recompute", "sealer", "postgres", "postgres-server",
    BACKEND, LAKE, SUPERVISOR,
]  # fmt: skip
CODE, METER = "00-00-0000-023300-11", "M1"
QUARTER = timedelta(minutes=15)
FIRST = datetime(2026, 1, 1)  # noqa: DTZ001 - as the city's clocks show it
TERMINALS = 3
PAUSE_S = 0.03  # between a terminal's messages
SECONDS = 90


class Uploader(threading.Thread):
    """A terminal that uploads without end and remembers the truth.

    Attributes:
        acknowledged: Digests of the messages it was told were received.
        truth: What its meter and its increments counted, by day. [hundredths of kWh]
    """

    def __init__(self, terminal: Terminal, seed: int) -> None:
        super().__init__(name=terminal.unit_code, daemon=True)
        self.acknowledged: Counter[bytes] = Counter()
        self.truth: dict[str, Counter[datetime]] = {"E-01": Counter(), "E-02": Counter()}
        self.repeats = self.failures = 0

        self._terminal = terminal
        self._chance = random.Random(seed)
        self._now, self._register = FIRST, self._chance.randrange(10**6)
        self._past: list[tuple[str, bytes]] = []
        self._end = threading.Event()

    @property
    def last_day(self) -> datetime:
        """The last day it wrote of, whole."""
        return self._now - timedelta(days=1)

    def told(self) -> str:
        """Return how it went, for whoever reads a failed run's output."""
        sent = len(self.acknowledged)
        return f"{self.name}: {sent} acknowledged, {self.failures} failures, {self.repeats} repeats"

    def finish(self) -> None:
        """Let it bring its day to an end, then end."""
        self._end.set()
        self.join(timeout=SECONDS)
        assert not self.is_alive(), f"{self.name} does not come through"

    def run(self) -> None:
        """Upload stretch after stretch; the last one ends with its day."""
        self._send("/devices/v1/registers", [self._reading()])
        while not self._end.is_set() or self._now.time() != FIRST.time():
            self._upload(self._chance.randrange(1, 13))
            time.sleep(PAUSE_S)

    def _upload(self, quarters: int) -> None:
        """Upload the next quarters, registers and increments; at times an old message too."""
        readings, increments = [], []
        for _ in range(quarters):
            day = self._now.replace(hour=0, minute=0)
            counted, told = self._chance.randrange(10_000), self._chance.randrange(10_000)
            increments.append(wire.increment(CODE, self._now, _text(told)))
            self._now, self._register = self._now + QUARTER, self._register + counted
            readings.append(self._reading())
            self.truth["E-01"][day] += counted
            self.truth["E-02"][day] += told
            if self._end.is_set() and self._now.time() == FIRST.time():
                break
        self._send("/devices/v1/registers", readings)
        self._send("/nhjc/uploadEnergyData", increments)
        if self._chance.random() < 0.05:
            self._keep(*self._chance.choice(self._past))
            self.repeats += 1

    def _reading(self) -> dict[str, object]:
        return wire.register(METER, self._now, _text(self._register))

    def _send(self, path: str, rows: list[dict[str, object]]) -> None:
        body = json.dumps(self._terminal.envelope(rows)).encode()
        self._keep(path, body)
        self._past.append((path, body))
        self.acknowledged[hashlib.sha256(body).digest()] += 1

    def _keep(self, path: str, body: bytes) -> None:
        """Send the same bytes again until they are acknowledged, as terminals do."""
        while not self._is_received(path, body):
            self.failures += 1
            time.sleep(0.1)

    def _is_received(self, path: str, body: bytes) -> bool:
        try:
            answer = self._terminal.client.post(path, body)
        except (OSError, http.client.HTTPException):
            return False
        assert answer.status in (200, 503), answer
        return answer.status == 200 and bool(answer.json == RECEIVED)


class LakeWriter(threading.Thread):
    """Copies closed months without end, in a process of its own that may be killed."""

    program = """
import time
import django
django.setup()
from hengneng.kernel import clock
from hengneng.telemetry.lake import operations
while True:
    operations.write(by=None, at=clock.now())
    time.sleep(0.2)
"""
    # What may never be found, whenever the writer before was killed.
    broken = ("BrokenEdition", "CopyDiffers", "NotExact")

    def __init__(self, platform: Platform) -> None:
        super().__init__(name=LAKE, daemon=True)
        self._log = platform.data_dir / "lake.log"
        self._environment = (
            environment_of(platform.data_dir)
            | platform.environment
            | {
                inside.ADDRESS: inside.address(platform),
                "DJANGO_SETTINGS_MODULE": "hengneng.settings",
            }
        )
        self._end = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pids(self) -> list[int]:
        """The process, while there is one."""
        process = self._process
        return [process.pid] if process and process.poll() is None else []

    def run(self) -> None:
        """Start the process, and another after each that is killed or has lost its database."""
        with self._log.open("ab") as log:
            while not self._end.is_set():
                self._process = subprocess.Popen(
                    [sys.executable, "-c", self.program],
                    env=self._environment, stdout=log, stderr=log,
                )  # fmt: skip
                self._process.wait()

    def finish(self) -> None:
        """End it; what it said tells of nothing broken."""
        self._end.set()
        until = time.monotonic() + SECONDS
        # One that had just ended may have been followed by another already.
        while self.is_alive() and time.monotonic() < until:
            for pid in self.pids:
                os.kill(pid, signal.SIGKILL)
            self.join(timeout=0.2)
        assert not self.is_alive()
        said = self._log.read_text()
        assert not any(word in said for word in self.broken), said[-3000:]


def _text(hundredths: int) -> str:
    return f"{hundredths // 100}.{hundredths % 100:02}"


@pytest.fixture
def own_platform() -> Iterator[Platform]:
    """Return the product with two processes that work off stale days."""
    with Platform.started("--recompute-workers", "2") as running:
        yield running


@pytest.fixture
def uploaders(own_platform: Platform, seed: int) -> list[Uploader]:
    """Terminals of three units, each with a register point and an increment point."""
    units = [inside.unit_code(21 + n) for n in range(TERMINALS)]
    inside.enter_units(own_platform, units)
    rows = [
        row
        for unit in units
        for row in (
            inside.point_row(unit, code="E-01", meter=METER),
            inside.point_row(unit, code="E-02", data_code=CODE),
        )
    ]
    inside.enter(own_platform, "points", rows)
    client = Client(own_platform.base_url)
    terminals = [inside.admitted(own_platform, unit, client) for unit in units]
    return [Uploader(terminal, seed + n) for n, terminal in enumerate(terminals)]


@pytest.fixture
def seed() -> int:
    """Another one each time; the one of a failed run is printed and can be given."""
    given = int(os.environ.get("HENGNENG_TEST_SEED", time.time_ns() % 10**9))
    sys.stderr.write(f"HENGNENG_TEST_SEED={given}\n")
    return given


def children(pid: int) -> list[int]:
    """Return a process's children."""
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def is_backend(pid: int) -> bool:
    """Answer whether a process of the server serves a client of this product."""
    try:
        return b"[local]" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except FileNotFoundError:
        return False


def pids(platform: Platform, writer: LakeWriter, role: str) -> list[int]:
    """Return the living processes of a role; none while it is being started again."""
    if role == LAKE:
        return writer.pids
    try:
        listed = platform.pids()
        if role != BACKEND:
            return listed.get(role, [])
        servers = listed.get("postgres-server", [])
        return [pid for server in servers for pid in children(server) if is_backend(pid)]
    except (FileNotFoundError, ProcessLookupError):
        return []


def lives(pid: int) -> bool:
    """Answer whether a process lives; one that is dead and not yet buried does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def kill_supervisor(platform: Platform) -> None:
    """Kill the process above all others, which end with it; then start the product again."""
    # Where its keeper was killed a moment before, the database's server stays, and is joined.
    below = {role: pids for role, pids in platform.pids().items() if role != "postgres-server"}
    platform.supervisor.kill()
    platform.supervisor.wait()
    left = [pid for pids in below.values() for pid in pids]
    wire.until(
        lambda: not any(map(lives, left)),
        seconds=SECONDS,
        what=f"the end of {below}:\n{platform.log[-2000:]}",
    )
    platform.start_again()


def kill_one(platform: Platform, writer: LakeWriter, role: str, chance: random.Random) -> None:
    """Kill one process of the role, wherever it is in what it does."""
    killed: list[int] = []

    def is_killed() -> bool:
        found = pids(platform, writer, role)
        if not found:
            return False
        killed.append(chance.choice(found))
        try:
            os.kill(killed[-1], signal.SIGKILL)
        except ProcessLookupError:  # gone by itself, or listed a moment too long
            return False
        return True

    wire.until(is_killed, seconds=SECONDS, what=f"no {role} to kill:\n{platform.log[-2000:]}")


def assert_nothing_is_lost(platform: Platform, uploaders: list[Uploader]) -> None:
    """Hold the journal against what was acknowledged."""
    kept = inside.rows(
        platform,
        "SELECT unit.code, message.sha256 FROM journal_message AS message"
        " JOIN units_unit AS unit ON unit.id = message.unit_id",
    )
    acknowledged = Counter(
        (uploader.name, digest)
        for uploader in uploaders
        for digest in uploader.acknowledged.elements()
    )
    assert Counter((code, bytes(digest)) for code, digest in kept) == acknowledged
    assert max(acknowledged.values()) == 1


def assert_sequences_are_gapless(platform: Platform) -> None:
    """Hold the numbers of messages and entries against 1, 2, 3, …, and the tails against them."""
    tails = dict(inside.rows(platform, "SELECT name, sequence FROM facts_tail"))
    for table, tail in (("journal_message", "message"), ("audit_entry", "entry")):
        found = inside.rows(platform, f"SELECT sequence FROM {table} ORDER BY sequence")
        assert [number for (number,) in found] == list(range(1, tails[tail] + 1))


def assert_every_day_is_right(platform: Platform, uploader: Uploader) -> None:
    """Hold every day that was worked out against what the meters counted."""
    found = inside.rows(
        platform,
        "SELECT point.code, day.day, day.amount FROM consumption_consumptionday AS day"
        " JOIN points_point AS point ON point.id = day.point_id"
        " JOIN units_unit AS unit ON unit.id = day.unit_id WHERE unit.code = %s AND day.day <= %s",
        uploader.name,
        uploader.last_day.date(),
    )
    assert {(code, day): Decimal(amount) for code, day, amount in found} == {
        (code, day.date()): Decimal(amount).scaleb(-2)
        for code, days in uploader.truth.items()
        for day, amount in days.items()
    }


def is_sealed(platform: Platform) -> bool:
    """Answer whether the sealer has come to the end of messages and entries."""
    done = platform.try_to_run("verify-log", "--json")
    return bool(json.loads(done.stdout)["unsealed_since"] is None)


def assert_copies_are_whole(platform: Platform) -> None:
    """Hold every file of every edition against its manifest, and the last against the database."""
    platform.run("lake", "write")
    found = json.loads(platform.run("lake", "check", "--json").stdout)
    assert (found["is_whole"], found["changed"]) == (True, [])
    assert found["rows"], "nothing was copied"
    assert found["editions"] > 1, "the writer never came to an end of its work"


def play(platform: Platform, uploaders: list[Uploader], seed: int, *, times: int) -> None:
    """Kill every role so many times while the terminals upload, then hold everything."""
    chance, writer = random.Random(seed), LakeWriter(platform)
    victims = ROLES * times
    chance.shuffle(victims)
    for uploader in uploaders:
        uploader.start()
    writer.start()
    for role in victims:
        time.sleep(chance.uniform(0.05, 1.5))
        if role == SUPERVISOR:
            kill_supervisor(platform)
        else:
            kill_one(platform, writer, role, chance)
    for uploader in uploaders:
        uploader.finish()
    writer.finish()
    for uploader in uploaders:
        sys.stderr.write(f"{uploader.told()}\n")
    wire.until(lambda: inside.is_settled(platform), seconds=SECONDS, what="all days worked out")
    assert_nothing_is_lost(platform, uploaders)
    assert_sequences_are_gapless(platform)
    for uploader in uploaders:
        assert_every_day_is_right(platform, uploader)
    wire.until(lambda: is_sealed(platform), seconds=SECONDS, what="all sealed")
    assert "nothing is broken" in platform.run("verify-log").stdout
    assert_copies_are_whole(platform)


def test_twice_each(own_platform, uploaders, seed):
    play(own_platform, uploaders, seed, times=2)


@pytest.mark.long
def test_fifty_times_each(own_platform, uploaders, seed):
    play(own_platform, uploaders, seed, times=50)
