"""The dated parameters of the arithmetic, ``rules/arithmetic.toml``."""

import tomllib
from collections.abc import Iterable, Iterator
from fractions import Fraction
from functools import lru_cache
from importlib.resources import files
from itertools import groupby
from typing import Any, NamedTuple

from hengneng.kernel import clock
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
    date = clock.date_of(day)
    record = next(record for record in reversed(_records()) if record["valid_from"] <= date)
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
def _records() -> list[dict[str, Any]]:
    text = files("hengneng.telemetry.consumption.rules").joinpath("arithmetic.toml").read_text()
    records: list[dict[str, Any]] = tomllib.loads(text)["parameters"]
    return sorted(records, key=lambda record: record["valid_from"])
