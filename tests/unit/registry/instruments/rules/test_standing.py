"""How an instrument stands on a day: both sides of each bound."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengneng.registry.instruments.rules import standing
from hengneng.registry.instruments.rules.standing import Due, Standing

TODAY = date(2026, 11, 23)


def left(days):
    return TODAY + timedelta(days=days)


@pytest.mark.parametrize(
    ("result", "due_on", "stands", "due"),
    [
        (None, None, Standing.NO_CERTIFICATE, Due.UNKNOWN),
        ("QUALIFIED", None, Standing.NO_DUE_DAY, Due.UNKNOWN),
        ("FAILED", left(0), Standing.FAILED, Due.OVERDUE),
        ("FAILED", left(-9), Standing.FAILED, Due.OVERDUE),
        ("QUALIFIED", left(-1), Standing.OVERDUE, Due.OVERDUE),
        ("QUALIFIED", left(0), Standing.OVERDUE, Due.OVERDUE),
        ("QUALIFIED", left(1), Standing.IN_DATE, Due.WITHIN_30),
        ("LIMITED", left(30), Standing.IN_DATE, Due.WITHIN_30),
        ("QUALIFIED", left(31), Standing.IN_DATE, Due.WITHIN_90),
        ("QUALIFIED", left(90), Standing.IN_DATE, Due.WITHIN_90),
        ("QUALIFIED", left(91), Standing.IN_DATE, Due.LATER),
    ],
)
def test_known_standings(result, due_on, stands, due):
    assert standing.standing_of(result, due_on, day=TODAY) is stands
    assert standing.due_of(result, due_on, day=TODAY) is due


@given(st.integers(-3000, 3000), st.integers(0, 3000))
def test_it_never_gets_better_by_waiting(days, waited):
    order = [Due.LATER, Due.WITHIN_90, Due.WITHIN_30, Due.OVERDUE]
    now, then = (
        order.index(standing.due_of("QUALIFIED", left(days), day=day))
        for day in (TODAY, left(waited))
    )
    assert now <= then
