"""The real series, where the data folder is present: played by month, day and hour of the year.

The publishers put 0 where a reading was missing or invalid: such a run in a building that never
stops is a gap, not "no consumption", and is left to the mean week.
"""

import csv
import gzip
import os
from datetime import date, datetime
from fractions import Fraction
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from hengneng.sim.loads.weeks import HOURS, Energy

FILES = {
    Energy.ELECTRICITY: "electricity_kwh_hourly_2018_2019.csv.gz",
    Energy.GAS: "gas_kwh_hourly_2018_2019.csv.gz",
}
# 38 MJ/m³, as the folder's README says: 10.55 kWh of heat in a cubic metre of gas.
GAS_KWH_A_100_M3 = 1055
# The shortest run of zeros that is a gap, and how rare zeros are where a building never stops.
# ASSUMPTION: a supplied building always uses some electricity; gas may rest for a few hours.
GAP_HOURS = {Energy.ELECTRICITY: 1, Energy.GAS: 6}
RARE_ZEROS = Fraction(5, 100)
_PLAYED_YEAR = 2019
_FOLDER_FROM_ROOT = Path("..") / "shared" / "data" / "meters"


class Series(NamedTuple):
    """The whole series of one energy.

    Attributes:
        starts: Start of each hour, civil time of the series. Shape (n,).
        amounts: Use by building; None where it has a gap. [Wh or l] Shape (n,) each.
    """

    starts: list[datetime]
    amounts: dict[str, list[int | None]]


def folder() -> Path | None:
    """Return the folder of the real series: ``HENGNENG_METERS_DIR``, else beside the checkout."""
    said = os.environ.get("HENGNENG_METERS_DIR")
    root = Path(os.environ.get("HENGNENG_ROOT") or Path(__file__).parents[4])
    place = Path(said) if said else root / _FOLDER_FROM_ROOT
    return place if all((place / name).is_file() for name in FILES.values()) else None


def real_day(place: Path, building: str, energy: Energy, day: date) -> list[int | None]:
    """Return the hours of the same month and day in the series; None where it has a gap.

    29 February plays the 28th.
    """
    month_and_day = (2, 28) if (day.month, day.day) == (2, 29) else (day.month, day.day)
    return _played(place, energy)[building][month_and_day]


def read(place: Path, energy: Energy) -> Series:
    """Return the whole series of every building, gaps found."""
    with gzip.open(place / FILES[energy], "rt", encoding="utf-8", newline="") as file:
        (_, *names), *rows = csv.reader(file)
    starts, *columns = zip(*rows, strict=True)
    return Series(
        [datetime.fromisoformat(start) for start in starts],
        {
            name: without_gaps([_amount(cell, energy) for cell in column], energy)
            for name, column in zip(names, columns, strict=True)
        },
    )


def without_gaps(amounts: list[int], energy: Energy) -> list[int | None]:
    """Return the amounts with None for runs of zeros that are gaps.

    Args:
        amounts: A building's hours. Shape (n,).
        energy: Which says how long a building may rest.
    """
    never_stops = amounts.count(0) < RARE_ZEROS * len(amounts)
    found: list[int | None] = []
    for amount, run in groupby(amounts):
        length = len(list(run))
        is_gap = amount == 0 and never_stops and length >= GAP_HOURS[energy]
        found += [None if is_gap else amount] * length
    return found


@lru_cache(maxsize=1 << 16)
def _amount(kwh: str, energy: Energy) -> int:
    """Return kWh as Wh, or as litres of gas, rounded to the nearest."""
    whole, _, fraction = kwh.partition(".")
    watt_hours = int(whole) * 1000 + int(fraction.ljust(3, "0"))
    if energy is Energy.ELECTRICITY:
        return watt_hours
    return (watt_hours * 2 * 100 + GAS_KWH_A_100_M3) // (2 * GAS_KWH_A_100_M3)


@lru_cache(maxsize=2)
def _played(place: Path, energy: Energy) -> dict[str, dict[tuple[int, int], list[int | None]]]:
    """Return the played year's days by building, month and day."""
    starts, amounts = read(place, energy)
    midnights = [
        (hour, start)
        for hour, start in enumerate(starts)
        if start.year == _PLAYED_YEAR and start.hour == 0
    ]
    return {
        name: {(day.month, day.day): hours[first : first + HOURS] for first, day in midnights}
        for name, hours in amounts.items()
    }
