"""Hand the city's history to the journal, as its terminals would have sent it, in its own time.

Several processes take a share of the units each. All go through time together: the clock of each
is set to when a message arrived, so that the record of the demo city tells when it came.
"""

import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import NamedTuple

from hengneng.demo import city, past, readings
from hengneng.demo import memory as memories
from hengneng.demo.city import UnitPlan
from hengneng.demo.further import sending
from hengneng.demo.further import units as further
from hengneng.demo.further.units import FurtherUnit
from hengneng.demo.memory import Memory, PendingExchange
from hengneng.demo.plan import Plan
from hengneng.kernel import clock
from hengneng.protocol import national
from hengneng.protocol import registers as native
from hengneng.protocol.records import DAY_SECONDS, Content
from hengneng.registry.terminals import operations as admitting
from hengneng.registry.terminals import queries as terminals
from hengneng.registry.terminals.queries import TerminalRow
from hengneng.telemetry.journal import operations as journal
from hengneng.telemetry.journal.rules import Channel

# Messages that wait for a commit together.
_AT_ONCE = 64


class Handed(NamedTuple):
    """What was handed over, and the exchanges that happened meanwhile, by unit."""

    messages: int
    readings: int
    exchanges: list[tuple[str, PendingExchange]]


class _Message(NamedTuple):
    device_id: str
    channel: Channel
    body: bytes


@contextmanager
def clock_at(second: int, *, latest: datetime) -> Iterator[datetime]:
    """Let it be a local second in this process, but never later than an instant.

    Args:
        second: When it shall be. [local s]
        latest: The instant that time does not pass. Aware.
    """
    at = min(clock.instant(second), latest).astimezone(UTC)
    before = os.environ.get("HENGNENG_CLOCK")
    os.environ["HENGNENG_CLOCK"] = f"{at.isoformat()}@0"
    try:
        yield at
    finally:
        if before is None:
            del os.environ["HENGNENG_CLOCK"]
        else:
            os.environ["HENGNENG_CLOCK"] = before


def instants(plan: Plan) -> list[int]:
    """Return when messages of the history arrive, ascending. [local s]"""
    found = {event.at for unit in city.units() for event in _review_events(unit, plan)}
    for unit in further.units():
        found |= {e.at for e in sending.events(unit, begins=plan.begins, today=plan.today)}
    return sorted(found)


def _review_events(_unit: UnitPlan, plan: Plan) -> Iterator[sending.Event]:
    """Yield when a review unit's history arrives: by the month, then by the day."""
    yield from sending.spread(plan.begins, plan.fine, plan.today)


