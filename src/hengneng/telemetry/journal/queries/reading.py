"""Messages of days, marks, flaws, rejections."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Min, QuerySet

from hengneng.telemetry.journal import bodies
from hengneng.telemetry.journal.models import (
    FlawedRecord,
    Message,
    MessageDay,
    Rejection,
    StaleMark,
)

_AT_ONCE = 200
# What came less than this ago is worked out in the ordinary course of things.
_ORDINARY = timedelta(minutes=2)
# The days' rows name each message's instant, which is what finds its partition. The messages are
# looked up by all of their key. Were the unit a constant there too, the planner, which expects one
# row of a unit it never counted, would read all of the unit's messages for each that is wanted.
_MESSAGES_OF_DAYS = """
WITH touching AS MATERIALIZED (
    SELECT DISTINCT unit_id, recorded_at, sequence FROM journal_messageday
    WHERE unit_id = %(unit_id)s AND day BETWEEN %(first)s AND %(last)s AND day = ANY(%(days)s)
    AND (%(as_of)s::timestamptz IS NULL OR recorded_at <= %(as_of)s::timestamptz)
)
SELECT message.sequence, message.recorded_at, message.channel, message.dictionary, message.body
FROM touching JOIN journal_message AS message
    ON message.unit_id = touching.unit_id
    AND message.recorded_at = touching.recorded_at AND message.sequence = touching.sequence
ORDER BY message.sequence
"""
# In the order of ordinality the search ends at the first day that serves.
_LAST_DAYS = """
SELECT asked.unit_id, (
    SELECT %(last)s::date - back
    FROM generate_series(0, %(last)s::date - %(first)s::date) WITH ORDINALITY AS days (back, place)
    WHERE (
        SELECT recorded_at FROM journal_messageday AS touched
        WHERE touched.unit_id = asked.unit_id AND touched.day = %(last)s::date - back
        ORDER BY touched.sequence LIMIT 1
    ) <= %(as_of)s
    ORDER BY place LIMIT 1
)
FROM unnest(%(units)s::bigint[]) AS asked (unit_id)
WHERE EXISTS (
    SELECT FROM journal_message AS message
    WHERE message.unit_id = asked.unit_id AND message.recorded_at <= %(as_of)s
)
"""


class StoredMessage(NamedTuple):
    """A message as received.

    Attributes:
        sequence: Number in the record.
        recorded_at: When it was recorded. Aware.
        channel: ``models.Channel``.
        body: The exact bytes.
    """

    sequence: int
    recorded_at: datetime
    channel: int
    body: bytes


class FlawedRow(NamedTuple):
    """Records of one message that cannot count, for one reason."""

    sequence: int
    recorded_at: datetime
    reason: str
    positions: list[int]


def messages_of_days(
    unit_id: int, days: Sequence[date], *, as_of: datetime | None = None
) -> Iterator[StoredMessage]:
    """Yield the messages that touch any of the days, each once, in the record's order.

    Streams: what is not yet asked for is not yet read.

    Args:
        unit_id: The unit.
        days: Local days.
        as_of: Leave out what was recorded later; None leaves out nothing. Aware.
    """
    if not days:
        return
    with connection.chunked_cursor() as cursor:
        cursor.execute(_MESSAGES_OF_DAYS, _asked(unit_id, days, as_of))
        while rows := cursor.fetchmany(_AT_ONCE):
            for sequence, recorded_at, channel, dictionary, body in rows:
                raw = bodies.unpack(bytes(body), dictionary=dictionary)
                yield StoredMessage(sequence, recorded_at, channel, raw)


def _asked(unit_id: int, days: Sequence[date], as_of: datetime | None) -> dict[str, Any]:
    """Return what ``_MESSAGES_OF_DAYS`` asks for; the span is what the index always can serve."""
    span = {"first": min(days), "last": max(days)}
    return {"unit_id": unit_id, "days": list(days), "as_of": as_of, **span}


def days_touched(
    unit_id: int, *, as_of: datetime, among: Collection[date] | None = None
) -> list[date]:
    """Return the local days that messages recorded by ``as_of`` touch, ascending.

    Args:
        unit_id: The unit.
        as_of: Recorded then or earlier. Aware.
        among: Only of these days; None: of all.
    """
    rows = MessageDay.objects.filter(unit_id=unit_id, recorded_at__lte=as_of)
    asked = rows if among is None else rows.filter(day__in=among)
    return list(asked.order_by("day").values_list("day", flat=True).distinct())


def last_day_touched(unit_id: int, *, as_of: datetime) -> date | None:
    """Return the last local day that messages recorded by ``as_of`` touch; None: they touch none.

    Args:
        unit_id: The unit.
        as_of: Recorded then or earlier. Aware.
    """
    rows = MessageDay.objects.filter(unit_id=unit_id, recorded_at__lte=as_of)
    return rows.order_by("-day").values_list("day", flat=True).first()


def last_days_touched(
    unit_ids: Collection[int], *, first: date, last: date, as_of: datetime
) -> dict[int, date]:
    """Return, per unit with any, the last of some days that messages recorded by ``as_of`` touch.

    One query, one look at each day: a day's first message is the one that was recorded first.

    Args:
        unit_ids: The units.
        first: First local day.
        last: Last local day, included.
        as_of: Recorded then or earlier. Aware.
    """
    asked: dict[str, Any] = {
        "units": list(unit_ids), "first": first, "last": last, "as_of": as_of,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_LAST_DAYS, asked)
        return {unit_id: day for unit_id, day in cursor.fetchall() if day is not None}


def units_marked(unit_ids: Collection[int], *, until: datetime) -> set[int]:
    """Return the units of which something that came by an instant is not worked out yet.

    Args:
        unit_ids: The units.
        until: Marked then or earlier. Aware.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT unit_id FROM unnest(%s::bigint[]) AS asked (unit_id) WHERE EXISTS ("
            "SELECT FROM journal_stalemark AS mark"
            " WHERE mark.unit_id = asked.unit_id AND mark.marked_at <= %s)",
            [list(unit_ids), until],
        )
        return {unit_id for (unit_id,) in cursor.fetchall()}


