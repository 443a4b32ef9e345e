"""A building's use as integers, quarter hour by quarter hour: the same on every run."""

from datetime import date
from functools import lru_cache
from pathlib import Path

from hengneng.protocol.records import DAY_SECONDS
from hengneng.sim.loads import scatter, series, weeks
from hengneng.sim.loads.shares import shared
from hengneng.sim.loads.weeks import HOURS, Energy

QUARTER_SECONDS = 900
QUARTERS = DAY_SECONDS // QUARTER_SECONDS
_QUARTERS_AN_HOUR = 4
# How unevenly a building's hour falls into its quarters. [‰]
_QUARTERS_PERMILLE = 60
_EVEN = 1000
_EPOCH = date(1970, 1, 1).toordinal()


class NotAQuarter(ValueError):
    """Loads begin and end on a quarter hour."""


def energy_between(building: str, energy: Energy, start: int, end: int) -> int:
    """Return what a building uses in ``[start, end)``.

    Args:
        building: One of ``weeks.buildings()``.
        energy: Which energy.
        start: A quarter hour. [local s]
        end: A quarter hour, not before ``start``. [local s]

    Returns:
        Electricity in Wh, gas in litres; spans that join add up exactly.

    Raises:
        NotAQuarter: If start or end is none, or they are the wrong way round.
        UnknownBuilding: If there is no such building.
    """
    if start % QUARTER_SECONDS or end % QUARTER_SECONDS or end < start:
        raise NotAQuarter(f"{start} to {end}")
    first, last = start // DAY_SECONDS, (end - 1) // DAY_SECONDS
    total = 0
    for day in range(first, last + 1):
        opening = day * DAY_SECONDS
        begins = (max(start, opening) - opening) // QUARTER_SECONDS
        ends = (min(end, opening + DAY_SECONDS) - opening) // QUARTER_SECONDS
        total += sum(quarters_of(building, energy, day)[begins:ends])
    return total


def quarters_of(building: str, energy: Energy, day: int) -> tuple[int, ...]:
    """Return a building's local day by quarter hours.

    Args:
        building: One of ``weeks.buildings()``.
        energy: Which energy.
        day: Days since 1970-01-01.

    Returns:
        Electricity in Wh, gas in litres. Shape (96,).

    Raises:
        UnknownBuilding: If there is no such building.
    """
    return _quarters(series.folder(), building, energy, day)


def energy_of_day(building: str, energy: Energy, day: int) -> int:
    """Return what a building uses in a local day: the sum of its quarters, found faster.

    Args:
        building: One of ``weeks.buildings()``.
        energy: Which energy.
        day: Days since 1970-01-01.

    Returns:
        Electricity in Wh, gas in litres.

    Raises:
        UnknownBuilding: If there is no such building.
    """
    return _day(series.folder(), building, energy, day)


# A year of the 26 buildings' two energies.
@lru_cache(maxsize=1 << 15)
def _day(place: Path | None, building: str, energy: Energy, day: int) -> int:
    """Return the day's energy, from the real series where their folder is given."""
    return sum(_hours(place, building, energy, day))


@lru_cache(maxsize=4096)
def _quarters(place: Path | None, building: str, energy: Energy, day: int) -> tuple[int, ...]:
    """Return the day, from the real series where their folder is given."""
    hours = _hours(place, building, energy, day)
    draws = scatter.draws(f"{building} {energy} {day} quarters", QUARTERS)
    weights = [scatter.scattered(_EVEN, _QUARTERS_PERMILLE, draw) for draw in draws]
    quarters: list[int] = []
    for hour, amount in enumerate(hours):
        first = hour * _QUARTERS_AN_HOUR
        quarters += shared(amount, weights[first : first + _QUARTERS_AN_HOUR])
    return tuple(quarters)


def _hours(place: Path | None, building: str, energy: Energy, day: int) -> list[int]:
    """Return the day's hours: the real ones, the mean week's where they have a gap."""
    civil = date.fromordinal(_EPOCH + day)
    means, days_permille, hours_permille = weeks.mean_day(building, energy, civil)
    level, *draws = scatter.draws(f"{building} {energy} {day} hours", HOURS + 1)
    hours = [
        scatter.scattered(scatter.scattered(hour, days_permille, level), hours_permille, draw)
        for hour, draw in zip(means, draws, strict=True)
    ]
    if place is None:
        return hours
    real = series.real_day(place, building, energy, civil)
    return [
        invented if known is None else known for known, invented in zip(real, hours, strict=True)
    ]
