"""The process that works off stale days, one unit after another, for ever.

Apart from the room's files because it is neither a read nor a write but the loop around them.
"""

import logging
import threading
import time

from django.db import DatabaseError, InterfaceError, OperationalError, connection

from hengneng.kernel import clock
from hengneng.telemetry.consumption.operations import recompute
from hengneng.telemetry.consumption.queries import stale

_log = logging.getLogger(__name__)

IDLE_S = 0.2
UNITS_A_ROUND = 64
# A unit that cannot be worked out is tried again ever more rarely; the others go on meanwhile.
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 1.0, 60.0


class Worker:
    """Works off units in rounds: one pass for each, so that a backlog lets the others in."""

    def __init__(self) -> None:
        self._paused: dict[int, tuple[float, float]] = {}  # unit → (until, pause)

    def round(self) -> int:
        """Work one pass for each waiting unit; return how many passes did something."""
        units = [unit for unit in stale.waiting_units(UNITS_A_ROUND) if self._is_due(unit)]
        return sum(self._work(unit) for unit in units)

    def _is_due(self, unit_id: int) -> bool:
        return self._paused.get(unit_id, (0.0, 0.0))[0] <= time.monotonic()

    def _work(self, unit_id: int) -> bool:
        try:
            done = recompute.recompute(unit_id=unit_id, at=clock.now())
        except (InterfaceError, OperationalError):
            raise
        except (DatabaseError, ArithmeticError, ValueError, LookupError, TypeError):
            self._pause(unit_id)
            return False
        self._paused.pop(unit_id, None)
        return done is not None

    def _pause(self, unit_id: int) -> None:
        """Log once what went wrong with a unit and leave it for a while; its marks stay."""
        pause = min(self._paused.get(unit_id, (0.0, _FIRST_PAUSE_S / 2))[1] * 2, _LONGEST_PAUSE_S)
        self._paused[unit_id] = (time.monotonic() + pause, pause)
        _log.exception("unit %s could not be worked out; next try in %s s", unit_id, pause)


def run(stop: threading.Event) -> None:
    """Work until ``stop`` is set; outlives restarts of the database."""
    worker = Worker()
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
