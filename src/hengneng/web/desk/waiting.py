"""To-dos of every room as one list: what waits for the viewer, the most urgent first."""

from datetime import datetime
from typing import Any, NamedTuple

from hengneng.kernel.policy.rules import Viewer
from hengneng.registry.declarations import queries as declarations
from hengneng.registry.instruments import queries as instruments
from hengneng.registry.points import queries as points
from hengneng.registry.terminals import queries as terminals
from hengneng.web.desk import naming

URGENT, USUAL = 0, 1


class Todo(NamedTuple):
    """Something that waits for the viewer to decide.

    Attributes:
        kind: ``terminal``, ``point``, ``change``, ``instrument`` or ``declaration``: which part
            shows it, which buttons it has.
        urgency: Urgent ones stand first.
        since_at: Since when it waits. Aware.
        unit_code: The unit it is about.
        unit_name: That unit's name.
        row: What the room says of it.
    """

    kind: str
    urgency: int
    since_at: datetime
    unit_code: str
    unit_name: str
    row: Any


def todos(viewer: Viewer) -> list[Todo]:
    """Return what awaits the viewer in each room, urgent ones first, then the oldest."""
    found = [
        Todo(
            "terminal",
            URGENT if row.is_contested else USUAL,
            row.requested_at,
            row.unit_code,
            row.unit_name,
            row,
        )
        for row in terminals.awaiting(viewer)
    ]
    found += [
        Todo("point", USUAL, row.proposed_at, row.unit_code, row.unit_name, row)
        for row in points.awaiting(viewer)
    ]
    found += [
        Todo("change", USUAL, row.reported_at, row.unit_code, row.unit_name, row)
        for row in instruments.awaiting(viewer)
    ]
    found += [
        Todo("instrument", USUAL, row.proposed_at, row.unit_code, row.unit_name, row)
        for row in instruments.proposals_awaiting(viewer)
    ]
    found += [
        Todo("declaration", USUAL, row.declared_at, row.unit_code, row.unit_name, row)
        for row in declarations.awaiting(viewer)
    ]
    return sorted(naming.named(found), key=lambda todo: (todo.urgency, todo.since_at))
