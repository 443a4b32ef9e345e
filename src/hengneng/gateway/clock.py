"""The gateway's clock: the machine's, or a simulated one where ``HENGNENG_CLOCK`` says so."""

import asyncio
import os
import time

from hengneng.protocol import simulation

# So long at most until a clock that was put forward is noticed. [s]
_GLANCE_S = 30.0


class Clock:
    """Seconds since 1970 UTC, and waiting for them. Tests put another in its place."""

    rate = 1.0  # its seconds in a real one

    def now(self) -> float:
        """Return this instant. [Unix s]"""
        return time.time()

    async def sleep_until(self, at: float) -> None:
        """Return once this instant has come, also where the clock is put forward meanwhile."""
        while (left_s := at - self.now()) > 0:
            await asyncio.sleep(min(left_s / self.rate, _GLANCE_S))


class SimulatedClock(Clock):
    """A clock that began at a stated instant and runs at its own rate."""

    def __init__(self, simulated: simulation.Simulation, began: float) -> None:
        """Begin.

        Args:
            simulated: Where it starts and how fast it runs.
            began: The real second at which it did. [Unix s]
        """
        self.rate = simulated.rate
        self._start, self._began = simulated.start.timestamp(), began

    def now(self) -> float:
        """Return this simulated instant. [Unix s]"""
        return self._start + (time.time() - self._began) * self.rate


def from_environment() -> Clock:
    """Return the clock this run goes by; processes of one run share when it began.

    Raises:
        UnreadableClock: If ``HENGNENG_CLOCK`` has another form.
    """
    setting = os.environ.get("HENGNENG_CLOCK")
    if not setting:
        return Clock()
    began = os.environ.setdefault("HENGNENG_CLOCK_BEGAN", str(time.time()))
    return SimulatedClock(simulation.parse(setting), float(began))
