"""What a run takes of the processors, by role: the one figure that other work beside it leaves."""

from collections.abc import Sequence
from typing import NamedTuple

from hengneng.bench import figures, machines
from hengneng.bench.figures import Result

Pids = dict[str, list[int]]

# Which of the supervisor's roles make up a part, on the product's side.
_PARTS = {
    "web": ("web", "web-worker"),
    "postgres": ("postgres-server", "postgres-backend"),
    "recompute": ("recompute",),
    "background": ("sealer", "jobs"),
}
_BASELINE_PARTS = {
    "web": ("baseline", "baseline-worker"),
    "postgres": ("postgres-server", "postgres-backend"),
}


class Cost(NamedTuple):
    """Processor seconds by part of one run.

    Attributes:
        seconds: By part, the load generator as ``load`` among them. [s]
        messages: Acknowledged in the run. [count]
    """

    seconds: dict[str, float]
    messages: int

    def micros(self, part: str) -> float:
        """Return microseconds of a processor a message; 0 for a part that did not take part."""
        return self.seconds.get(part, 0.0) / self.messages * 1e6


class Meter:
    """Reads how much processor time the parts have used since it was made."""

    def __init__(self, pids: Pids, *, is_baseline: bool) -> None:
        """Begin to count.

        Args:
            pids: Process ids by role, as the supervisor lists them.
            is_baseline: Count the baseline's front instead of the product's.
        """
        self._pids = pids
        self._parts = _BASELINE_PARTS if is_baseline else _PARTS
        self._before = self._used()

    def cost(self, *, load_s: float, messages: int) -> Cost:
        """Return what was used since, with what the load generator says it used itself. [s]"""
        used = self._used()
        seconds = {part: used[part] - before for part, before in self._before.items()}
        return Cost(seconds | {"load": load_s}, messages)

    def _used(self) -> dict[str, float]:
        """Return processor seconds by part; children are listed anew, for new ones may come."""
        listed = self._pids | {
            "baseline-worker": _children(self._pids.get("baseline", ())),
            "postgres-backend": _children(self._pids.get("postgres-server", ())),
        }
        return {
            part: machines.cpu_seconds([pid for role in roles for pid in listed.get(role, ())])
            for part, roles in self._parts.items()
        }


def results(product: Sequence[Cost], baseline: Sequence[Cost]) -> list[Result]:
    """Return what a message takes of a processor, by part and in all, medians of the runs."""
    parts = [*_PARTS, "load"]

    def of(costs: Sequence[Cost], part: str) -> float:
        return figures.median([cost.micros(part) for cost in costs])

    found = [
        Result(
            f"ingest_cpu_us_{part}",
            of(product, part),
            "µs/message",
            is_more_better=False,
            baseline=of(baseline, part) or None,
        )
        for part in parts
    ]
    both = [sum(of(costs, part) for part in parts) for costs in (product, baseline)]
    whole = Result("ingest_cpu_us", both[0], "µs/message", is_more_better=False, baseline=both[1])
    return [whole, *found]


def _children(pids: Sequence[int]) -> list[int]:
    return [child for pid in pids for child in machines.children_of(pid)]
