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
# The slots that are over, and only they, are widened: most days fit into 32 bits.
_SLOTS = """coalesce((values[1 : %(elapsed)s / slot_seconds])::bigint[],
            wide_values[1 : %(elapsed)s / slot_seconds])"""
# A slot known for a part of its time only (P) is not known in full; few days have one.
_FULL = "(NOT {day}.has_part OR substr({day}.marks, pair.place::int, 1) <> 'P')"
_PAIRS = f"""
SELECT other.day, counted.grp, own.scale, other.scale, sum(pair.own), sum(pair.other), count(*)
FROM unnest(
    %(units)s::bigint[], %(points)s::bigint[], %(groups)s::int[], %(firsts)s::date[],
    %(untils)s::date[]
) AS counted (unit_id, point_id, grp, first, until)
JOIN (
    SELECT unit_id, point_id, slot_seconds, scale, marks, position('P' IN marks) > 0 AS has_part,
        {_SLOTS} AS slots
    FROM consumption_profile WHERE unit_id = ANY(%(among)s::bigint[]) AND day = %(day)s
) AS own ON own.unit_id = counted.unit_id AND own.point_id = counted.point_id
JOIN (
    SELECT unit_id, point_id, day, slot_seconds, scale, marks,
        position('P' IN marks) > 0 AS has_part,
        {_SLOTS} AS slots
    FROM consumption_profile WHERE unit_id = ANY(%(among)s::bigint[]) AND day = ANY(%(others)s)
) AS other ON other.unit_id = own.unit_id AND other.point_id = own.point_id
    AND other.slot_seconds = own.slot_seconds,
unnest(own.slots, other.slots) WITH ORDINALITY AS pair (own, other, place)
WHERE counted.first <= other.day AND counted.until > %(day)s
AND pair.own IS NOT NULL AND pair.other IS NOT NULL
AND {_FULL.format(day="own")} AND {_FULL.format(day="other")}
GROUP BY other.day, counted.grp, own.scale, other.scale
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
