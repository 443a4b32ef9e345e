"""A terminal's way: asked, admitted, its secret issued, withdrawn."""

from enum import StrEnum

from hengneng.kernel.states import Table


class TerminalState(StrEnum):
    """Where a terminal stands."""

    PENDING = "PENDING"
    ADMITTED = "ADMITTED"
    ISSUED = "ISSUED"
    REFUSED = "REFUSED"
    LAPSED = "LAPSED"  # admitted, but the registrant did not come back within its time
    REVOKED = "REVOKED"


class TerminalEvent(StrEnum):
    """What happens to it."""

    ADMIT = "ADMIT"
    REFUSE = "REFUSE"
    ISSUE = "ISSUE"
    LAPSE = "LAPSE"
    REVOKE = "REVOKE"


# SOURCE: ARCHITECTURE 5.1, Admission.
TRANSITIONS: Table[TerminalState, TerminalEvent] = {
    (TerminalState.PENDING, TerminalEvent.ADMIT): TerminalState.ADMITTED,
    (TerminalState.PENDING, TerminalEvent.REFUSE): TerminalState.REFUSED,
    (TerminalState.ADMITTED, TerminalEvent.ISSUE): TerminalState.ISSUED,
    (TerminalState.ADMITTED, TerminalEvent.LAPSE): TerminalState.LAPSED,
    (TerminalState.ADMITTED, TerminalEvent.REVOKE): TerminalState.REVOKED,
    (TerminalState.ISSUED, TerminalEvent.REVOKE): TerminalState.REVOKED,
}
