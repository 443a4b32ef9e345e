"""The day most days are: read at every slot's edge, or told slot by slot, nothing amiss.

A shorter way to what ``shares_of`` and ``day_of_shares`` give, some forty times faster; it answers
None wherever the general way might answer otherwise, and property tests hold the two together.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import pairwise

from hengneng.protocol.records import DAY_SECONDS, DIGITS_MAX
from hengneng.telemetry.consumption.rules import marks
from hengneng.telemetry.consumption.rules.day import Day
from hengneng.telemetry.consumption.rules.digest import Entry
from hengneng.telemetry.consumption.rules.outliers import CONTEXT, REACH_S
from hengneng.telemetry.consumption.rules.registers import Stretch

_PLAIN = {marks.MEASURED, marks.LATE}


def regular_day(
    readings: Sequence[Entry], instants: Sequence[int], stretch: Stretch, *, day: int
) -> Day | None:
    """Return the day where it is regular; None where it must be worked out in general.

    Args:
        readings: Good readings of the point, ascending.
        instants: Their local seconds. Shape (n,), as ``readings``.
        stretch: What the point is, from before the first reading to after the last.
        day: Days since 1970-01-01.
    """
    opening, slot = day * DAY_SECONDS, stretch.slot_seconds
    first = bisect_left(instants, opening)
    end = bisect_right(instants, opening + DAY_SECONDS)
    if end - first < 2 or not _is_closed(instants, first, end, opening):
        return None
    at, digits, scales, letters = zip(*readings[first:end], strict=True)
    if (
        at[0] % slot
        or at != tuple(range(at[0], at[-1] + 1, slot))
        or not _PLAIN.issuperset(letters)
    ):
        return None
    steps = [(two - one) * stretch.ratio.numerator for one, two in pairwise(digits)]
    if len(set(scales)) > 1 or stretch.ratio.denominator > 1:
        return None
    if max(steps) > DIGITS_MAX or _falls(readings[_near(instants, first, end, opening)]):
        return None
    empty_before, count = (at[0] - opening) // slot, DAY_SECONDS // slot
    empty_after = count - empty_before - len(steps)
    values = [*[None] * empty_before, *steps, *[None] * empty_after]
    known = marks.NOTHING * empty_before + "".join(letters[1:]) + marks.NOTHING * empty_after
    return Day(slot, scales[0], values, known)


def regular_increments(realtime: Sequence[Entry], *, slot_seconds: int) -> Day | None:
    """Return the day of an increment point where it is regular; None where it may not be.

    Args:
        realtime: Realtime entries of the day, ascending.
        slot_seconds: Length of a slot. [s]
    """
    if not realtime:
        return None
    at, digits, scales, letters = zip(*realtime, strict=True)
    if (
        at[0] % slot_seconds
        or at != tuple(range(at[0], at[-1] + 1, slot_seconds))
        or not _PLAIN.issuperset(letters)
    ):
        return None
    if len(set(scales)) > 1 or max(map(abs, digits)) > DIGITS_MAX:
        return None
    empty_before = at[0] % DAY_SECONDS // slot_seconds
    empty_after = DAY_SECONDS // slot_seconds - empty_before - len(digits)
    values = [*[None] * empty_before, *digits, *[None] * empty_after]
    known = marks.NOTHING * empty_before + "".join(letters) + marks.NOTHING * empty_after
    return Day(slot_seconds, scales[0], values, known)


def _near(instants: Sequence[int], first: int, end: int, opening: int) -> slice:
    """Return the readings around a day that could change what becomes of its own."""
    far = bisect_left(instants, opening - REACH_S)
    return slice(
        max(min(first - CONTEXT, far), 0),
        max(end + CONTEXT, bisect_left(instants, opening + DAY_SECONDS + REACH_S)),
    )


def _falls(readings: Sequence[Entry]) -> bool:
    """Answer whether the register falls among these readings, or may: scales that differ."""
    _, digits, scales, _ = zip(*readings, strict=True)
    return len(set(scales)) > 1 or any(two < one for one, two in pairwise(digits))


def _is_closed(instants: Sequence[int], first: int, end: int, opening: int) -> bool:
    """Answer whether no reading outside the day shares an interval with it."""
    begins = instants[first] == opening or first == 0
    return begins and (instants[end - 1] == opening + DAY_SECONDS or end == len(instants))
