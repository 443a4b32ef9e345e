"""Within how many working days a change is told."""

import tomllib
from datetime import date
from functools import lru_cache
from importlib import resources
from typing import NamedTuple


class NoDeadline(LookupError):
    """No edition of the rule was valid on that day."""


class Deadline(NamedTuple):
    """One edition of the rule.

    Attributes:
        edition: Its name.
        clause: Its clause.
        valid_from: First day it was valid.
        within_working_days: How many. [working days]
        citation: Where it was read.
        verified: Whether in the official text.
    """

    edition: str
    clause: str
    valid_from: date
    within_working_days: int
    citation: str
    verified: bool


def deadline_on(day: date) -> Deadline:
    """Return the edition valid on a day.

    Raises:
        NoDeadline: If none was.
    """
    valid = [one for one in _deadlines() if one.valid_from <= day]
    if not valid:
        raise NoDeadline(f"no rule on {day} says by when a change is told")
    return max(valid, key=lambda one: one.valid_from)


@lru_cache(maxsize=1)
def _deadlines() -> tuple[Deadline, ...]:
    """Return every edition that is shipped."""
    folder = resources.files("hengneng.registry.instruments.rules")
    records = tomllib.loads(folder.joinpath("notices.toml").read_text("utf-8"))
    return tuple(Deadline(*(r[field] for field in Deadline._fields)) for r in records["edition"])
