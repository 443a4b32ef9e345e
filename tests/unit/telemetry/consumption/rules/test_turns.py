"""Whose turn it is, whatever the others hold."""

from hypothesis import given
from hypothesis import strategies as st

from hengneng.telemetry.consumption.rules.turns import Turns

SHARES = st.floats(min_value=0.001, max_value=5.0)


def test_who_waits_longest_comes_first_where_nobody_had_more():
    assert Turns().next_of([3, 1, 2]) == 3


def test_a_large_backlog_comes_again_after_the_others_had_as_much():
    turns = Turns()
    order = []
    for _ in range(7):
        order.append(turns.next_of([1, 2]))
        turns.spend(order[-1], 1.0 if order[-1] == 1 else 0.25)

    assert order == [1, 2, 2, 2, 2, 1, 2]


def test_time_away_is_not_saved_up():
    turns = Turns()
    for _ in range(10):
        turns.spend(turns.next_of([1]), 1.0)

    order = []
    for _ in range(4):
        order.append(turns.next_of([1, 2]))
        turns.spend(order[-1], 1.0)

    assert order == [2, 1, 2, 1]


@given(
    backlogs=st.lists(SHARES, min_size=1, max_size=8),
    passes=st.integers(min_value=0, max_value=60),
    live=st.integers(min_value=1, max_value=5),
)
def test_whoever_comes_now_waits_for_no_backlog(backlogs, passes, live):
    """Units with backlogs of any cost, worked at for a while; others then begin to wait."""
    turns = Turns()
    waiting = list(range(len(backlogs)))
    for _ in range(passes):
        unit = turns.next_of(waiting)
        turns.spend(unit, backlogs[unit])
    new = [100 + number for number in range(live)]
    still = [unit for unit in waiting if unit not in _had_less(turns, waiting, backlogs)]

    served = []
    for _ in range(len(waiting) - len(still) + live):
        unit = turns.next_of(waiting + [one for one in new if one not in served])
        turns.spend(unit, backlogs[unit] if unit < 100 else 0.001)
        served.append(unit)

    assert set(new) <= set(served)


def _had_less(turns, waiting, backlogs):
    """Return the units that are not ahead: each comes once before whoever comes now."""
    return {unit for unit in waiting if turns._had.get(unit, turns._level) <= turns._level}
