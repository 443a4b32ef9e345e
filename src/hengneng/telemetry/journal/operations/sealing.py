"""Chain the messages kept since the last time."""

import logging
from collections import defaultdict
from datetime import datetime

from django.db import transaction

from hengneng.kernel.audit import operations as audit
from hengneng.kernel.audit import queries as audits
from hengneng.telemetry.journal import queries

AT_ONCE = 10_000

logger = logging.getLogger(__name__)


def seal(*, at: datetime) -> int:
    """Chain messages, per unit and for the whole city, in the order of the record.

    Stamps follow commit order, so whoever sees a message sees all before it: nothing can appear
    behind the last one sealed. Killed at any moment, or run twice at once, each message is chained
    once. Sealing is its own evidence and writes no entry.

    Args:
        at: Now. Aware.

    Returns:
        Messages chained. [count]
    """
    total = 0
    while count := _seal_batch(at=at):
        total += count
    return total


@transaction.atomic
def _seal_batch(*, at: datetime) -> int:
    """Chain the next messages, at most ``AT_ONCE``; return how many."""
    # The city's own chain tells how far sealing came, and that no unit's chain was left out.
    sealed = audits.heads([queries.CITY_CHAIN])[queries.CITY_CHAIN].upto
    rows = list(queries.rows_after(sealed, limit=AT_ONCE))
    if not rows:
        return 0
    if rows[-1].sequence - sealed != len(rows):
        logger.error("messages are missing between %d and %d", sealed, rows[-1].sequence)
    batches: defaultdict[str, list[tuple[int, bytes]]] = defaultdict(list)
    for row in rows:
        link = (row.sequence, row.digest())
        batches[queries.CITY_CHAIN].append(link)
        batches[queries.unit_chain(row.unit_id)].append(link)
    audit.extend_chains(batches=batches, at=at)
    return len(rows)
