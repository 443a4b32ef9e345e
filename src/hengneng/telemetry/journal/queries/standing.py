"""How the journal stands: what waits, what is not sealed yet, whether there is room ahead."""

import re
from datetime import UTC, datetime
from typing import NamedTuple

from django.db import connection
from django.db.models import Count, Min

from hengneng.kernel.audit import queries as audits
from hengneng.kernel.facts import queries as facts
from hengneng.telemetry.journal.models import Message, Rejection, StaleMark
from hengneng.telemetry.journal.queries.reading import messages_in_default
from hengneng.telemetry.journal.queries.verification import CITY_CHAIN

_UPPER_BOUND = re.compile(r"TO \('([^']+)'\)")
_BOUNDS = """
SELECT pg_get_expr(part.relpartbound, part.oid)
FROM pg_inherits JOIN pg_class AS part ON part.oid = pg_inherits.inhrelid
WHERE pg_inherits.inhparent = 'journal_message'::regclass
"""


class Standing(NamedTuple):
    """How the journal stands.

    Attributes:
        messages: Kept since the beginning. [count]
        stale_marks: Waiting for the recompute. [count]
        stale_since: Time of the oldest of them; None without any. Aware.
        rejections: Uploads refused whole since the beginning. [count]
        unsealed: Messages kept and not yet chained. [count]
        unsealed_since: When the oldest of them was recorded; None without any. Aware.
        in_default: Messages that found no month's partition; more than none is an alarm. [count]
    """

    messages: int
    stale_marks: int
    stale_since: datetime | None
    rejections: int
    unsealed: int
    unsealed_since: datetime | None
    in_default: int


def standing() -> Standing:
    """Return how the journal stands now."""
    messages = facts.last_sequence("message")
    marks = StaleMark.objects.aggregate(count=Count("unit_id"), since=Min("marked_at"))
    sealed = audits.heads([CITY_CHAIN])[CITY_CHAIN].upto
    unsealed = Message.objects.filter(sequence__gt=sealed).order_by("sequence")
    return Standing(
        messages=messages,
        stale_marks=marks["count"],
        stale_since=marks["since"],
        rejections=Rejection.objects.count(),
        unsealed=messages - sealed,
        unsealed_since=(
            unsealed.values_list("recorded_at", flat=True).first() if messages > sealed else None
        ),
        in_default=messages_in_default(),
    )


def room_until() -> datetime | None:
    """Return the end of the last month that has a partition; None where none has. Aware, UTC."""
    with connection.cursor() as cursor:
        # The bounds are printed in the session's zone; the offset stands beside them.
        cursor.execute(_BOUNDS)
        bounds = [_UPPER_BOUND.search(bound) for (bound,) in cursor.fetchall()]
    ends = [_instant(bound[1]) for bound in bounds if bound]
    return max(ends, default=None)


def _instant(text: str) -> datetime:
    """Return the instant that PostgreSQL wrote: ``2026-03-01 00:00:00+00``."""
    return datetime.fromisoformat(text).astimezone(UTC)
