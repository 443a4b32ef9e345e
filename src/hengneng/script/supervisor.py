"""Start processes, start again any that dies, stop them all."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from hengneng.script import processes

TICK_SECONDS = 0.2
PAUSE_MAX_SECONDS = 30.0
STEADY_SECONDS = 30.0  # a process that lived so long begins again without a pause


@dataclass
class Child:
    """One supervised process; further ones of a role are named with #2, #3 …"""

    name: str
    command: list[str]
    process: subprocess.Popen[bytes]
    started: float
    failures: int = 0
    due: float | None = None  # when to start it again; None: it runs

    @property
    def pause(self) -> float:
        """Seconds to wait before the next start: none the first time, then ever longer."""
        if self.failures <= 1:
            return 0.0
        return float(min(2.0 ** (self.failures - 2), PAUSE_MAX_SECONDS))


class Supervisor:
    """Keeps the processes of each role running and the list of them current."""

    def __init__(
        self, commands: dict[str, list[str]], *, listing: Path, server: Callable[[], int | None]
    ) -> None:
        """Remember what to run.

        Args:
            commands: Command by name, in the order of starting; they stop in the reverse order.
            listing: File that holds the process ids by role.
            server: Returns the embedded server's process id, if there is one.
        """
        self._listing = listing
        self._server = server
        self._listed = ""
        self._children = [
            Child(name, command, _start(command), time.monotonic())
            for name, command in commands.items()
        ]

    def tend(self, stop: threading.Event) -> None:
        """Watch over the processes until ``stop`` is set."""
        while True:
            self.look()
            if stop.wait(TICK_SECONDS):
                return

    def look(self) -> None:
        """Start again what has died and is due; write down who runs."""
        now = time.monotonic()
        for child in self._children:
            if child.due is None and child.process.poll() is not None:
                self._bury(child, now)
            if child.due is not None and child.due <= now:
                child.process, child.started, child.due = _start(child.command), now, None
        self._list()

    def stop(self) -> None:
        """Ask every process to end, last started first, and end those that do not."""
        until = time.monotonic() + processes.STOP_SECONDS
        for child in reversed(self._children):
            if child.process.poll() is None:
                child.process.terminate()
                _wait_or_kill(child.process, until)
        self._listing.unlink(missing_ok=True)

    def pids(self) -> dict[str, list[int]]:
        """Return process ids by role, web workers and the database server included."""
        found: dict[str, list[int]] = {}
        for child in self._children:
            if child.due is None:
                found.setdefault(processes.role_of(child.name), []).append(child.process.pid)
        found["supervisor"] = [os.getpid()]
        found["web-worker"] = [pid for main in found.get("web", []) for pid in children_of(main)]
        server = self._server()
        return found | ({"postgres-server": [server]} if server else {})

    def _bury(self, child: Child, now: float) -> None:
        """Say that a process ended and when it is started again."""
        if now - child.started >= STEADY_SECONDS:
            child.failures = 0
        child.failures += 1
        child.due = now + child.pause
        code = child.process.returncode
        how = f"by signal {-code}" if code < 0 else f"with code {code}"
        print(
            f"hengneng: {child.name} ended {how}; started again in {child.pause:.0f} s.",
            file=sys.stderr,
            flush=True,
        )

    def _list(self) -> None:
        """Write the list of processes where it changed, whole or not at all."""
        listed = json.dumps(self.pids(), sort_keys=True)
        if listed != self._listed:
            making = self._listing.with_suffix(".making")
            making.write_text(listed)
            making.replace(self._listing)
            self._listed = listed


def children_of(pid: int) -> list[int]:
    """Return the processes that a process has started; none where the machine does not tell."""
    try:
        told = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return []
    return [int(word) for word in told.split()]


def command_of(name: str) -> list[str]:
    """Return the command that runs one of our own processes."""
    return [sys.executable, "-m", processes.__name__, name]


def _start(command: Sequence[str]) -> subprocess.Popen[bytes]:
    """Start a process in a group of its own, out of reach of the terminal's Ctrl-C."""
    environment = os.environ | {processes.SUPERVISOR: str(os.getpid())}
    return subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, process_group=0)


def _wait_or_kill(process: subprocess.Popen[bytes], until: float) -> None:
    """Wait for a process to end; kill its group when the time is up."""
    try:
        process.wait(timeout=max(until - time.monotonic(), 1.0))
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
