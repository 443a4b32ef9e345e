"""A proposed point's way: confirmed or refused once, by a person."""

from enum import StrEnum

from hengneng.kernel.states import Table


class ProposalState(StrEnum):
    """Where a proposal stands."""

    PROPOSED = "PROPOSED"
    CONFIRMED = "CONFIRMED"
    REFUSED = "REFUSED"


class ProposalEvent(StrEnum):
    """What a person may do with a proposal."""

    CONFIRM = "CONFIRM"
    REFUSE = "REFUSE"


# A refused configuration may turn out right after all; a confirmed one has a point and stays.
TRANSITIONS: Table[ProposalState, ProposalEvent] = {
    (ProposalState.PROPOSED, ProposalEvent.CONFIRM): ProposalState.CONFIRMED,
    (ProposalState.PROPOSED, ProposalEvent.REFUSE): ProposalState.REFUSED,
    (ProposalState.REFUSED, ProposalEvent.CONFIRM): ProposalState.CONFIRMED,
}
