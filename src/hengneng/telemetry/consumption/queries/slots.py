"""The same hours of two days, slot by slot: only slots of which both days know."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Context, Decimal, Inexact, InvalidOperation
from typing import NamedTuple

from django.db import connection

from hengneng.telemetry.consumption.queries.sums import Counted, arrays_of


class Pair(NamedTuple):
    """What a group's points consumed in the slots that both days know in full.

    Attributes:
        other: The day that is compared with.
        group: The caller's number of the group.
        amount: On the day.
        other_amount: On the other day.
        slots: Slots known on both. [count]
    """

    other: date
    group: int
    amount: Decimal
    other_amount: Decimal
    slots: int


# Rounding would be an error, not an answer.
_EXACT = Context(prec=100, traps=[Inexact, InvalidOperation])
# The slots that are over; of a day that knows one for a part of its time only (P), which few do,
# that one is left out.
_OVER = """coalesce((values[1 : %(elapsed)s / slot_seconds])::bigint[],
    wide_values[1 : %(elapsed)s / slot_seconds])"""
_DAY = f"""
    SELECT unit_id, point_id, day, slot_seconds, scale,
        CASE WHEN position('P' IN marks) = 0 THEN {_OVER} ELSE (
            SELECT array_agg(CASE WHEN substr(marks, place::int, 1) <> 'P' THEN value END
                ORDER BY place)
            FROM unnest({_OVER}) WITH ORDINALITY AS slot (value, place)
        ) END AS slots
    FROM consumption_profile WHERE unit_id = ANY(%(among)s::bigint[])
"""  # noqa: S608 own columns
# The days are read first, each once by its key: joined as they are read, a year of rows would be
# gone through for each point. Each pair of rows is summed by itself before any is grouped: what is
# grouped are a few thousand rows, not their slots.
_PAIRS = f"""
WITH own AS MATERIALIZED ({_DAY} AND day = %(day)s),
other AS MATERIALIZED ({_DAY} AND day = ANY(%(others)s)),
pair AS MATERIALIZED (
    SELECT other.day, counted.grp, own.scale AS own_scale, other.scale AS other_scale, (
        SELECT ARRAY[sum(slot.own), sum(slot.other), count(*)]
        FROM (SELECT unnest(own.slots) AS own, unnest(other.slots) AS other) AS slot
        WHERE slot.own IS NOT NULL AND slot.other IS NOT NULL
    ) AS sums
    FROM unnest(
        %(units)s::bigint[], %(points)s::bigint[], %(groups)s::int[], %(firsts)s::date[],
        %(untils)s::date[]
    ) AS counted (unit_id, point_id, grp, first, until)
    JOIN own ON own.unit_id = counted.unit_id AND own.point_id = counted.point_id
    JOIN other ON other.unit_id = own.unit_id AND other.point_id = own.point_id
        AND other.slot_seconds = own.slot_seconds
    WHERE counted.first <= other.day AND counted.until > %(day)s
)
SELECT day, grp, own_scale, other_scale, sum(sums[1]), sum(sums[2]), sum(sums[3])::bigint
FROM pair WHERE sums[3] > 0 GROUP BY day, grp, own_scale, other_scale
"""  # noqa: S608 own columns


def pairs_of(
    counted: Iterable[Counted], *, day: date, others: Sequence[date], elapsed_s: int
) -> list[Pair]:
    """Return, per group and other day, both days' amounts over the slots that both know; one query.

    Args:
        counted: The points; only those that count in one group from the other day to the day.
        day: The day.
        others: Earlier days to compare it with.
        elapsed_s: Only slots that end within so many seconds of the day's start. [s]
    """
    asked = arrays_of(counted)
    if not asked:
        return []
    span = {"day": day, "others": list(others), "elapsed": elapsed_s}
    with connection.cursor() as cursor:
        cursor.execute(_PAIRS, asked | span)
        return _joined(cursor.fetchall())


def _joined(rows: Iterable[Sequence[int]]) -> list[Pair]:
    """Return one pair for each group and other day, whatever scales its rows stood at."""
    found: dict[tuple[object, int], Pair] = {}
    for other, group, scale, other_scale, own_sum, other_sum, slots in rows:
        amounts = _scaled(own_sum, scale), _scaled(other_sum, other_scale)
        before = found.get((other, group))
        added = Pair(other, group, *amounts, slots)  # type: ignore[arg-type]
        found[other, group] = added if before is None else _added(before, added)
    return list(found.values())


def _added(one: Pair, two: Pair) -> Pair:
    return one._replace(
        amount=_EXACT.add(one.amount, two.amount),
        other_amount=_EXACT.add(one.other_amount, two.other_amount),
        slots=one.slots + two.slots,
    )


def _scaled(total: int, scale: int) -> Decimal:
    return Decimal(total).scaleb(-scale, context=_EXACT)
