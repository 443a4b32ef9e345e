"""The real product, started for a journey as a person starts it."""

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

TOLD = 6000  # characters of each log that a failed start shows
PORTS_FROM, PORTS_TO_AT_LEAST = 11_000, 20_000  # below lie some that browsers refuse
START_SECONDS = 420  # the demo city's founding, on a busy machine


@dataclass
class Platform:
    """A running ``./hengneng up`` with a data folder of its own."""

    base_url: str
    data_dir: Path
    supervisor: subprocess.Popen[str]
    environment: dict[str, str]
    command: tuple[str, ...] = ()

    @classmethod
    @contextmanager
    def started(cls, *arguments: str, verb: str = "up", **environment: str) -> Iterator["Platform"]:
        """Start the product and stop it afterwards, with everything it leaves in its folder.

        Args:
            arguments: Further words for the verb.
            verb: What starts it: ``up``, or ``demo``, which takes the same words.
            environment: Further settings, such as ``HENGNENG_DATABASE_URL``.
        """
        # Not under pytest's own folder: that one is closed to the account that runs PostgreSQL.
        data_dir = Path(tempfile.mkdtemp(prefix="hengneng-journey-"))
        data_dir.chmod(0o755)
        port, ready, log = free_port(), data_dir / "ready.json", data_dir / "up.log"
        command = (verb, "--port", str(port), "--ready-file", str(ready), *arguments)
        supervisor = _spawn(command, environment_of(data_dir) | environment, log)
        product = cls(f"http://127.0.0.1:{port}", data_dir, supervisor, environment, command)
        try:
            wait_until_ready(supervisor, ready, log)
            yield product
        finally:
            product.supervisor.send_signal(signal.SIGTERM)
            product.supervisor.wait(timeout=60)
            shutil.rmtree(data_dir)

    def start_again(self) -> None:
        """Start the product on its port and folder again, whose supervisor was killed."""
        ready, log = self.data_dir / "ready.json", self.data_dir / "up.log"
        ready.unlink(missing_ok=True)
        environment = environment_of(self.data_dir) | self.environment
        self.supervisor = _spawn(self.command, environment, log)
        wait_until_ready(self.supervisor, ready, log)

    @property
    def log(self) -> str:
        """Return what the product has said so far."""
        return (self.data_dir / "up.log").read_text()

    def pids(self) -> dict[str, list[int]]:
        """Return the processes as they are now, by role."""
        found: dict[str, list[int]] = json.loads(
            (self.data_dir / "run" / "processes.json").read_text()
        )
        return found

    def run(self, verb: str, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Run another verb of the script beside the running product; it must succeed."""
        done = self.try_to_run(verb, *arguments, stdin=stdin)
        assert done.returncode == 0, f"{verb}: {done.stdout}{done.stderr}"
        return done

    def try_to_run(
        self, verb: str, *arguments: str, stdin: str = ""
    ) -> subprocess.CompletedProcess[str]:
        """Run another verb of the script beside the running product, whatever comes of it."""
        return subprocess.run(
            [sys.executable, "-m", "hengneng.script", verb, *arguments],
            env=environment_of(self.data_dir) | self.environment,
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
        )


def _spawn(
    command: tuple[str, ...], environment: dict[str, str], log: Path
) -> subprocess.Popen[str]:
    """Start the script; what it says goes to the end of the log."""
    with log.open("a") as output:
        return subprocess.Popen(
            [sys.executable, "-m", "hengneng.script", *command],
            env=environment | {"PYTHONFAULTHANDLER": "1"},
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
        )


def environment_of(data_dir: Path) -> dict[str, str]:
    """Return the environment of a product of its own: nothing of the caller's settings."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("HENGNENG_")}
    return ours | {"HENGNENG_DATA_DIR": str(data_dir)}


def free_port() -> int:
    """Return a port that nobody uses now, and that nobody is given who connects to another.

    A product that is killed and started again must find its own port as it left it.
    """
    given = Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()
    while True:
        port = secrets.choice(range(PORTS_FROM, max(int(given[0]), PORTS_TO_AT_LEAST)))
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def wait_until_ready(supervisor: subprocess.Popen[str], ready: Path, log: Path) -> None:
    """Wait for the ready file; a product that ends before, or hangs, is shown with its logs."""
    until = time.monotonic() + START_SECONDS
    while not ready.exists():
        if supervisor.poll() is not None or time.monotonic() > until:
            told = _told_at_last(supervisor, log)
            raise AssertionError(f"the product did not start:\n{told}")
        time.sleep(0.1)


def _told_at_last(supervisor: subprocess.Popen[str], log: Path) -> str:
    """Return the end of what product and database said, and where a hanging product hangs."""
    if supervisor.poll() is None:
        supervisor.send_signal(signal.SIGABRT)  # writes its threads' calls to the log
        supervisor.wait()
    logs = [log, *sorted(log.parent.glob("postgres/log/*.log"))[-1:]]
    return "\n".join(f"{one.name}:\n{one.read_text(errors='replace')[-TOLD:]}" for one in logs)
