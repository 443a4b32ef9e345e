"""Let the demo city live: catch up with what was not sent yet, then each reading when it is due."""

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import msgspec

from hengneng.demo import city, field, founding, readings, terminals
from hengneng.demo import memory as memories
from hengneng.demo.bar import Bar
from hengneng.demo.calling import Callers
from hengneng.demo.city import UnitPlan
from hengneng.demo.memory import Memory
from hengneng.kernel import clock
from hengneng.protocol.records import DAY_SECONDS
from hengneng.telemetry.consumption.queries import figures, stale

SENDERS = 4
_LOOK_SECONDS = 1.0
_WATCH_SECONDS = 0.2
_COUNT_SECONDS = 0.5
_WATCHED_POINT = "E-1"
_WAITING_MAX = 10_000


class MemoryLost(Exception):
    """The database holds the demo city, but its terminals' memory is not in the data folder."""


class Result(msgspec.Struct):
    """What the demo city holds and what a run of it did.

    Attributes:
        units: Units entered. [count]
        points: Their points. [count]
        messages_accepted: Messages answered "received", the history's included. [count]
        readings: Records in them. [count]
        unit_days: Days of units worked out so far. [count]
        first_visible_s: From a gateway's reading of a virtual meter to the day profile that ends
            with it; None where none was read yet. [s]
    """

    units: int = 0
    points: int = 0
    messages_accepted: int = 0
    readings: int = 0
    unit_days: int = 0
    first_visible_s: float | None = None


class Speaker:
    """A review unit's terminal at work: what it remembers, and where it sends."""

    def __init__(
        self,
        unit: UnitPlan,
        memory: Memory,
        addresses: terminals.Addresses,
        stop: threading.Event,
    ) -> None:
        """Begin with what the terminal remembers; between two messages it heeds ``stop``."""
        self.unit, self.memory, self._addresses, self._stop = unit, memory, addresses, stop
        self.messages = self.readings = 0

    def send_registers(self, line: terminals.Line, folder: Path, until: int) -> None:
        """Send the registers that nobody has read yet, a day at a time.

        Args:
            line: The connection.
            folder: Where the memory is kept.
            until: What was read before this instant is due. [local s]

        Raises:
            NotReceived: If the platform does not take one.
        """
        while not self._stop.is_set():
            if (batch := readings.registers(self.unit, self.memory, until)) is None:
                return
            terminals.send_registers(line, self._addresses.registers, self.unit, batch)
            self._remember(batch, folder)

    def send_increments(self, line: terminals.Line, folder: Path, until: int) -> None:
        """Send the increments that are due; as ``send_registers``."""
        while not self._stop.is_set():
            if (batch := readings.increments(self.unit, self.memory, until)) is None:
                return
            terminals.send_increments(line, self._addresses.increments, self.unit, batch)
            self._remember(batch, folder)

    def leave_registers(self, folder: Path, until: int) -> None:
        """Leave the registers up to an instant to the gateway, which reads them itself.

        Args:
            folder: Where the memory is kept.
            until: The instant. [local s]
        """
        before = self.memory
        while (batch := readings.registers(self.unit, self.memory, until)) is not None:
            self.memory = batch.memory
        if self.memory is not before:
            memories.keep(folder, self.unit, self.memory)

    def _remember(self, batch: readings.Batch, folder: Path) -> None:
        """Keep what the terminal knows now."""
        self.memory = batch.memory
        self.messages += 1
        self.readings += len(batch.records)
        memories.keep(folder, self.unit, self.memory)


