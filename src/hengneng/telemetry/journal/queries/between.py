"""What was recorded between two instants, and which days it touches."""

from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import connection

from hengneng.telemetry.journal.rules import Channel

# The days' rows name each message's instant, which is what finds its partition; by all of the key,
# as ``reading`` says why.
_RECORDED = """
WITH touching AS MATERIALIZED (
    SELECT unit_id, recorded_at, sequence, array_agg(day ORDER BY day) AS days
    FROM journal_messageday
    WHERE unit_id = %(unit_id)s AND recorded_at > %(earlier)s::timestamptz
    AND recorded_at <= %(later)s::timestamptz
    GROUP BY unit_id, recorded_at, sequence
)
SELECT message.sequence, message.recorded_at, message.channel, touching.days
FROM touching JOIN journal_message AS message
    ON message.unit_id = touching.unit_id
    AND message.recorded_at = touching.recorded_at AND message.sequence = touching.sequence
ORDER BY message.sequence
"""


class Recorded(NamedTuple):
    """A message recorded in a span of time.

    Attributes:
        sequence: Number in the record.
        recorded_at: When. Aware.
        channel: By which way it came.
        days: The local days that its records touch, ascending.
    """

    sequence: int
    recorded_at: datetime
    channel: Channel
    days: list[date]


def recorded_between(unit_id: int, *, earlier: datetime, later: datetime) -> list[Recorded]:
    """Return a unit's messages recorded after one instant and until another, in their order.

    Messages without a usable record are left out: they touch no day.

    Args:
        unit_id: The unit.
        earlier: Recorded later than this. Aware.
        later: Recorded then or earlier. Aware.
    """
    asked: dict[str, Any] = {"unit_id": unit_id, "earlier": earlier, "later": later}
    with connection.cursor() as cursor:
        cursor.execute(_RECORDED, asked)
        return [
            Recorded(number, recorded_at, Channel(channel), days)
            for number, recorded_at, channel, days in cursor.fetchall()
        ]
