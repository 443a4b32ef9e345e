"""``bench ingest``: readings over HTTP, kept and counted, beside the baseline in turns."""

import json
import os
import signal
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from django.db import connection

from hengneng.bench import costs, figures, ledger, load, machines, messages, rows, store
from hengneng.bench.figures import Result
from hengneng.bench.messages import DAY_SLOTS, POINTS, Flavour, Sender
from hengneng.bench.plan import Plan
from hengneng.kernel import clock
from hengneng.protocol import national

READY_S = 120.0
DRAIN_S = 60.0
# Bodies are built before the clock starts, for at most this speed. [readings/s]
_FASTEST = 320_000
_DAYS_BACK = 300
_FULL_DAYS = 4
_COPIED = 2_000  # messages
_NARROW, _NARROW_MESSAGES = 30, 1_000
_COPY_BLOCK = 200  # messages a transaction, as the front's largest group

Tell = Callable[[str], None]


class NotMeasured(Exception):
    """The platform did not do what was to be measured."""


class _Side:
    """A flavour's load on both fronts, and the runs so far."""

    def __init__(self, senders: Sequence[Sender], first: int) -> None:
        self.product = load.Position(senders, first)
        self.baseline = load.Position(senders, first)
        self.runs: list[load.Run] = []
        self.baseline_runs: list[load.Run] = []
        self.costs: list[costs.Cost] = []
        self.baseline_costs: list[costs.Cost] = []