def stale_units(limit: int) -> list[int]:
    """Return units that have stale marks, the one with the oldest mark first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT unit_id FROM journal_stalemark GROUP BY unit_id ORDER BY min(id) LIMIT %s",
            [limit],
        )
        return [unit_id for (unit_id,) in cursor.fetchall()]


def units_behind(unit_ids: Collection[int], *, at: datetime) -> int:
    """Return of how many units data came a while ago and are not worked out yet. [count]

    One look at each unit's own marks, however many a backlog has.

    Args:
        unit_ids: The units.
        at: Now. Aware.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM unnest(%s::bigint[]) AS asked (unit_id) WHERE EXISTS ("
            "SELECT FROM journal_stalemark AS mark"
            " WHERE mark.unit_id = asked.unit_id AND mark.marked_at < %s)",
            [list(unit_ids), at - _ORDINARY],
        )
        return int(cursor.fetchone()[0])


def marks_of(unit_id: int, *, most: int | None = None) -> list[tuple[int, date]]:
    """Return a unit's stale marks, newest day first, of one day the oldest first: id and day.

    Args:
        unit_id: The unit.
        most: How many at most, so that a backlog does not fill the memory; None: all. [count]
    """
    marks = StaleMark.objects.filter(unit_id=unit_id).order_by("-day", "id")
    return list(marks.values_list("id", "day")[:most])


def marked_since(unit_id: int) -> datetime | None:
    """Return when the oldest of a unit's stale marks was made; None without any. Aware."""
    marks = StaleMark.objects.filter(unit_id=unit_id)
    since: datetime | None = marks.aggregate(since=Min("marked_at"))["since"]
    return since


def flawed_records(unit_id: int, *, offset: int = 0, limit: int = 100) -> list[FlawedRow]:
    """Return a unit's flawed records, newest message first, one page."""
    rows = FlawedRecord.objects.filter(unit_id=unit_id).order_by("-sequence", "reason")
    page = rows.values_list("sequence", "recorded_at", "reason", "positions")
    return [FlawedRow(*row) for row in page[offset : offset + limit]]


def rejections(*, unit_id: int | None = None) -> QuerySet[Rejection]:
    """Return refused uploads, newest first; of one unit where one is named."""
    rows = Rejection.objects.order_by("-received_at", "-id")
    return rows if unit_id is None else rows.filter(unit_id=unit_id)


def message_count(unit_id: int) -> int:
    """Return how many messages of a unit are kept. [count]"""
    return Message.objects.filter(unit_id=unit_id).count()


def messages_in_default() -> int:
    """Return how many messages found no month's partition; more than none is an alarm. [count]"""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM journal_message_default")
        return int(cursor.fetchone()[0])
