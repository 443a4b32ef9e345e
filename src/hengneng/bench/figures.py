"""From runs to results: medians, percentiles, ratios to the baseline."""

import math
import statistics
from collections.abc import Sequence
from typing import Any, NamedTuple


class Result(NamedTuple):
    """One figure of a bench.

    Attributes:
        name: What it is called for good; other programs read it.
        value: The figure.
        unit: Its unit.
        is_more_better: Whether a greater figure is the better one.
        baseline: The same of the baseline; None where there is none.
    """

    name: str
    value: float
    unit: str
    is_more_better: bool = True
    baseline: float | None = None

    @property
    def ratio(self) -> float | None:
        """How many times better than the baseline; None without one.

        >>> Result("ack_p95_ms", 50.0, "ms", is_more_better=False, baseline=75.0).ratio
        1.5
        """
        if self.baseline is None or not self.value or not self.baseline:
            return None
        better, worse = (
            (self.value, self.baseline) if self.is_more_better else (self.baseline, self.value)
        )
        return better / worse


def percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that at least this share of the values does not pass.

    Args:
        values: In any order, at least one.
        share: 0 to 1.

    >>> percentile([4, 1, 3, 2], 0.5)
    2
    """
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def median(values: Sequence[float]) -> float:
    """Return the middle value, or the mean of the two in the middle."""
    return float(statistics.median(values))


def as_json(machine: dict[str, Any], results: Sequence[Result]) -> dict[str, Any]:
    """Return the one object that ``bench NAME --json`` prints (ARCHITECTURE 10)."""
    return {
        "machine": machine,
        "results": [
            {
                "name": one.name,
                "value": _rounded(one.value),
                "unit": one.unit,
                "baseline": _rounded(one.baseline),
                "ratio": _rounded(one.ratio),
            }
            for one in results
        ],
    }


def as_table(told: dict[str, Any]) -> str:
    """Return what ``as_json`` told as lines for a person."""
    machine = ", ".join(f"{name} {value}" for name, value in told["machine"].items())
    head = ("", "", "", "baseline", "times better")
    rows = [
        (one["name"], _shown(one["value"]), one["unit"], _shown(one["baseline"]),
         _shown(one["ratio"]))
        for one in told["results"]
    ]  # fmt: skip
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]
    lines = [
        f"{a:<{widths[0]}}  {b:>{widths[1]}} {c:<{widths[2]}}  {d:>{widths[3]}}  {e:>{widths[4]}}"
        for a, b, c, d, e in (head, *rows)
    ]
    return "\n".join([machine, "", *(line.rstrip() for line in lines)])


def _rounded(value: float | None) -> float | None:
    """Return four significant digits: more would be noise."""
    if value is None or value == 0:
        return value
    digits = 3 - math.floor(math.log10(abs(value)))
    return round(value, digits) if digits > 0 else float(round(value))


def _shown(value: float | None) -> str:
    return "" if value is None else f"{value:,.10g}"