class Ingest:
    """One measurement from an empty platform to its figures."""

    def __init__(self, plan: Plan, tell: Tell) -> None:
        """Remember what to measure and to whom to tell how far it is."""
        self._plan, self._tell = plan, tell
        self._sides: dict[Flavour, _Side] = {}
        self._ages: list[float] = []
        self._drains: list[float] = []
        self._unit_days: dict[Flavour, float] = {}
        self._cpu_ms: dict[Flavour, float] = {}

    def enter(self) -> None:
        """Wait until both fronts are ready and enter the units."""
        wait_until_ready(self._plan.port)
        wait_until_ready(self._plan.rows_port)
        store.make_rows_table()
        since = clock.local_second(clock.now()) // 86_400 - _DAYS_BACK
        for place, flavour in enumerate(Flavour):
            numbers = range(place * self._plan.units, (place + 1) * self._plan.units)
            senders = [ledger.enter(flavour, number, since=since) for number in numbers]
            self._sides[flavour] = _Side(senders, (since + 1) * DAY_SLOTS)
            self._tell(f"{len(senders)} units of {POINTS} points entered, {flavour}")
        _wait_until_drained()

    def take_turns(self) -> None:
        """Load product and baseline in turns, each flavour, as often as planned."""
        for turn in range(self._plan.rounds):
            for flavour, side in self._sides.items():
                run, cost = self._run(side.product)
                side.runs.append(run)
                side.costs.append(cost)
                self._catch_up()
                run, cost = self._run(side.baseline, is_baseline=True)
                side.baseline_runs.append(run)
                side.baseline_costs.append(cost)
                self._tell(
                    f"round {turn + 1} of {self._plan.rounds}, {flavour}:"
                    f" {side.runs[-1].readings_per_second:,.0f} readings/s,"
                    f" baseline {side.baseline_runs[-1].readings_per_second:,.0f}"
                )
        self._check_kept()

    def recompute_full_days(self) -> None:
        """Let full days come while the recompute pauses, then time how it works them off."""
        for flavour, side in self._sides.items():
            self._fill_up(side.product)
            with _Paused(pids(self._plan.processes)["recompute"]):
                self._send_all(side.product, _FULL_DAYS * DAY_SLOTS)
            days = self._plan.units * _FULL_DAYS
            before = machines.cpu_seconds(pids(self._plan.processes)["recompute"])
            self._unit_days[flavour] = days / _wait_until_drained()
            used = machines.cpu_seconds(pids(self._plan.processes)["recompute"]) - before
            self._cpu_ms[flavour] = used / days * 1e3
            self._tell(f"full days, {flavour}: {self._unit_days[flavour]:.1f} unit-days/s")

    def results(self) -> list[Result]:
        """Return the figures."""
        native = self._sides[Flavour.REGISTERS]
        found = self._speeds("ingest_readings_s", "ack_p95_ms", self._sides[Flavour.NATIONAL])
        found += self._speeds("ingest_registers_s", "ack_registers_p95_ms", native)
        national_side = self._sides[Flavour.NATIONAL]
        found += costs.results(national_side.costs, national_side.baseline_costs)
        found += [
            Result("recompute_unit_days_s", min(self._unit_days.values()), "unit-days/s"),
            Result("recompute_national_s", self._unit_days[Flavour.NATIONAL], "unit-days/s"),
            Result("recompute_registers_s", self._unit_days[Flavour.REGISTERS], "unit-days/s"),
            Result(
                "recompute_cpu_ms_a_unit_day",
                max(self._cpu_ms.values()),
                "ms",
                is_more_better=False,
            ),
            Result("recompute_lag_s", max(self._ages), "s", is_more_better=False),
            Result("recompute_drain_s", max(self._drains), "s", is_more_better=False),
        ]
        found += [*self._sizes(), *self._bare_speeds(), *_memory(pids(self._plan.processes))]
        return [*found, self._narrow_size()]

    def _run(
        self, position: load.Position, *, is_baseline: bool = False
    ) -> tuple[load.Run, costs.Cost]:
        """Load a front; return what came of it and what it took of the processors."""
        slots = int(self._plan.seconds * _FASTEST / POINTS / self._plan.units) + 1
        meter = costs.Meter(pids(self._plan.processes), is_baseline=is_baseline)
        run = load.run(
            position,
            port=self._plan.rows_port if is_baseline else self._plan.port,
            until=max(position.next.values()) + slots,
            connections=self._plan.connections,
            seconds=self._plan.seconds,
        )
        return run, meter.cost(load_s=run.cpu_s, messages=run.messages)

    def _catch_up(self) -> None:
        """Note how far behind the recompute is, and how long it takes to catch up."""
        oldest = store.oldest_mark()
        self._ages.append((clock.now() - oldest).total_seconds() if oldest else 0.0)
        self._drains.append(_wait_until_drained())

    def _fill_up(self, position: load.Position) -> None:
        """Send what the last day of each terminal still lacks, so that full days follow."""
        self._send_all(position, -max(position.next.values()) % DAY_SLOTS)
        _wait_until_drained()

    def _send_all(self, position: load.Position, slots: int) -> None:
        """Send this many slots more of the terminal that is ahead, and as far of the others."""
        load.run(
            position,
            port=self._plan.port,
            until=max(position.next.values()) + slots,
            connections=self._plan.connections,
            seconds=None,
        )

    def _check_kept(self) -> None:
        """Refuse to report where not all that was acknowledged is kept."""
        sent = sum(run.messages for side in self._sides.values() for run in side.runs)
        copied = sum(run.messages for side in self._sides.values() for run in side.baseline_runs)
        if (kept := store.message_count()) != sent:
            raise NotMeasured(f"{sent} messages were acknowledged, {kept} are kept")
        if (kept := store.row_count()) != copied * POINTS:
            raise NotMeasured(f"{copied * POINTS} rows were acknowledged, {kept} are kept")

    def _speeds(self, speed: str, wait: str, side: _Side) -> list[Result]:
        waits, baseline_waits = (
            figures.median([figures.percentile(run.waits, 0.95) * 1e3 for run in runs])
            for runs in (side.runs, side.baseline_runs)
        )
        return [
            Result(
                speed,
                figures.median([run.readings_per_second for run in side.runs]),
                "readings/s",
                baseline=figures.median([run.readings_per_second for run in side.baseline_runs]),
            ),
            Result(wait, waits, "ms", is_more_better=False, baseline=baseline_waits),
        ]

    def _sizes(self) -> list[Result]:
        """Return the bytes that a reading takes."""
        readings = store.message_count() * POINTS
        slots = store.slot_count()
        row = store.bytes_of(rows.TABLE) / store.row_count()
        as_written = store.bytes_of("consumption_profile") / slots
        store.pack("consumption_profile")

        def size(name: str, value: float) -> Result:
            return Result(name, value, "bytes", is_more_better=False, baseline=row)

        journal = ("journal_message", "journal_messagekey", "journal_messageday")
        return [
            size("raw_bytes_per_reading", store.bytes_of("journal_message") / readings),
            size("raw_body_bytes_per_reading", store.body_bytes() / readings),
            size("journal_bytes_per_reading", store.bytes_of(*journal) / readings),
            size("profile_bytes_per_reading", store.bytes_of("consumption_profile") / slots),
            size("profile_bytes_before_vacuum", as_written),
        ]

    def _narrow_size(self) -> Result:
        """Return the journal's bytes for a reading where a message holds only a few. [bytes]"""
        position = self._sides[Flavour.NATIONAL].product
        sender, first = position.senders[0], max(position.next.values())
        before = store.last_sequence()
        for turn in range(_NARROW_MESSAGES):
            ledger.keep(sender, messages.message(sender, first + turn, points=_NARROW))
        value = store.bytes_alone(after=before) / _NARROW_MESSAGES / _NARROW
        return Result("raw_bytes_per_reading_of_30", value, "bytes", is_more_better=False)

    def _bare_speeds(self) -> list[Result]:
        """Return what the database takes without any front."""
        sender = self._sides[Flavour.NATIONAL].baseline.senders[0]
        first = max(self._sides[Flavour.NATIONAL].baseline.next.values())
        lines = [
            rows.copy_lines(turn, national.read_energy(messages.message(sender, first)).content)
            for turn in range(1_000_000, 1_000_000 + 2 * _COPIED)
        ]
        blocks = [b"".join(lines[n : n + _COPY_BLOCK]) for n in range(0, len(lines), _COPY_BLOCK)]
        half, count = len(blocks) // 2, _COPIED * POINTS
        return [
            Result("bare_copy_rows_s", store.copied_per_second(blocks[:half], count), "rows/s"),
            Result("copy_upsert_rows_s", store.upserted_per_second(blocks[half:], count), "rows/s"),
        ]


