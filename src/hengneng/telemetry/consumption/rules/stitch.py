"""Stitching: a point's days from digests alone (ARCHITECTURE 1.2).

A day reads its own digest and, of each register series, the good readings around it that its
energy can depend on (``context_of``): its *anchors*. It never reads another day's result.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from functools import partial
from operator import attrgetter
from typing import NamedTuple

from hengneng.protocol.records import DAY_SECONDS, DIGITS_MAX
from hengneng.telemetry.consumption.rules import marks
from hengneng.telemetry.consumption.rules.amounts import Amount, Basis, amount_of_day
from hengneng.telemetry.consumption.rules.day import Day, day_of_shares, shares_of
from hengneng.telemetry.consumption.rules.digest import Entry
from hengneng.telemetry.consumption.rules.gaps import Shapes, between, of_slots
from hengneng.telemetry.consumption.rules.increments import increment_day
from hengneng.telemetry.consumption.rules.outliers import CONTEXT, REACH_S
from hengneng.telemetry.consumption.rules.registers import (
    Exchange,
    Interval,
    Limits,
    Stretch,
    has_fall,
    intervals,
    primary,
)
from hengneng.telemetry.consumption.rules.regular import regular_day, regular_increments


class Track(NamedTuple):
    """One point through time: its spans ascending and not overlapping, its exchanges ascending."""

    point_id: int
    spans: Sequence[Stretch]
    exchanges: Sequence[Exchange]


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


Window = Mapping[str, Sequence[Entry]]
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
    wanted = [day for day in days if _span_of(track, day) is not None]
    closings = _closings(track, window)
    plain = {} if closings else _regular_days(track, readings, wanted)
    others = [day for day in wanted if day not in plain]
    by_day = _intervals_by_day(track, readings, closings, others, limits)
    worked = [
        plain.get(day) or _point_day(track, window, readings, by_day[day], day, limits, shapes)
        for day in wanted
    ]
    return [one for one in worked if one.profile.marks.strip(marks.NOTHING)]


def keys_of(tracks: Iterable[Track]) -> set[str]:
    """Return the source keys of points."""
    return {span.key for track in tracks for span in track.spans if span.key}


def month_record(track: Track, window: Window, *, first: int, last: int) -> Entry | None:
    """Return the month's valid record, where one came of a code that fed the point all month.

    Args:
        track: The point.
        window: Entries by series of the month's first day, with which the record is labelled.
        first: First day of the month.
        last: Its last day.
    """
    span = _span_of(track, first)
    if span is None or span.key is None or not _is_fed(track, span.key, span.ratio, first, last):
        return None
    rows = window.get(f"N2{span.key[1:]}", ())
    found = [row for row in rows if row.at // DAY_SECONDS == first and row.mark != marks.REJECTED]
    return _times(found[-1], span.ratio) if found else None


def slots_between(track: Track, *, first: int, last: int) -> int:
    """Return how many slots the point has in days ``first`` to ``last``, both included."""
    if (
        len(track.spans) == 1
        and track.spans[0].start <= first * DAY_SECONDS
        and (track.spans[0].end is None or track.spans[0].end > last * DAY_SECONDS)
    ):
        return (last - first + 1) * (DAY_SECONDS // track.spans[0].slot_seconds)
    spans = (_span_of(track, day) for day in range(first, last + 1))
    return sum(DAY_SECONDS // span.slot_seconds for span in spans if span)


def _span_of(track: Track, day: int) -> Stretch | None:
    """Return the span that holds the day's beginning, else the first that begins in the day."""
    opening = day * DAY_SECONDS
    for span in track.spans:
        is_over = span.end is not None and span.end <= opening
        if not is_over and span.start < opening + DAY_SECONDS:
            return span
    return None


