"""What a demo terminal remembers between runs: its id, what it has sent, what its meters show."""

import os
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import msgspec

from hengneng.demo.city import UnitPlan
from hengneng.protocol.records import DAY_SECONDS


class PendingExchange(NamedTuple):
    """An exchange that the ledger has not heard of yet.

    Attributes:
        point: Code of the point.
        at: When it happened. [local s]
        before: What the old register showed. [as shown]
        after: What the new one shows. [as shown]
    """

    point: str
    at: int
    before: Decimal
    after: Decimal


class Memory(msgspec.Struct, frozen=True):
    """One terminal's memory.

    Attributes:
        begins: First day of the history, days since 1970-01-01.
        registers_at: Next instant at which the registers are read. [local s]
        increments_at: Next hour whose increments are sent. [local s]
        counts: What each register shows at ``registers_at``, by point. [count]
        faults_until: Day from which nothing goes wrong on purpose any more, days since 1970-01-01.
        device_id: The terminal's secret id; None before it was admitted.
        exchanges: Exchanges still to be recorded.
    """

    begins: int
    registers_at: int
    increments_at: int
    counts: dict[str, int]
    faults_until: int
    device_id: str | None = None
    exchanges: tuple[PendingExchange, ...] = ()


class History(msgspec.Struct, frozen=True):
    """What was handed over at the founding.

    Attributes:
        messages: Messages. [count]
        readings: Records in them. [count]
    """

    messages: int
    readings: int


def of_the_beginning(unit: UnitPlan, begins: int, *, founded: int) -> Memory:
    """Return what a terminal knows that has sent nothing yet.

    Args:
        unit: The unit.
        begins: First day on which it is read, days since 1970-01-01.
        founded: Day of the city's founding.
    """
    start = begins * DAY_SECONDS
    counts = {
        point.code: point.meter_of(unit.building, begins).start
        for point in unit.points
        if point.is_register
    }
    return Memory(begins, start, start, counts, founded)


def with_device(memory: Memory, device_id: str) -> Memory:
    """Return the memory of a terminal that was admitted."""
    return msgspec.structs.replace(memory, device_id=device_id)


def without_exchanges(memory: Memory) -> Memory:
    """Return the memory of a terminal whose exchanges the ledger has heard of."""
    return msgspec.structs.replace(memory, exchanges=())


def recall(folder: Path, unit: UnitPlan) -> Memory | None:
    """Return what a unit's terminal remembers; None where it has no memory yet."""
    path = _path(folder, unit.code)
    return msgspec.json.decode(path.read_bytes(), type=Memory) if path.exists() else None


def keep(folder: Path, unit: UnitPlan, memory: Memory) -> None:
    """Keep a terminal's memory, whole or not at all, for its owner's eyes alone."""
    keep_for(folder, unit.code, memory)


def keep_for(folder: Path, code: str, memory: Memory) -> None:
    """Keep the memory of a unit's terminal, as ``keep`` does; the unit is named by its code."""
    write_secret(_path(folder, code), msgspec.json.encode(memory))


def history_of(folder: Path) -> History:
    """Return what was handed over at the founding."""
    return msgspec.json.decode((folder / "history.json").read_bytes(), type=History)


def keep_history(folder: Path, history: History) -> None:
    """Keep what was handed over at the founding."""
    write_secret(folder / "history.json", msgspec.json.encode(history))


def write_secret(path: Path, content: bytes) -> None:
    """Write a file that only its owner may read, whole or not at all."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    making = path.with_suffix(".making")
    with os.fdopen(os.open(making, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
    making.replace(path)


def _path(folder: Path, code: str) -> Path:
    """Return the file of a unit's terminal."""
    return folder / "terminals" / f"{code}.json"
