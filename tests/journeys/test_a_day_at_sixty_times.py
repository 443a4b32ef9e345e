"""A day of the demo city in 24 minutes: memory stays flat and no day is left waiting.

HENGNENG_TEST_DAY_MINUTES plays a part of the day, for a look by hand.
"""

import os
import statistics
import sys
import time
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests import inside
from tests.product import Platform
from tests.simulated import Clock

from hengneng.demo.city import units
from hengneng.sim.loads import series

MINUTES = float(os.environ.get("HENGNENG_TEST_DAY_MINUTES", "24"))
RATE = 60.0
SAMPLE_S = 2.0
WARM_UP = 0.4  # of the run: buffers fill, code is loaded
WAIT_S, FOUNDED_S = 60.0, 900.0
GROWTH_MB, GROWTH = 8.0, 0.05
# ARCHITECTURE 5, issue 5: what a process may hold, whatever comes. [MB]
MOST_MB = {"web-worker": 250.0, "recompute": 400.0}
SINCE = (
    "SELECT min(since) FROM (SELECT min(marked_at) AS since FROM journal_stalemark"
    " UNION ALL SELECT min(since) FROM consumption_unstitched) AS oldest"
)


def megabytes(pid: int, word: str) -> float:
    """Return what a process holds; 0 of one that has just ended. [MB]

    Args:
        pid: The process.
        word: ``RssAnon`` its own memory, ``VmHWM`` the most it ever held, shared code too.
    """
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith(word)), 0.0)


def growth(samples: list[tuple[float, float]]) -> float:
    """Return by how much a straight line through the samples rises from first to last. [MB]"""
    seconds, held = zip(*samples, strict=True)
    return statistics.linear_regression(seconds, held).slope * (seconds[-1] - seconds[0])


class Watch:
    """What each process held, second by second, and how long the oldest day waited."""

    def __init__(self, platform: Platform, clock: Clock) -> None:
        self.held: dict[tuple[str, int], list[tuple[float, float]]] = defaultdict(list)
        self.waited: list[float] = []
        self._platform, self._clock, self._began = platform, clock, time.monotonic()

    def look(self) -> None:
        """Take a sample."""
        passed = time.monotonic() - self._began
        for role, pids in self._platform.pids().items():
            for pid in pids:
                self.held[role, pid].append((passed, megabytes(pid, "RssAnon")))
        self.waited.append(self.oldest_s())

    def oldest_s(self) -> float:
        """Return how long the oldest day that waits has waited, by a real clock. [s]"""
        ((since,),) = inside.rows(self._platform, SINCE)
        if since is None:
            return 0.0
        return (self._clock.now() - since).total_seconds() / RATE

    def told(self) -> str:
        """Return it in lines."""
        lines = [
            f"{role} {pid}: {held[-1][1]:.0f} MB, {growth(held):+.1f} MB"
            for (role, pid), held in self.held.items()
        ]
        return "\n".join([*lines, f"longest wait {max(self.waited):.1f} s"])


@pytest.fixture
def clock() -> Clock:
    """A clock on which a day passes in 24 minutes; at its start it is now."""
    return Clock.begun(datetime.now(UTC) - timedelta(minutes=1), RATE)


@pytest.mark.long
def test_memory_is_flat_and_no_day_waits(clock):
    played = str(series.folder() or "")
    with Platform.started(
        "--days", "7", verb="demo", HENGNENG_METERS_DIR=played, **clock.environment
    ) as platform:
        watch = lived(platform, clock)
        sys.stderr.write(f"{watch.told()}\n")

        assert platform.pids().keys() == {role for role, _ in watch.held}
        for (role, pid), held in watch.held.items():
            assert [pid for pids in platform.pids().values() for pid in pids].count(pid), role
            settled = held[int(len(held) * WARM_UP) :]
            assert growth(settled) <= max(GROWTH_MB, settled[0][1] * GROWTH), role
            assert megabytes(pid, "VmHWM") <= MOST_MB.get(role, float("inf")), role
        assert watch.oldest_s() <= WAIT_S
        ((units_at_work,),) = inside.rows(
            platform,
            "SELECT count(DISTINCT unit_id) FROM consumption_revision WHERE computed_at > %s",
            clock.now() - timedelta(minutes=MINUTES * RATE / 2),
        )
        assert units_at_work >= len(units()), "the city fell silent"


def lived(platform: Platform, clock: Clock) -> Watch:
    """Let the city live and watch it, once its history is in."""
    until, result = time.monotonic() + FOUNDED_S, platform.data_dir / "demo" / "result.json"
    while not result.exists():
        assert time.monotonic() < until, f"no history:\n{platform.log}"
        time.sleep(0.5)
    watch, end = Watch(platform, clock), time.monotonic() + MINUTES * 60
    while time.monotonic() < end:
        watch.look()
        time.sleep(SAMPLE_S)
    return watch
