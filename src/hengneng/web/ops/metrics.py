"""How the platform stands, as figures a monitoring system collects."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from hengneng.kernel.audit import queries as audits
from hengneng.kernel.jobs import queries as jobs
from hengneng.telemetry.consumption.queries import progress
from hengneng.telemetry.journal import queries as journal


class Metric(NamedTuple):
    """One figure.

    Attributes:
        name: Its name, with its unit at the end.
        kind: ``counter`` or ``gauge``.
        told: What it says.
        value: The figure.
    """

    name: str
    kind: str
    told: str
    value: int | float


def metrics(*, at: datetime) -> Iterator[Metric]:
    """Yield the figures.

    Args:
        at: Now. Aware.
    """
    now, waiting = journal.standing(), progress.waiting()
    yield Metric("messages_total", "counter", "Messages kept.", now.messages)
    yield Metric("rejections_total", "counter", "Uploads refused whole.", now.rejections)
    yield Metric("stale_marks", "gauge", "Marks waiting for the recompute.", now.stale_marks)
    yield Metric("stale_days", "gauge", "Days of units waiting for it.", waiting.unit_days)
    yield Metric("stale_units", "gauge", "Units they are of.", waiting.units)
    yield Metric(
        "stale_oldest_seconds", "gauge", "Age of the oldest of them.", _age(waiting.since, at)
    )
    yield Metric(
        "recompute_days_hourly",
        "gauge",
        "Days of units the recompute does in an hour, lately; 0: it has done none.",
        waiting.hourly or 0,
    )
    yield Metric(
        "workers_silent_seconds",
        "gauge",
        "Since the longest silent worker gave a sign of life.",
        max((one.silent_s for one in jobs.signs(at=at)), default=0.0),
    )
    yield Metric("unsealed_messages", "gauge", "Messages not chained yet.", now.unsealed)
    yield Metric(
        "unsealed_messages_oldest_seconds",
        "gauge",
        "Age of the oldest of them.",
        _age(now.unsealed_since, at),
    )
    yield Metric(
        "unsealed_entries_oldest_seconds",
        "gauge",
        "Age of the oldest audit entry not chained yet.",
        _age(audits.unsealed_since(), at),
    )
    yield Metric(
        "default_partition_rows",
        "gauge",
        "Messages without a month's partition; more than none is an alarm.",
        now.in_default,
    )


def text_of(metric: Metric) -> str:
    """Return a figure in Prometheus' text form 0.0.4.

    >>> print(text_of(Metric("stale_marks", "gauge", "Days waiting.", 3)), end="")
    # HELP hengneng_stale_marks Days waiting.
    # TYPE hengneng_stale_marks gauge
    hengneng_stale_marks 3
    """
    name = f"hengneng_{metric.name}"
    return f"# HELP {name} {metric.told}\n# TYPE {name} {metric.kind}\n{name} {metric.value}\n"


def _age(since: datetime | None, at: datetime) -> float:
    """Return how long ago that was; 0 where there is nothing to wait for. [s]"""
    return 0.0 if since is None else max(0.0, (at - since).total_seconds())
