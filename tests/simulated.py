"""The product on a simulated clock, virtual meters and a gateway beside it: real processes all."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from tests.product import Platform, environment_of, wait_until_ready

SHANGHAI = timezone(timedelta(hours=8))
# As the verb demo does: up itself refuses a simulated clock.
PROGRAM = """
import sys
from pathlib import Path
from hengneng.script import running
port, ready = int(sys.argv[1]), Path(sys.argv[2])
sys.exit(running.run(running.Plan("127.0.0.1", port, 1, ready, may_simulate=True)))
"""
PATIENCE_S = 60


@dataclass(frozen=True)
class Clock:
    """A clock that all processes of a journey share.

    Attributes:
        start: The instant at which it began. Aware.
        rate: Its seconds in a real one.
        began: The real second at which it did.
    """

    start: datetime
    rate: float
    began: float

    @classmethod
    def begun(cls, start: datetime, rate: float) -> "Clock":
        """Return a clock that begins now."""
        return cls(start, rate, time.time())

    @property
    def environment(self) -> dict[str, str]:
        """Return the settings that share it."""
        setting = f"{self.start.isoformat()}@{self.rate}"
        return {"HENGNENG_CLOCK": setting, "HENGNENG_CLOCK_BEGAN": str(self.began)}

    def now(self) -> datetime:
        """Return what the city's clocks show, aware."""
        passed = timedelta(seconds=(time.time() - self.began) * self.rate)
        return (self.start + passed).astimezone(SHANGHAI)

    def wait_until(self, at: datetime) -> None:
        """Return once its time has come."""
        while (left := (at - self.now()).total_seconds()) > 0:
            time.sleep(min(left / self.rate, 1))


@contextmanager
def platform_on(clock: Clock, data_dir: Path, port: int) -> Iterator[Platform]:
    """Run the platform on a data folder, which outlives it."""
    ready, log = data_dir / "ready.json", data_dir / "up.log"
    ready.unlink(missing_ok=True)
    with log.open("a") as output:
        supervisor = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(port), str(ready)],
            env=environment_of(data_dir) | clock.environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
        )
    try:
        wait_until_ready(supervisor, ready, log)
        yield Platform(f"http://127.0.0.1:{port}", data_dir, supervisor, clock.environment)
    finally:
        supervisor.send_signal(signal.SIGTERM)
        supervisor.wait(timeout=PATIENCE_S)


class Beside:
    """A process beside the platform: virtual meters, or a gateway."""

    def __init__(self, module: str, *words: str, clock: Clock, log: Path) -> None:
        """Remember how it is started."""
        self._command = [sys.executable, "-m", module, *words]
        self._environment = environment_of(log.parent) | clock.environment
        played = os.environ.get("HENGNENG_METERS_DIR")
        self._environment |= {"HENGNENG_METERS_DIR": played} if played else {}
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it."""
        with self._log.open("ab") as output:
            self._process = subprocess.Popen(
                self._command, env=self._environment, stdout=output, stderr=subprocess.STDOUT
            )

    def end(self, number: int = signal.SIGTERM) -> int:
        """Send it a signal; return the exit code."""
        assert self._process is not None
        self._process.send_signal(number)
        return self._process.wait(timeout=PATIENCE_S)

    def end_if_running(self) -> None:
        """End it, where it was not ended already."""
        if self.is_running:
            self.end()

    @property
    def is_running(self) -> bool:
        """Whether it runs."""
        return self._process is not None and self._process.poll() is None

    @property
    def log(self) -> str:
        """Return what it has said so far."""
        return self._log.read_text()


class Network:
    """The wire between a gateway and the platform, which can be cut."""

    def __init__(self, port: int, target: int) -> None:
        """Lay it from a port of this machine to another."""
        self.port, self._target = port, target
        self._lines: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._listener: socket.socket | None = None

    def heal(self) -> None:
        """Let it carry."""
        listener = socket.create_server(("127.0.0.1", self.port))
        self._listener = listener
        threading.Thread(target=self._take, args=(listener,), daemon=True).start()

    def cut(self) -> None:
        """Break every connection and take no other."""
        with self._lock:
            listener, self._listener = self._listener, None
            lines, self._lines = self._lines, set()
        for line in [*lines, *([listener] if listener else [])]:
            _break(line)

    def _take(self, listener: socket.socket) -> None:
        """Carry every caller until cut."""
        while True:
            try:
                caller, _ = listener.accept()
            except OSError:  # cut
                return
            try:
                called = socket.create_connection(("127.0.0.1", self._target), timeout=PATIENCE_S)
            except OSError:  # nobody answers there: the platform is being started again
                _break(caller)
                continue
            with self._lock:
                is_cut = self._listener is not listener
                self._lines |= set() if is_cut else {caller, called}
            if is_cut:
                _break(caller)
                _break(called)
                return
            for one, other in ((caller, called), (called, caller)):
                threading.Thread(target=_carry, args=(one, other), daemon=True).start()


def _carry(one: socket.socket, other: socket.socket) -> None:
    """Carry bytes until either end is closed, then close both."""
    # A line that is cut or hung up ends the carrying; whoever spoke on it notices by itself.
    with suppress(OSError):
        while piece := one.recv(1 << 16):
            other.sendall(piece)
    _break(one)
    _break(other)


def _break(line: socket.socket) -> None:
    """Close a socket under whoever waits on it."""
    with suppress(OSError):  # closed before
        line.shutdown(socket.SHUT_RDWR)
    line.close()


def told(port: int, **said: Any) -> dict[str, Any]:
    """Say a line to the virtual meters' control and return the answer, which must be no refusal."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S) as wire:
        wire.sendall(json.dumps(said).encode() + b"\n")
        with wire.makefile("rb") as answers:
            answer: dict[str, Any] = json.loads(answers.readline())
    assert answer["ok"], answer
    return answer
