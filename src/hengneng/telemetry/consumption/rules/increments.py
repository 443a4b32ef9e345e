"""Increments to a day: realtime records in their slots, the day record, and what it fills.

Stat types are never summed with one another: the day is the valid day record, else the sum of
realtime; gaps of the realtime are filled from what the day record leaves (ARCHITECTURE 5.3).
"""

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import NamedTuple

from hengneng.protocol.records import DAY_SECONDS
from hengneng.telemetry.consumption.rules import marks
from hengneng.telemetry.consumption.rules.day import Day, Share, day_of_shares
from hengneng.telemetry.consumption.rules.digest import Entry
from hengneng.telemetry.consumption.rules.methods import BY_SECONDS, Course
from hengneng.telemetry.consumption.rules.spread import spread


class IncrementDay(NamedTuple):
    """A day of an increment point: its slots, and its day record where a valid one came."""

    day: Day
    record: Entry | None


def increment_day(
    realtime: Sequence[Entry],
    day_records: Sequence[Entry],
    *,
    slot_seconds: int,
    tolerance_s: int,
    registers: Sequence[Share] = (),
    realtime_first: bool = False,
    course_of: Callable[[Sequence[int]], Course] = lambda _: BY_SECONDS,
) -> IncrementDay:
    """Return the slots of a day, gaps filled from the day record's remainder.

    Args:
        realtime: Realtime entries of the day, ascending.
        day_records: Day entries of the day; the last one stands.
        slot_seconds: Length of a slot. [s]
        tolerance_s: How far from a slot's start a label may lie and still mean that slot. [s]
        registers: What registers put into the day where the point changed its kind in it.
        realtime_first: Whether realtime that is whole goes before the day record.
        course_of: By which weights the remainder is shared among slots; as a rule evenly.
    """
    shares = [*registers, *_slotted(realtime, slot_seconds, tolerance_s)]
    record = day_records[-1] if day_records else None
    plain = day_of_shares(shares, slot_seconds=slot_seconds)
    is_whole = realtime_first and marks.RECEIVED.issuperset(plain.marks)
    if record is None or record.mark == marks.REJECTED or is_whole:
        return IncrementDay(plain, None)
    shares += _filled(shares, record, slot_seconds, course_of)
    return IncrementDay(day_of_shares(shares, slot_seconds=slot_seconds), record)


def record_value(record: Entry) -> Decimal:
    """Return the value of an increment record."""
    return Decimal(record.digits).scaleb(-record.scale)


def _slotted(realtime: Sequence[Entry], slot_seconds: int, tolerance_s: int) -> Iterable[Share]:
    """Yield each record's share. Labels just before or after a slot's start mean that slot, once.

    A record on the slot's own start wins over one drifted to it. Records of finer periods than the
    slot add up: where one lies inside a slot, none of that slot has drifted.
    """
    seconds = [entry.at % DAY_SECONDS for entry in realtime]
    finer = {
        second // slot_seconds
        for second in seconds
        if _label(second, slot_seconds, tolerance_s) % slot_seconds
        and second < DAY_SECONDS - tolerance_s
    }
    labels: dict[int, Entry] = {}
    for second, entry in zip(seconds, realtime, strict=True):
        is_finer = second // slot_seconds in finer
        label = second if is_finer else _label(second, slot_seconds, tolerance_s)
        if label not in labels or second == label:
            labels[label] = entry
    for label, entry in labels.items():
        digits = None if entry.mark == marks.REJECTED else entry.digits
        yield Share(label // slot_seconds, digits, entry.scale, entry.mark, slot_seconds)


def _label(second: int, slot_seconds: int, tolerance_s: int) -> int:
    """Return the slot's start where the label lies within the tolerance of it, else the label."""
    nearest = (second + tolerance_s) // slot_seconds * slot_seconds
    is_near = abs(second - nearest) <= tolerance_s and nearest < DAY_SECONDS
    return nearest if is_near else second


def _filled(
    shares: Sequence[Share],
    record: Entry,
    slot_seconds: int,
    course_of: Callable[[Sequence[int]], Course],
) -> list[Share]:
    """Return estimated shares for the slots without a value: the day record's remainder.

    Nothing is filled where the realtime already exceeds the day: the two disagree, which quality
    judges; an estimate never hides it.
    """
    known = {share.slot for share in shares if share.digits is not None}
    gaps = [slot for slot in range(DAY_SECONDS // slot_seconds) if slot not in known]
    scale = max([record.scale, *(share.scale for share in shares if share.digits is not None)])
    left = record.digits * 10 ** (scale - record.scale) - sum(
        share.digits * 10 ** (scale - share.scale) for share in shares if share.digits is not None
    )
    if not gaps or left < 0:
        return []
    course = course_of(gaps)
    (weights,) = course.weights.values() or ([1] * len(gaps),)
    parts = spread(left, weights)
    return [
        Share(slot, part, scale, marks.ESTIMATED, slot_seconds, course.method)
        for slot, part in zip(gaps, parts, strict=True)
    ]
