"""Holidays and make-up working days of each year, and counting in working days."""

import tomllib
from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache
from importlib import resources
from typing import NamedTuple

_DAY = timedelta(days=1)
_FRIDAY = 4


class Arrangement(NamedTuple):
    """One year's arrangement.

    Attributes:
        off: Days on which nobody works though they may be weekdays.
        worked: Days at the weekend on which people work.
        verified: Whether it was read in the official text.
    """

    off: frozenset[date]
    worked: frozenset[date]
    verified: bool


def is_working_day(day: date) -> bool:
    """Answer whether a day is a working day; Monday to Friday where its year has no arrangement.

    >>> is_working_day(date(2026, 10, 9)), is_working_day(date(2026, 10, 10))
    (True, True)
    >>> is_working_day(date(2026, 10, 1)), is_working_day(date(2026, 10, 11))
    (False, False)
    """
    known = _arrangements().get(day.year)
    if known is not None and day in known.off:
        return False
    if known is not None and day in known.worked:
        return True
    return day.weekday() <= _FRIDAY


def working_days_after(day: date, count: int) -> date:
    """Return the day that is so many working days after another; the day itself is not counted.

    Args:
        day: From when on.
        count: How many working days, at least one. [working days]

    Raises:
        ValueError: If fewer than one is asked for.

    >>> working_days_after(date(2026, 9, 30), 3)
    datetime.date(2026, 10, 10)
    """
    if count < 1:
        raise ValueError(f"{count} working days are none")
    while count:
        day += _DAY
        count -= is_working_day(day)
    return day


def is_arranged(year: int) -> bool:
    """Answer whether the year's arrangement is known; without it weekdays are counted."""
    return year in _arrangements()


@lru_cache(maxsize=1)
def _arrangements() -> Mapping[int, Arrangement]:
    """Return every year's arrangement that is shipped."""
    folder = resources.files("hengneng.kernel.workdays.rules")
    records = tomllib.loads(folder.joinpath("arrangements.toml").read_text("utf-8"))
    return {
        record["year"]: Arrangement(
            frozenset(day for span in record["off"] for day in _days(*span)),
            frozenset(record["worked"]),
            record["verified"],
        )
        for record in records["arrangement"]
    }


def _days(first: date, last: date) -> list[date]:
    """Return the days from one to another, both included."""
    return [first + _DAY * i for i in range((last - first).days + 1)]
