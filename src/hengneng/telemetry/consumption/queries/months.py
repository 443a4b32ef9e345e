"""What a month needs beside its days: how many slots it has, and its month record."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from hengneng.kernel import clock
from hengneng.telemetry.consumption.queries import evidence
from hengneng.telemetry.consumption.rules import told
from hengneng.telemetry.consumption.rules.digest import Entry
from hengneng.telemetry.consumption.rules.tracks import Track, slots_between


class MonthInput(NamedTuple):
    """One point's month.

    Attributes:
        point_id: The point.
        month: Its first day.
        expected: Slots the whole month has. [count]
        record: The month record of an increment point, where a valid one came.
    """

    point_id: int
    month: date
    expected: int
    record: Entry | None


def inputs(
    source: evidence.Evidence,
    tracks: Sequence[Track],
    days: Iterable[int],
) -> list[MonthInput]:
    """Return what the months of these days need, for every point of the unit."""
    firsts = sorted({clock.date_of(day).replace(day=1) for day in days})
    # Month records alone: the other series of those days say nothing here.
    digests = source.digests([clock.day_number(first) for first in firsts], kind="N2")
    found = []
    for first in firsts:
        start, end = clock.day_number(first), clock.day_number(next_month(first))
        window = digests.get(start, {})
        for track in tracks:
            expected = slots_between(track, first=start, last=end - 1)
            record = told.month_record(track, window, first=start, last=end - 1)
            if expected:
                found.append(MonthInput(track.point_id, first, expected, record))
    return found


def next_month(first: date) -> date:
    """Return the first day of the month after the one that begins at ``first``."""
    return first.replace(year=first.year + first.month // 12, month=first.month % 12 + 1)
