"""Which instruments are due, how soon, at which units."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import connection

from hengneng.kernel import clock
from hengneng.kernel.policy.rules import Permission, Viewer
from hengneng.registry.instruments.queries.certificates import day_of
from hengneng.registry.instruments.rules.standing import LATER_DAYS, SOON_DAYS, Due
from hengneng.registry.units import queries as units

PAGE_SIZE = 50


class DueCounts(NamedTuple):
    """How many instruments are due, and how soon; those out of use are left out.

    Attributes:
        overdue: Whose certificate holds no more, or who failed. [count]
        within_30: Due within 30 days. [count]
        within_90: Due after 30 and within 90 days. [count]
        later: Due after that. [count]
        unknown: Without certificate, or none says until when it holds. [count]
    """

    overdue: int = 0
    within_30: int = 0
    within_90: int = 0
    later: int = 0
    unknown: int = 0


class DueRow(NamedTuple):
    """An instrument in the due calendar.

    Attributes:
        unit_id: Its unit.
        unit_code: The unit's code.
        unit_name: The unit's name.
        instrument_id: The instrument.
        number: The unit's number of it.
        name: Its name.
        kind: Its kind; empty: not known.
        point_code: The point it stands at; None: none.
        certificate: Number of its last certificate; None: none.
        verified_on: When that was given.
        result: What it says.
        due_on: From when on it holds no more; None: not known.
        ends_in: What is to be done then: ``VERIFY`` or ``REPLACE``.
        due_by: What says so.
        due_is_verified: Whether that was read in the official text.
        due: How soon.
    """

    unit_id: int
    unit_code: str
    unit_name: str
    instrument_id: int
    number: str
    name: str
    kind: str
    point_code: str | None
    certificate: str | None
    verified_on: date | None
    result: str | None
    due_on: date | None
    ends_in: str | None
    due_by: str | None
    due_is_verified: bool | None
    due: Due


class DuePage(NamedTuple):
    """A page of the due calendar, how many rows it has in all, and how many of each kind.

    Attributes:
        rows: The page's rows, the longest overdue first.
        total: How many rows the filter lets through. [count]
        counts: How many there are of each, whatever is asked for.
    """

    rows: list[DueRow]
    total: int
    counts: DueCounts


class ReminderRow(NamedTuple):
    """What is due at one of the viewer's own units."""

    unit_id: int
    unit_code: str
    unit_name: str
    counts: DueCounts


# How soon is the same as rules.standing.due_of; an instrument that is STOPPED owes nothing.
DUE = """CASE
    WHEN given.result = 'FAILED' OR given.due_on <= %(day)s THEN 'OVERDUE'
    WHEN given.due_on IS NULL THEN 'UNKNOWN'
    WHEN given.due_on <= %(day)s::date + %(soon)s THEN 'WITHIN_30'
    WHEN given.due_on <= %(day)s::date + %(later)s THEN 'WITHIN_90'
    ELSE 'LATER' END"""
IS_STOPPED = """
    SELECT instrument_id FROM instruments_status WHERE condition = 'STOPPED'
    AND superseded_at IS NULL AND valid_from <= %(now)s
    AND (valid_until IS NULL OR valid_until > %(now)s)
"""
_IN_USE = f"one.unit_id = ANY(%(units)s::bigint[]) AND one.id NOT IN ({IS_STOPPED})"
_COUNTS = f"""
SELECT one.unit_id, {DUE} AS due, count(*) FROM instruments_instrument AS one
LEFT JOIN instruments_certificate AS given ON given.instrument_id = one.id AND given.is_last
WHERE {_IN_USE} GROUP BY 1, 2
"""  # noqa: S608  constants only
_PAGE = f"""
SELECT one.unit_id, unit.code, unit.name, one.id, one.number, one.name, one.kind, point.code,
    given.number, given.verified_on, given.result, given.due_on, given.ends_in, given.due_by,
    given.due_is_verified, {DUE} AS due
FROM instruments_instrument AS one JOIN units_unit AS unit ON unit.id = one.unit_id
{{how}} JOIN instruments_certificate AS given ON given.instrument_id = one.id AND given.is_last
LEFT JOIN instruments_installation AS stands ON stands.instrument_id = one.id
    AND stands.superseded_at IS NULL AND stands.valid_from <= %(now)s
    AND (stands.valid_until IS NULL OR stands.valid_until > %(now)s)
LEFT JOIN points_point AS point ON point.id = stands.point_id
WHERE {_IN_USE} AND {DUE} = ANY(%(wanted)s) AND {{until}}
ORDER BY given.due_on NULLS LAST, unit.code, one.number
LIMIT %(limit)s OFFSET %(offset)s
"""  # noqa: S608  constants only
# Where only what is due soon is wanted, the index of due days leads to it.
_SOON = _PAGE.format(how="", until="given.due_on <= %(day)s::date + %(later)s")
_ANY = _PAGE.format(how="LEFT", until="true")


