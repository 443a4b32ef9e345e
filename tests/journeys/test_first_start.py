"""A fresh clone with nothing but Python: ready in three minutes, again in fifteen seconds."""

import json
import os
import shutil
import signal
import stat
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.product import free_port

from hengneng.script.database import ROOT

FIRST_SECONDS = 180
AGAIN_SECONDS = 15
ADDED_SECONDS = 1.0
IS_ROOT = os.geteuid() == 0

pytestmark = pytest.mark.long


@pytest.fixture
def home() -> Iterator[Path]:
    """A home that only its owner enters; the clone is called as people call their folders."""
    folder = Path(tempfile.mkdtemp(prefix="hengneng-home-"))
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    subprocess.run(["git", "clone", "-q", str(ROOT), str(folder / "my clone")], check=True)
    yield folder
    place = folder / "my clone" / "var" / "postgres.place"
    if place.exists():  # as root the database lies elsewhere
        shutil.rmtree(place.read_text().strip())
    shutil.rmtree(folder)


class Person:
    """Somebody who starts the product in a home."""

    def __init__(self, home: Path, *, prefix: tuple[str, ...] = ()) -> None:
        kept = {name: text for name, text in os.environ.items() if "HENGNENG" not in name}
        self._environment = kept | {"HOME": str(home), "PATH": f"/usr/bin:/bin:{os.defpath}"}
        self._script = home / "my clone" / "hengneng"
        self._prefix = prefix

    def call(self, *words: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [*self._prefix, str(self._script), *words],
            cwd="/",
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def start_and_stop(self) -> tuple[float, str]:
        """Return the seconds until the product was ready, and what it said."""
        ready = self._script.parent / "ready.json"
        ready.unlink(missing_ok=True)
        began = time.monotonic()
        running = self.call("up", "--port", str(free_port()), "--ready-file", str(ready))
        while not ready.exists() and running.poll() is None:
            assert time.monotonic() - began < FIRST_SECONDS * 2
            time.sleep(0.05)
        seconds = time.monotonic() - began
        assert running.poll() is None, running.communicate()[0]
        address = json.loads(ready.read_text())["address"]
        with urllib.request.urlopen(f"{address}/readyz") as answer:
            assert answer.status == 200
        running.send_signal(signal.SIGTERM)
        return seconds, running.communicate(timeout=60)[0]


@pytest.fixture
def ordinary_person(home: Path) -> Person:
    """An account without rights over others; as root, ``nobody`` with the home given to it."""
    if not IS_ROOT:
        return Person(home)
    subprocess.run(["chown", "-R", "nobody:nogroup", str(home)], check=True)
    dropped = ("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups")
    return Person(home, prefix=dropped)


def test_an_ordinary_person_in_a_closed_home(ordinary_person, home):
    first, said = ordinary_person.start_and_stop()
    again, _ = ordinary_person.start_and_stop()

    assert first < FIRST_SECONDS
    assert again < AGAIN_SECONDS
    assert "[6/6] translations" in said
    assert "Hengneng 衡能 runs at http://127.0.0.1:" in said
    assert stat.S_IMODE(home.stat().st_mode) == 0o700


@pytest.mark.skipif(not IS_ROOT, reason="only root gives the database to another account")
def test_root_in_a_closed_home(home):
    root = Person(home)

    _, said = root.start_and_stop()
    again, said_again = root.start_and_stop()

    assert "the database is kept in /var/lib/hengneng/" in said
    assert "the database is kept in" not in said_again
    assert again < AGAIN_SECONDS
    assert stat.S_IMODE(home.stat().st_mode) == 0o700


def test_a_second_call_finds_the_set_up_done(ordinary_person):
    def seconds() -> float:
        began = time.monotonic()
        said, _ = (call := ordinary_person.call("up", "--help")).communicate()
        assert call.returncode == 0, said
        return time.monotonic() - began

    seconds()

    assert min(seconds() for _ in range(3)) < ADDED_SECONDS


def test_two_first_calls_at_once_set_up_once(ordinary_person):
    both = [ordinary_person.call("account", "--help") for _ in range(2)]
    said = [call.communicate(timeout=FIRST_SECONDS)[0] for call in both]

    assert [call.returncode for call in both] == [0, 0]
    assert sorted("Another ./hengneng sets up here" in words for words in said) == [False, True]
