"""A change notice's way to confirmation, and that of an instrument that a terminal describes."""

from enum import StrEnum

from hengneng.kernel.states import Table


class NoticeState(StrEnum):
    """Where a change notice stands."""

    REPORTED = "REPORTED"
    SENT_BACK = "SENT_BACK"
    CONFIRMED = "CONFIRMED"
    WITHDRAWN = "WITHDRAWN"


class NoticeEvent(StrEnum):
    """What happens to a change notice."""

    CONFIRM = "CONFIRM"
    SEND_BACK = "SEND_BACK"
    REPORT_AGAIN = "REPORT_AGAIN"
    WITHDRAW = "WITHDRAW"


# What is confirmed stands in the registry's facts; it is corrected there, not here.
# SOURCE: Notice 321 (2020), III(2)2: units keep what the platform says of their meters up to date.
NOTICE_TRANSITIONS: Table[NoticeState, NoticeEvent] = {
    (NoticeState.REPORTED, NoticeEvent.CONFIRM): NoticeState.CONFIRMED,
    (NoticeState.REPORTED, NoticeEvent.SEND_BACK): NoticeState.SENT_BACK,
    (NoticeState.REPORTED, NoticeEvent.WITHDRAW): NoticeState.WITHDRAWN,
    (NoticeState.SENT_BACK, NoticeEvent.REPORT_AGAIN): NoticeState.REPORTED,
    (NoticeState.SENT_BACK, NoticeEvent.WITHDRAW): NoticeState.WITHDRAWN,
}


class ProposalState(StrEnum):
    """Where a proposed instrument stands."""

    PROPOSED = "PROPOSED"
    CONFIRMED = "CONFIRMED"
    REFUSED = "REFUSED"


class ProposalEvent(StrEnum):
    """What becomes of a proposed instrument."""

    CONFIRM = "CONFIRM"
    REFUSE = "REFUSE"
    UPLOAD_AGAIN = "UPLOAD_AGAIN"  # its terminal describes it otherwise than before


# A terminal that tells news of an instrument asks again, whatever was decided before.
PROPOSAL_TRANSITIONS: Table[ProposalState, ProposalEvent] = {
    (ProposalState.PROPOSED, ProposalEvent.CONFIRM): ProposalState.CONFIRMED,
    (ProposalState.PROPOSED, ProposalEvent.REFUSE): ProposalState.REFUSED,
    (ProposalState.PROPOSED, ProposalEvent.UPLOAD_AGAIN): ProposalState.PROPOSED,
    (ProposalState.CONFIRMED, ProposalEvent.UPLOAD_AGAIN): ProposalState.PROPOSED,
    (ProposalState.REFUSED, ProposalEvent.UPLOAD_AGAIN): ProposalState.PROPOSED,
    (ProposalState.REFUSED, ProposalEvent.CONFIRM): ProposalState.CONFIRMED,
}
