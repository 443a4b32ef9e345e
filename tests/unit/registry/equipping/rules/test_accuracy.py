import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengneng.registry.equipment.rules import editions
from hengneng.registry.equipping.rules import accuracy
from hengneng.registry.equipping.rules.accuracy import Instrument

RULES = editions.shipped()[0]


def judged(energy_type, held, *, level="LEVEL_1", kind="", diameter_mm=None):
    record = RULES.accuracy_for(energy_type, level, kind)
    found = accuracy.judge(record, Instrument(held, kind, diameter_mm))
    return found.verdict.value, found.because.value


@pytest.mark.parametrize(
    ("energy_type", "just", "beyond"),
    # SOURCE: facts, standards 2.3; both sides of each class that stands alone.
    [
        ("DIESEL", "0.5", "0.51"),
        ("FUEL_OIL", "1.0", "1.5"),
        ("COKE_OVEN_GAS", "2.0", "2.001"),
        ("NATURAL_GAS", "2", "2.5"),
        ("STEAM", "2.5级", "2.6"),
    ],
)
def test_both_sides_of_each_class(energy_type, just, beyond):
    assert judged(energy_type, just) == ("FINE", "CLASS_REACHED")
    assert judged(energy_type, beyond) == ("PROBLEM", "CLASS_MISSED")


class TestConditions:
    @pytest.mark.parametrize(
        ("held", "expected"),
        [
            ("0.2S", ("FINE", "CLASS_REACHED")),
            ("0.5S", ("FINE", "CLASS_REACHED")),
            ("0.5", ("NOT_CHECKED", "CONDITION_UNKNOWN")),  # which user class is not known
            ("2.0", ("NOT_CHECKED", "CONDITION_UNKNOWN")),
            ("3.0", ("PROBLEM", "CLASS_MISSED")),
        ],
    )
    def test_what_holds_under_every_one_is_said(self, held, expected):
        assert judged("ELECTRICITY", held) == expected

    @pytest.mark.parametrize(
        ("diameter_mm", "expected"),
        [(250, "FINE"), (251, "PROBLEM"), (None, "NOT_CHECKED")],
    )
    def test_a_diameter_decides_between_water_meters(self, diameter_mm, expected):
        assert judged("WATER", "2.5", diameter_mm=diameter_mm)[0] == expected

    @pytest.mark.parametrize(
        ("kind", "expected"),
        [
            ("SCALE", "PROBLEM"),
            ("BELT_SCALE", "FINE"),
            ("RAIL_SCALE", "NOT_CHECKED"),
            ("", "NOT_CHECKED"),
        ],
    )
    def test_a_kind_decides_between_scales(self, kind, expected):
        assert judged("RAW_COAL", "0.5", kind=kind)[0] == expected

    def test_a_kind_that_no_limit_speaks_of_is_not_judged(self):
        assert judged("RAW_COAL", "0.5", kind="LEVEL_TANK") == ("NOT_CHECKED", "NO_VALUE")


@pytest.mark.parametrize(
    ("energy_type", "level", "held", "because"),
    [
        ("HEAT", "LEVEL_1", "2", "NO_VALUE"),
        ("ELECTRICITY", "LEVEL_2", "1.0", "OPEN_VALUE"),
        ("NATURAL_GAS", "LEVEL_1", " ", "NO_CLASS"),
        ("NATURAL_GAS", "LEVEL_1", "C级", "CLASS_NOT_READ"),
    ],
)
def test_what_cannot_be_judged_says_why(energy_type, level, held, because):
    assert judged(energy_type, held, level=level) == ("NOT_CHECKED", because)


@given(
    st.sampled_from(["ELECTRICITY", "WATER", "STEAM", "RAW_COAL"]),
    st.decimals("0.01", 9, places=2),
    st.decimals("0.01", 9, places=2),
)
def test_a_better_class_is_never_judged_worse(energy_type, one, other):
    order = ["PROBLEM", "NOT_CHECKED", "FINE"]
    better, worse = (judged(energy_type, str(held))[0] for held in sorted((one, other)))
    assert order.index(worse) <= order.index(better)
