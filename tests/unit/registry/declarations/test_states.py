"""The workflow: every step that the table does not know is refused, whatever came before."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengneng.kernel.states import EventOutOfTurn, after, pairs_not_in
from hengneng.registry.declarations.states import (
    DECLARATION_TRANSITIONS,
    DeclarationEvent,
    DeclarationState,
)

ENDS = {DeclarationState.CONFIRMED, DeclarationState.WITHDRAWN}


@pytest.mark.parametrize(
    ("state", "event"), pairs_not_in(DECLARATION_TRANSITIONS, DeclarationState, DeclarationEvent)
)
def test_every_other_step_is_refused(state, event):
    with pytest.raises(EventOutOfTurn):
        after(DECLARATION_TRANSITIONS, state, event)


@given(st.lists(st.sampled_from(DeclarationEvent), max_size=12))
def test_whatever_happens_it_ends_once_and_is_confirmed_only_while_it_waits(events):
    state, walked = DeclarationState.DECLARED, []
    for event in events:
        before = state
        try:
            state = after(DECLARATION_TRANSITIONS, state, event)
        except EventOutOfTurn:
            continue
        assert before not in ENDS
        walked.append((before, event))
    confirmed = [before for before, event in walked if event is DeclarationEvent.CONFIRM]
    assert confirmed in ([], [DeclarationState.DECLARED])
    sent_back = sum(event is DeclarationEvent.SEND_BACK for _, event in walked)
    again = sum(event is DeclarationEvent.DECLARE_AGAIN for _, event in walked)
    assert sent_back - again in (0, 1)
