"""Consumption by month of the city or a district, as known now or at an instant, and the change."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hengneng.insight.statistics import queries as statistics
from hengneng.insight.statistics.queries import Sum, Then
from hengneng.kernel import clock
from hengneng.kernel.policy.rules import Permission, Viewer
from hengneng.registry.bodies import queries as bodies
from hengneng.registry.units import queries as units
from hengneng.registry.units.queries import UnitRow
from hengneng.telemetry.consumption.queries.months import next_month
from hengneng.web.parts import tags

GATHERED = {"sector": _("by sector"), "district": _("by district"), "unit": _("by unit")}
MONTHS = 12
FIRST_MONTH = date(2000, 1, 1)


class Row(NamedTuple):
    """One sector, district or unit over the months shown.

    Attributes:
        name: In the reader's language; empty: not known.
        address: Its own page; empty: there is none.
        months: A sum for each month; None: no point of it counted.
        change: How much more its months show now than they did then; None: nothing is compared.
        note: Where the change is explained; empty: nowhere.
    """

    name: str
    address: str
    months: list[Sum | None]
    change: Decimal | None = None
    note: str = ""

    @property
    def latest_first(self) -> list[Sum | None]:
        """The months, the last one first."""
        return self.months[::-1]

    @property
    def tonnes(self) -> Decimal | None:
        """What is known of all months. [tce]"""
        known = [one.tonnes for one in self.months if one and one.tonnes is not None]
        return sum(known, Decimal(0)) if known else None

    @property
    def estimated_share(self) -> Decimal | None:
        """Coal estimated over coal known, whichever way it went; None where none is. [1]"""
        gross = sum((one.gross_tonnes for one in self.months if one), Decimal(0))
        estimated = sum((one.estimated_tonnes for one in self.months if one), Decimal(0))
        return estimated / gross if gross else None

    @property
    def received(self) -> int:
        """Slots received. [count]"""
        return sum(one.received for one in self.months if one)

    @property
    def expected(self) -> int:
        """Slots that the points have. [count]"""
        return sum(one.expected for one in self.months if one)


class Page(NamedTuple):
    """The months, gathered.

    Looking back, each row's ``change`` says how much more its months show now.

    Attributes:
        months: Their first days.
        rows: What consumes most first.
        whole: All of them together.
        as_of: As known at this instant; None: now. Aware.
        pending: Units of which what was known then is still being worked out.
        beyond: Units of which it will not be, so much changed of so many.
    """

    months: list[date]
    rows: list[Row]
    whole: Row
    as_of: datetime | None
    pending: list[UnitRow]
    beyond: list[UnitRow]

    @property
    def latest_first(self) -> list[date]:
        """The months, the last one first."""
        return self.months[::-1]


def page_of(
    viewer: Viewer,
    *,
    until: date,
    gathered: str,
    basis: str,
    as_of: datetime | None,
    district: str | None,
) -> Page:
    """Return the twelve months that end with one, gathered.

    Args:
        viewer: Who asks; counted is what ``VIEW_READINGS`` reaches.
        until: First day of the last month.
        gathered: ``sector``, ``district`` or ``unit``.
        basis: ``EQUIVALENT`` or ``CALORIFIC``.
        as_of: As known then; None: now. Aware.
        district: Only points that stand there; None: all.
    """
    place = until.year * 12 + until.month - 1
    months = [date(n // 12, n % 12 + 1, 1) for n in range(place - MONTHS + 1, place + 1)]
    rows = units.units_reached(viewer, Permission.VIEW_READINGS)
    ids = [row.id for row in rows]
    asked: dict[str, Any] = {"viewer": viewer, "months": months, "basis": basis}
    asked["district"] = district
    span: dict[str, Any] = {"first": months[0], "until": next_month(until)}
    with statistics.as_reported(ids, as_of=as_of, district=district, **span) as then:
        was = _sums(asked, gathered, rows, then)
        now = _sums(asked, gathered, rows, then.now()) if then else None
    named = _names(gathered, rows)
    nothing: list[Sum | None] = [None] * MONTHS
    found = []
    for key in {*was.rows, *(now.rows if now else ())}:
        name, address = named.get(key, (key, ""))
        row = Row(name, address, was.rows.get(key, nothing))
        changed = _compared(row, now and now.rows.get(key, nothing))
        found.append(changed._replace(note=_note(key, changed, gathered, until, as_of)))
    whole = _compared(Row("", "", was.whole), now and now.whole)
    left_out = [
        [row for row in rows if row.id in ids]
        for ids in ((then.pending, then.beyond) if then else ((), ()))
    ]
    return Page(months, sorted(found, key=_most_first), whole, as_of, *left_out)


class _Sums(NamedTuple):
    """Each name's sums by month, and those of all together."""

    rows: dict[str, list[Sum | None]]
    whole: list[Sum | None]


def _sums(
    asked: Mapping[str, Any], gathered: str, rows: Sequence[UnitRow], then: Then | None
) -> _Sums:
    """Return the sums of units gathered."""
    whole = statistics.city_months(**asked, then=then)
    if gathered == "district":
        by_month = [{code or "": one for code, one in row.districts.items()} for row in whole]
    else:
        members = statistics.members_of(rows, by=gathered, months=asked["months"], then=then)
        found = statistics.months_by_member(**asked, members=members, then=then)
        by_month = [row.members for row in found]
    keys = {key for month in by_month for key in month}
    return _Sums(
        {key: [month.get(key) for month in by_month] for key in keys}, [row.whole for row in whole]
    )


def _compared(row: Row, now: list[Sum | None] | None) -> Row:
    """Return a row with how much more is known of it now; the same where nothing is compared."""
    if now is None:
        return row
    later = row._replace(months=now)
    if row.tonnes is None and later.tonnes is None:
        return row
    return row._replace(change=(later.tonnes or Decimal(0)) - (row.tonnes or Decimal(0)))


def _note(key: str, row: Row, gathered: str, until: date, as_of: datetime | None) -> str:
    """Return where a unit's change is explained: its note, of the last month that is shown."""
    if gathered != "unit" or as_of is None or not row.change:
        return ""
    said = urlencode({"day": until.isoformat(), "earlier": tags.minute(as_of)})
    return f"{reverse('unit-differences', args=[key])}?{said}"


def _names(gathered: str, rows: Sequence[UnitRow]) -> dict[str, tuple[str, str]]:
    """Return each key's name and address."""
    if gathered == "unit":
        return {row.code: (tags.name(row), reverse("unit", args=[row.code])) for row in rows}
    if gathered == "district":
        return {
            row.code: (tags.name(row), reverse("reported-district", args=[row.code]))
            for row in bodies.districts()
        }
    return {}


def _most_first(row: Row) -> tuple[bool, Decimal, str]:
    return (not row.name, -(row.tonnes or Decimal(0)), row.name)


def month_in(text: str) -> date:
    """Return the month that a text names, this one at most and where it names none."""
    this = timezone.localdate(clock.now()).replace(day=1)
    try:
        month = date.fromisoformat(f"{text}-01")
    except ValueError:
        return this
    return min(max(month, FIRST_MONTH), this)
