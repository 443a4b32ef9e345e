"""The long-running processes: ``python -m hengneng.script.processes ROLE``, or ``ROLE#2`` ….

``up`` starts them and starts again any that dies; each ends with the process that started it.
"""

import contextlib
import ctypes
import gc
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType

SUPERVISOR = "HENGNENG_SUPERVISOR"
WEB_MAIN = "HENGNENG_WEB_MAIN"
SEAL_SECONDS = 3.0
STOP_SECONDS = 30.0  # how long a process may take to end
BEHIND_UPLOADS = 5
_PR_SET_PDEATHSIG = 1

_log = logging.getLogger(__name__)


def main(name: str) -> int:
    """Run one process until it is told to stop; return the exit code."""
    supervisor = int(os.environ[SUPERVISOR])
    end_with(supervisor, by=signal.SIGTERM)
    threading.Thread(target=_outlive_no_longer, args=(supervisor,), daemon=True).start()
    # Gone at once if the supervisor goes; the terminal's Ctrl-C is the supervisor's to handle.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with contextlib.suppress(KeyboardInterrupt):
        ROLES[role_of(name)](name)
    return 0


def role_of(name: str) -> str:
    """Return the role of a process: its name without the number.

    >>> role_of("recompute#2"), role_of("sealer")
    ('recompute', 'sealer')
    """
    return name.partition("#")[0]


def names_of(role: str, count: int) -> list[str]:
    """Return the names of so many processes of a role.

    >>> names_of("recompute", 3)
    ['recompute', 'recompute#2', 'recompute#3']
    """
    return [role, *(f"{role}#{number}" for number in range(2, count + 1))]


def end_with(parent: int, *, by: signal.Signals) -> None:
    """Have the kernel send ``by`` to this process when ``parent``, which started it, ends."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, by)
    if os.getppid() != parent:
        sys.exit(1)  # it ended before we could ask


def _outlive_no_longer(parent: int) -> None:
    """End this process and those it started, should it not heed that its parent has ended."""
    while os.getppid() == parent:
        time.sleep(1.0)
    time.sleep(STOP_SECONDS)
    os.killpg(os.getpgid(0), signal.SIGKILL)


def stop_event() -> threading.Event:
    """Return an event that SIGTERM sets."""
    stop = threading.Event()

    def told(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, told)
    return stop


def web(_name: str) -> None:
    """Serve HTTP."""
    serve(load_application, port=int(os.environ["HENGNENG_PORT"]))


def serve(load: Callable[[], Callable[..., object]], *, port: int) -> None:
    """Serve an application over HTTP until told to stop; failed workers are started again.

    Args:
        load: Returns the application; called in each worker.
        port: Where to listen.
    """
    os.environ[WEB_MAIN] = str(os.getpid())
    from granian import Granian
    from granian.constants import HTTPModes, Interfaces
    from granian.log import LogLevels

    Granian(
        "hengneng.web.wsgi:application",
        address=os.environ["HENGNENG_HOST"],
        port=port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        workers=int(os.environ["HENGNENG_WEB_WORKERS"]),
        blocking_threads=int(os.environ["HENGNENG_WEB_THREADS"]),
        blocking_threads_idle_timeout=600,
        # Connections a worker takes; further ones wait in the kernel's queue of 1024.
        backpressure=1024,
        respawn_failed_workers=True,
        workers_kill_timeout=15,
        log_level=LogLevels.error,
    ).serve(target_loader=load, wrap_loader=False)


def load_application() -> Callable[..., object]:
    """Return the WSGI application, in a web worker that ends with its main process."""
    end_with(int(os.environ[WEB_MAIN]), by=signal.SIGKILL)
    from hengneng.web.wsgi import application

    # What is loaded now stays: a collection that went through it took a third of a board's time.
    gc.collect()
    gc.freeze()
    return application


def jobs(_name: str) -> None:
    """Work off the queue; a killed worker's jobs are taken over (kernel/jobs)."""
    _set_up_django()
    from procrastinate.contrib.django import app
    from procrastinate.contrib.django.django_connector import DjangoConnector

    connector = app.connector
    if not isinstance(connector, DjangoConnector):
        raise TypeError(f"jobs are not kept in Django's database but by {connector!r}")
    with app.replace_connector(connector.get_worker_connector()) as worker:
        worker.run_worker(concurrency=2, delete_jobs="successful", shutdown_graceful_timeout=20.0)


def recompute(name: str) -> None:
    """Work off stale days (telemetry/consumption), beside others of the kind."""
    _set_up_django()
    from hengneng.telemetry.consumption import worker

    # Uploads first: a terminal waits for its answer, a figure may follow a moment later.
    os.nice(BEHIND_UPLOADS)
    worker.run(stop_event(), name=name)


def sealer(name: str) -> None:
    """Chain entries and messages every few seconds; outlives restarts of the database."""
    _set_up_django()
    from django.db import InterfaceError, OperationalError, connection

    from hengneng.kernel import clock
    from hengneng.kernel.audit import operations as audit
    from hengneng.kernel.jobs import operations as signs
    from hengneng.telemetry.journal import operations as journal

    stop = stop_event()
    while not stop.wait(SEAL_SECONDS):
        try:
            audit.seal(at=clock.now())
            journal.seal(at=clock.now())
            signs.beat(name=name, at=clock.now())
        except (InterfaceError, OperationalError):
            _log.warning("the database is away; sealing goes on when it is back", exc_info=True)
            connection.close()


def postgres(_name: str) -> None:
    """Keep the embedded server up."""
    from hengneng.kernel.postgres import operations

    operations.keep_up(data_dir=Path(os.environ["HENGNENG_DATA_DIR"]), stop=stop_event())


def _set_up_django() -> None:
    """Load settings and models."""
    import django

    django.setup()


ROLES: dict[str, Callable[[str], None]] = {
    "postgres": postgres,
    "web": web,
    "jobs": jobs,
    "recompute": recompute,
    "sealer": sealer,
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
