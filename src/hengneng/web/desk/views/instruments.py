"""Instruments over all units in reach: the list, the due calendar, what units tell of changes."""

import calendar
from abc import abstractmethod
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, ClassVar, NamedTuple

from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from hengneng.kernel import clock
from hengneng.kernel.policy.rules import Permission
from hengneng.registry.energy import queries as energy
from hengneng.registry.instruments import queries as instruments
from hengneng.registry.instruments.queries import Wanted
from hengneng.registry.instruments.rules.kinds import kinds
from hengneng.registry.units import queries as units
from hengneng.web.desk import changes, instrument_list, kept, naming
from hengneng.web.desk.asked import day_in
from hengneng.web.desk.instrument_list import conditions, wanted
from hengneng.web.desk.views.unit.instruments import cells, head
from hengneng.web.desk.views.units import district_names
from hengneng.web.parts import exports, frame, marks, tags
from hengneng.web.parts.views import PageView

PAGE_SIZE = 50
MONTHS_AHEAD = 12
Listed = tuple[tuple[Any, ...], list[tuple[Any, ...]]]


class _Listing(PageView):
    """A page over all units; ``?format=`` answers its list as a file, as the filter shows it."""

    permission = Permission.VIEW_UNIT
    name: ClassVar[str]

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Show the page, or answer the list as a file.

        Raises:
            Http404: If there is no such format.
        """
        kind = request.GET.get("format")
        if kind is None:
            context = self.context()
            may_decide = self.viewer.may(Permission.CONFIRM_CHANGE)
            context["tabs"] = instrument_list.tabs(self.name, may_decide=may_decide)
            context["kept"] = kept.kept(self.viewer, self.name, request.GET.dict())
            return TemplateResponse(request, self.template, context)
        if kind not in exports.FORMATS:
            raise Http404(kind)
        titles, rows = self.listed()
        return exports.exported(kind, name=self.name, head=titles, rows=rows)

    @abstractmethod
    def listed(self) -> Listed:
        """Return titles and rows of the whole list."""

    def rows(self, asked: Wanted) -> Listed:
        """Return the instruments that are asked for, as a file has them."""
        found = instruments.instruments_listed(self.viewer, self.permission, asked)
        titles = (_("Unit"), _("Social credit code"), *head())
        return titles, [
            (one.unit_name, one.unit_code, *cells(one.instrument))
            for one in naming.named(found.rows)
        ]


class Instruments(_Listing):
    """The list."""

    template = "desk/instruments.html"
    name = "instruments"

    def context(self) -> dict[str, Any]:
        """Return one page of what the filter shows."""
        asked, number = wanted(self.request.GET.dict()), frame.page_number(self.request)
        found = instruments.instruments_listed(
            self.viewer, self.permission, asked, page=number, size=PAGE_SIZE
        )
        names = district_names()
        types = {row.code: tags.name(row) for row in energy.energy_types()}
        return {
            "rows": naming.named(found.rows),
            "page": frame.place_of(number, size=PAGE_SIZE, total=found.total),
            "asked": asked,
            "query": instrument_list.query_of(asked._replace(by_due=False)),
            "conditions": conditions(asked, names, types),
            "districts": names,
            "types": types,
            "kinds": kind_names(),
            "levels": marks.LEVELS,
            "states": marks.CONDITIONS,
            "dues": marks.DUE,
        }

    def listed(self) -> Listed:
        """Return every instrument that the filter shows."""
        return self.rows(wanted(self.request.GET.dict()))


class Day(NamedTuple):
    """A day of the calendar, and how many instruments fall due on it. [count]"""

    day: date
    due: int
    is_of_month: bool


class Due(_Listing):
    """The due calendar: the months ahead, one month by day, and what falls due in it."""

    template = "desk/due.html"
    name = "due"

    def context(self) -> dict[str, Any]:
        """Return the counts, the month, and a page of what falls due."""
        today = timezone.localdate(clock.now())
        asked, number = self.span(), frame.page_number(self.request)
        first, until = asked.first or today, (asked.last or today) + timedelta(days=1)
        shown = first.replace(day=1)
        start = min(today.replace(day=1), shown)
        counted = instruments.due_by_day(
            self.viewer,
            self.permission,
            first=start,
            until=max(_months_on(start, MONTHS_AHEAD), until),
            district=asked.district,
        )
        found = instruments.instruments_listed(
            self.viewer, self.permission, asked, page=number, size=PAGE_SIZE
        )
        names = district_names()
        return {
            "counts": self.counts(asked.district),
            "dues": marks.DUE,
            "districts": names,
            "asked": asked,
            "today": today,
            "month": shown,
            "is_day": asked.first == asked.last,
            "months": _months(start, counted),
            "weeks": _weeks(shown, counted),
            "rows": naming.named(found.rows),
            "page": frame.place_of(number, size=PAGE_SIZE, total=found.total),
            "kinds": kind_names(),
        }

    def listed(self) -> Listed:
        """Return every instrument that falls due in the month or on the day."""
        return self.rows(self.span())

    def span(self) -> Wanted:
        """Return what is asked for: a day, else a month, this one where none is named."""
        day, district = (
            day_in(self.request.GET.get("day", "")),
            self.request.GET.get("district", ""),
        )
        month = day_in(f"{self.request.GET.get('month', '')}-01")
        first = day or month or timezone.localdate(clock.now()).replace(day=1)
        last = day or _months_on(first, 1) - timedelta(days=1)
        district = district if district in district_names() else ""
        return Wanted(first=first, last=last, district=district, by_due=True)

    def counts(self, district: str) -> list[tuple[str, int]]:
        """Return how many instruments are due how soon, over the units of a district or all."""
        reached = units.units_reached(self.viewer, self.permission, district=district)
        among = {row.id for row in reached}
        by_unit = instruments.due_by_unit(self.viewer, self.permission)
        counted = [one for unit_id, one in by_unit.items() if unit_id in among]
        return [(code, sum(getattr(one, code.lower()) for one in counted)) for code in marks.DUE]


class Changes(_Listing):
    """The change notices of the units in reach; ``?state=`` shows those in one state."""

    permission = Permission.CONFIRM_CHANGE
    template = "desk/changes.html"
    name = "changes"

    def context(self) -> dict[str, Any]:
        """Return one page of the notices."""
        number, state = frame.page_number(self.request), _state(self.request)
        rows, total = instruments.notices_reached(
            self.viewer, self.permission, state=state, page=number, size=PAGE_SIZE
        )
        return {
            "rows": naming.named(rows),
            "state": state,
            "states": marks.CHANGE_NOTICES,
            "page": frame.place_of(number, size=PAGE_SIZE, total=total),
        }

    def listed(self) -> Listed:
        """Return every notice that the filter shows."""
        rows, _total = instruments.notices_reached(
            self.viewer, self.permission, state=_state(self.request)
        )
        titles = (
            _("Unit"),
            _("Social credit code"),
            _("Change"),
            _("Point"),
            _("Instrument"),
            _("When it changed"),
            _("Told at"),
            _("Due on"),
            _("Told late"),
            _("Standing"),
            _("What is told"),
            _("Reason"),
        )
        return titles, [_notice_cells(row) for row in naming.named(rows)]


def kind_names() -> dict[str, str]:
    """Return the names of the kinds of instruments by code."""
    return {code: tags.name(one) for code, one in kinds().items()}


def _state(request: HttpRequest) -> str:
    """Return the state that is asked for; empty: all."""
    state = request.GET.get("state", "")
    return state if state in marks.CHANGE_NOTICES else ""


def _notice_cells(row: instruments.NoticeRow) -> tuple[Any, ...]:
    return (
        row.unit_name,
        row.unit_code,
        str(marks.CHANGES[row.kind]),
        row.point_code,
        row.instrument_number,
        tags.moment(row.happened_at),
        tags.moment(row.reported_at),
        row.due_on,
        _("yes") if row.is_late else _("no"),
        str(marks.CHANGE_NOTICES[row.state].word),
        _("; ").join(f"{label}: {value}" for label, value in changes.told(row.said)),
        row.reason,
    )


def _months_on(day: date, months: int) -> date:
    """Return the first day of the month so many months after a day's."""
    place = day.year * 12 + day.month - 1 + months
    return date(place // 12, place % 12 + 1, 1)


def _months(start: date, counted: dict[date, int]) -> list[tuple[date, int]]:
    """Return the months ahead, each with how many fall due in it. [count]"""
    return [
        (month, sum(n for day, n in counted.items() if day.replace(day=1) == month))
        for month in (_months_on(start, place) for place in range(MONTHS_AHEAD))
    ]


def _weeks(month: date, counted: dict[date, int]) -> Sequence[Sequence[Day]]:
    """Return a month's weeks from Monday to Sunday, each day with its count."""
    days = calendar.Calendar().monthdatescalendar(month.year, month.month)
    return [
        [Day(day, counted.get(day, 0), day.month == month.month) for day in week] for week in days
    ]
