"""How far the record is settled."""

from datetime import datetime

from hengneng.kernel.facts.models import Tail, known_at

__all__ = ["NotSettled", "known_at", "settled_until"]


class NotSettled(ValueError):
    """The record is not yet settled up to that instant; ask for an earlier one."""


def settled_until() -> datetime | None:
    """Return the last instant stamped in both records; None before the first stamps.

    Stamps follow commit order, so everything recorded up to it is visible now.
    """
    tails = dict(
        Tail.objects.filter(name__in=("fact", "message")).values_list("name", "recorded_at")
    )
    return min(tails.values()) if len(tails) == 2 else None
