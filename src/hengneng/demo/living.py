"""Let the demo city live: send its history, then each reading when it is due."""

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec

from hengneng.demo import city, founding, readings, terminals
from hengneng.demo import memory as memories
from hengneng.demo.bar import Bar
from hengneng.demo.city import UnitPlan
from hengneng.demo.memory import Memory
from hengneng.kernel import clock
from hengneng.protocol.records import DAY_SECONDS
from hengneng.sim.loads.days import QUARTER_SECONDS
from hengneng.telemetry.consumption.queries import figures, stale

SENDERS = 4
_LOOK_SECONDS = 1.0
_WATCH_SECONDS = 0.05
_COUNT_SECONDS = 0.2
_VISIBLE_WITHIN_SECONDS = 60.0
_WATCHED_POINT = "E-1"


class Result(msgspec.Struct):
    """What a run of the demo did.

    Attributes:
        units: Units that send. [count]
        points: Their points. [count]
        messages_accepted: Messages answered "received" in this run. [count]
        readings: Records in them. [count]
        unit_days: Days of units worked out so far. [count]
        first_visible_s: From sending a live reading to its slot in the day profile; None where
            none was due. [s]
    """

    units: int = 0
    points: int = 0
    messages_accepted: int = 0
    readings: int = 0
    unit_days: int = 0
    first_visible_s: float | None = None


class Speaker:
    """A unit's terminal at work: what it remembers, and where it sends."""

    def __init__(self, unit: UnitPlan, memory: Memory, addresses: terminals.Addresses) -> None:
        """Begin with what the terminal remembers."""
        self.unit, self.memory, self._addresses = unit, memory, addresses

    def send_next(self, line: terminals.Line, folder: Path, until: int) -> int:
        """Send the next message of each channel; return how many records were received.

        Args:
            line: The connection.
            folder: Where the memory is kept.
            until: What was read before this instant is due. [local s]

        Raises:
            NotReceived: If the platform does not take one.
        """
        sent = 0
        batch = readings.registers(self.unit, self.memory, until)
        if batch is not None:
            terminals.send_registers(line, self._addresses.registers, self.unit, batch)
            sent += self._remember(batch, folder)
        batch = readings.increments(self.unit, self.memory, until)
        if batch is not None:
            terminals.send_increments(line, self._addresses.increments, self.unit, batch)
            sent += self._remember(batch, folder)
        return sent

    def days_behind(self, until: int) -> int:
        """Return how many days it has yet to send. [count]"""
        if self.memory.registers_at >= until:
            return 0
        return (until - 1) // DAY_SECONDS - self.memory.registers_at // DAY_SECONDS + 1

    def _remember(self, batch: readings.Batch, folder: Path) -> int:
        """Keep what the terminal knows now."""
        self.memory = batch.memory
        memories.keep(folder, self.unit, self.memory)
        return len(batch.records)


