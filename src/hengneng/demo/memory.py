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
        device_id: The terminal's secret id; None before it was admitted.
        exchanges: Exchanges still to be recorded.
    """

    begins: int
    registers_at: int
    increments_at: int
    counts: dict[str, int]
    device_id: str | None = None
    exchanges: tuple[PendingExchange, ...] = ()


def of_the_beginning(unit: UnitPlan, begins: int) -> Memory:
    """Return what a terminal knows that has sent nothing yet."""
    start = begins * DAY_SECONDS
    counts = {
        point.code: point.meter_of(unit.building, begins).start
        for point in unit.points
        if point.is_register
    }
    return Memory(begins, start, start, counts)


def recall(folder: Path, unit: UnitPlan) -> Memory | None:
    """Return what a unit's terminal remembers; None where it has no memory yet."""
    path = _path(folder, unit)
    return msgspec.json.decode(path.read_bytes(), type=Memory) if path.exists() else None


def keep(folder: Path, unit: UnitPlan, memory: Memory) -> None:
    """Keep a terminal's memory, whole or not at all, for its owner's eyes alone."""
    write_secret(_path(folder, unit), msgspec.json.encode(memory))


def write_secret(path: Path, content: bytes) -> None:
    """Write a file that only its owner may read, whole or not at all."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    making = path.with_suffix(".making")
    with os.fdopen(os.open(making, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
    making.replace(path)


def _path(folder: Path, unit: UnitPlan) -> Path:
    """Return the file of a unit's terminal."""
    return folder / "terminals" / f"{unit.code}.json"
