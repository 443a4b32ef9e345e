"""Which months are closed: ``closing.toml``, dated."""

import tomllib
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple


class Closing(NamedTuple):
    """How long after its end a month is closed.

    Attributes:
        valid_from: For months that end on this day or later.
        days_after: Days that pass first. [d]
        edition: Which text says so.
        clause: Where in it.
        citation: How we know it.
        verified: Whether somebody held it against the text.
    """

    valid_from: date
    days_after: int
    edition: str
    clause: str
    citation: str
    verified: bool


def closing_of(month: date) -> Closing:
    """Return the rule for a month, given by its first day."""
    ends = next_month(month)
    return next(one for one in reversed(_records()) if one.valid_from <= ends)


def closed_months(first: date, today: date) -> list[date]:
    """Return the first days of the months that are closed, ascending.

    Args:
        first: Any day of the first month there is.
        today: The local day; a month is closed on the day after its days have passed.

    >>> closed_months(date(2026, 1, 5), date(2026, 3, 10))
    [datetime.date(2026, 1, 1)]
    >>> closed_months(date(2026, 1, 5), date(2026, 3, 11))
    [datetime.date(2026, 1, 1), datetime.date(2026, 2, 1)]
    """
    found = []
    month = first.replace(day=1)
    while is_closed(month, today):
        found.append(month)
        month = next_month(month)
    return found


def is_closed(month: date, today: date) -> bool:
    """Answer whether the month that begins on a day is closed."""
    return next_month(month) + timedelta(days=closing_of(month).days_after) <= today


def next_month(month: date) -> date:
    """Return the first day of the following month."""
    return (month.replace(day=1) + timedelta(days=31)).replace(day=1)


@lru_cache(maxsize=1)
def _records() -> list[Closing]:
    """Return the rules, the one that began first first."""
    text = Path(__file__).with_name("closing.toml").read_text(encoding="utf-8")
    records = (Closing(**record) for record in tomllib.loads(text)["closing"])
    return sorted(records, key=lambda one: one.valid_from)
