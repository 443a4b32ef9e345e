"""Days of points as closed months are copied: their rows as text, and sums to hold copies against.

Whoever copies says which points stand where on which days; nothing else is read. For one picture
of several questions ask them in one transaction that repeats what it reads.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from typing import Any, BinaryIO, NamedTuple

from django.db import connection, transaction

from hengneng.kernel import clock


class Standing(NamedTuple):
    """A point that counts in one way and at one place on some local days.

    Attributes:
        unit_id: Its unit.
        point_id: The point.
        energy_type: What it meters.
        level: ``LEVEL_1`` …
        flow: ``BOUGHT`` …
        district: Where it stands; None: not known, or in no district alone.
        first: First day.
        until: Day after the last.
    """

    unit_id: int
    point_id: int
    energy_type: str
    level: str
    flow: str
    district: str | None
    first: date
    until: date


class TypeSums(NamedTuple):
    """What the days of one energy type hold together, exactly.

    Attributes:
        days: Days of points. [count]
        readings: Slots with a value. [count]
        amount: Sum of the days' amounts; None where nothing is known.
        estimated: The part of it that is estimated.
        slots: By scale, the sum of the slots' integers.
    """

    days: int
    readings: int
    amount: Decimal | None
    estimated: Decimal
    slots: dict[int, int]


_COUNTED = """
FROM unnest(
    %(units)s::bigint[], %(points)s::bigint[], %(types)s::text[], %(levels)s::text[],
    %(flows)s::text[], %(districts)s::text[], %(firsts)s::date[], %(untils)s::date[]
) AS counted (unit_id, point_id, energy_type, level, flow, district, first, until)
JOIN {table} AS fact ON fact.unit_id = counted.unit_id AND fact.point_id = counted.point_id
    AND fact.day >= counted.first AND fact.day < counted.until
"""
_WITHIN = " WHERE fact.unit_id = ANY(%(among)s::bigint[]) AND fact.day BETWEEN %(from)s AND %(to)s "
_OF_DAYS = _COUNTED.format(table="consumption_consumptionday")
_OF_PROFILES = _COUNTED.format(table="consumption_profile")
# In the order of ``telemetry.lake``'s columns.
_ROWS = f"""
COPY (
SELECT fact.unit_id, fact.point_id, counted.energy_type, counted.level, counted.flow, fact.day,
    shape.slot_seconds, shape.scale, '[' || array_to_string(
        coalesce(shape."values"::bigint[], shape.wide_values), ',', 'NULL') || ']',
    shape.marks, shape.methods, shape.first_at, shape.first_value, shape.last_at, shape.last_value,
    fact.amount, fact.late, fact.estimated, fact.manual, fact.supplied,
    fact.expected, fact.received, fact.known, fact.basis
{_OF_DAYS}
LEFT JOIN consumption_profile AS shape ON shape.unit_id = fact.unit_id AND shape.day = fact.day
    AND shape.point_id = fact.point_id
{_WITHIN}
ORDER BY fact.unit_id, fact.point_id, fact.day
) TO STDOUT
"""
_DAY_SUMS = f"""
SELECT counted.energy_type, count(*), sum(fact.amount), sum(fact.estimated)
{_OF_DAYS} {_WITHIN} GROUP BY counted.energy_type
"""
_SLOT_SUMS = f"""
SELECT counted.energy_type, fact.scale, count(slot.value), sum(slot.value)
{_OF_PROFILES}, unnest(coalesce(fact."values"::bigint[], fact.wide_values)) AS slot (value)
{_WITHIN} GROUP BY counted.energy_type, fact.scale
"""
# What is not worked out yet and can change a day of the span.
_WAITING = """
SELECT unit_id FROM journal_stalemark WHERE day >= %(from)s AND day <= %(to)s
UNION SELECT unit_id FROM consumption_unstitched WHERE first <= %(to)s AND last >= %(from)s
UNION SELECT unit_id FROM facts_factchange WHERE changed_from < %(end)s
    AND (changed_until IS NULL OR changed_until > %(start)s)
"""


@contextmanager
def one_picture() -> Iterator[None]:
    """Let everything asked inside be answered from one instant; nothing may be asked before."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield


def first_day() -> date | None:
    """Return the first day that was ever worked out for any unit; None before there is one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(day) FROM consumption_revision")
        found: date | None = cursor.fetchone()[0]
        return found


def units_with_days(*, first: date, last: date) -> list[int]:
    """Return the units of which a day of the span was worked out, ascending; last day included."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT unit_id FROM consumption_revision WHERE day BETWEEN %s AND %s"
            " ORDER BY unit_id",
            [first, last],
        )
        return [unit_id for (unit_id,) in cursor.fetchall()]


def units_waiting(*, first: date, last: date) -> list[int]:
    """Return the units with something recorded that may change days of the span, ascending."""
    span = {
        "from": first,
        "to": last,
        "start": clock.midnight(first),
        "end": clock.midnight(clock.date_of(clock.day_number(last) + 1)),
    }
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, span)
        return sorted(unit_id for (unit_id,) in cursor.fetchall())


def copy_days(standing: Sequence[Standing], *, first: date, last: date, into: BinaryIO) -> None:
    """Write the days of some points as lines of PostgreSQL's text form, by unit, point and day.

    Args:
        standing: The points.
        first: First day.
        last: Last day, included.
        into: Where the lines go; memory stays bounded.
    """
    if not standing:
        return
    with connection.cursor() as cursor, cursor.copy(_ROWS, asked(standing, first, last)) as copy:
        for block in copy:
            into.write(block)


def sums_of_copies(standing: Sequence[Standing], *, first: date, last: date) -> dict[str, TypeSums]:
    """Return what the same days hold together, by energy type; two queries.

    Args:
        standing: The points.
        first: First day.
        last: Last day, included.
    """
    if not standing:
        return {}
    span = asked(standing, first, last)
    with connection.cursor() as cursor:
        cursor.execute(_DAY_SUMS, span)
        found = {kind: TypeSums(n, 0, total, part, {}) for kind, n, total, part in cursor}
        cursor.execute(_SLOT_SUMS, span)
        for kind, scale, readings, total in cursor.fetchall():
            if kind in found and readings:
                known = found[kind]
                slots = known.slots | {scale: int(total)}
                found[kind] = known._replace(readings=known.readings + readings, slots=slots)
    return found


def asked(standing: Iterable[Standing], first: date, last: date) -> dict[str, Any]:
    """Return points and span as the parameters of a query, a column of points each."""
    columns = list(zip(*standing, strict=True))
    names = ("units", "points", "types", "levels", "flows", "districts", "firsts", "untils")
    arrays = {name: _array(column) for name, column in zip(names, columns, strict=True)}
    return arrays | {"among": _array(sorted(set(columns[0]))), "from": first, "to": last}


def _array(values: Collection[Any]) -> str:
    """Return plain values as PostgreSQL writes an array of them."""
    return "{" + ",".join("NULL" if value is None else str(value) for value in values) + "}"