def measure(plan: Plan, *, tell: Tell) -> dict[str, Any]:
    """Return what ``bench ingest --json`` prints.

    Args:
        plan: What to measure.
        tell: Takes a sentence on how far it is.

    Raises:
        NotMeasured: If the platform did not do what was to be measured.
    """
    bench = Ingest(plan, tell)
    try:
        bench.enter()
        bench.take_turns()
        bench.recompute_full_days()
        return figures.as_json(machine(), bench.results())
    except load.Refused as error:
        raise NotMeasured(f"the load was refused: {error}") from error


def machine() -> dict[str, Any]:
    """Return what the figures were measured on, without its name."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version')")
        (postgres,) = cursor.fetchone()
    return machines.machine() | {"postgresql": postgres}


class _Paused:
    """Processes that stand still meanwhile."""

    def __init__(self, pids: Sequence[int]) -> None:
        self._pids = pids

    def __enter__(self) -> None:
        for pid in self._pids:
            os.kill(pid, signal.SIGSTOP)

    def __exit__(self, *_: object) -> None:
        for pid in self._pids:
            os.kill(pid, signal.SIGCONT)


def pids(processes: str) -> dict[str, list[int]]:
    """Return the product's processes by role, as its supervisor lists them in a file."""
    found: dict[str, list[int]] = json.loads(Path(processes).read_text())
    return found


def _memory(found: dict[str, list[int]]) -> list[Result]:
    """Return the most memory that web workers and the recompute ever held."""
    roles = {"web_rss_mb": "web-worker", "worker_rss_mb": "recompute"}
    return [
        Result(name, max(map(machines.peak_mb, found[role])), "MB", is_more_better=False)
        for name, role in roles.items()
        if all(Path(f"/proc/{pid}/status").exists() for pid in found[role])
    ]


def wait_until_ready(port: int) -> None:
    """Wait until a front answers that it is ready.

    Raises:
        NotMeasured: If it does not in time.
    """
    until = time.monotonic() + READY_S
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5):
                return
        except urllib.error.HTTPError:
            time.sleep(0.25)
        except OSError:  # not listening yet
            time.sleep(0.25)
    raise NotMeasured(f"the front at port {port} does not become ready")


def _wait_until_drained() -> float:
    """Wait until the recompute has nothing left; return how long that took. [s]

    Raises:
        NotMeasured: If it does not come to an end in time.
    """
    began = time.monotonic()
    while store.is_behind():
        if time.monotonic() - began > DRAIN_S:
            raise NotMeasured(f"the recompute is still behind after {DRAIN_S:.0f} s")
        time.sleep(0.01)
    return time.monotonic() - began
