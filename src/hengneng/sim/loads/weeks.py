"""The committed table: each building's mean day by season and kind of day, with its scatter."""

import csv
from datetime import date
from enum import StrEnum
from functools import lru_cache
from importlib import resources
from typing import NamedTuple

HOURS = 24


class Energy(StrEnum):
    """What a building uses, and the integer it is counted in."""

    ELECTRICITY = "ELECTRICITY"  # Wh
    GAS = "GAS"  # litres


class Season(StrEnum):
    """The heating season, the summer, what lies between."""

    WINTER = "WINTER"
    SHOULDER = "SHOULDER"
    SUMMER = "SUMMER"


class Weekday(StrEnum):
    """The kind of day."""

    WORKDAY = "WORKDAY"
    SATURDAY = "SATURDAY"
    SUNDAY = "SUNDAY"


class MeanDay(NamedTuple):
    """A building's mean day of one season and kind.

    Attributes:
        hours: Mean use by hour of the civil day. [Wh or l] Shape (24,).
        days_permille: Standard deviation from day to day, relative to the mean. [‰]
        hours_permille: Standard deviation from hour to hour around the day's own level. [‰]
    """

    hours: tuple[int, ...]
    days_permille: int
    hours_permille: int


class UnknownBuilding(LookupError):
    """The table has no such building."""


_SATURDAY, _SUNDAY = 5, 6
_SUMMER, _WINTER = (6, 7, 8), (11, 12, 1, 2, 3)


def season_of(day: date) -> Season:
    """Return a day's season: November to March winter, June to August summer."""
    if day.month in _SUMMER:
        return Season.SUMMER
    return Season.WINTER if day.month in _WINTER else Season.SHOULDER


def weekday_of(day: date) -> Weekday:
    """Return a day's kind."""
    kinds = {_SATURDAY: Weekday.SATURDAY, _SUNDAY: Weekday.SUNDAY}
    return kinds.get(day.weekday(), Weekday.WORKDAY)


def buildings() -> list[str]:
    """Return the buildings of the table, in its order."""
    return list(dict.fromkeys(building for building, *_ in _table()))


def mean_day(building: str, energy: Energy, day: date) -> MeanDay:
    """Return what a building uses on the mean day of a date's kind.

    Raises:
        UnknownBuilding: If the table has no such building.
    """
    key = (building, energy, season_of(day), weekday_of(day))
    if key not in _table():
        raise UnknownBuilding(f"no building {building} with {energy} in weeks.csv")
    return _table()[key]


@lru_cache(maxsize=1)
def _table() -> dict[tuple[str, Energy, Season, Weekday], MeanDay]:
    """Return the table by building, energy, season and kind of day."""
    text = (resources.files("hengneng.sim.loads") / "weeks.csv").read_text("utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    found = {}
    for row in csv.DictReader(lines):
        key = (
            row["building"],
            Energy(row["energy"]),
            Season(row["season"]),
            Weekday(row["weekday"]),
        )
        hours = tuple(int(row[f"h{hour:02}"]) for hour in range(HOURS))
        found[key] = MeanDay(hours, int(row["days_permille"]), int(row["hours_permille"]))
    return found
