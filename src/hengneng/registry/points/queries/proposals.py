"""Which proposed points await a decision."""

from datetime import datetime
from typing import NamedTuple

from django.db.models import QuerySet

from hengneng.kernel.policy.rules import Permission, Viewer
from hengneng.registry.points import rules
from hengneng.registry.points.models import PointKind, Proposal
from hengneng.registry.points.queries.points import PointRow, points_of
from hengneng.registry.points.states import ProposalState
from hengneng.registry.units import queries as units


class ProposalRow(NamedTuple):
    """A proposed point that awaits a decision.

    Attributes:
        id: The proposal.
        unit_id: Its unit.
        unit_code: The unit's social credit code.
        unit_name: The unit's name.
        key: ``N:<16 digits>``.
        name: What the terminal calls it.
        proposed_at: When its configuration first came. Aware.
        doubts: What speaks against it (``rules.doubts_about``).
    """

    id: int
    unit_id: int
    unit_code: str
    unit_name: str
    key: str
    name: str
    proposed_at: datetime
    doubts: tuple[str, ...]


def awaiting(viewer: Viewer) -> list[ProposalRow]:
    """Return the proposed points that the viewer may confirm, oldest first."""
    visible = units.visible_to(viewer, Permission.CONFIRM_POINT)
    return _proposals(Proposal.objects.filter(unit_id__in=visible.values("id")))


def proposals_of(unit_id: int) -> list[ProposalRow]:
    """Return a unit's proposed points that nobody has decided on, oldest first."""
    return _proposals(Proposal.objects.filter(unit_id=unit_id))


def merge_candidates(proposal: ProposalRow) -> list[PointRow]:
    """Return the unit's points that a proposal may be merged into: its kind and level, not fed."""
    levels = {rules.level_of_key(proposal.key), "OTHER"}
    return [
        row
        for row in points_of(proposal.unit_id)
        if row.kind == PointKind.INCREMENT and row.key is None and row.level in levels
    ]


def _proposals(among: QuerySet[Proposal]) -> list[ProposalRow]:
    """Return the undecided proposals among some, oldest first."""
    proposed = among.filter(state=ProposalState.PROPOSED).order_by("proposed_at", "id")
    fields = ("id", "unit_id", "unit__code", "unit__name", "key", "name", "proposed_at")
    return [
        ProposalRow._make((*row, rules.doubts_about(row[4], configuration)))
        for *row, configuration in proposed.values_list(*fields, "configuration")
    ]
