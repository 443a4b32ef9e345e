"""What goes wrong in the demo city's history, as ``faults.toml`` lists it."""

import tomllib
from enum import StrEnum
from functools import lru_cache
from importlib import resources
from typing import NamedTuple

from hengneng.protocol import times
from hengneng.protocol.records import DAY_SECONDS

_ANY_DAY = "2000-01-01 "


class FaultKind(StrEnum):
    """What happens."""

    OUTAGE = "OUTAGE"  # the terminal does not read the meter for a while
    EXCHANGE = "EXCHANGE"  # the meter is exchanged, and the ledger hears of it later
    ROLL_OVER = "ROLL_OVER"  # the register goes round
    WITHDRAWN = "WITHDRAWN"  # the sender withdraws a record
    BY_HAND = "BY_HAND"  # hours entered by a person
    WITHOUT_POINT = "WITHOUT_POINT"  # a code arrives that feeds no point


class Fault(NamedTuple):
    """One listed fault.

    Attributes:
        name: Its short name.
        kind: What happens.
        unit: Social credit code of the unit.
        point: Code of the point; empty where none is concerned.
        day: Day of the history on which it happens, from 0.
        start: First second of that day.
        end: Second after the last one.
        data_code: The code that feeds no point.
        shows: What a person sees of it.
    """

    name: str
    kind: FaultKind
    unit: str
    point: str
    day: int
    start: int
    end: int
    data_code: str
    shows: str

    def holds(self, history_day: int, second: int) -> bool:
        """Answer whether it lasts at a second of a day of the history."""
        return self.day == history_day and self.start <= second < self.end


@lru_cache(maxsize=1)
def faults() -> tuple[Fault, ...]:
    """Return the faults in the order of their file."""
    text = (resources.files("hengneng.demo") / "faults.toml").read_text("utf-8")
    return tuple(
        Fault(
            name=table["name"],
            kind=FaultKind(table["kind"]),
            unit=table["unit"],
            point=table.get("point", ""),
            day=table["day"],
            start=_second(table.get("start", "00:00")),
            end=_second(table["end"]) if "end" in table else DAY_SECONDS,
            data_code=table.get("data_code", ""),
            shows=table["shows"],
        )
        for table in tomllib.loads(text)["fault"]
    )


def of_unit(unit: str, kind: FaultKind) -> list[Fault]:
    """Return a unit's faults of one kind."""
    return [fault for fault in faults() if (fault.unit, fault.kind) == (unit, kind)]


def of_point(unit: str, point: str, kind: FaultKind) -> list[Fault]:
    """Return a point's faults of one kind."""
    return [fault for fault in of_unit(unit, kind) if fault.point == point]


def _second(clock: str) -> int:
    """Return ``hh:mm`` as the second of the day."""
    return times.local_seconds(f"{_ANY_DAY}{clock}:00") % DAY_SECONDS
