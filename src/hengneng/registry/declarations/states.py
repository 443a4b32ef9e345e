"""A declaration's way to confirmation."""

from enum import StrEnum

from hengneng.kernel.states import Table


class DeclarationState(StrEnum):
    """Where a declaration stands."""

    DECLARED = "DECLARED"
    SENT_BACK = "SENT_BACK"
    CONFIRMED = "CONFIRMED"
    WITHDRAWN = "WITHDRAWN"


OPEN = (DeclarationState.DECLARED, DeclarationState.SENT_BACK)  # what may still be withdrawn
ANOTHER_CONFIRMED = "ANOTHER_CONFIRMED"  # why it was withdrawn: another one of its kind counts now


class DeclarationEvent(StrEnum):
    """What happens to a declaration."""

    CONFIRM = "CONFIRM"
    SEND_BACK = "SEND_BACK"
    DECLARE_AGAIN = "DECLARE_AGAIN"
    WITHDRAW = "WITHDRAW"


# What is confirmed stands in the registry's facts: corrected there, or by another declaration.
DECLARATION_TRANSITIONS: Table[DeclarationState, DeclarationEvent] = {
    (DeclarationState.DECLARED, DeclarationEvent.CONFIRM): DeclarationState.CONFIRMED,
    (DeclarationState.DECLARED, DeclarationEvent.SEND_BACK): DeclarationState.SENT_BACK,
    (DeclarationState.DECLARED, DeclarationEvent.WITHDRAW): DeclarationState.WITHDRAWN,
    (DeclarationState.SENT_BACK, DeclarationEvent.DECLARE_AGAIN): DeclarationState.DECLARED,
    (DeclarationState.SENT_BACK, DeclarationEvent.WITHDRAW): DeclarationState.WITHDRAWN,
}
