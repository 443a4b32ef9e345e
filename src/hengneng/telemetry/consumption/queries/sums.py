"""Sums over many units' points: what a group of them consumed on each day or in each month.

A city figure is a sum of small facts (SQL.md 3): every row is found by its unit and point, and
only points that the caller names are counted, on the days on which they count.
"""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection

from hengneng.telemetry.consumption.rules.balance import WHOLE


class Counted(NamedTuple):
    """A point that counts in a group on some local days.

    Attributes:
        unit_id: Its unit.
        point_id: The point.
        group: The caller's number of the group.
        first: First day, or a month's first.
        until: Day after the last.
    """

    unit_id: int
    point_id: int
    group: int
    first: date
    until: date


class GroupSum(NamedTuple):
    """What the points of one group consumed in one period, as far as it is known.

    Attributes:
        period: The day, or the month's first.
        group: The caller's number.
        amount: Exact sum of what is known; None where nothing is.
        estimated: The part of it that is estimated.
        points: Points with an amount. [count]
        whole: Those of them whose amount speaks for the whole period. [count]
        received: Slots measured, entered or supplied. [count]
    """

    period: date
    group: int
    amount: Decimal | None
    estimated: Decimal
    points: int
    whole: int
    received: int


# Of days the points stand there twice: by the join alone a unit's other points, most of them, were
# read, sorted and left out again. Months have an index of their own by point, which the planner
# takes only where nothing else is said of the points: a year of the city takes a fifth so.
_SUMS = """
SELECT fact.{period}, counted.grp, sum(fact.amount), sum(fact.estimated), count(fact.amount),
    count(fact.amount) FILTER (WHERE fact.known >= fact.expected OR fact.basis = ANY(%(whole)s)),
    sum(fact.received)
FROM unnest(
    %(units)s::bigint[], %(points)s::bigint[], %(groups)s::int[], %(firsts)s::date[],
    %(untils)s::date[]
) AS counted (unit_id, point_id, grp, first, until)
JOIN {table} AS fact ON fact.unit_id = counted.unit_id AND fact.point_id = counted.point_id
WHERE {narrowed} fact.{period} BETWEEN %(from)s AND %(to)s
AND fact.{period} >= counted.first AND fact.{period} < counted.until
GROUP BY fact.{period}, counted.grp
"""
_NARROWED = """fact.unit_id = ANY(%(among)s::bigint[])
AND fact.point_id = ANY(%(points)s::bigint[]) AND"""
_DAYS = _SUMS.format(period="day", table="consumption_consumptionday", narrowed=_NARROWED)
_MONTHS = _SUMS.format(period="month", table="consumption_consumptionmonth", narrowed="")
_REVISIONS = """
SELECT day, sum(revision)::bigint, max(computed_at) FROM consumption_revision
WHERE unit_id = ANY(%s::bigint[]) AND day BETWEEN %s AND %s GROUP BY day
"""
_REVISIONS_BY_UNIT = """
SELECT unit_id, sum(revision)::bigint, max(extract(epoch FROM computed_at))::float8
FROM consumption_revision WHERE unit_id = ANY(%s::bigint[]) AND day BETWEEN %s AND %s
AND day = ANY(%s::date[]) GROUP BY unit_id
"""
_RECEIVED = """
SELECT unit_id, sum(received) FROM consumption_consumptionday
WHERE unit_id = ANY(%s::bigint[]) AND day BETWEEN %s AND %s GROUP BY unit_id
"""


def sums_of_days(counted: Iterable[Counted], *, from_day: date, to_day: date) -> list[GroupSum]:
    """Return the sums of groups by day, both ends included; days without any row are left out."""
    return _sums(_DAYS, counted, from_day, to_day)


def sums_of_months(
    counted: Iterable[Counted], *, from_month: date, to_month: date
) -> list[GroupSum]:
    """Return the sums of groups by month; a point counts in the months whose first it counts on.

    Args:
        counted: The points; ``first`` and ``until`` are firsts of months.
        from_month: First day of the first month.
        to_month: First day of the last month.
    """
    return _sums(_MONTHS, counted, from_month, to_month)


def received_of_units(unit_ids: Collection[int], *, from_day: date, to_day: date) -> dict[int, int]:
    """Return, per unit with any, the slots received over all its points in these days. [count]"""
    with connection.cursor() as cursor:
        cursor.execute(_RECEIVED, [_array(unit_ids), from_day, to_day])
        return {unit_id: int(slots) for unit_id, slots in cursor.fetchall()}


def _sums(query: str, counted: Iterable[Counted], first: date, last: date) -> list[GroupSum]:
    asked = arrays_of(counted)
    if not asked:
        return []
    span = {"whole": sorted(WHOLE), "from": first, "to": last}
    with connection.cursor() as cursor:
        cursor.execute(query, asked | span)
        return [GroupSum(*row) for row in cursor.fetchall()]


def revisions_of(
    unit_ids: Collection[int], *, from_day: date, to_day: date
) -> dict[date, tuple[int, datetime]]:
    """Return, per day, what changes whenever it is worked out again for any of the units."""
    with connection.cursor() as cursor:
        cursor.execute(_REVISIONS, [_array(unit_ids), from_day, to_day])
        return {day: (revisions, latest) for day, revisions, latest in cursor.fetchall()}


def revisions_by_unit(
    unit_ids: Collection[int], *, days: Collection[date]
) -> dict[int, tuple[int, float]]:
    """Return, per unit with any, what changes whenever one of these days is worked out again.

    The days' span stands in the query too: by it alone the key is used, and a year of rows is not
    gone through for a few days.
    """
    with connection.cursor() as cursor:
        asked: list[Any] = [_array(unit_ids), min(days), max(days), _array(days)]
        cursor.execute(_REVISIONS_BY_UNIT, asked)
        return {unit_id: (revisions, latest) for unit_id, revisions, latest in cursor.fetchall()}


def arrays_of(counted: Iterable[Counted]) -> dict[str, Any]:
    """Return the points as arrays, a column each, and the units among them; empty without any.

    In PostgreSQL's own notation: quoted number by number thousands of them take longer than the
    query.
    """
    columns = list(zip(*counted, strict=True))
    if not columns:
        return {}
    names = ("units", "points", "groups", "firsts", "untils")
    arrays = {name: _array(column) for name, column in zip(names, columns, strict=True)}
    return arrays | {"among": _array(sorted(set(columns[0])))}


def _array(values: Iterable[Any]) -> str:
    """Return numbers or dates as PostgreSQL writes an array of them."""
    return "{" + ",".join(map(str, values)) + "}"