class Share:
    """One process's units and what is still to be handed over for them."""

    def __init__(self, plan: Plan, devices: dict[str, str], number: int, of: int) -> None:
        """Begin with nothing handed over.

        Args:
            plan: The days of the history.
            devices: The terminals' ids by unit.
            number: Which share, from 0.
            of: How many shares there are. [count]
        """
        self._plan, self._devices = plan, devices
        self._due: defaultdict[int, list[Callable[[], Iterable[_Message]]]] = defaultdict(list)
        self._exchanges: list[tuple[str, PendingExchange]] = []
        self.memories: dict[str, Memory] = {}
        mine = [u.code for group in (city.units(), further.units()) for u in group[number::of]]
        self._terminals = {
            devices[code]: _terminal(devices[code]) for code in mine if code in devices
        }
        for unit in city.units()[number::of]:
            self._expect_review(unit)
        for other in further.units()[number::of]:
            self._expect_further(other)

    def hand_over(self, at: int) -> Handed:
        """Hand over what arrives at an instant. [local s]"""
        with clock_at(at, latest=self._plan.founded_at), ThreadPoolExecutor(_AT_ONCE) as pool:
            kept = [
                pool.submit(self._accept, message, content)
                for make in self._due.pop(at, ())
                for message in make()
                if (content := _content(message)).records
            ]
            counts = [one.result() for one in kept]
        told, self._exchanges = self._exchanges, []
        return Handed(len(counts), sum(counts), told)

    def _accept(self, message: _Message, content: Content) -> int:
        """Keep a message; return how many records it holds."""
        terminal = self._terminals[message.device_id]
        journal.accept(
            unit_id=terminal.unit_id,
            terminal_id=terminal.terminal_id,
            channel=message.channel,
            body=message.body,
            content=content,
            at=clock.now(),
        )
        return len(content.records)

    def _expect_further(self, unit: FurtherUnit) -> None:
        plan, device_id = self._plan, self._devices.get(unit.code, "")
        for event in sending.events(unit, begins=plan.begins, today=plan.today):

            def make(event: sending.Event = event) -> Iterable[_Message]:
                body = sending.body_of(unit, device_id, event)
                yield _Message(device_id, Channel.NATIONAL, body)

            self._due[event.at].append(make)

    def _expect_review(self, unit: UnitPlan) -> None:
        self.memories[unit.code] = memories.with_device(
            memories.of_the_beginning(unit, self._plan.fine, founded=self._plan.today),
            self._devices[unit.code],
        )
        for event in _review_events(unit, self._plan):

            def make(event: sending.Event = event) -> Iterable[_Message]:
                return self._of_day(unit, event) if event.is_hourly else self._of_past(unit, event)

            self._due[event.at].append(make)

    def _of_past(self, unit: UnitPlan, event: sending.Event) -> Iterator[_Message]:
        """Yield the messages of days that are told by one register each."""
        days = {"first": event.first, "last": event.last, "fine": self._plan.fine}
        device_id = self._devices[unit.code]
        body = native.write_registers(device_id, unit.code, past.registers(unit, **days))
        yield _Message(device_id, Channel.REGISTERS, body)
        records = list(past.whole_days(unit, **days))
        if records:
            body = national.write_energy(device_id, unit.code, records)
            yield _Message(device_id, Channel.NATIONAL, body)

    def _of_day(self, unit: UnitPlan, event: sending.Event) -> Iterator[_Message]:
        """Yield the messages of a day that is told in full."""
        memory, until = self.memories[unit.code], event.last * DAY_SECONDS
        device_id = self._devices[unit.code]
        batch = readings.registers(unit, memory, until)
        if batch is not None:
            memory = batch.memory
            body = native.write_registers(device_id, unit.code, batch.records)
            yield _Message(device_id, Channel.REGISTERS, body)
        batch = readings.increments(unit, memory, until + 1)
        if batch is not None:
            memory = batch.memory
            body = national.write_energy(device_id, unit.code, batch.records)
            yield _Message(device_id, Channel.NATIONAL, body)
        self._exchanges += [(unit.code, exchange) for exchange in memory.exchanges]
        self.memories[unit.code] = memories.without_exchanges(memory)


def _content(message: _Message) -> Content:
    """Read a message as the platform does."""
    if message.channel is Channel.NATIONAL:
        return national.read_energy(message.body).content
    return native.read_registers(message.body, offset_s=clock.offset_s()).content


def _terminal(device_id: str) -> TerminalRow:
    """Return the terminal that holds an id.

    Raises:
        LookupError: If none does.
    """
    terminal = terminals.terminal_by_secret(device_id)
    if terminal is None:
        raise LookupError("a terminal of the demo city is not admitted")
    return terminal


def told_until(plan: Plan) -> dict[str, int]:
    """Return up to which hour each further unit's terminal has told. [local s]"""
    found = {}
    for unit in further.units():
        days = [e.last for e in sending.events(unit, begins=plan.begins, today=plan.today)]
        if days:
            found[unit.code] = days[-1] * DAY_SECONDS
    return found


def propose(devices: dict[str, str], *, at: datetime) -> None:
    """Let terminals describe points that nobody has confirmed yet.

    Args:
        devices: The terminals' ids by unit.
        at: Now. Aware.
    """
    for unit in further.units():
        items = sending.proposed(unit)
        if items:
            device_id = devices[unit.code]
            terminal = _terminal(device_id)
            journal.accept(
                unit_id=terminal.unit_id,
                terminal_id=terminal.terminal_id,
                channel=Channel.CONFIGURATION,
                body=national.write_configuration(device_id, unit.code, items),
                content=Content([], []),
                at=at,
            )
            admitting.configure(terminal_id=terminal.terminal_id, items=items, is_new=True, at=at)
