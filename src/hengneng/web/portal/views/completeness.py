"""How complete a unit's data are: a month as a calendar, a week by point."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from hengneng.registry.units.queries import UnitRow
from hengneng.telemetry.consumption.queries import statement
from hengneng.telemetry.consumption.queries.statement import Line
from hengneng.web.portal import asked
from hengneng.web.portal.chapters import Listing, UnitFile, UnitPage

TENTHS = 10


class Cell(NamedTuple):
    """A day's slots, of one point or of all.

    Attributes:
        day: The day.
        received: Slots measured, entered or supplied. [count]
        expected: Slots it has; 0: no point was there. [count]
        is_over: Whether the day has ended; one that goes on cannot be complete yet.
        is_asked: Whether it lies in the month asked for.
    """

    day: date
    received: int
    expected: int
    is_over: bool
    is_asked: bool = True

    @property
    def tenths(self) -> int:
        """Full tenths received, 10 only where every slot was. [0 to 10]"""
        return min(self.received * TENTHS // self.expected, TENTHS) if self.expected else 0

    @property
    def percent(self) -> int:
        """Full hundredths received. [0 to 100]"""
        return min(self.received * 100 // self.expected, 100) if self.expected else 0

    @property
    def standing(self) -> str:
        """``none``, ``ahead``, ``running``, ``full``, ``part`` or ``empty``."""
        if self.day > asked.today():
            return "ahead"
        if not self.expected:
            return "none"
        if not self.is_over:
            return "running"
        if self.received >= self.expected:
            return "full"
        return "part" if self.received else "empty"


class PointWeek(NamedTuple):
    """A point's week."""

    point_id: int
    code: str
    name: str
    cells: list[Cell]


class Completeness(UnitPage):
    """The calendar, and the week by point."""

    template = "portal/completeness.html"
    chapter = "portal-completeness"

    def of_unit(self, unit: UnitRow) -> dict[str, Any]:
        """Return the weeks of the month that holds the day, and the points' week around it."""
        today = asked.today()
        day = asked.day_of(self.request, otherwise=today)
        month_first, month_last = asked.month_of(day)
        first, last = asked.week_of(month_first)[0], asked.week_of(month_last)[1]
        lines = _lines(unit, first, min(last, today))
        monday, sunday = asked.week_of(day)
        over = [line for line in lines if month_first <= line.period <= month_last]
        over = [line for line in over if line.period < today]
        return {
            "day": day,
            "today": today,
            "month": month_first,
            "weeks": _weeks(lines, first, last, (month_first, month_last)),
            "week": (monday, sunday),
            "days": asked.days_between(monday, sunday),
            "points": _points(lines, monday, sunday),
            "received": sum(line.amount.received for line in over if line.amount),
            "expected": sum(line.expected for line in over),
            "previous": month_first - timedelta(days=1),
            "next": _next_month(month_last, today),
        }


class CompletenessFile(UnitFile):
    """The month by point and day, as a file."""

    def listing(self, unit: UnitRow) -> Listing:
        """Return a row for each point and day of the month."""
        day = asked.day_of(self.request, otherwise=asked.today())
        first, last = asked.month_of(day)
        head = (_("Day"), _("Point"), _("Name"), _("Slots received"), _("Slots expected"))
        rows = [
            (
                line.period, line.code, line.span.name,
                line.amount.received if line.amount else 0, line.expected,
            )
            for line in _lines(unit, first, min(last, asked.today()))
        ]  # fmt: skip
        return Listing(f"completeness-{first:%Y-%m}", head, rows)


def _lines(unit: UnitRow, first: date, last: date) -> list[Line]:
    return statement.statement_of_days(
        unit_id=unit.id, from_day=first, to_day=last, basis=asked.BASES[0]
    ).lines


def _next_month(last: date, today: date) -> date | None:
    """Return the first day of the month after, where it has begun."""
    first = last + timedelta(days=1)
    return first if first <= today else None


def _weeks(
    lines: Iterable[Line], first: date, last: date, month: tuple[date, date]
) -> list[list[Cell]]:
    """Return the days from Monday to Sunday, week by week, over all points together."""
    sums: dict[date, list[int]] = defaultdict(lambda: [0, 0])
    for line in lines:
        sums[line.period][0] += line.amount.received if line.amount else 0
        sums[line.period][1] += line.expected
    today = asked.today()
    cells = [
        Cell(day, sums[day][0], sums[day][1], day < today, month[0] <= day <= month[1])
        for day in asked.days_between(first, last)
    ]
    step = asked.WEEK_DAYS
    return [cells[start : start + step] for start in range(0, len(cells), step)]


def _points(lines: Iterable[Line], monday: date, sunday: date) -> list[PointWeek]:
    """Return each point's week, those of the boundary first."""
    by_point: dict[int, dict[date, Line]] = defaultdict(dict)
    for line in lines:
        if monday <= line.period <= sunday:
            by_point[line.point_id][line.period] = line
    today, days = asked.today(), asked.days_between(monday, sunday)
    weeks = []
    for point_id, known in by_point.items():
        latest = known[max(known)]
        cells = [_cell(day, known.get(day), today) for day in days]
        week = PointWeek(point_id, latest.code, latest.span.name, cells)
        weeks.append((latest.span.level, latest.code, week))
    return [week for _, _, week in sorted(weeks, key=lambda one: one[:2])]


def _cell(day: date, line: Line | None, today: date) -> Cell:
    if line is None:
        return Cell(day, 0, 0, day < today)
    received = line.amount.received if line.amount else 0
    return Cell(day, received, line.expected, day < today)
