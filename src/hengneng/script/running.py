"""Run the whole product: what ``up`` does, and ``demo`` with more processes beside it."""

import argparse
import errno
import fcntl
import hashlib
import json
import os
import signal
import socket
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from hengneng.kernel import clock
from hengneng.kernel.postgres import queries as servers
from hengneng.script import database
from hengneng.script.processes import names_of
from hengneng.script.supervisor import Supervisor, command_of

READY_SECONDS = 60.0
# A web worker that was just starting when its product was killed holds the port so long at most.
PORT_SECONDS = 5.0
THREADS = 64
PORTS = 65_535
CONNECTIONS_SPARED = 20  # for the workers, the sealer and a person with psql


class CannotRun(Exception):
    """The product cannot run; the message says why and what to do."""


@dataclass(frozen=True)
class Plan:
    """What to run and where."""

    host: str
    port: int
    workers: int
    ready_file: Path | None = None
    beside: dict[str, list[str]] = field(default_factory=dict)  # further commands by role
    may_simulate: bool = False  # only the demo and tests may run on a simulated clock
    recomputers: int = 1

    @property
    def address(self) -> str:
        """The address to show a person."""
        host = "127.0.0.1" if self.host in ("0.0.0.0", "::") else self.host  # noqa: S104
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}"


def run(
    plan: Plan,
    *,
    found: Callable[[], None] | None = None,
    prepare: Callable[[], None] | None = None,
) -> int:
    """Start everything, keep it running until told to stop, stop it; return the exit code.

    Args:
        plan: What to run.
        found: Called once with the server up and nobody connected to the database yet.
        prepare: Called once with the database ready and nothing else running.

    Raises:
        CannotRun: If it cannot.
    """
    if clock.is_simulated() and not plan.may_simulate:
        raise CannotRun("up keeps real time: unset HENGNENG_CLOCK, then start again.")
    data_dir = database.settle_environment()
    refuse_taken_port(plan)
    is_embedded = database.ADDRESS not in os.environ
    with alone(data_dir), database.server(data_dir):
        if found is not None:
            found()
        _get_ready(plan)
        if prepare is not None:
            prepare()
        _supervise(plan, data_dir, is_embedded=is_embedded)
    return 0


def refuse_taken_port(plan: Plan) -> None:
    """Refuse an address on which we could not listen.

    Raises:
        CannotRun: With why.
    """
    until = time.monotonic() + PORT_SECONDS
    while (error := _refused(plan)) is not None:
        if error.errno != errno.EADDRINUSE or time.monotonic() > until:
            raise CannotRun(_why_not_bound(error, plan)) from error
        time.sleep(0.1)


def _refused(plan: Plan) -> OSError | None:
    """Return why we could not listen; None: we could."""
    family = socket.AF_INET6 if ":" in plan.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((plan.host, plan.port))
        except OSError as error:
            return error
    return None


def _why_not_bound(error: OSError, plan: Plan) -> str:
    """Return what a refused address means."""
    if error.errno == errno.EADDRINUSE:
        return (
            f"port {plan.port} is taken: stop what listens there, or choose another with"
            " --port or HENGNENG_PORT."
        )
    if error.errno == errno.EACCES:
        return f"this account may not listen on port {plan.port}: choose one above 1023."
    return f"{plan.host} port {plan.port} cannot be listened on ({error.strerror}): choose another."


@contextmanager
def alone(data_dir: Path) -> Iterator[None]:
    """Let only one platform run on a data folder.

    Raises:
        CannotRun: If another runs.
    """
    (data_dir / "run").mkdir(parents=True, exist_ok=True)
    with (data_dir / "run" / "up.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise CannotRun(
                f"Hengneng already runs on {data_dir}: stop that one, or set HENGNENG_DATA_DIR"
                " to another folder."
            ) from error
        yield


