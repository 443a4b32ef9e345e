import pytest

from hengneng.kernel.states import EventOutOfTurn, after, pairs_not_in
from hengneng.programme.notices.states import TRANSITIONS, NoticeEvent, NoticeState


@pytest.mark.parametrize(
    ("state", "event"), pairs_not_in(TRANSITIONS, NoticeState, NoticeEvent), ids=str
)
def test_every_other_step_is_refused(state, event):
    with pytest.raises(EventOutOfTurn):
        after(TRANSITIONS, state, event)


def test_what_is_withdrawn_stays_so():
    assert not [step for step in TRANSITIONS if step[0] is NoticeState.WITHDRAWN]