class City:
    """The whole city's terminals."""

    def __init__(self, base_url: str, folder: Path, stop: threading.Event) -> None:
        """Begin with what the terminals remember, and ask the platform where data go.

        Args:
            base_url: Where the platform is.
            folder: Where the demo keeps what its terminals remember.
            stop: Set when the city is to fall silent.

        Raises:
            NotReceived: If the platform does not know a terminal.
            MemoryLost: If a terminal has no memory.
        """
        self._base_url, self._folder, self._stop = base_url, folder, stop
        self._speakers: list[Speaker] = []
        self.result = Result(points=founding.point_count())
        line = terminals.Line(base_url)
        for unit in city.units():
            memory = memories.recall(folder, unit)
            if memory is None or memory.device_id is None:
                raise MemoryLost(f"the terminal of {unit.code} remembers nothing")
            self._addresses = terminals.addresses(line, unit, memory.device_id)
            self._speakers.append(Speaker(unit, memory, self._addresses, stop))
        line.close()
        self._callers = Callers(base_url, folder, stop)
        self._unit_ids = founding.unit_ids()
        self.result.units = len(self._unit_ids)

    def catch_up(self) -> None:
        """Send all that is due and was not sent: what the city did while nobody looked.

        Raises:
            NotReceived: If the platform does not take a message.
        """
        now = clock.local_second(clock.now())
        behind = [s for s in self._speakers if s.memory.registers_at < now]
        if behind:
            self._let_speak(behind, now)
        self._callers.send(now, self._addresses.increments, what="calling")

    def _let_speak(self, behind: Sequence[Speaker], now: int) -> None:
        """Let review units' terminals send all that is due, several at once."""
        bar = Bar("catching up", len(behind))

        def act(speaker: Speaker) -> None:
            line = terminals.Line(self._base_url)
            speaker.send_registers(line, self._folder, now)
            speaker.send_increments(line, self._folder, now)
            line.close()
            bar.advance()

        with ThreadPoolExecutor(SENDERS, thread_name_prefix="sender") as senders:
            for sending in [senders.submit(act, speaker) for speaker in behind]:
                sending.result()
        bar.end()

    def wait_until_counted(self) -> None:
        """Wait until every day that was sent is worked out."""
        bar, most = None, 0
        while not self._stop.is_set() and (waiting := len(stale.waiting_units(_WAITING_MAX))):
            if bar is None or waiting > most:
                bar, most = Bar("working out", waiting), waiting
            bar.reach(most - waiting)
            self._stop.wait(_COUNT_SECONDS)
        if bar is not None:
            bar.reach(most)
            bar.end()

    def live(self, report: Callable[[Result], None], seconds: float | None) -> None:
        """Let meters, gateways and terminals work until told to stop or the time is up.

        Args:
            report: Told what was done whenever there is news.
            seconds: How long; None: until told to stop. [s]

        Raises:
            NotReceived: If the platform does not take a message.
            NotReady: If the meters do not answer.
        """
        until = None if seconds is None else time.monotonic() + seconds
        units = {speaker.unit.code: speaker.unit for speaker in self._speakers}
        known = {speaker.unit.code: speaker.memory for speaker in self._speakers}
        devices = {code: memory.device_id or "" for code, memory in known.items()}
        plan = field.plan_of(units, known)
        folder = self._folder / "gateways"
        configs = field.configure(plan, units, devices, base_url=self._base_url, folder=folder)
        with field.running(plan, configs) as works:
            began = clock.local_second(clock.now())
            while not self._stop.is_set() and (until is None or time.monotonic() < until):
                _heed(works)
                self._step()
                if self.result.first_visible_s is None and self._watch_first(began):
                    report(self.result)
                is_watching = self.result.first_visible_s is None
                self._stop.wait(_WATCH_SECONDS if is_watching else _LOOK_SECONDS)

    def count(self) -> None:
        """Note what was done so far."""
        history = memories.history_of(self._folder)
        mine: list[Speaker | Callers] = [*self._speakers, self._callers]
        self.result.messages_accepted = history.messages + sum(one.messages for one in mine)
        self.result.readings = history.readings + sum(one.readings for one in mine)
        self.result.unit_days = sum(map(worked_out_days, self._unit_ids))

    def _step(self) -> None:
        """Send what has become due; registers are the gateways' business now."""
        now = clock.local_second(clock.now())
        line = terminals.Line(self._base_url)
        for speaker in self._speakers:
            speaker.send_increments(line, self._folder, now)
            speaker.leave_registers(self._folder, now)
        line.close()
        self._callers.ask(now)
        self._callers.send(now, self._addresses.increments)

    def _watch_first(self, began: int) -> bool:
        """Note how long ago the newest visible reading was read, where a gateway read it."""
        unit_id, now = self._unit_ids[0], clock.local_second(clock.now())
        at = last_visible(unit_id, founding.point_ids(unit_id)[_WATCHED_POINT], now)
        if at is None or at < began:
            return False
        self.result.first_visible_s = round((now - at) / clock.rate(), 3)
        return True


def live(
    *,
    base_url: str,
    folder: Path,
    stop: threading.Event,
    report: Callable[[Result], None],
    seconds: float | None = None,
) -> None:
    """Run the city's terminals: what is overdue first, then live until told to stop.

    Args:
        base_url: Where the platform is.
        folder: Where the demo keeps what its terminals remember.
        stop: Set when it is to end.
        report: Told what was done once all is worked out, and again when there is news.
        seconds: How long to live after that; None: until told to stop. [s]

    Raises:
        NotReceived: If the platform does not take what a terminal sends.
        MemoryLost: If a terminal has no memory.
        NotReady: If the virtual meters do not answer.
    """
    whole = City(base_url, folder, stop)
    whole.catch_up()
    whole.wait_until_counted()
    if stop.is_set():
        return
    whole.count()
    report(whole.result)
    # What became due meanwhile no gateway has read.
    whole.catch_up()
    whole.live(report, seconds)
    whole.count()
    report(whole.result)


def last_visible(unit_id: int, point_id: int, now: int) -> int | None:
    """Return when the last register was read that a point's profile of today ends with.

    Args:
        unit_id: The unit.
        point_id: The point.
        now: Now. [local s]

    Returns:
        The reading's instant; None where today has none yet. [local s]
    """
    today = now // DAY_SECONDS
    profile = figures.profile_of(unit_id=unit_id, point_id=point_id, day=clock.date_of(today))
    if profile is None or profile.last_at is None:
        return None
    return today * DAY_SECONDS + profile.last_at


def worked_out_days(unit_id: int) -> int:
    """Return how many days of a unit are worked out. [count]"""
    today = clock.local_second(clock.now()) // DAY_SECONDS
    found = figures.computed_at(
        unit_id=unit_id,
        from_day=clock.date_of(today - 2 * 366),
        to_day=clock.date_of(today),
    )
    return len(found)


def _heed(works: Sequence[Future[None]]) -> None:
    """Raise what has ended the meters or the gateways before their time."""
    for work in works:
        if work.done():
            work.result()
