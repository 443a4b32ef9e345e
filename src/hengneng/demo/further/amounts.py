"""What a further unit's points count, day by day and hour by hour: integers, the same everywhere.

Whole days are drawn first, hours share them out, so a day's hours add up to it.
"""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache

from hengneng.demo.further.catalogue import Pattern
from hengneng.demo.further.units import FurtherPoint, FurtherUnit
from hengneng.kernel import clock
from hengneng.sim.loads import scatter, weeks
from hengneng.sim.loads.shares import shared
from hengneng.sim.loads.weeks import HOURS, Energy, Season, Weekday

_WHOLE = 1000
# How much one day differs from another, and an hour from its shape. [‰]
_DAYS = {Pattern.SUN: 350, Pattern.FLAT: 40}
_DAYS_ELSE, _CHILDREN, _HOURS_PERMILLE = 70, 25, 60
# Of the mean day, by season. [‰]
_SEASONS = {
    Pattern.SUN: {Season.WINTER: 700, Season.SHOULDER: 1050, Season.SUMMER: 1250},
    Pattern.HEAT: {Season.WINTER: 1600, Season.SHOULDER: 800, Season.SUMMER: 400},
    Pattern.COLD: {Season.WINTER: 500, Season.SHOULDER: 900, Season.SUMMER: 1900},
}
_SUNSHINE = (0, 0, 0, 0, 0, 0, 1, 4, 9, 15, 20, 23, 24, 23, 20, 15, 9, 4, 1, 0, 0, 0, 0, 0)
# Months in a season, days of a kind in a week: what the mean day of the year is made of.
_MONTHS = {Season.WINTER: 5, Season.SHOULDER: 4, Season.SUMMER: 3}
_DAYS_A_WEEK = {Weekday.WORKDAY: 5, Weekday.SATURDAY: 1, Weekday.SUNDAY: 1}
_MONTHS_A_YEAR, _WEEK = 12, 7
# A day of each season and kind, to ask the table by.
_EXAMPLES = {
    Season.WINTER: (date(2026, 1, 5), date(2026, 1, 3), date(2026, 1, 4)),
    Season.SHOULDER: (date(2026, 4, 6), date(2026, 4, 4), date(2026, 4, 5)),
    Season.SUMMER: (date(2026, 6, 8), date(2026, 6, 6), date(2026, 6, 7)),
}


def of_day(unit: FurtherUnit, day: int) -> tuple[int, ...]:
    """Return what each point counts in a local day, in its last decimal.

    Args:
        unit: The unit.
        day: Days since 1970-01-01.

    Returns:
        Counts in the order of the unit's points. Shape (n,).
    """
    draws = scatter.draws(f"{unit.code} {day}", len(unit.points))
    counts: list[int] = []
    for point, draw in zip(unit.points, draws, strict=True):
        if point.parent is None:
            level = point.mean_day * _permille(unit, point, day) // _WHOLE
            counts.append(scatter.scattered(level, _DAYS.get(point.pattern, _DAYS_ELSE), draw))
        else:
            above = counts[point.parent] * point.share // _WHOLE
            counts.append(scatter.scattered(above, _CHILDREN, draw))
    return tuple(counts)


def of_hours(unit: FurtherUnit, day: int) -> list[tuple[int, ...]]:
    """Return each point's day by hours; they add up to the day. Shape (n, 24)."""
    return [
        tuple(shared(count, _weights(unit, point, day)))
        for point, count in zip(unit.points, of_day(unit, day), strict=True)
    ]


def _permille(unit: FurtherUnit, point: FurtherPoint, day: int) -> int:
    """Return a day's level relative to the mean one. [‰]"""
    on = clock.date_of(day)
    if point.pattern in _SEASONS:
        return _SEASONS[point.pattern][weeks.season_of(on)]
    if point.pattern is Pattern.FLAT:
        return _WHOLE
    return _followed(unit.building, unit.flex, weeks.season_of(on), weeks.weekday_of(on))


@lru_cache(maxsize=4096)
def _followed(building: str, flex: int, season: Season, weekday: Weekday) -> int:
    """Return a day's level where so much of it follows the building. [‰]"""
    total, mean = _total(building, season, weekday), _mean(building)
    return _WHOLE - flex + flex * total // mean


@lru_cache(maxsize=512)
def _total(building: str, season: Season, weekday: Weekday) -> int:
    """Return what a building uses on the mean day of a kind. [Wh]"""
    return sum(_hours(building, season, weekday))


@lru_cache(maxsize=64)
def _mean(building: str) -> int:
    """Return what a building uses on the mean day of the year. [Wh]"""
    whole = sum(
        _total(building, season, weekday) * months * days
        for season, months in _MONTHS.items()
        for weekday, days in _DAYS_A_WEEK.items()
    )
    return whole // (_MONTHS_A_YEAR * _WEEK)


def _weights(unit: FurtherUnit, point: FurtherPoint, day: int) -> Sequence[int]:
    """Return how a point's day falls into its hours."""
    if point.pattern is Pattern.SUN:
        return _SUNSHINE
    if point.pattern is Pattern.FLAT:
        return (1,) * HOURS
    on = clock.date_of(day)
    shape = _shape(unit.building, unit.flex, weeks.season_of(on), weeks.weekday_of(on))
    draws = scatter.draws(f"{unit.code} {point.code} {day} hours", HOURS)
    return [
        scatter.scattered(weight, _HOURS_PERMILLE, draw)
        for weight, draw in zip(shape, draws, strict=True)
    ]


@lru_cache(maxsize=4096)
def _shape(building: str, flex: int, season: Season, weekday: Weekday) -> tuple[int, ...]:
    """Return the hours' weights where so much of the load follows the building."""
    hours = _hours(building, season, weekday)
    steady = sum(hours) * (_WHOLE - flex) // HOURS
    return tuple(steady + hour * flex for hour in hours)


def _hours(building: str, season: Season, weekday: Weekday) -> tuple[int, ...]:
    """Return the hours of a building's mean day of a kind. [Wh]"""
    example = _EXAMPLES[season][list(Weekday).index(weekday)]
    return weeks.mean_day(building, Energy.ELECTRICITY, example).hours
