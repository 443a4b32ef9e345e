"""The instruments of all units in reach: filtered, in order, one page; when they fall due."""

from datetime import date
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import QuerySet

from hengneng.kernel import clock
from hengneng.kernel.policy.rules import Permission, Viewer
from hengneng.registry.instruments.models import Instrument
from hengneng.registry.instruments.queries.certificates import day_of
from hengneng.registry.instruments.queries.due import DUE, IS_STOPPED
from hengneng.registry.instruments.queries.ledger import InstrumentRow, rows_of
from hengneng.registry.instruments.rules.standing import LATER_DAYS, SOON_DAYS
from hengneng.registry.units import queries as units


class Wanted(NamedTuple):
    """Which instruments a list is asked for; empty or None: whatever it is.

    Attributes:
        search: Part of the instrument's numbers or name.
        unit: Part of the unit's name or code.
        district: Code of a district that a site of the unit lies in now.
        kind: A code of ``rules.kinds``.
        energy: Code of the energy type of the point that it stands at.
        level: The level of that point.
        condition: ``QUALIFIED``, ``LIMITED``, ``STOPPED``, or ``NONE`` where none is said.
        due: How soon it is due, a code of ``rules.standing.Due``; those out of use are not.
        first: Due on this day or later; those out of use are not.
        last: Due on this day or earlier.
        by_due: In the order in which they are due, else by unit and number.
    """

    search: str = ""
    unit: str = ""
    district: str = ""
    kind: str = ""
    energy: str = ""
    level: str = ""
    condition: str = ""
    due: str = ""
    first: date | None = None
    last: date | None = None
    by_due: bool = False


class ListedRow(NamedTuple):
    """An instrument in a list over several units."""

    unit_id: int
    unit_code: str
    unit_name: str
    instrument: InstrumentRow


class ListedPage(NamedTuple):
    """A page of the list, and how many rows it has in all. [count]"""

    rows: list[ListedRow]
    total: int


_LAST = """
LEFT JOIN instruments_certificate AS given ON given.instrument_id = one.id AND given.is_last
"""
# Units come in the order of the array, so a page ends the walk through them early.
_FOUND = """
SELECT one.id FROM unnest(%(units)s::bigint[]) WITH ORDINALITY AS reached(id, place)
JOIN instruments_instrument AS one ON one.unit_id = reached.id {joined}
WHERE {conditions} ORDER BY {order} LIMIT %(limit)s OFFSET %(offset)s
"""
_COUNTED = """
SELECT count(*) FROM instruments_instrument AS one {joined}
WHERE one.unit_id = ANY(%(units)s::bigint[]) AND {conditions}
"""
_METERS = """one.id IN (
    SELECT stands.instrument_id FROM instruments_installation AS stands
    JOIN points_description AS described ON described.point_id = stands.point_id
    WHERE stands.superseded_at IS NULL AND stands.valid_from <= %(now)s
    AND (stands.valid_until IS NULL OR stands.valid_until > %(now)s)
    AND described.superseded_at IS NULL AND described.valid_from <= %(now)s
    AND (described.valid_until IS NULL OR described.valid_until > %(now)s)
    AND (%(energy)s = '' OR described.energy_type_id = %(energy)s)
    AND (%(level)s = '' OR described.level = %(level)s)
)"""
_TOLD = """one.id {how} IN (
    SELECT told.instrument_id FROM instruments_status AS told
    WHERE told.superseded_at IS NULL AND told.valid_from <= %(now)s
    AND (told.valid_until IS NULL OR told.valid_until > %(now)s){which}
)"""
_ORDERS = {False: "reached.place, one.number", True: "given.due_on NULLS LAST, one.id"}
_BY_DAY = f"""
SELECT given.due_on, count(*) FROM instruments_certificate AS given
JOIN instruments_instrument AS one ON one.id = given.instrument_id
WHERE given.is_last AND given.due_on >= %(first)s AND given.due_on < %(until)s
AND one.unit_id = ANY(%(units)s::bigint[]) AND one.id NOT IN ({IS_STOPPED})
GROUP BY 1 ORDER BY 1
"""  # noqa: S608  constants only


