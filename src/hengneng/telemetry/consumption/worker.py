"""The process that works off stale days, one unit after another, for ever.

Apart from the room's files because it is neither a read nor a write but the loop around them.
Several may run: a unit's advisory lock keeps two from the same one.
"""

import logging
import threading
import time

from django.db import DatabaseError, InterfaceError, OperationalError, connection

from hengneng.kernel import clock
from hengneng.kernel.jobs import operations as jobs
from hengneng.telemetry.consumption.operations import recompute
from hengneng.telemetry.consumption.queries import stale
from hengneng.telemetry.consumption.rules.turns import Turns

_log = logging.getLogger(__name__)

IDLE_S = 0.2
# So long the list of who waits is good; who comes meanwhile is seen then.
LOOK_S = 1.0
BEAT_S = 5.0
# Units that are looked at: more than a city has.
_UNITS_MOST = 10_000
# A unit that cannot be worked out is tried again ever more rarely; the others go on meanwhile.
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 1.0, 60.0
# How much of the pace told is what went before, after each pass.
_PACE_KEPT = 0.9


class Worker:
    """Works off units in turn, a bounded share each, so that a backlog lets the others in."""

    def __init__(self, name: str | None = None) -> None:
        """Begin.

        Args:
            name: Under which it gives signs of life; None: it gives none.
        """
        self._name = name
        self._turns = Turns()
        self._paused: dict[int, tuple[float, float]] = {}  # unit → (until, pause)
        self._done, self._busy_s = 0.0, 0.0  # both fading: what they say is of late
        self._beat_at = float("-inf")

    def round(self) -> int:
        """Work one pass for each waiting unit, while the list is good; return how many did."""
        self._beat()
        waiting = [unit for unit in stale.waiting_units(_UNITS_MOST) if self._is_due(unit)]
        until, worked = time.monotonic() + LOOK_S, 0
        while waiting and time.monotonic() < until:
            unit = self._turns.next_of(waiting)
            waiting.remove(unit)
            worked += self._work(unit)
            self._beat()
        return worked

    def _is_due(self, unit_id: int) -> bool:
        return self._paused.get(unit_id, (0.0, 0.0))[0] <= time.monotonic()

    def _work(self, unit_id: int) -> bool:
        began = time.monotonic()
        try:
            done = recompute.recompute(unit_id=unit_id, at=clock.now())
        except (InterfaceError, OperationalError):
            raise
        except (DatabaseError, ArithmeticError, ValueError, LookupError, TypeError):
            self._pause(unit_id)
            return False
        self._paused.pop(unit_id, None)
        if done is None:
            return False
        seconds = time.monotonic() - began
        self._turns.spend(unit_id, seconds)
        self._done = self._done * _PACE_KEPT + done.stitched
        self._busy_s = self._busy_s * _PACE_KEPT + seconds
        return True

    def _pause(self, unit_id: int) -> None:
        """Log once what went wrong with a unit and leave it for a while; its marks stay."""
        pause = min(self._paused.get(unit_id, (0.0, _FIRST_PAUSE_S / 2))[1] * 2, _LONGEST_PAUSE_S)
        self._paused[unit_id] = (time.monotonic() + pause, pause)
        _log.exception("unit %s could not be worked out; next try in %s s", unit_id, pause)

    def _beat(self) -> None:
        """Give a sign of life where one is due: between two shares, so none comes from a hang."""
        if self._name is None or time.monotonic() - self._beat_at < BEAT_S:
            return
        hourly = round(self._done / self._busy_s * 3600) if self._busy_s and self._done else None
        jobs.beat(name=self._name, at=clock.now(), hourly=hourly)
        self._beat_at = time.monotonic()


def run(stop: threading.Event, *, name: str) -> None:
    """Work until ``stop`` is set; outlives restarts of the database.

    Args:
        stop: Set when it is to end.
        name: Under which it gives signs of life.
    """
    worker = Worker(name)
    while not stop.is_set():
        try:
            worked = worker.round()
        except (InterfaceError, OperationalError):
            _log.warning("the database is away; trying again", exc_info=True)
            connection.close()
            stop.wait(1.0)
            continue
        if not worked:
            stop.wait(IDLE_S)
