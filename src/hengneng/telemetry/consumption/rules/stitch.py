"""Stitching: a point's days from digests alone (ARCHITECTURE 1.2).

A day reads its own digest and, of each register series, the good readings around it that its
energy can depend on (``context_of``): its *anchors*. It never reads another day's result.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from operator import attrgetter
from typing import NamedTuple

from hengneng.protocol.records import DAY_SECONDS
from hengneng.telemetry.consumption.rules import marks, told
from hengneng.telemetry.consumption.rules.amounts import Amount, Basis, amount_of_day
from hengneng.telemetry.consumption.rules.day import Day, Share, day_of_shares, shares_of
from hengneng.telemetry.consumption.rules.digest import Entry, Window
from hengneng.telemetry.consumption.rules.gaps import Shapes, between, of_slots
from hengneng.telemetry.consumption.rules.increments import IncrementDay, increment_day
from hengneng.telemetry.consumption.rules.methods import Course
from hengneng.telemetry.consumption.rules.outliers import CONTEXT, REACH_S
from hengneng.telemetry.consumption.rules.registers import Interval, Limits, has_fall, intervals
from hengneng.telemetry.consumption.rules.regular import regular_day, regular_increments
from hengneng.telemetry.consumption.rules.tracks import Track, slot_on, span_of


class PointDay(NamedTuple):
    """One point's local day, worked out.

    Attributes:
        day: Days since 1970-01-01.
        profile: The slots.
        amount: What they add up to, or the day record.
        first: First good register of the day; None for increments.
        last: Last good register of the day.
    """

    day: int
    profile: Day
    amount: Amount
    first: Entry | None
    last: Entry | None


_at = attrgetter("at")


def stitch(
    track: Track,
    window: Window,
    *,
    days: Iterable[int],
    limits: Limits,
    shapes: Shapes | None = None,
) -> list[PointDay]:
    """Return the point's days of which anything is known or was rejected.

    Args:
        track: The point.
        window: Entries by series over the days, ascending, with each register's anchors around.
        days: Days since 1970-01-01.
        limits: The dated parameters.
        shapes: How gaps are shared, and the shapes at hand; None: by seconds.
    """
    readings = _readings(track, window)
    wanted = [day for day in days if span_of(track, day) is not None]
    closings = _closings(track, window)
    plain = {} if closings else _regular_days(track, readings, wanted)
    others = [day for day in wanted if day not in plain]
    by_day = _intervals_by_day(track, readings, closings, others, limits)
    worked = [
        plain.get(day) or _point_day(track, window, readings, by_day[day], day, limits, shapes)
        for day in wanted
    ]
    return [one for one in worked if one.profile.marks.strip(marks.NOTHING)]


def _readings(track: Track, window: Window) -> list[Entry]:
    """Return the good registers of the point, each taken while its source fed the point."""
    return [
        entry
        for span in track.spans
        if span.key and span.key[0] == "R"
        for entry in window.get(span.key, ())
        if entry.mark != marks.REJECTED
        and span.start <= entry.at
        and (span.end is None or entry.at < span.end)
    ]


def _regular_days(
    track: Track, readings: Sequence[Entry], days: Sequence[int]
) -> dict[int, PointDay]:
    """Return the days that can be worked out the short way: of a register that stays the same."""
    if len(track.spans) != 1 or track.exchanges or not readings or not days:
        return {}
    (span,) = track.spans
    instants = [entry.at for entry in readings]
    found = {}
    for day in days:
        profile = regular_day(readings, instants, span, day=day)
        if profile is not None:
            first, end = (bisect_left(instants, (day + n) * DAY_SECONDS) for n in (0, 1))
            amount = amount_of_day(profile, basis=Basis.REGISTERS)
            found[day] = PointDay(day, profile, amount, *_ends(readings[first:end]))
    return found


def _intervals_by_day(
    track: Track,
    readings: Sequence[Entry],
    closings: Mapping[int, Entry],
    days: Sequence[int],
    limits: Limits,
) -> dict[int, list[Interval]]:
    """Return the intervals that overlap each day."""
    by_day: dict[int, list[Interval]] = {day: [] for day in days}
    if not days:
        return by_day
    first, last = min(days), max(days)
    if not has_fall(readings):
        _share_out(by_day, _intervals(track, readings, closings, limits), first, last)
        return by_day
    # Which readings are nonsense follows from those around the day alone, whatever else is at hand.
    instants = [entry.at for entry in readings]
    for day in days:
        near = readings[slice(*context_of(instants, day))]
        _share_out(by_day, _intervals(track, near, closings, limits), day, day)
    return by_day


def context_of(instants: Sequence[int], day: int) -> tuple[int, int]:
    """Return which of a register's readings a day's energy can depend on: first and end.

    Args:
        instants: Local seconds of the readings, ascending. Shape (n,).
        day: Days since 1970-01-01.
    """
    opening, closing = day * DAY_SECONDS, (day + 1) * DAY_SECONDS
    first = bisect_left(instants, opening) - CONTEXT
    end = bisect_left(instants, closing) + CONTEXT
    far = bisect_left(instants, opening - REACH_S), bisect_left(instants, closing + REACH_S)
    return max(0, min(first, far[0])), max(end, far[1])


def _intervals(
    track: Track, readings: Sequence[Entry], closings: Mapping[int, Entry], limits: Limits
) -> list[Interval]:
    return intervals(
        readings,
        stretches=track.spans,
        exchanges=track.exchanges,
        limits=limits,
        closings=closings,
    )


def _closings(track: Track, window: Window) -> dict[int, Entry]:
    """Return the good readings at the very second in which their source ceases to feed the point.

    Such a reading counts the last energy of its source, and none of what comes after.
    """
    found = {}
    for n, span in enumerate(track.spans):
        goes_on = any(two.start == span.end and two.key == span.key for two in track.spans[n + 1 :])
        if span.end is not None and span.key and span.key[0] == "R" and not goes_on:
            rows = window.get(span.key, ())
            place = bisect_left(rows, span.end, key=_at)
            some = rows[place : place + 1]
            found.update({r.at: r for r in some if r.at == span.end and r.mark != marks.REJECTED})
    return found


def _share_out(
    by_day: Mapping[int, list[Interval]], found: Iterable[Interval], first: int, last: int
) -> None:
    """Put the intervals to the days that they overlap."""
    for one in found:
        closing = max(one.start, one.end - 1) // DAY_SECONDS
        for day in range(max(first, one.start // DAY_SECONDS), min(last, closing) + 1):
            if day in by_day:
                by_day[day].append(one)


def _point_day(
    track: Track,
    window: Window,
    readings: Sequence[Entry],
    inside: Sequence[Interval],
    day: int,
    limits: Limits,
    shapes: Shapes | None,
) -> PointDay:
    """Work out a day of registers, of increments, or of both."""
    slot = slot_on(track, day)
    shares = _shares(track, inside, day, slot, shapes)
    realtime, records = told.increments_on(track, window, day, limits.tolerance_s)
    if realtime or records:
        course_of = partial(of_slots, track.point_id, day, slot, shapes)
        profile, record = _told_day(realtime, records, shares, slot, limits, course_of)
        basis = Basis.REALTIME if record is None else Basis.DAY_RECORD
    else:
        profile, record = day_of_shares(shares, slot_seconds=slot), None
        basis = Basis.REGISTERS
    amount = amount_of_day(profile, basis=basis, record=record)
    of_day = [entry for entry in readings if entry.at // DAY_SECONDS == day]
    return PointDay(day, profile, amount, *_ends(of_day))


def _shares(
    track: Track, inside: Iterable[Interval], day: int, slot: int, shapes: Shapes | None
) -> list[Share]:
    """Return what the intervals put into the day's slots."""
    return [
        share
        for one in inside
        for course in [between(one, track.point_id, partial(slot_on, track), shapes)]
        for share in shares_of(one, day=day, slot_seconds=slot, course=course)
    ]


def _told_day(
    realtime: Sequence[Entry],
    records: Sequence[Entry],
    shares: Sequence[Share],
    slot: int,
    limits: Limits,
    course_of: Callable[[Sequence[int]], Course],
) -> IncrementDay:
    """Work out a day of which increments were told, the short way where it is regular."""
    plain = None if records or shares else regular_increments(realtime, slot_seconds=slot)
    if plain is not None:
        return IncrementDay(plain, None)
    return increment_day(
        realtime,
        records,
        slot_seconds=slot,
        tolerance_s=limits.tolerance_s,
        registers=shares,
        realtime_first=limits.realtime_first,
        course_of=course_of,
    )


def _ends(of_day: Sequence[Entry]) -> tuple[Entry | None, Entry | None]:
    return (of_day[0], of_day[-1]) if of_day else (None, None)
