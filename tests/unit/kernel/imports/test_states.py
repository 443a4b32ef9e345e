"""What may follow what on a file's way."""

import pytest

from hengneng.kernel.imports.states import TRANSITIONS, RunEvent, RunState
from hengneng.kernel.states import EventOutOfTurn, after, pairs_not_in


@pytest.mark.parametrize(("state", "event"), pairs_not_in(TRANSITIONS, RunState, RunEvent))
def test_every_other_step_is_refused(state, event):
    with pytest.raises(EventOutOfTurn):
        after(TRANSITIONS, state, event)


def test_nothing_leads_on_from_committed():
    assert not [step for step in TRANSITIONS if step[0] is RunState.COMMITTED]


def test_nothing_is_committed_that_was_not_found_fit():
    assert [s for s, event in TRANSITIONS if event is RunEvent.COMMIT] == [RunState.READY]
