"""Whatever process dies is started again, and none outlives the one that started it."""

import os
import signal
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.product import Platform, free_port

# What `up` starts, and PostgreSQL itself; the web worker is granian's child, started by it again.
ROLES = ["web-worker", "web", "jobs", "recompute", "sealer", "postgres", "postgres-server"]
SECONDS = 60


@pytest.fixture(scope="module")
def running():
    with Platform.started() as product:
        yield product


def wait_until(holds: Callable[[], bool], what: str) -> None:
    until = time.monotonic() + SECONDS
    while not holds():
        assert time.monotonic() < until, what
        time.sleep(0.1)


def is_ready(product: Platform) -> bool:
    try:
        with urllib.request.urlopen(f"{product.base_url}/readyz", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def lives(pid: int) -> bool:
    """Answer whether a process lives; one that is dead and not yet buried does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.parametrize("role", ROLES)
def test_a_killed_process_is_replaced(running, role):
    before = running.pids()

    os.kill(before[role][0], signal.SIGKILL)

    wait_until(
        lambda: (
            len(now := running.pids().get(role, [])) == len(before[role])
            and before[role][0] not in now
        ),
        f"{role} was not replaced:\n{running.log}",
    )
    wait_until(lambda: is_ready(running), f"not ready after {role} was killed:\n{running.log}")


def test_a_second_start_on_the_same_folder_is_refused(running):
    refused = running.try_to_run("up", "--port", str(free_port()))

    assert refused.returncode == 1
    assert refused.stderr.startswith("hengneng: Hengneng already runs on ")
    assert "Traceback" not in refused.stderr


def test_a_verb_beside_it_leaves_the_server_running(running):
    server = running.pids()["postgres-server"]

    running.run("account", "--help")

    assert running.pids()["postgres-server"] == server
    assert is_ready(running)


def test_nothing_outlives_a_killed_supervisor(own_platform):
    started = {pid for pids in own_platform.pids().values() for pid in pids}

    own_platform.supervisor.kill()
    own_platform.supervisor.wait()

    wait_until(
        lambda: not any(lives(pid) for pid in started),
        f"still running: {own_platform.log}",
    )


def test_nothing_is_left_after_a_stop(own_platform):
    started = {pid for pids in own_platform.pids().values() for pid in pids}

    own_platform.supervisor.terminate()

    assert own_platform.supervisor.wait(timeout=SECONDS) == 0
    assert [pid for pid in started if lives(pid)] == []
