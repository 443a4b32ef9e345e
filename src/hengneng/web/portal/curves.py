"""A point's day, week or month as one row per slot, hour or day."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import reduce
from itertools import groupby
from typing import NamedTuple

from hengneng.kernel import clock
from hengneng.protocol.records import DAY_SECONDS
from hengneng.registry.points.queries import PointRow
from hengneng.telemetry.consumption.queries import figures, parameters, statement
from hengneng.telemetry.consumption.queries.figures import ProfileRow
from hengneng.telemetry.consumption.rules import marks, methods
from hengneng.telemetry.consumption.rules.balance import known_sum
from hengneng.web.parts.marks import how_known
from hengneng.web.portal import asked

HOUR_SECONDS = 3600
ORDER = "MLSHPER."


class Step(NamedTuple):
    """One row of a curve.

    Attributes:
        label: Where it stands on the axis.
        value: What passed in it; None: nothing is known, which is not zero.
        mark: How it is known, one letter.
        estimated: The estimated part of a whole day's amount.
        method: How a gap was filled, one letter.
    """

    label: str
    value: Decimal | None
    mark: str
    estimated: Decimal
    method: str = methods.NONE

    @property
    def known(self) -> str:
        """How it is known, with the method where it is estimated."""
        return how_known(self.mark, self.method)


class Curve(NamedTuple):
    """A point's curve over a span.

    Attributes:
        kind: ``curve`` or ``bars``, as the script draws it.
        first: First day.
        last: Last day, included.
        step_minutes: What a row stands for; 0: a day. [min]
        steps: Those that have begun by now.
        marks: Letters that occur, in the order of the legend.
        computed_at: When the latest day of it was last worked out; None: none yet. Aware.
        is_by_own_rule: Whether gaps were filled by a rule whose official text was not checked.
    """

    kind: str
    first: date
    last: date
    step_minutes: int
    steps: list[Step]
    marks: list[str]
    computed_at: datetime | None
    is_by_own_rule: bool

    @property
    def has_data(self) -> bool:
        """Whether anything at all is known, or was rejected."""
        return any(step.mark != marks.NOTHING for step in self.steps)


def curve_of(point: PointRow, *, span: str, day: date) -> Curve:
    """Return the point's curve of the day, of the seven days that end with it, or of its month."""
    week = (day - timedelta(days=asked.WEEK_DAYS - 1), day)
    ends = {"day": (day, day), "week": week, "month": asked.month_of(day)}
    first, last = ends[span]
    last = max(min(last, asked.today()), first)
    if span == "month":
        steps = _days(point, first, last)
    else:
        profiles = figures.profiles_of(
            unit_id=point.unit_id, point_id=point.id, from_day=first, to_day=last
        )
        steps = list(_slots(point, profiles, first, last, in_hours=span == "week"))
    worked = figures.computed_at(unit_id=point.unit_id, from_day=first, to_day=last)
    seen = {step.mark for step in steps}
    minutes = {"day": point.slot_seconds // 60, "week": HOUR_SECONDS // 60, "month": 0}[span]
    return Curve(
        kind="bars" if span == "month" else "curve",
        first=first,
        last=last,
        step_minutes=minutes,
        steps=steps,
        marks=[mark for mark in ORDER if mark in seen],
        computed_at=max(worked.values(), default=None),
        is_by_own_rule=marks.ESTIMATED in seen and not parameters.is_spreading_checked(last),
    )


def _days(point: PointRow, first: date, last: date) -> list[Step]:
    """Return a row for each day on which the point was there."""
    lines = statement.statement_of_days(
        unit_id=point.unit_id, from_day=first, to_day=last, basis=asked.BASES[0]
    ).lines
    return [
        Step(
            f"{line.period:%m-%d}",
            line.amount.amount if line.amount else None,
            _day_mark(line),
            line.amount.estimated if line.amount else Decimal(0),
        )
        for line in lines
        if line.point_id == point.id
    ]


def _day_mark(line: statement.Line) -> str:
    """Return a day's letter: nothing, a part, estimated in part or whole, measured."""
    if line.amount is None or line.amount.amount is None:
        return marks.NOTHING
    if not line.is_complete:
        return marks.PARTIAL
    return marks.ESTIMATED if line.amount.estimated else marks.MEASURED


def _slots(
    point: PointRow, profiles: Sequence[ProfileRow], first: date, last: date, *, in_hours: bool
) -> Iterator[Step]:
    """Yield a row for each slot, or hour, that has begun by now; days without data too."""
    known = {row.day: row for row in profiles}
    now = clock.local_second(clock.now())
    for day in asked.days_between(first, last):
        begins = clock.day_number(day) * DAY_SECONDS
        slots = [slot for slot in _of_day(point, known.get(day)) if begins + slot[0] <= now]
        if not in_hours:
            yield from (Step(_hour(at), one, mark, Decimal(0), by) for at, one, mark, by in slots)
            continue
        for hour, together in groupby(slots, key=lambda slot: slot[0] // HOUR_SECONDS):
            told = list(together)
            value, mark = _joined([(value, mark) for _, value, mark, _ in told])
            by = reduce(methods.told, [method for *_, method in told])
            yield Step(f"{day:%m-%d} {hour:02d}:00", value, mark, Decimal(0), by)


def _of_day(point: PointRow, row: ProfileRow | None) -> list[tuple[int, Decimal | None, str, str]]:
    """Return second, value, letter and method of each slot of a day."""
    if row is None:
        seconds = range(0, DAY_SECONDS, point.slot_seconds)
        return [(second, None, marks.NOTHING, methods.NONE) for second in seconds]
    told = zip(row.values, row.marks, row.methods or methods.NONE * len(row.marks), strict=True)
    return [(place * row.slot_seconds, *one) for place, one in enumerate(told)]


def _joined(slots: Iterable[tuple[Decimal | None, str]]) -> tuple[Decimal | None, str]:
    """Return what slots come to together: a part of it known is a part, never the whole.

    >>> _joined([(Decimal(1), "M"), (Decimal(2), "E")])
    (Decimal('3'), 'E')
    >>> _joined([(Decimal(1), "M"), (None, ".")])
    (Decimal('1'), 'P')
    """
    told = list(slots)
    letters = [mark for _, mark in told]
    value = known_sum(value for value, _ in told)
    if value is None:
        return None, marks.REJECTED if marks.REJECTED in letters else marks.NOTHING
    whole = marks.RECEIVED | {marks.ESTIMATED}
    if any(letter not in whole for letter in letters):
        return value, marks.PARTIAL
    return value, reduce(marks.least_certain, letters)


def _hour(second: int) -> str:
    return f"{second // HOUR_SECONDS:02d}:{second % HOUR_SECONDS // 60:02d}"
