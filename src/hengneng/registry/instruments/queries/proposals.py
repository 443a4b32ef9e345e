"""Which instruments terminals described that nobody has decided on."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import QuerySet

from hengneng.kernel.policy.rules import Permission, Viewer
from hengneng.registry.instruments.models import InstrumentProposal
from hengneng.registry.instruments.states import ProposalState
from hengneng.registry.units import queries as units


class UnknownProposal(LookupError):
    """There is no such proposal, or it is not the viewer's to see."""


class InstrumentProposalRow(NamedTuple):
    """An instrument that a terminal describes.

    Attributes:
        id: The proposal.
        unit_id: The unit.
        unit_code: Its code.
        unit_name: Its name.
        key: What tells it from others of the unit.
        name: What the terminal calls it.
        uploaded: The element as uploaded (facts/protocol.md 2.3 c).
        state: ``PROPOSED`` …
        proposed_at: When it came. Aware.
    """

    id: int
    unit_id: int
    unit_code: str
    unit_name: str
    key: str
    name: str
    uploaded: dict[str, Any]
    state: str
    proposed_at: datetime


def proposals_awaiting(viewer: Viewer) -> list[InstrumentProposalRow]:
    """Return the proposed instruments that the viewer may confirm, the oldest first."""
    visible = units.visible_to(viewer, Permission.CONFIRM_CHANGE)
    return _rows(_undecided().filter(unit__in=visible.values("id")))


def proposals_of(unit_id: int) -> list[InstrumentProposalRow]:
    """Return a unit's proposed instruments that nobody has decided on, the oldest first."""
    return _rows(_undecided().filter(unit_id=unit_id))


def proposal_by_id(
    viewer: Viewer, permission: Permission, proposal_id: int
) -> InstrumentProposalRow:
    """Return one proposed instrument, decided or not.

    Raises:
        UnknownProposal: If there is none, or the permission does not reach its unit.
    """
    visible = units.visible_to(viewer, permission)
    found = InstrumentProposal.objects.filter(id=proposal_id, unit__in=visible.values("id"))
    for row in _rows(found):
        return row
    raise UnknownProposal(f"no proposed instrument {proposal_id}")


def units_of_proposed(proposal_ids: Collection[int]) -> dict[int, tuple[str, str, str]]:
    """Return code and name of the unit, and the name, of each of these proposed instruments."""
    rows = InstrumentProposal.objects.filter(id__in=proposal_ids)
    told = rows.values_list("id", "unit__code", "unit__name", "name")
    return {number: (code, unit, name) for number, code, unit, name in told}


def _undecided() -> QuerySet[InstrumentProposal]:
    return InstrumentProposal.objects.filter(state=ProposalState.PROPOSED)


_FIELDS = ("id", "unit_id", "unit__code", "unit__name", "key", "name", "uploaded", "state")


def _rows(proposed: QuerySet[InstrumentProposal]) -> list[InstrumentProposalRow]:
    ordered = proposed.order_by("proposed_at", "id")
    return [InstrumentProposalRow(*row) for row in ordered.values_list(*_FIELDS, "proposed_at")]
