"""Read every meter at every scheduled instant, none waiting for another that does not answer."""

import asyncio
import math
import time
from collections.abc import Callable, Sequence

from hengneng.gateway.clock import Clock
from hengneng.gateway.config import Config
from hengneng.gateway.drivers.kinds import DRIVERS
from hengneng.gateway.drivers.lines import Answer, Line, Silent
from hengneng.gateway.increments import at_scale
from hengneng.gateway.meters import Meter, Register
from hengneng.gateway.outbox import Failure, Reading
from hengneng.protocol import times

# Between a meter's attempts, doubled each time. [s]
PAUSE_S = 1.0
# A clock that moves by less than this against the machine's steady one is being kept in step. [s]
_JUMP_S = 2.0
# The share of a period within which a round must end, so that the next finds the line free.
_ROUND_SHARE = 0.8
# The years that the protocol knows. [local s]
FIRST = times.local_seconds(f"{times.YEAR_MIN}-01-01")
LAST = times.local_seconds(f"{times.YEAR_MAX}-12-31")

Keep = Callable[[Sequence[Reading], Sequence[Failure]], None]


class LinePoller:
    """One line and the meters behind it."""

    def __init__(self, line: Line, meters: Sequence[Meter], config: Config, clock: Clock) -> None:
        """Remember what to read and how."""
        self._line, self.meters, self._config, self._clock = line, meters, config, clock
        self._silent: set[str] = set()

    async def round(self, scheduled: int, keep: Keep) -> None:
        """Read every meter once, those that fail again after the others.

        Args:
            scheduled: The instant the round is for. [local s]
            keep: Takes readings and failures as they come.
        """
        # Who did not answer last time is asked last: its time-out must not delay the others.
        waiting = sorted(self.meters, key=lambda meter: meter.name in self._silent)
        had: set[tuple[str, str]] = set()
        failures: list[Failure] = []
        try:
            for attempt in range(self._config.attempts):
                if attempt:
                    await asyncio.sleep(PAUSE_S * 2 ** (attempt - 1))
                failures = await self._ask(waiting, scheduled, had, keep)
                failed = {failure.meter for failure in failures}
                waiting = [meter for meter in waiting if meter.name in failed]
                if not waiting or self._is_late(scheduled):
                    break
        finally:
            self._line.close()
        self._silent = {meter.name for meter in waiting}
        if failures:
            keep([], failures)

    async def _ask(
        self, meters: Sequence[Meter], scheduled: int, had: set[tuple[str, str]], keep: Keep
    ) -> list[Failure]:
        """Ask meters one after the other; return what failed."""
        failures: list[Failure] = []
        for number, meter in enumerate(meters):
            try:
                await self._line.open()
            except Silent as error:
                # Nobody behind it can answer either.
                return failures + [_silence(one, scheduled, error) for one in meters[number:]]
            try:
                answers = await self._line.read(meter)
            except Silent as error:
                failures.append(_silence(meter, scheduled, error))
                continue
            readings, failed = self._sort(meter, answers, scheduled)
            new = [one for one in readings if (one.meter, one.register) not in had]
            had |= {(one.meter, one.register) for one in new}
            if new:
                keep(new, [])
            failures += failed
        return failures

    def _sort(
        self, meter: Meter, answers: Sequence[Answer], scheduled: int
    ) -> tuple[list[Reading], list[Failure]]:
        """Part a meter's answers into readings and failures."""
        now = self._clock.now() + self._config.utc_offset_s
        # The whole answer is in by now: no later moment is hidden behind the scheduled instant.
        is_in_time = 0 <= now - scheduled <= self._config.tolerance_s
        at, read_at = scheduled if is_in_time else math.floor(now), math.floor(now)
        registers = {register.name: register for register in meter.registers}
        readings = [
            Reading(
                meter.name,
                one.register,
                at,
                one.number,
                mark_of(one, registers[one.register]),
                read_at,
            )
            for one in answers
            if one.number is not None
        ]
        failures = [
            Failure(meter.name, one.register, scheduled, one.reason, one.detail)
            for one in answers
            if one.number is None
        ]
        return readings, failures

    def _is_late(self, scheduled: int) -> bool:
        passed = self._clock.now() + self._config.utc_offset_s - scheduled
        return passed > self._config.poll_period_s * _ROUND_SHARE


