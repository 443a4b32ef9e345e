"""The dated parameters of the arithmetic, ``rules/arithmetic.toml``."""

import tomllib
from collections.abc import Iterable, Iterator
from datetime import date
from fractions import Fraction
from functools import lru_cache
from importlib.resources import files
from itertools import groupby
from typing import Any, NamedTuple

from hengneng.kernel import clock
from hengneng.telemetry.consumption.rules.gaps import Rule, rule_on
from hengneng.telemetry.consumption.rules.methods import Method
from hengneng.telemetry.consumption.rules.registers import Limits
from hengneng.telemetry.consumption.rules.runs import neighbouring

# Point-days worked out together: bounds memory and the time a lock is held, whatever the backlog.
_POINT_DAYS_MOST = 3_100
_DAYS_LEAST, _DAYS_MOST = 31, 372


class Parameters(NamedTuple):
    """What held on a day.

    Attributes:
        limits: Of the register arithmetic.
        late_after: By the first two letters of a series, when a record counts as late. [s]
        verified: Whether the text behind them was seen.
    """

    limits: Limits
    late_after: dict[str, int]
    verified: bool


@lru_cache(maxsize=4096)
def on(day: int) -> Parameters:
    """Return the parameters that held on a day (days since 1970-01-01)."""
    held = [one for one in _records("parameters") if one["valid_from"] <= clock.date_of(day)]
    record = held[-1]
    limits = Limits(
        record["tolerance_s"],
        Fraction(record["rollover_share"]),
        realtime_first=record["day_order"][0] == "REALTIME",
    )
    return Parameters(limits, record["late_after_s"], record["verified"])


def days_most(points: int) -> int:
    """Return how many days of a unit are worked out together. [d]

    A month of a large unit, a year of a small one: what a pass costs beside its days is then shared
    by many.

    >>> days_most(100), days_most(3)
    (31, 372)
    """
    return min(max(_POINT_DAYS_MOST // max(points, 1), _DAYS_LEAST), _DAYS_MOST)


def runs(days: Iterable[int], *, most: int) -> Iterator[tuple[Limits, list[int]]]:
    """Yield runs of at most so many neighbouring days under the same limits, ascending."""
    for limits, same in groupby(sorted(days), key=lambda day: on(day).limits):
        for run in neighbouring(same, most=most):
            yield limits, run


@lru_cache(maxsize=1)
def spreading() -> tuple[Rule, ...]:
    """Return the rules by which gaps are shared among slots, ascending by date."""
    return tuple(map(_rule, _records("spreading")))


def is_spreading_checked(last: date) -> bool:
    """Answer whether the text of every rule that may share a gap up to a day was seen.

    A gap goes by the rule of the day on which it began, which may be long ago.

    Args:
        last: The local day.
    """
    rules = spreading()
    latest = rule_on(rules, clock.day_number(last))
    return all(rule.verified for rule in rules if rule.first_day <= latest.first_day)


def _rule(record: dict[str, Any]) -> Rule:
    return Rule(
        clock.day_number(record["valid_from"]),
        tuple(Method[name] for name in record["order"]["REGISTER"]),
        tuple(Method[name] for name in record["order"]["INCREMENT"]),
        record["longer_than_s"],
        record["at_most_s"],
        record["weeks"],
        record["verified"],
    )


@lru_cache(maxsize=2)
def _records(kind: str) -> list[dict[str, Any]]:
    text = files("hengneng.telemetry.consumption.rules").joinpath("arithmetic.toml").read_text()
    records: list[dict[str, Any]] = tomllib.loads(text)[kind]
    return sorted(records, key=lambda record: record["valid_from"])
