from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengneng.registry.equipment.rules import measures

NAMES = sorted(measures.MEASURES)


@pytest.mark.parametrize(
    ("amount", "measure", "limit", "limit_measure", "expected"),
    [
        ("100", "kW", "100", "kW", True),
        ("99.999999", "kW", "100", "kW", False),
        ("0.1", "MW", "100", "kW", True),
        ("25.2", "GJ/h", "7", "MW", True),  # 1 MW is 3.6 GJ/h
        ("25.199999", "GJ/h", "7", "MW", False),
        ("1000", "kg/h", "1", "t/h", True),
        ("277.777777", "kWh/a", "1", "GJ/a", False),
        ("277.777778", "kWh/a", "1", "GJ/a", True),
    ],
)
def test_a_limit_is_reached_from_the_limit_on(amount, measure, limit, limit_measure, expected):
    answer = measures.reaches(
        Decimal(amount), measure, limit=Decimal(limit), limit_measure=limit_measure
    )

    assert answer is expected


@pytest.mark.parametrize("other", ["kWh/a", "t/h", "m3/h"])
def test_a_power_is_not_compared_with_anything_else(other):
    with pytest.raises(measures.NotComparable):
        measures.reaches(Decimal(1), "kW", limit=Decimal(1), limit_measure=other)


def test_an_unknown_measure_is_refused():
    with pytest.raises(measures.UnknownMeasure, match="horsepower is none of"):
        measures.measure_of("horsepower")


@given(st.sampled_from(NAMES), st.decimals(0, 10**9, places=6))
def test_every_amount_reaches_itself_in_its_own_measure(name, amount):
    assert measures.reaches(amount, name, limit=amount, limit_measure=name)