class Poller:
    """All lines of a gateway, and the clock they go by."""

    def __init__(self, config: Config, clock: Clock, keep: Keep) -> None:
        """Make a line for each address; nothing is opened yet."""
        self._config, self._clock, self._keep = config, clock, keep
        self._lines = lines_of(config, clock)
        self._running: dict[LinePoller, asyncio.Task[None]] = {}
        self._steady: tuple[float, float] | None = None

    async def run(self) -> None:
        """Start a round at every scheduled instant, for ever; what goes wrong in one is raised."""
        last = None
        async with asyncio.TaskGroup() as group:
            while True:
                scheduled = self._next(last)
                await self._clock.sleep_until(scheduled - self._config.utc_offset_s)
                self._note_jump(scheduled)
                if self._is_clock_set(scheduled):
                    for line in self._lines:
                        self._start(line, scheduled, group)
                last = scheduled

    def _next(self, last: int | None) -> int:
        """Return the next scheduled instant; just missed counts where nothing was read yet."""
        period, now = self._config.poll_period_s, self._clock.now() + self._config.utc_offset_s
        passed = math.floor(now) // period * period
        if last is None and now - passed <= self._config.tolerance_s:
            return passed
        # A clock put back a little must not bring the same instant again.
        return passed + period + (period if passed + period == last else 0)

    def _is_clock_set(self, scheduled: int) -> bool:
        """Answer whether the clock can be right; a box without a battery wakes up in 1970."""
        if FIRST <= scheduled < LAST:
            return True
        detail = "the machine's clock is not set: nothing is read until it is"
        self._keep([], [Failure("", "", scheduled, "CLOCK_NOT_SET", detail)])
        return False

    def _start(self, line: LinePoller, scheduled: int, group: asyncio.TaskGroup) -> None:
        """Let a line begin a round, unless its last one is not over."""
        before = self._running.get(line)
        if before is not None and not before.done():
            detail = "its last round is not over: too many meters that do not answer"
            busy = [Failure(one.name, "", scheduled, "LINE_BUSY", detail) for one in line.meters]
            self._keep([], busy)
            return
        self._running[line] = group.create_task(line.round(scheduled, self._keep))

    def _note_jump(self, scheduled: int) -> None:
        """Note where the clock was put forward or back since the last round."""
        wall, steady = self._clock.now(), time.monotonic()
        if self._steady is not None:
            jumped_s = (wall - self._steady[0]) / self._clock.rate - (steady - self._steady[1])
            if abs(jumped_s) > _JUMP_S:
                detail = f"the clock moved by {jumped_s:+.0f} s against the machine's steady one"
                self._keep([], [Failure("", "", scheduled, "CLOCK_JUMPED", detail)])
        self._steady = (wall, steady)


def lines_of(config: Config, clock: Clock) -> list[LinePoller]:
    """Return a line for each address, with the meters behind it in the file's order."""
    shared: dict[tuple[str, str, int], list[Meter]] = {}
    for meter in config.meters:
        shared.setdefault((meter.protocol, meter.host, meter.port), []).append(meter)
    return [
        LinePoller(DRIVERS[protocol](host, port, config.timeout_s), meters, config, clock)
        for (protocol, host, port), meters in shared.items()
    ]


def mark_of(answer: Answer, register: Register) -> str:
    """Return ``M``, or ``R`` for a reading that the register cannot show."""
    number, capacity = answer.number, register.capacity
    if number is None or capacity is None:
        return "M"
    scale = max(number.scale, capacity.scale)
    return "M" if at_scale(number, scale) < at_scale(capacity, scale) else "R"


def _silence(meter: Meter, scheduled: int, error: Silent) -> Failure:
    return Failure(meter.name, "", scheduled, error.reason, str(error))
