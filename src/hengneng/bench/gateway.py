"""``bench gateway``: what a gateway of 200 meters takes of a small machine.

The gateway runs as it does at a unit, in a process of its own, against meters that pymodbus serves,
each at its own address: the dearest case, a connection for each. A simulated clock lets a quarter
hour pass in a few seconds, so the processor time of a round is measured over many rounds; what the
gateway uses between rounds does not pass faster with it and is measured apart, in real time. Both
together are the share of a core at fifteen minutes.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hengneng.bench import figures, machines
from hengneng.bench.figures import Result
from hengneng.gateway.outbox import NoOutbox, looking_at

METERS = 200
PERIOD_S = 900
# Simulated seconds in a real one: a round every four and a half seconds.
RATE = 200.0
_IDLE_S = 15.0
_LIMIT_S = 120.0
_START = "2026-11-21T08:00:00+08:00"

Tell = Callable[[str], object]


class NotMeasured(Exception):
    """The gateway did not do what was to be measured."""


def measure(*, rounds: int, tell: Tell) -> dict[str, Any]:
    """Return what ``bench gateway --json`` prints.

    Args:
        rounds: How many rounds are measured. [count]
        tell: Takes a sentence on how far it is.

    Raises:
        NotMeasured: If a reading is missing, or it takes too long.
    """
    with tempfile.TemporaryDirectory(prefix="hengneng-bench-") as name, _field() as ports:
        folder = Path(name)
        path = folder / "gateway.toml"
        path.write_text(_toml(ports), encoding="utf-8")
        tell(f"{METERS} meters answer, each at its own address")
        with _gateway(path, rate=RATE) as pid:
            results = _rounds(pid, folder / "outbox", rounds, tell)
        with _gateway(path, rate=1.0) as pid:
            idle = _idle(pid, folder / "outbox", tell)
    (round_ms,) = (one.value for one in results if one.name == "gateway_round_cpu_ms")
    share = round_ms / 1e3 / PERIOD_S * 100 + idle
    results += [
        Result("gateway_idle_core_percent", idle, "%", is_more_better=False),
        Result("gateway_core_percent", share, "%", is_more_better=False),
    ]
    return figures.as_json(machines.machine() | {"meters": METERS}, results)


def _rounds(pid: int, outbox: Path, rounds: int, tell: Tell) -> list[Result]:
    """Return what rounds take, the first left out: starting up is no part of a round."""
    _wait_for(outbox, 1)
    before, began = machines.cpu_seconds([pid]), _count(outbox)
    _wait_for(outbox, began + rounds)
    used, done = machines.cpu_seconds([pid]) - before, _count(outbox) - began
    peak = machines.peak_mb(pid)
    tell(f"{done} rounds: {used / done * 1e3:.0f} ms of a core each, {peak:.1f} MB at most")
    _check(outbox)
    return [
        Result("gateway_rss_mb", peak, "MB", is_more_better=False),
        Result("gateway_round_cpu_ms", used / done * 1e3, "ms", is_more_better=False),
        Result("gateway_start_cpu_s", before, "s", is_more_better=False),
    ]


def _idle(pid: int, outbox: Path, tell: Tell) -> float:
    """Return the share of a core that is used between rounds. [%]"""
    rounds = _count(outbox)
    _wait_for(outbox, rounds + 1)  # at real speed the clock starts on a quarter: it reads at once
    time.sleep(5)
    before = machines.cpu_seconds([pid])
    time.sleep(_IDLE_S)
    share = (machines.cpu_seconds([pid]) - before) / _IDLE_S * 100
    tell(f"between rounds {share:.2f} % of a core")
    return share


def _count(outbox: Path) -> int:
    """Return how many rounds are on disk and acknowledged, each reading of them. [count]"""
    try:
        with looking_at(outbox) as connection:
            return int(
                connection.execute(
                    "SELECT count(*) FROM (SELECT at FROM reading JOIN batch ON batch.id = batch"
                    " WHERE batch.state = 'ACKNOWLEDGED' GROUP BY at HAVING count(*) = ?)",
                    [METERS],
                ).fetchone()[0]
            )
    except NoOutbox:
        return 0


def _check(outbox: Path) -> None:
    """Refuse to report where a meter was not read or a round not in time."""
    with looking_at(outbox) as connection:
        (failed,) = connection.execute("SELECT count(*) FROM failure").fetchone()
        (late,) = connection.execute(
            "SELECT count(*) FROM reading WHERE at % ? > 0", [PERIOD_S]
        ).fetchone()
    if failed or late:
        raise NotMeasured(f"{failed} readings failed and {late} were late")


def _wait_for(outbox: Path, rounds: int) -> None:
    until = time.monotonic() + _LIMIT_S
    while _count(outbox) < rounds:
        if time.monotonic() > until:
            raise NotMeasured(f"{rounds} rounds take longer than {_LIMIT_S:.0f} s")
        time.sleep(0.5)


@contextmanager
def _field() -> Iterator[dict[str, Any]]:
    """Serve meters and a platform meanwhile; yield their ports."""
    with subprocess.Popen(
        [sys.executable, "-m", "hengneng.bench.field", str(METERS)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as field:
        if field.stdin is None or field.stdout is None:
            raise NotMeasured("the meters cannot be spoken to")
        try:
            yield json.loads(field.stdout.readline() or "{}")
        finally:
            field.stdin.close()


@contextmanager
def _gateway(path: Path, *, rate: float) -> Iterator[int]:
    """Run the gateway meanwhile; yield its process id."""
    # A day between the runs: the second reads instants that the first did not.
    start = _START if rate != 1.0 else _START.replace("-21T", "-25T")
    told = os.environ | {"HENGNENG_CLOCK": f"{start}@{rate}"}
    told.pop("HENGNENG_CLOCK_BEGAN", None)
    command = [sys.executable, "-m", "hengneng.gateway", "run", str(path)]
    with subprocess.Popen(command, env=told) as gateway:
        try:
            yield gateway.pid
        finally:
            gateway.send_signal(signal.SIGTERM)
            if gateway.wait(30) != 0:
                raise NotMeasured("the gateway did not end in order")


def _toml(ports: dict[str, Any]) -> str:
    """Return the gateway's file."""
    # In simulated seconds a round seems to take long: up to the whole of it is in time.
    head = (
        'unit_code = "91310000BENCH00001"\nregion = "310000"\n'
        f'platform = "http://127.0.0.1:{ports["platform"]}/"\n'
        f"poll_period_s = {PERIOD_S}\ntolerance_s = {PERIOD_S - 1}\nupload_spread_s = 0\n"
    )
    meters = "".join(
        f'[[meters]]\nname = "M-{number}"\nhost = "127.0.0.1"\nport = {port}\n'
        '[[meters.registers]]\naddress = 0\ntype = "uint32"\ndecimals = 2\n'
        for number, port in enumerate(ports["meters"], 1)
    )
    return head + meters