def instruments_listed(
    viewer: Viewer,
    permission: Permission,
    wanted: Wanted,
    *,
    page: int = 1,
    size: int | None = None,
) -> ListedPage:
    """Return a page of the instruments of the units in reach; eight queries at most.

    Args:
        viewer: Who asks.
        permission: By which permission.
        wanted: Which, and in which order.
        page: Which page, from 1.
        size: Rows on a page; None: all on one. [count]
    """
    reached = units.units_reached(viewer, permission, search=wanted.unit, district=wanted.district)
    by_id = {row.id: row for row in reached}
    now = clock.now()
    asked: dict[str, Any] = wanted._asdict() | {
        "units": "{" + ",".join(map(str, by_id)) + "}",
        "now": now,
        "day": day_of(now),
        "soon": SOON_DAYS,
        "later": LATER_DAYS,
        "search": f"%{_literal(wanted.search)}%",
        "limit": size,
        "offset": (page - 1) * (size or 0),
    }
    total, ids = _found(wanted, asked)
    rows = {row.id: (unit_id, row) for unit_id, row in rows_of(_those(ids), now, None)}
    found = [rows[number] for number in ids]
    return ListedPage(
        [ListedRow(unit, by_id[unit].code, by_id[unit].name, row) for unit, row in found], total
    )


def due_by_day(
    viewer: Viewer,
    permission: Permission,
    *,
    first: date,
    until: date,
    unit: str = "",
    district: str = "",
) -> dict[date, int]:
    """Return how many instruments of the units in reach fall due on each day; three queries.

    Those out of use owe nothing and are left out; days on which none is due too.

    Args:
        viewer: Who asks.
        permission: By which permission.
        first: The first day.
        until: The day after the last.
        unit: Part of the unit's name or code; empty: every unit.
        district: Only units with a site in that district now; empty: every one.
    """
    reached = units.units_reached(viewer, permission, search=unit, district=district)
    asked: dict[str, Any] = {
        "units": "{" + ",".join(str(row.id) for row in reached) + "}",
        "first": first,
        "until": until,
        "now": clock.now(),
    }
    with connection.cursor() as cursor:
        cursor.execute(_BY_DAY, asked)
        return dict(cursor.fetchall())


def _found(wanted: Wanted, asked: dict[str, Any]) -> tuple[int, list[int]]:
    """Return how many there are, and the ids of the page in its order; two queries."""
    by_certificate = bool(wanted.due or wanted.first or wanted.last)
    filled = {
        "conditions": " AND ".join(_conditions(wanted)) or "true",
        "order": _ORDERS[wanted.by_due],
    }
    needed = _LAST if by_certificate else ""
    ordered = _LAST if by_certificate or wanted.by_due else ""
    with connection.cursor() as cursor:
        cursor.execute(_COUNTED.format(joined=needed, **filled), asked)
        [(total,)] = cursor.fetchall()
        cursor.execute(_FOUND.format(joined=ordered, **filled), asked)
        return total, [number for (number,) in cursor.fetchall()]


def _conditions(wanted: Wanted) -> list[str]:
    """Return what the rows have to meet, as constant pieces of SQL."""
    pieces = {
        "one.kind = %(kind)s": wanted.kind,
        "(one.number ILIKE %(search)s OR one.serial_number ILIKE %(search)s"
        " OR one.name ILIKE %(search)s)": wanted.search,
        _METERS: wanted.energy or wanted.level,
        _told(wanted.condition): wanted.condition,
        f"{DUE} = %(due)s": wanted.due,
        "given.due_on >= %(first)s": wanted.first,
        "given.due_on <= %(last)s": wanted.last,
        f"one.id NOT IN ({IS_STOPPED})": wanted.due or wanted.first or wanted.last,
    }
    return [piece for piece, is_asked in pieces.items() if is_asked]


def _told(condition: str) -> str:
    """Return what says that an instrument is in a condition, or in none that is said."""
    if condition == "NONE":
        return _TOLD.format(how="NOT", which="")
    return _TOLD.format(how="", which=" AND told.condition = %(condition)s")


def _literal(text: str) -> str:
    """Return a text whose every character stands for itself in a pattern.

    >>> _literal("5%_A")
    '5\\\\%\\\\_A'
    """
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _those(ids: list[int]) -> QuerySet[Instrument]:
    """Return the instruments of some ids."""
    return Instrument.objects.filter(id__in=ids)