def _get_ready(plan: Plan) -> None:
    """Bring database and static files up to date, and settle what the processes share."""
    import django

    django.setup()
    from django.db import connection, connections

    from hengneng.kernel.jobs import operations as jobs

    database.make_ready(always=True)
    collect_static()
    # Each is expected to give signs of life from now on (/readyz).
    jobs.expect(names=[name for name in _names(plan) if name != "web"], at=clock.now())
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('max_connections')::int")
        room = cursor.fetchone()[0] - CONNECTIONS_SPARED - plan.recomputers
    connections.close_all()
    os.environ |= {
        "HENGNENG_HOST": plan.host,
        "HENGNENG_PORT": str(plan.port),
        "HENGNENG_WEB_WORKERS": str(plan.workers),
        "HENGNENG_WEB_THREADS": str(max(4, min(THREADS, room // plan.workers))),
    }


def collect_static() -> None:
    """Copy the browser's files together where any has changed since the last time."""
    from django.conf import settings
    from django.contrib.staticfiles.finders import get_finders
    from django.core.management import call_command

    found = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list([]):
            status = Path(storage.path(name)).stat()
            found.update(f"{name}:{status.st_size}:{status.st_mtime_ns}\n".encode())
    stamp = Path(settings.STATIC_ROOT).with_name("static.stamp")
    if stamp.exists() and stamp.read_text() == found.hexdigest():
        return
    stamp.unlink(missing_ok=True)
    call_command("collectstatic", verbosity=0, interactive=False, clear=True)
    stamp.write_text(found.hexdigest())


def _names(plan: Plan) -> list[str]:
    """Return the processes that run wherever the database is, in the order of starting."""
    return ["jobs", *names_of("recompute", plan.recomputers), "sealer", "web"]


def _supervise(plan: Plan, data_dir: Path, *, is_embedded: bool) -> None:
    """Start the processes, announce readiness, tend them until told to stop, stop them."""
    names = _names(plan)
    cluster = servers.cluster_at(data_dir) if is_embedded else None
    stop = threading.Event()

    def told(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, told)
    supervisor = Supervisor(
        {name: command_of(name) for name in (["postgres", *names] if cluster else names)}
        | plan.beside,
        listing=data_dir / "run" / "processes.json",
        server=lambda: servers.server_pid(cluster) if cluster else None,
    )
    try:
        if _wait_until_ready(plan, supervisor, stop):
            _announce(plan, supervisor)
        supervisor.tend(stop)
    finally:
        supervisor.stop()


def _wait_until_ready(plan: Plan, supervisor: Supervisor, stop: threading.Event) -> bool:
    """Wait until the web answers that it is ready; false where told to stop meanwhile.

    Raises:
        CannotRun: If it does not in time.
    """
    until = time.monotonic() + READY_SECONDS
    answer = "no answer"
    while time.monotonic() < until:
        supervisor.look()
        try:
            with urllib.request.urlopen(f"{plan.address}/readyz", timeout=5):  # noqa: S310 -- our own
                return True
        except urllib.error.HTTPError as error:
            answer = f"{error.code} {error.read(500).decode(errors='replace').strip()}"
        except OSError as error:  # not listening yet
            answer = str(error)
        if stop.wait(0.25):
            return False
    raise CannotRun(f"the web does not become ready ({answer}); its messages stand above.")


def _announce(plan: Plan, supervisor: Supervisor) -> None:
    """Tell the person, and a test that asked, that everything runs."""
    print(
        f"Hengneng 衡能 runs at {plan.address} · sign in with an account made by"
        " ./hengneng account create · stop with Ctrl-C",
        flush=True,
    )
    if plan.ready_file is not None:
        told = {"address": plan.address, "port": plan.port, "pids": supervisor.pids()}
        making = plan.ready_file.with_suffix(".making")
        making.write_text(json.dumps(told))
        making.replace(plan.ready_file)


def default_port() -> int:
    """Return the port the environment names, else 8000.

    Raises:
        CannotRun: If it is not a number.
    """
    named = os.environ.get("HENGNENG_PORT", "8000")
    try:
        return port(named)
    except argparse.ArgumentTypeError as error:
        raise CannotRun(f"HENGNENG_PORT={error}") from error


def port(text: str) -> int:
    """Return the port that a text names, for argparse.

    Raises:
        ArgumentTypeError: If there is no such port.
    """
    if not text.isdecimal() or not 1 <= int(text) <= PORTS:
        raise argparse.ArgumentTypeError(
            f"{text} is not a port: choose a number of 1 to {PORTS}, such as 8000."
        )
    return int(text)


def default_workers() -> int:
    """Return how many web workers suit this machine: two, or one on a single core."""
    return min(2, os.cpu_count() or 1)


def default_recomputers() -> int:
    """Return how many recompute processes suit this machine: one for two cores."""
    return max(1, (os.cpu_count() or 1) // 2)
