"""When the demo city's history begins, and what its founding left behind for the terminals."""

from datetime import datetime
from pathlib import Path

import msgspec

from hengneng.demo.memory import History, Memory, write_secret
from hengneng.kernel import clock
from hengneng.protocol.records import DAY_SECONDS

YEAR_DAYS = 366


class Plan(msgspec.Struct, frozen=True):
    """The days of the city's history, as days since 1970-01-01.

    Attributes:
        begins: First day of the year of whole days.
        fine: First day on which the review units are read each quarter hour.
        today: Day of the founding, of which the terminals tell afterwards.
        founded_at: The instant of the founding. Aware.
    """

    begins: int
    fine: int
    today: int
    founded_at: datetime


class Ledger(msgspec.Struct, frozen=True):
    """What the terminals of a founded city must know to go on.

    Attributes:
        plan: The days of its history.
        devices: The terminal's secret id by unit, where one was admitted.
        review: What each review unit's terminal remembers, by unit.
        told_until: Hours before this one each further unit has told of, by unit. [local s]
        history: How much was handed over.
    """

    plan: Plan
    devices: dict[str, str]
    review: dict[str, Memory]
    told_until: dict[str, int]
    history: History


def plan_of(at: datetime, *, days: int) -> Plan:
    """Return the plan of a city that is founded at an instant.

    Args:
        at: Now. Aware.
        days: How many days the review units are read each quarter hour. [count]
    """
    today = clock.local_second(at) // DAY_SECONDS
    return Plan(today - YEAR_DAYS, today - days, today, at)


def keep(path: Path, ledger: Ledger) -> None:
    """Keep a ledger for its owner's eyes alone, whole or not at all."""
    write_secret(path, msgspec.json.encode(ledger))


def recall(path: Path) -> Ledger:
    """Return the ledger that was kept."""
    return msgspec.json.decode(path.read_bytes(), type=Ledger)
