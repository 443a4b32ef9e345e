"""A point's local day: energy per slot at one scale, and what it adds up to."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import NamedTuple

from hengneng.protocol.records import DAY_SECONDS, DIGITS_MAX
from hengneng.telemetry.consumption.rules import marks, methods
from hengneng.telemetry.consumption.rules.methods import BY_SECONDS, Course
from hengneng.telemetry.consumption.rules.registers import Interval
from hengneng.telemetry.consumption.rules.spread import pieces, spread


class Share(NamedTuple):
    """What one interval or record puts into one slot.

    Attributes:
        slot: Number of the slot in its day.
        digits: Energy at ``scale``; None where unknown.
        scale: Digits behind the point.
        mark: How it is known.
        seconds: How much of the slot it speaks for. [s]
        method: By which method it was placed, where it is estimated.
    """

    slot: int
    digits: int | None
    scale: int
    mark: str
    seconds: int
    method: str = methods.NONE


class Day(NamedTuple):
    """A point's day.

    Attributes:
        slot_seconds: Length of a slot. [s]
        scale: Digits behind the point of every value.
        values: Energy per slot; None where nothing is known. Shape (86400 / slot_seconds,).
        marks: One letter per slot.
        methods: One letter per slot, ``rules.methods``; empty: nothing is estimated.
    """

    slot_seconds: int
    scale: int
    values: list[int | None]
    marks: str
    methods: str = ""

    @property
    def total(self) -> Decimal | None:
        """The sum of the known slots; None where none is known."""
        known = [value for value in self.values if value is not None]
        return Decimal(sum(known)).scaleb(-self.scale) if known else None

    def total_marked(self, mark: str) -> Decimal:
        """Return the part of the sum whose slots bear a mark."""
        if mark not in self.marks:
            return Decimal(0)
        pairs = zip(self.values, self.marks, strict=True)
        return Decimal(sum(v for v, m in pairs if m == mark and v is not None)).scaleb(-self.scale)


def shares_of(
    interval: Interval, *, day: int, slot_seconds: int, course: Course = BY_SECONDS
) -> list[Share]:
    """Return what an interval puts into the slots of one day.

    The energy is shared among the interval's days, then within the day among its slots: so a day's
    figure does not depend on how another day is cut.

    Args:
        interval: Any interval that overlaps the day or ends in it.
        day: Days since 1970-01-01.
        slot_seconds: Length of a slot of this day. [s]
        course: By which weights; as a rule by seconds.
    """
    start, end = interval.start, interval.end
    if start == end:
        return _at_once(interval, day=day, slot_seconds=slot_seconds)
    days = pieces(start, end, DAY_SECONDS)
    if day < days[0][0] or day > days[-1][0]:
        return []
    energy = interval.digits
    if energy is not None and len(days) > 1:
        energy = spread(energy, [_weight(course, *one) for one in days])[day - days[0][0]]
    opening = day * DAY_SECONDS
    cells = pieces(max(start, opening) - opening, min(end, opening + DAY_SECONDS) - opening,
                   slot_seconds)  # fmt: skip
    parts: Sequence[int | None] = [None] * len(cells)
    if energy is not None:
        parts = spread(energy, course.weights.get(day) or [seconds for _, seconds in cells])
    method = _method(interval, course)
    return [
        Share(slot, part, interval.scale, interval.mark, seconds, method)
        for (slot, seconds), part in zip(cells, parts, strict=True)
    ]


def _weight(course: Course, day: int, seconds: int) -> int:
    """Return a day's weight among those of its interval."""
    return sum(course.weights[day]) if course.weights else seconds


def _method(interval: Interval, course: Course) -> str:
    """Return the method's letter, where the interval's energy is estimated."""
    is_estimated = interval.mark == marks.ESTIMATED and interval.digits is not None
    return course.method if is_estimated else methods.NONE


def _at_once(interval: Interval, *, day: int, slot_seconds: int) -> list[Share]:
    """Return the share of two registers at one instant: an exchange and a reading beside it."""
    if interval.start // DAY_SECONDS != day:
        return []
    slot = interval.start % DAY_SECONDS // slot_seconds
    method = _method(interval, BY_SECONDS)
    return [Share(slot, interval.digits, interval.scale, interval.mark, 0, method)]


def day_of_shares(shares: Iterable[Share], *, slot_seconds: int) -> Day:
    """Return the day that the shares make up.

    A slot that the shares cover in part is marked partial; one whose value int64 cannot hold at
    the day's scale is rejected: it stays raw in its messages.
    """
    known = list(shares)
    scale = max((share.scale for share in known if share.digits is not None), default=0)
    count = DAY_SECONDS // slot_seconds
    values: list[int | None] = [None] * count
    letters = [marks.NOTHING] * count
    placed = [methods.NONE] * count
    covered = [0] * count
    refused = set()
    for share in known:
        slot, digits = share.slot, share.digits
        if digits is None:
            refused.add(slot)
            continue
        values[slot] = (values[slot] or 0) + digits * 10 ** (scale - share.scale)
        covered[slot] += share.seconds
        placed[slot] = methods.told(placed[slot], share.method)
        letter = letters[slot]
        letters[slot] = (
            share.mark if letter == marks.NOTHING else marks.least_certain(letter, share.mark)
        )
    for slot in range(count):
        _judge(slot, values, letters, is_full=covered[slot] >= slot_seconds,
               is_refused=slot in refused)  # fmt: skip
    by = "".join(placed).strip(methods.NONE) and "".join(placed)
    return Day(slot_seconds, scale, values, "".join(letters), by)


def _judge(
    slot: int, values: list[int | None], letters: list[str], *, is_full: bool, is_refused: bool
) -> None:
    """Settle the mark of one slot once all its shares are in."""
    value = values[slot]
    if value is None:
        letters[slot] = marks.REJECTED if is_refused else marks.NOTHING
    elif abs(value) > DIGITS_MAX:
        values[slot], letters[slot] = None, marks.REJECTED
    elif not is_full:
        letters[slot] = marks.PARTIAL
