from datetime import date, timedelta

import pytest

from hengneng.kernel import clock
from hengneng.telemetry.consumption.queries import parameters
from hengneng.telemetry.consumption.rules.gaps import Rule, rule_on
from hengneng.telemetry.consumption.rules.methods import Method

CHANGE = date(2026, 3, 1)
LINEAR = (Method.LINEAR,)


def rule(first, *, verified):
    return Rule(clock.day_number(first), LINEAR, LINEAR, 7200, 172_800, 4, verified)


def test_gaps_are_shipped_linear_and_say_that_no_text_was_seen():
    (shipped,) = parameters.spreading()

    assert shipped == rule(date(2000, 1, 1), verified=False)
    assert not shipped.shaping
    assert not parameters.is_spreading_checked(CHANGE)


@pytest.mark.parametrize(
    ("early", "late", "checked"),
    [(True, True, (True, True)), (True, False, (True, False)), (False, True, (False, False))],
)
def test_a_day_is_checked_where_every_rule_a_gap_may_go_by_is(monkeypatch, early, late, checked):
    rules = (rule(date(2000, 1, 1), verified=early), rule(CHANGE, verified=late))
    monkeypatch.setattr(parameters, "spreading", lambda: rules)

    days = (CHANGE - timedelta(days=1), CHANGE)
    assert tuple(map(parameters.is_spreading_checked, days)) == checked


def test_a_rule_holds_from_its_day_on_and_the_first_one_before_it():
    early, late = rules = rule(date(2000, 1, 1), verified=False), rule(CHANGE, verified=True)
    change = clock.day_number(CHANGE)

    assert [rule_on(rules, day) for day in (0, change - 1, change)] == [early, early, late]
