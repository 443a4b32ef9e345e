"""Take in what a terminal tells of itself."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from hengneng.protocol.national import CollectItem
from hengneng.registry.points import operations as points
from hengneng.registry.terminals.models import Terminal
from hengneng.registry.terminals.operations import steps


@transaction.atomic
def configure(
    *,
    terminal_id: int,
    items: Iterable[CollectItem],
    is_new: bool,
    at: datetime,
    by: int | None = None,
) -> int:
    """Take in what a terminal says it collects: each item without a point becomes a proposed one.

    Args:
        terminal_id: The terminal.
        items: What it collects; an item named twice (by stat type) is proposed once.
        is_new: False where the same configuration came before; it is no new version then.
        at: Now. Aware.
        by: Nobody: terminals have no account.

    Returns:
        The configuration's version, from 1.
    """
    terminal = Terminal.objects.select_for_update().get(id=terminal_id)
    for code, item in _first_by_code(items).items():
        points.propose(
            unit_id=terminal.unit_id,
            key=f"N:{code}",
            name=item.name,
            configuration=item.fields,
            at=at,
        )
    terminal.config_version += is_new
    terminal.save(update_fields=["config_version"])
    steps.record("terminal.configured", terminal, by=by, at=at)
    return terminal.config_version


def _first_by_code(items: Iterable[CollectItem]) -> dict[str, CollectItem]:
    """Return the first item of each data code."""
    firsts: dict[str, CollectItem] = {}
    for item in items:
        firsts.setdefault(item.code, item)
    return firsts