def _is_fed(track: Track, key: str, ratio: Fraction, first: int, last: int) -> bool:
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
    span = _span_of(track, day)
    assert span is not None  # noqa: S101 the caller asks for such days only
    slot = span.slot_seconds
    slot_on = partial(_slot_on, track)
    shares = [
        share
        for one in inside
        for course in [between(one, track.point_id, slot_on, shapes)]
        for share in shares_of(one, day=day, slot_seconds=slot, course=course)
    ]
    of_day = [entry for entry in readings if entry.at // DAY_SECONDS == day]
    realtime, records = _increments(track, window, day, limits.tolerance_s)
    if not realtime and not records:
        profile = day_of_shares(shares, slot_seconds=slot)
        amount = amount_of_day(profile, basis=Basis.REGISTERS)
        return PointDay(day, profile, amount, *_ends(of_day))
    plain = None if records or shares else regular_increments(realtime, slot_seconds=slot)
    if plain is not None:
        amount = amount_of_day(plain, basis=Basis.REALTIME)
        return PointDay(day, plain, amount, *_ends(of_day))
    worked = increment_day(
        realtime,
        records,
        slot_seconds=slot,
        tolerance_s=limits.tolerance_s,
        registers=shares,
        realtime_first=limits.realtime_first,
        course_of=partial(of_slots, track.point_id, day, slot, shapes),
    )
    basis = Basis.REALTIME if worked.record is None else Basis.DAY_RECORD
    amount = amount_of_day(worked.day, basis=basis, record=worked.record)
    return PointDay(day, worked.day, amount, *_ends(of_day))


def _slot_on(track: Track, day: int) -> int:
    """Return the length of a slot on a day that the point was there. [s]"""
    span = _span_of(track, day)
    assert span is not None  # noqa: S101 a meter counts in its point's time alone
    return span.slot_seconds


def _ends(of_day: Sequence[Entry]) -> tuple[Entry | None, Entry | None]:
    return (of_day[0], of_day[-1]) if of_day else (None, None)


def _increments(
    track: Track, window: Window, day: int, tolerance_s: int
) -> tuple[list[Entry], list[Entry]]:
    """Return the day's realtime entries, taken while their code fed the point, and its record."""
    realtime: list[Entry] = []
    records: list[Entry] = []
    for span in track.spans:
        if span.key and span.key[0] == "N":
            rows = window.get(f"N0{span.key[1:]}", ())
            realtime.extend(_fed(_labelled(rows, span.slot_seconds, day, tolerance_s), span, day))
            if _is_fed(track, span.key, span.ratio, day, day):
                records.extend(_fed(window.get(f"N1{span.key[1:]}", ()), span, day))
    return realtime, records


def _labelled(
    rows: Sequence[Entry], slot_seconds: int, day: int, tolerance_s: int
) -> Sequence[Entry]:
    """Return the rows with the day's first label where it is meant, though written before midnight.

    A label shortly before midnight means the slot behind it, unless its own slot is told in finer
    parts; the row on midnight itself goes before.
    """
    opening, closing = day * DAY_SECONDS, (day + 1) * DAY_SECONDS
    early = _early(rows, opening, slot_seconds, tolerance_s)
    first, end = (bisect_left(rows, second, key=_at) for second in (opening, closing))
    inside = list(rows[first:end])
    drifted = _early(rows, closing, slot_seconds, tolerance_s)
    if drifted is not None:
        inside.pop()
    if early is not None and not (inside and inside[0].at == opening):
        inside.insert(0, early._replace(at=opening))
    return inside


def _early(
    rows: Sequence[Entry], midnight: int, slot_seconds: int, tolerance_s: int
) -> Entry | None:
    """Return the row whose label was written shortly before a midnight and means it."""
    end = bisect_left(rows, midnight, key=_at)
    last = rows[end - 1 : end] if end else ()
    if not last or last[0].at < midnight - tolerance_s or slot_seconds <= 3 * tolerance_s:
        return None
    since = midnight - slot_seconds + tolerance_s
    is_finer = any(since < row.at for row in rows[max(0, end - 2) : end - 1])
    return None if is_finer else last[0]


def _fed(rows: Sequence[Entry], span: Stretch, day: int) -> Sequence[Entry]:
    """Return the day's entries, ascending as they come, while their code fed the point."""
    start = max(span.start, day * DAY_SECONDS)
    end = (day + 1) * DAY_SECONDS
    end = end if span.end is None else min(span.end, end)
    first = bisect_left(rows, start, key=_at)
    fed = rows[first : bisect_left(rows, end, lo=first, key=_at)]
    return fed if span.ratio == 1 else [_times(entry, span.ratio) for entry in fed]


def _times(entry: Entry, ratio: Fraction) -> Entry:
    """Return an increment times the point's ratio: a conversion, where the terminal sends another.

    One that int64 cannot hold is rejected: it stays raw in its message.
    """
    digits, scale = primary(entry.digits, entry.scale, ratio)
    if abs(digits) > DIGITS_MAX:
        return Entry(entry.at, 0, 0, marks.REJECTED)
    return entry._replace(digits=digits, scale=scale)
