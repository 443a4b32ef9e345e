"""Keep what was refused whole."""

from datetime import datetime

from hengneng.telemetry.journal.models import Rejection

BODY_BYTES_MAX = 64 * 1024
_REASON_LENGTH_MAX = 40


def reject(
    *,
    endpoint: str,
    reason: str,
    body: bytes,
    at: datetime,
    size: int | None = None,
    source_address: str | None = None,
    unit_id: int | None = None,
) -> Rejection:
    """Keep an upload that was refused, with its first 64 KiB; the row is its own evidence.

    Args:
        endpoint: Where it was sent, as the route's name.
        reason: ``NOT_JSON``, ``NO_ENVELOPE``, ``UNKNOWN_UNIT``, ``UNKNOWN_TERMINAL``,
            ``FOREIGN_TERMINAL``, ``TOO_LARGE``, ``CUT_OFF``, ``NO_USABLE_RECORD``.
        body: What was read of it.
        at: When it came. Aware.
        size: Its whole size where that is known to be more. [bytes]
        source_address: Who sent it.
        unit_id: The unit, where it is known.
    """
    return Rejection.objects.create(
        received_at=at,
        source_address=source_address,
        endpoint=endpoint,
        reason=reason[:_REASON_LENGTH_MAX],
        unit_id=unit_id,
        size=len(body) if size is None else size,
        body=body[:BODY_BYTES_MAX],
    )
