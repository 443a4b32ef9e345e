"""When units last sent anything."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection

# Nearly every unit is found in the first window, which a few index entries each answer; only those
# that are not found are looked for further back.
_NEAR, _FAR = timedelta(hours=6), timedelta(days=31)
_LATEST = """
WITH near AS MATERIALIZED (
    SELECT unit_id, max(recorded_at) AS at FROM journal_message
    WHERE unit_id = ANY(%(units)s::bigint[]) AND recorded_at > %(near)s AND recorded_at <= %(at)s
    GROUP BY unit_id
), quiet AS MATERIALIZED (
    SELECT unit_id FROM unnest(%(units)s::bigint[]) AS asked (unit_id)
    EXCEPT SELECT unit_id FROM near
), far AS MATERIALIZED (
    SELECT message.unit_id, max(message.recorded_at) AS at
    FROM quiet JOIN journal_message AS message ON message.unit_id = quiet.unit_id
    WHERE message.recorded_at > %(far)s AND message.recorded_at <= %(near)s
    GROUP BY message.unit_id
), silent AS MATERIALIZED (
    SELECT unit_id FROM quiet EXCEPT SELECT unit_id FROM far
), ever AS MATERIALIZED (
    SELECT message.unit_id, max(message.recorded_at) AS at
    FROM silent JOIN journal_message AS message ON message.unit_id = silent.unit_id
    WHERE message.recorded_at <= %(far)s
    GROUP BY message.unit_id
)
SELECT unit_id, at FROM near
UNION ALL SELECT unit_id, at FROM far
UNION ALL SELECT unit_id, at FROM ever
"""


def latest_messages(unit_ids: Collection[int], *, at: datetime) -> dict[int, datetime]:
    """Return when the last message of each unit was recorded, of units that sent any; one query.

    Args:
        unit_ids: The units.
        at: Messages recorded later are not looked at. Aware.
    """
    asked: dict[str, Any] = {
        "units": "{" + ",".join(map(str, unit_ids)) + "}",
        "at": at,
        "near": at - _NEAR,
        "far": at - _FAR,
    }
    with connection.cursor() as cursor:
        cursor.execute(_LATEST, asked)
        return dict(cursor.fetchall())


def units_told_of(unit_ids: Collection[int], *, since: date) -> set[int]:
    """Return the units of which a message told something of a day or a later one; one query.

    Args:
        unit_ids: The units.
        since: The local day.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT unit_id FROM unnest(%s::bigint[]) AS asked (unit_id) WHERE EXISTS ("
            "SELECT FROM journal_messageday AS touched"
            " WHERE touched.unit_id = asked.unit_id AND touched.day >= %s)",
            [list(unit_ids), since],
        )
        return {unit_id for (unit_id,) in cursor.fetchall()}
