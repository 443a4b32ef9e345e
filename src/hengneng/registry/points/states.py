"""A proposed point's way: confirmed, merged into an existing point or refused, by a person."""

from enum import StrEnum

from hengneng.kernel.states import Table


class ProposalState(StrEnum):
    """Where a proposal stands."""

    PROPOSED = "PROPOSED"
    CONFIRMED = "CONFIRMED"
    MERGED = "MERGED"
    REFUSED = "REFUSED"


class ProposalEvent(StrEnum):
    """What a person may do with a proposal."""

    CONFIRM = "CONFIRM"
    MERGE = "MERGE"
    REFUSE = "REFUSE"


# A refused configuration may turn out right after all; one that has a point stays.
TRANSITIONS: Table[ProposalState, ProposalEvent] = {
    (ProposalState.PROPOSED, ProposalEvent.CONFIRM): ProposalState.CONFIRMED,
    (ProposalState.PROPOSED, ProposalEvent.MERGE): ProposalState.MERGED,
    (ProposalState.PROPOSED, ProposalEvent.REFUSE): ProposalState.REFUSED,
    (ProposalState.REFUSED, ProposalEvent.CONFIRM): ProposalState.CONFIRMED,
    (ProposalState.REFUSED, ProposalEvent.MERGE): ProposalState.MERGED,
}
