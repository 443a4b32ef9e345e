"""The increments that a point was told: those taken while their code fed it."""

from bisect import bisect_left
from collections.abc import Sequence
from fractions import Fraction
from operator import attrgetter

from hengneng.protocol.records import DAY_SECONDS, DIGITS_MAX
from hengneng.telemetry.consumption.rules import marks
from hengneng.telemetry.consumption.rules.digest import Entry, Window
from hengneng.telemetry.consumption.rules.registers import Stretch, primary
from hengneng.telemetry.consumption.rules.tracks import Track, is_fed, span_of

_at = attrgetter("at")


def increments_on(
    track: Track, window: Window, day: int, tolerance_s: int
) -> tuple[list[Entry], list[Entry]]:
    """Return the day's realtime entries, taken while their code fed the point, and its record."""
    realtime: list[Entry] = []
    records: list[Entry] = []
    for span in track.spans:
        if span.key and span.key[0] == "N":
            rows = window.get(f"N0{span.key[1:]}", ())
            realtime.extend(_fed(_labelled(rows, span.slot_seconds, day, tolerance_s), span, day))
            if is_fed(track, span.key, span.ratio, day, day):
                records.extend(_fed(window.get(f"N1{span.key[1:]}", ()), span, day))
    return realtime, records


def month_record(track: Track, window: Window, *, first: int, last: int) -> Entry | None:
    """Return the month's valid record, where one came of a code that fed the point all month.

    Args:
        track: The point.
        window: Entries by series of the month's first day, with which the record is labelled.
        first: First day of the month.
        last: Its last day.
    """
    span = span_of(track, first)
    if span is None or span.key is None or not is_fed(track, span.key, span.ratio, first, last):
        return None
    rows = window.get(f"N2{span.key[1:]}", ())
    found = [row for row in rows if row.at // DAY_SECONDS == first and row.mark != marks.REJECTED]
    return _times(found[-1], span.ratio) if found else None


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
