"""A point through time: what fed it on each of its days."""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import NamedTuple

from hengneng.protocol.records import DAY_SECONDS
from hengneng.telemetry.consumption.rules.registers import Exchange, Stretch


class Track(NamedTuple):
    """One point through time: its spans ascending and not overlapping, its exchanges ascending."""

    point_id: int
    spans: Sequence[Stretch]
    exchanges: Sequence[Exchange]


def keys_of(tracks: Iterable[Track]) -> set[str]:
    """Return the source keys of points."""
    return {span.key for track in tracks for span in track.spans if span.key}


def span_of(track: Track, day: int) -> Stretch | None:
    """Return the span that holds the day's beginning, else the first that begins in the day."""
    opening = day * DAY_SECONDS
    for span in track.spans:
        is_over = span.end is not None and span.end <= opening
        if not is_over and span.start < opening + DAY_SECONDS:
            return span
    return None


def slot_on(track: Track, day: int) -> int:
    """Return the length of a slot on a day that the point was there. [s]"""
    span = span_of(track, day)
    assert span is not None  # noqa: S101 a meter counts in its point's time alone
    return span.slot_seconds


def slots_between(track: Track, *, first: int, last: int) -> int:
    """Return how many slots the point has in days ``first`` to ``last``, both included."""
    if (
        len(track.spans) == 1
        and track.spans[0].start <= first * DAY_SECONDS
        and (track.spans[0].end is None or track.spans[0].end > last * DAY_SECONDS)
    ):
        return (last - first + 1) * (DAY_SECONDS // track.spans[0].slot_seconds)
    spans = (span_of(track, day) for day in range(first, last + 1))
    return sum(DAY_SECONDS // span.slot_seconds for span in spans if span)


def is_fed(track: Track, key: str, ratio: Fraction, first: int, last: int) -> bool:
    """Answer whether one key feeds the point throughout days ``first`` to ``last``, by one ratio.

    A record of a whole period speaks for the point only then: else it leaves out what another
    source measured, or holds what passed elsewhere, or adds up what is of different size.
    """
    start, end = first * DAY_SECONDS, (last + 1) * DAY_SECONDS
    fed = (
        (end if span.end is None else min(end, span.end)) - max(start, span.start)
        for span in track.spans
        if span.key == key and span.ratio == ratio
    )
    return sum(max(0, seconds) for seconds in fed) == end - start
