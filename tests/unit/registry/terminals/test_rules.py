from datetime import date, timedelta

import pytest

from hengneng.registry.terminals.rules import admission


def test_the_rule_of_a_day():
    rule = admission.rule_on(date(2020, 1, 1))

    assert (rule.fetch_within, rule.pending_max) == (timedelta(hours=24), 20)


def test_there_is_none_before_the_first():
    with pytest.raises(admission.NoAdmissionRule):
        admission.rule_on(date(2019, 12, 31))


def test_units_are_spread_over_the_window():
    rule = admission.rule_on(date(2026, 1, 1))
    hours = [admission.upload_time(unit, rule)[:2] for unit in range(1, 401)]

    assert {hour: hours.count(hour) for hour in sorted(set(hours))} == {
        "01": 100, "02": 99, "03": 102, "04": 99,
    }  # fmt: skip