def due_by_unit(
    viewer: Viewer, permission: Permission, *, at: datetime | None = None
) -> dict[int, DueCounts]:
    """Return for each unit in reach how many of its instruments are due; two queries.

    Args:
        viewer: Who asks.
        permission: By which permission.
        at: From when the days are counted; None: now. Aware.
    """
    return _counts(units.ids_visible_to(viewer, permission), at or clock.now())


def due_page(
    viewer: Viewer,
    permission: Permission,
    *,
    wanted: Collection[Due] = (Due.OVERDUE, Due.WITHIN_30, Due.WITHIN_90),
    unit_id: int | None = None,
    at: datetime | None = None,
    page: int = 1,
    size: int | None = PAGE_SIZE,
) -> DuePage:
    """Return a page of the due calendar over the units in reach, the longest overdue first.

    Three queries, whatever the page holds.

    Args:
        viewer: Who asks.
        permission: By which permission.
        wanted: How soon they are due.
        unit_id: Only this unit's; None: every unit's in reach.
        at: From when the days are counted; None: now. Aware.
        page: Which page, from 1.
        size: Rows on a page; None: all on one, for exports. [count]
    """
    instant = at or clock.now()
    reached = units.ids_visible_to(viewer, permission)
    if unit_id is not None:
        reached = [unit_id] if unit_id in reached else []
    counts = _sum(list(_counts(reached, instant).values()))
    total = sum(getattr(counts, due.lower()) for due in wanted)
    asked = _asked(reached, instant) | {
        "wanted": [str(due) for due in wanted],
        "limit": size,
        "offset": (max(page, 1) - 1) * (size or 0),
    }
    is_soon = not {Due.LATER, Due.UNKNOWN} & set(wanted)
    with connection.cursor() as cursor:
        cursor.execute(_SOON if is_soon else _ANY, asked)
        rows = [DueRow._make((*row[:-1], Due(row[-1]))) for row in cursor.fetchall()]
    return DuePage(rows, total, counts)


def reminders(viewer: Viewer, *, at: datetime | None = None) -> list[ReminderRow]:
    """Return what is due or overdue at the viewer's own units, for their to-do list.

    Own are those reached one by one, not by district or city: officials have the calendar.

    Args:
        viewer: Who asks.
        at: From when the days are counted; None: now. Aware.
    """
    own = viewer.units.get(Permission.REPORT_CHANGE, frozenset())
    if not own:
        return []
    counted = _counts(sorted(own), at or clock.now())
    names = units.visible_to(viewer, Permission.REPORT_CHANGE).filter(id__in=own)
    return [
        ReminderRow(number, code, name, counted[number])
        for number, code, name in names.order_by("code").values_list("id", "code", "name")
        if number in counted and (counted[number].overdue or counted[number].within_30)
    ]


def _counts(unit_ids: Sequence[int], instant: datetime) -> dict[int, DueCounts]:
    """Return how many of each unit's instruments are due; one query."""
    found: dict[int, dict[str, int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, _asked(unit_ids, instant))
        for unit_id, due, count in cursor.fetchall():
            found.setdefault(unit_id, {})[due.lower()] = count
    return {unit_id: DueCounts(**counts) for unit_id, counts in found.items()}


def _sum(counts: Sequence[DueCounts]) -> DueCounts:
    """Return the counts added up."""
    return DueCounts(*map(sum, zip(*counts, strict=True))) if counts else DueCounts()


def _asked(unit_ids: Sequence[int], instant: datetime) -> dict[str, Any]:
    """Return what every query of the calendar asks for."""
    return {
        "units": "{" + ",".join(map(str, unit_ids)) + "}",
        "now": instant,
        "day": day_of(instant),
        "soon": SOON_DAYS,
        "later": LATER_DAYS,
    }
