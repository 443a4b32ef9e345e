"""Read messages, marks, flaws and rejections, and verify that all of it still holds."""

from hengneng.telemetry.journal.queries.between import Recorded, recorded_between
from hengneng.telemetry.journal.queries.latest import latest_messages, units_told_of
from hengneng.telemetry.journal.queries.messages import (
    FullMessage,
    KeptMessage,
    MessagePage,
    UnknownMessage,
    message,
    message_page,
)
from hengneng.telemetry.journal.queries.reading import (
    FlawedRow,
    StoredMessage,
    days_touched,
    flawed_records,
    last_day_touched,
    last_days_touched,
    marked_since,
    marks_of,
    message_count,
    messages_in_default,
    messages_of_days,
    rejections,
    stale_units,
    units_behind,
    units_marked,
)
from hengneng.telemetry.journal.queries.standing import Standing, room_until, standing
from hengneng.telemetry.journal.queries.verification import (
    CITY_CHAIN,
    MessageRow,
    broken_links,
    rows_after,
    unit_chain,
)

__all__ = [
    "CITY_CHAIN",
    "FlawedRow",
    "FullMessage",
    "KeptMessage",
    "MessagePage",
    "MessageRow",
    "Recorded",
    "Standing",
    "StoredMessage",
    "UnknownMessage",
    "broken_links",
    "days_touched",
    "flawed_records",
    "last_day_touched",
    "last_days_touched",
    "latest_messages",
    "marked_since",
    "marks_of",
    "message",
    "message_count",
    "message_page",
    "messages_in_default",
    "messages_of_days",
    "recorded_between",
    "rejections",
    "room_until",
    "rows_after",
    "stale_units",
    "standing",
    "unit_chain",
    "units_behind",
    "units_marked",
    "units_told_of",
]
