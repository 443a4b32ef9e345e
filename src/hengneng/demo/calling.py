"""The further units' terminals at work: they send their hours over HTTP when due.

What they were prevented from sending, they send when the platform is there again. A terminal that
waits for admission asks again now and then, and begins to send when an official has admitted it.
"""

import sys
import threading
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec

from hengneng.demo import terminals
from hengneng.demo.bar import Bar
from hengneng.demo.further import chance, sending, units
from hengneng.demo.further.catalogue import Manner
from hengneng.demo.further.sending import HOUR_SECONDS
from hengneng.demo.further.units import FurtherUnit
from hengneng.demo.memory import write_secret
from hengneng.protocol import national
from hengneng.protocol.records import DAY_SECONDS, Record

SENDERS = 4
# Terminals do not all call in the same second. [s]
_SPREAD_SECONDS = 300
_DAYS_A_MESSAGE = 7
_ASK_EVERY_SECONDS = 60


class Calls(msgspec.Struct):
    """What the terminals remember.

    Attributes:
        devices: Their ids by unit, where one was admitted.
        told_until: Hours before this one each has told of, by unit. [local s]
    """

    devices: dict[str, str]
    told_until: dict[str, int]


class Callers:
    """All the further units' terminals."""

    def __init__(self, base_url: str, folder: Path, stop: threading.Event) -> None:
        """Begin with what they remember.

        Args:
            base_url: Where the platform is.
            folder: Where the demo keeps what its terminals remember.
            stop: Set when they are to fall silent.
        """
        self._base_url, self._path, self._stop = base_url, path_in(folder), stop
        self._calls = msgspec.json.decode(self._path.read_bytes(), type=Calls)
        self._lock = threading.Lock()
        self._asked_at = 0
        self.messages = self.readings = 0

    def send(self, now: int, address: str, *, what: str | None = None) -> None:
        """Send everything that is due.

        Args:
            now: Now. [local s]
            address: Where increments go.
            what: What to call it while it goes on; None: silently.

        Raises:
            NotReceived: If the platform is away.
        """
        due = [unit for unit in units.units() if self._is_due(unit, now)]
        if not due:
            return
        bar = Bar(what, len(due)) if what else None
        with ThreadPoolExecutor(SENDERS, thread_name_prefix="caller") as senders:
            shares = [due[number::SENDERS] for number in range(SENDERS)]
            for one in [senders.submit(self._call, s, now, address, bar) for s in shares]:
                one.result()
        self._keep()
        if bar is not None:
            bar.end()

    def ask(self, now: int) -> None:
        """Let the terminals that wait for admission ask whether they were admitted.

        Args:
            now: Now. [local s]
        """
        if now - self._asked_at < _ASK_EVERY_SECONDS:
            return
        self._asked_at = now
        line = terminals.Line(self._base_url)
        for unit in units.units():
            if unit.manner is Manner.WAITING and unit.code not in self._calls.devices:
                device_id = terminals.register(line, unit, None).device_id
                if device_id is not None:
                    self._calls.devices[unit.code] = device_id
                    self._calls.told_until[unit.code] = now // HOUR_SECONDS * HOUR_SECONDS
                    self._keep()
        line.close()

    def _is_due(self, unit: FurtherUnit, now: int) -> bool:
        told = self._calls.told_until.get(unit.code)
        return told is not None and unit.manner is not Manner.SILENT and told < ended(unit, now)

    def _call(self, due: Iterable[FurtherUnit], now: int, address: str, bar: Bar | None) -> None:
        """Let some terminals send what is due, one after another over one line."""
        line = terminals.Line(self._base_url)
        for unit in due:
            while not self._stop.is_set() and self._is_due(unit, now):
                if not self._send_next(line, unit, now, address):
                    break
            if bar is not None:
                bar.advance()
        line.close()

    def _send_next(self, line: terminals.Line, unit: FurtherUnit, now: int, address: str) -> bool:
        """Send a terminal's next message; false where the platform does not want it any more."""
        first = self._calls.told_until[unit.code]
        until = min(ended(unit, now), first + _DAYS_A_MESSAGE * DAY_SECONDS)
        records = due_records(unit, first, until)
        body = national.write_energy(self._calls.devices[unit.code], unit.code, records)
        if records:
            try:
                terminals.send(line, address, sending.with_flaws(unit, body, first // DAY_SECONDS))
            except terminals.Refused as refusal:
                # An official may have ended its right to speak; the others go on.
                print(f"hengneng: {unit.name}: {refusal}", file=sys.stderr, flush=True)  # noqa: T201
                self._calls.told_until.pop(unit.code)
                return False
        with self._lock:
            self._calls.told_until[unit.code] = until
            self.messages += bool(records)
            self.readings += len(records)
        return True

    def _keep(self) -> None:
        """Keep what the terminals remember."""
        with self._lock:
            write_secret(self._path, msgspec.json.encode(self._calls))


def due_records(unit: FurtherUnit, first: int, until: int) -> list[Record]:
    """Return the records of a stretch of whole hours, with the days that end in it.

    Args:
        unit: The unit.
        first: The first hour. [local s]
        until: The hour after the last one. [local s]
    """
    records: list[Record] = []
    for day in range(first // DAY_SECONDS, (until - 1) // DAY_SECONDS + 1):
        begins, ends = max(first, day * DAY_SECONDS), min(until, (day + 1) * DAY_SECONDS)
        which = range(
            begins % DAY_SECONDS // HOUR_SECONDS, (ends - day * DAY_SECONDS) // HOUR_SECONDS
        )
        records += sending.hours(unit, day, which)
        if ends == (day + 1) * DAY_SECONDS:
            records += sending.whole_day(unit, day)
    return records


def ended(unit: FurtherUnit, now: int) -> int:
    """Return the hour after the last one that a unit's terminal sends by now. [local s]"""
    spread = chance.number(f"{unit.code} spread", _SPREAD_SECONDS)
    due = now - sending.SENT_AFTER_SECONDS - spread - sending.delay_of(unit)
    return due // HOUR_SECONDS * HOUR_SECONDS


def path_in(folder: Path) -> Path:
    """Return the file of what the further units' terminals remember."""
    return folder / "callers.json"


def keep(folder: Path, calls: Calls) -> None:
    """Keep what the terminals remember, for its owner's eyes alone."""
    write_secret(path_in(folder), msgspec.json.encode(calls))
