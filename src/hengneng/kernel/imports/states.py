"""The way of a file into the ledger: brought, tried as often as wanted, committed once."""

from enum import StrEnum

from hengneng.kernel.states import Table


class RunState(StrEnum):
    """How far a file has come."""

    BROUGHT = "BROUGHT"
    TRYING = "TRYING"
    READY = "READY"
    REFUSED = "REFUSED"
    COMMITTING = "COMMITTING"
    COMMITTED = "COMMITTED"


class RunEvent(StrEnum):
    """What a person asks for, and what comes of it."""

    ARRANGE = "ARRANGE"
    TRY = "TRY"
    FIND_FIT = "FIND_FIT"
    FIND_REFUSALS = "FIND_REFUSALS"
    FAIL = "FAIL"
    COMMIT = "COMMIT"
    FINISH = "FINISH"


# Nothing is committed that was not tried as it is arranged; a commit decides anew, for the ledger
# may have changed since, and may find refusals where the trial found none.
TRANSITIONS: Table[RunState, RunEvent] = {
    (RunState.BROUGHT, RunEvent.ARRANGE): RunState.BROUGHT,
    (RunState.BROUGHT, RunEvent.TRY): RunState.TRYING,
    (RunState.TRYING, RunEvent.FIND_FIT): RunState.READY,
    (RunState.TRYING, RunEvent.FIND_REFUSALS): RunState.REFUSED,
    (RunState.TRYING, RunEvent.FAIL): RunState.BROUGHT,
    (RunState.READY, RunEvent.ARRANGE): RunState.BROUGHT,
    (RunState.READY, RunEvent.TRY): RunState.TRYING,
    (RunState.READY, RunEvent.COMMIT): RunState.COMMITTING,
    (RunState.REFUSED, RunEvent.ARRANGE): RunState.BROUGHT,
    (RunState.REFUSED, RunEvent.TRY): RunState.TRYING,
    (RunState.COMMITTING, RunEvent.FINISH): RunState.COMMITTED,
    (RunState.COMMITTING, RunEvent.FIND_REFUSALS): RunState.REFUSED,
    (RunState.COMMITTING, RunEvent.FAIL): RunState.READY,
}
