"""Which method shares a gap's energy among its slots: a dated rule's, for the kind of point.

The method is chosen for the whole gap, by the rule of the day on which it begins: every day of it
shares the energy alike, so that no digit is lost between two days.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import takewhile
from typing import NamedTuple

from hengneng.protocol.records import DAY_SECONDS
from hengneng.telemetry.consumption.rules import marks
from hengneng.telemetry.consumption.rules.day import Day
from hengneng.telemetry.consumption.rules.methods import BY_SECONDS, Course, Method
from hengneng.telemetry.consumption.rules.registers import Interval
from hengneng.telemetry.consumption.rules.spread import pieces


class Rule(NamedTuple):
    """A dated rule of ``arithmetic.toml``.

    Attributes:
        first_day: From which day on. [days since 1970-01-01]
        registers: Methods for gaps between two registers, the first that can goes.
        increments: Methods for slots that are filled from a day record's remainder.
        longer_than_s: A gap of so much or less is shared by seconds. [s]
        at_most_s: And so is one of more. [s]
        weeks: How many weeks back ``SAME_WEEKDAY`` looks for a day. [count]
        verified: Whether the text behind it was seen.
    """

    first_day: int
    registers: tuple[Method, ...]
    increments: tuple[Method, ...]
    longer_than_s: int
    at_most_s: int
    weeks: int
    verified: bool

    @property
    def days(self) -> int:
        """How far apart two days of one gap that takes a shape can be. [d]"""
        return -(-self.at_most_s // DAY_SECONDS)

    @property
    def shaping(self) -> set[Method]:
        """The methods by which any gap may take a shape."""
        return {*self.shaping_of(is_register=True), *self.shaping_of(is_register=False)}

    def shaping_of(self, *, is_register: bool) -> tuple[Method, ...]:
        """Return the methods that go before ``LINEAR``, which needs no shape and always can."""
        order = self.registers if is_register else self.increments
        before = takewhile(lambda method: method is not Method.LINEAR, order)
        return tuple(one for one in before if one is not Method.SAME_WEEKDAY or self.weeks > 0)


class Wanted(NamedTuple):
    """A day of a point for whose course a shape is wanted.

    Attributes:
        point_id: The point.
        day: The day with the gap. [days since 1970-01-01]
        slot_seconds: Length of its slots. [s]
        method: Where the shape comes from.
        weeks: How many weeks back to look for a like day; of siblings 0. [count]
        gap: The gap's days and the length of their slots, on all of which a sibling must have a
            shape; of a like day none.
    """

    point_id: int
    day: int
    slot_seconds: int
    method: Method
    weeks: int
    gap: tuple[tuple[int, int], ...] = ()

    def days(self) -> range:
        """Return the days that may give it: earlier ones of the weekday, the latest first."""
        if self.method is Method.SIBLING:
            return range(self.gap[0][0], self.gap[-1][0] + 1)
        return range(self.day - 7, self.day - 7 * self.weeks - 1, -7)


class Gap(NamedTuple):
    """A gap of a point.

    Attributes:
        point_id: The point.
        slot_seconds: Length of a slot, by day. [s]
        cells: By day, the slots it covers and how much of each. [s]
    """

    point_id: int
    slot_seconds: Mapping[int, int]
    cells: Mapping[int, Sequence[tuple[int, int]]]


# Methods that need a shape, and how many weeks back each looks.
Order = Sequence[tuple[Method, int]]


class Shapes:
    """The shapes at hand, and a note of those that were wanted and are not."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        """Begin with none.

        Args:
            rules: The dated rules, ascending.
        """
        self._rules = rules
        self._known: dict[Wanted, Day | None] = {}
        self.wanted: set[Wanted] = set()
        self.misses = 0

    def take(self, found: Mapping[Wanted, Day | None]) -> None:
        """Take in shapes; None: there is none."""
        self._known |= found

    def order_for(self, *, is_register: bool, day: int, seconds: int) -> Order:
        """Return by which methods a gap looks for its shape; none: it is shared by seconds.

        Args:
            is_register: Whether it lies between two registers.
            day: The day on which it begins.
            seconds: Its length. [s]
        """
        rule = rule_on(self._rules, day)
        if not rule.longer_than_s < seconds <= rule.at_most_s:
            return ()
        shaping = rule.shaping_of(is_register=is_register)
        return tuple((one, rule.weeks if one is Method.SAME_WEEKDAY else 0) for one in shaping)

    def course_of(self, gap: Gap, order: Order) -> Course:
        """Return how a gap's energy is shared: by the first method that can, else by seconds.

        A method can where it has a shape for each day of the gap, and not all of them are zero.

        Args:
            gap: The gap.
            order: By which methods to look.
        """
        if not order:
            return BY_SECONDS
        # Each is asked for, found or not: those not at hand are then looked for at once.
        courses = [Course(method, self._weights_of(gap, method, weeks)) for method, weeks in order]
        found = (one for one in courses if any(map(any, one.weights.values())))
        return next(found, Course(Method.NO_SHAPE, {}))

    def _weights_of(self, gap: Gap, method: Method, weeks: int) -> dict[int, list[int]]:
        """Return a weight for each piece of the gap; none where a day has no shape."""
        # Were a sibling to tell of some days alone, its whole use would tip the others' balance.
        among = tuple(sorted(gap.slot_seconds.items())) if method is Method.SIBLING else ()
        days = {
            day: self._shape(Wanted(gap.point_id, day, gap.slot_seconds[day], method, weeks, among))
            for day in gap.cells
        }
        known = {day: one for day, one in days.items() if one is not None}
        return _weights(gap, known) if len(known) == len(days) else {}

    def _shape(self, one: Wanted) -> Day | None:
        if one not in self._known:
            self.wanted.add(one)
            self.misses += 1
        return self._known.get(one)


def between(
    one: Interval, point_id: int, slot_on: Callable[[int], int], shapes: Shapes | None
) -> Course:
    """Return how the energy between two registers is shared: of a gap, as the rule says.

    Args:
        one: The interval.
        point_id: The point.
        slot_on: Gives the length of a slot on a day. [s]
        shapes: The shapes at hand; None: all is shared by seconds.
    """
    if shapes is None or one.mark != marks.ESTIMATED or one.digits is None:
        return BY_SECONDS
    opening, seconds = one.start // DAY_SECONDS, one.end - one.start
    order = shapes.order_for(is_register=True, day=opening, seconds=seconds)
    if not order:
        return BY_SECONDS
    slots, cells = {}, {}
    for day, length in pieces(one.start, one.end, DAY_SECONDS):
        first = max(one.start - day * DAY_SECONDS, 0)
        slots[day] = slot_on(day)
        cells[day] = pieces(first, first + length, slots[day])
    return shapes.course_of(Gap(point_id, slots, cells), order)


def of_slots(
    point_id: int, day: int, slot_seconds: int, shapes: Shapes | None, slots: Sequence[int]
) -> Course:
    """Return how a day record's remainder is shared among the slots that nothing else tells.

    Args:
        point_id: The point.
        day: Days since 1970-01-01.
        slot_seconds: Length of a slot of the day. [s]
        shapes: The shapes at hand; None: all is shared evenly.
        slots: Their numbers.
    """
    if shapes is None:
        return BY_SECONDS
    seconds = len(slots) * slot_seconds
    order = shapes.order_for(is_register=False, day=day, seconds=seconds)
    cells = [(slot, slot_seconds) for slot in slots]
    return shapes.course_of(Gap(point_id, {day: slot_seconds}, {day: cells}), order)


def rule_on(rules: Sequence[Rule], day: int) -> Rule:
    """Return the rule that holds on a day; before the first one, the first."""
    return next((rule for rule in reversed(rules) if rule.first_day <= day), rules[0])


def takers(rules: Iterable[Rule], days: Iterable[int]) -> set[int]:
    """Return the days whose gaps may hang on the digests of these days.

    A shape is read from a day's digest and its neighbours'; the whole of a gap hangs on the shapes
    of all its days.
    """
    shaping = [rule for rule in rules if rule.shaping]
    if not shaping:
        return set()
    apart = max(rule.days for rule in shaping)
    later = [
        (0, 0) if method is Method.SIBLING else (7, 7 * rule.weeks)
        for rule in shaping
        for method in rule.shaping
    ]
    first, last = min(near for near, _ in later), max(far for _, far in later)
    found: set[int] = set()
    for day in days:
        found.update(range(day - 1 + first - apart, day + 1 + last + apart + 1))
    return found


def _weights(gap: Gap, shapes: Mapping[int, Day]) -> dict[int, list[int]]:
    """Return what would have passed in each piece of the gap, in parts that all days share."""
    scale = max(one.scale for one in shapes.values())
    found = {}
    for day, cells in gap.cells.items():
        one = shapes[day]
        part = 10 ** (scale - one.scale) * (DAY_SECONDS // one.slot_seconds)
        found[day] = [(one.values[slot] or 0) * part * seconds for slot, seconds in cells]
    return found