class City:
    """The whole city's terminals."""

    def __init__(self, base_url: str, folder: Path, stop: threading.Event) -> None:
        """Begin without having spoken to the platform.

        Args:
            base_url: Where the platform is.
            folder: Where the demo keeps what its terminals remember.
            stop: Set when the city is to fall silent.
        """
        self._base_url, self._folder, self._stop = base_url, folder, stop
        self._lock = threading.Lock()
        self._speakers: list[Speaker] = []
        self.result = Result()

    def introduce(self) -> None:
        """Register every terminal, admitted where it is new.

        Raises:
            NotReceived: If the platform gives a terminal no id.
            MemoryLost: If a terminal has no memory.
        """
        line = terminals.Line(self._base_url)
        for unit in city.units():
            memory = memories.recall(self._folder, unit)
            if memory is None:
                raise founding.MemoryLost(f"the terminal of {unit.code} remembers nothing")
            device_id, addresses = terminals.introduce(
                line, unit, memory.device_id, admit=founding.admit
            )
            memory = msgspec.structs.replace(memory, device_id=device_id)
            memories.keep(self._folder, unit, memory)
            self._speakers.append(Speaker(unit, memory, addresses))
        line.close()
        self.result.units = len(self._speakers)
        self.result.points = sum(len(speaker.unit.points) for speaker in self._speakers)

    def send(self, until: int, *, what: str | None = None) -> None:
        """Send all that is due, several units at a time, then tell the ledger of exchanges.

        Args:
            until: What was read before this instant is due. [local s]
            what: What to call it while it goes on; None: silently.

        Raises:
            NotReceived: If the platform does not take a message.
        """
        days = sum(speaker.days_behind(until) for speaker in self._speakers)
        bar = Bar(what, days) if what and days else None
        with ThreadPoolExecutor(SENDERS, thread_name_prefix="sender") as senders:
            for sending in [senders.submit(self._catch_up, s, until, bar) for s in self._speakers]:
                sending.result()
        if bar is not None:
            bar.end()
        for speaker in self._speakers:
            self._tell_exchanges(speaker)

    def wait_until_counted(self) -> None:
        """Wait until every day that was sent is worked out."""
        every = len(self._speakers)
        bar = None
        while not self._stop.is_set() and (waiting := len(stale.waiting_units(every))):
            bar = bar or Bar("counting", every)
            bar.reach(every - waiting)
            self._stop.wait(_COUNT_SECONDS)
        if bar is not None:
            bar.reach(every)
            bar.end()

    def watch_first(self) -> None:
        """Send one terminal's live reading, if one is due, and time how soon it can be seen."""
        speaker, now = self._speakers[0], clock.local_second(clock.now())
        at = speaker.memory.registers_at
        if at > now:
            return
        began = time.monotonic()
        self._catch_up(speaker, now + 1, None)
        unit_id = founding.unit_id_of(speaker.unit)
        if unit_id is None:
            raise LookupError(f"unit {speaker.unit.code} is not entered")
        point_id = founding.point_ids(unit_id)[_WATCHED_POINT]
        while time.monotonic() - began < _VISIBLE_WITHIN_SECONDS and not self._stop.is_set():
            if is_visible(unit_id, point_id, at - QUARTER_SECONDS):
                self.result.first_visible_s = round(time.monotonic() - began, 3)
                return
            time.sleep(_WATCH_SECONDS)

    def live(self, seconds: float | None) -> None:
        """Send each reading when it is due, until told to stop or the time is up.

        Args:
            seconds: How long; None: until told to stop. [s]
        """
        until = None if seconds is None else time.monotonic() + seconds
        while not self._stop.is_set() and (until is None or time.monotonic() < until):
            if self.result.first_visible_s is None:
                self.watch_first()
            self.send(clock.local_second(clock.now()) + 1)
            self._stop.wait(_LOOK_SECONDS)
        self.count_days()

    def count_days(self) -> None:
        """Note how many days are worked out."""
        self.result.unit_days = sum(map(worked_out_days, self._speakers))

    def _catch_up(self, speaker: Speaker, until: int, bar: Bar | None) -> None:
        """Send a unit's messages, a day at a time, until nothing is due."""
        line = terminals.Line(self._base_url)
        try:
            while not self._stop.is_set():
                behind, before = speaker.days_behind(until), speaker.memory
                sent = speaker.send_next(line, self._folder, until)
                if not sent:
                    return
                moved = [
                    a != b for a, b in zip(_places(before), _places(speaker.memory), strict=True)
                ]
                with self._lock:
                    self.result.messages_accepted += sum(moved)
                    self.result.readings += sent
                if bar is not None:
                    bar.advance(behind - speaker.days_behind(until))
        finally:
            line.close()

    def _tell_exchanges(self, speaker: Speaker) -> None:
        """Tell the ledger of the exchanges it has not heard of."""
        for exchange in speaker.memory.exchanges:
            founding.record_exchange(speaker.unit, exchange, at=clock.now())
        if speaker.memory.exchanges:
            speaker.memory = msgspec.structs.replace(speaker.memory, exchanges=())
            memories.keep(self._folder, speaker.unit, speaker.memory)


def live(
    *,
    base_url: str,
    folder: Path,
    stop: threading.Event,
    report: Callable[[Result], None],
    seconds: float | None = None,
) -> None:
    """Run the city's terminals: history first, then live until told to stop.

    Args:
        base_url: Where the platform is.
        folder: Where the demo keeps what its terminals remember.
        stop: Set when it is to end.
        report: Told what was done once the history is counted, and again at the end.
        seconds: How long to live after the history; None: until told to stop. [s]

    Raises:
        NotReceived: If the platform does not take what a terminal sends.
        MemoryLost: If a terminal has no memory.
    """
    whole = City(base_url, folder, stop)
    whole.introduce()
    # The reading of the last quarter is left for the live part, which times it.
    last_quarter = clock.local_second(clock.now()) // QUARTER_SECONDS * QUARTER_SECONDS
    whole.send(last_quarter, what="sending")
    whole.wait_until_counted()
    whole.watch_first()
    whole.count_days()
    report(whole.result)
    whole.live(seconds)
    report(whole.result)


def is_visible(unit_id: int, point_id: int, start: int) -> bool:
    """Answer whether the slot that begins at a local second has a value."""
    profile = figures.profile_of(
        unit_id=unit_id, point_id=point_id, day=clock.date_of(start // DAY_SECONDS)
    )
    slot = start % DAY_SECONDS // QUARTER_SECONDS
    return profile is not None and profile.values[slot] is not None


def worked_out_days(speaker: Speaker) -> int:
    """Return how many days of a unit are worked out. [count]"""
    unit_id = founding.unit_id_of(speaker.unit)
    if unit_id is None:
        return 0
    today = clock.local_second(clock.now()) // DAY_SECONDS
    found = figures.computed_at(
        unit_id=unit_id,
        from_day=clock.date_of(speaker.memory.begins),
        to_day=clock.date_of(today),
    )
    return len(found)


def _places(memory: Memory) -> Sequence[int]:
    """Return how far each channel has come; one that moved was one message."""
    return memory.registers_at, memory.increments_at
