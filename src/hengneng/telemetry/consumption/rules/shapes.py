"""The course of measured days, which a gap elsewhere may follow; from digests alone.

A day has a shape where its own digest and its neighbours' (the last slot ends with the next day's
first register) tell every slot measured. Such a day has no gap, so shapes never hang on shapes.
"""

from collections.abc import Mapping, Sequence
from itertools import product

from hengneng.protocol.records import DAY_SECONDS
from hengneng.telemetry.consumption.rules import marks, stitch
from hengneng.telemetry.consumption.rules.day import Day
from hengneng.telemetry.consumption.rules.digest import Entry, Window
from hengneng.telemetry.consumption.rules.registers import Limits
from hengneng.telemetry.consumption.rules.tracks import Track, keys_of

_MEASURED = frozenset({marks.MEASURED, marks.LATE})


def shape_of(
    track: Track,
    digests: Mapping[int, Window],
    *,
    day: int,
    limits: Limits,
) -> Day | None:
    """Return a point's day where every slot of it was measured and none is below zero; else None.

    Args:
        track: The point.
        digests: Digests by day; the day's and its neighbours' are read.
        day: Days since 1970-01-01.
        limits: The dated parameters of the day.
    """
    near = range(day - 1, day + 2)
    around = _around(track, near)
    window: dict[str, list[Entry]] = {}
    for one, series in product(near, _series_of(around)):
        window.setdefault(series, []).extend(digests.get(one, {}).get(series, ()))
    for worked in stitch.stitch(around, window, days=[day], limits=limits):
        is_measured = _MEASURED.issuperset(worked.profile.marks)
        if is_measured and all(value is not None and value >= 0 for value in worked.profile.values):
            return worked.profile
    return None


def _around(track: Track, days: range) -> Track:
    """Return the point as it was on some days: what happens to it far away must not tell here.

    Such a fact marks only the days near it; a shape that it changed would be taken unseen.
    """
    opening, closing = days.start * DAY_SECONDS, days.stop * DAY_SECONDS
    return track._replace(
        spans=[
            span
            for span in track.spans
            if span.start < closing and (span.end is None or span.end > opening)
        ],
        exchanges=[one for one in track.exchanges if opening <= one.at < closing],
    )


def together(days: Sequence[Day]) -> Day | None:
    """Return what passed in several measured days of slots alike; None of none."""
    if not days:
        return None
    scale = max(day.scale for day in days)
    raised = [[(value or 0) * 10 ** (scale - day.scale) for value in day.values] for day in days]
    values: list[int | None] = [sum(slot) for slot in zip(*raised, strict=True)]
    return Day(days[0].slot_seconds, scale, values, marks.MEASURED * len(values))


def _series_of(track: Track) -> set[str]:
    """Return the series that tell a point's slots: registers and realtime."""
    return {key if key[0] == "R" else f"N0{key[1:]}" for key in keys_of([track])}
