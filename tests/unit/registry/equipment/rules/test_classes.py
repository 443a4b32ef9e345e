import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengneng.registry.equipment.rules.classes import AccuracyClass, class_of


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0.5S", ("0.5", True)),
        (" 0.5s级 ", ("0.5", True)),
        ("class 2", ("2", False)),
        ("1.0级", ("1.0", False)),
        ("2.0 Class", ("2.0", False)),
    ],
)
def test_a_class_is_read_as_people_write_it(text, expected):
    found = class_of(text)
    assert (str(found.number), found.is_special) == expected


@pytest.mark.parametrize("text", ["", "C", "Ⅱ级", "±0.5%", "0.5/1.0", "-1", "2.0.1", "1234"])
def test_what_is_no_number_is_no_class(text):
    assert class_of(text) is None


def test_the_better_class_is_the_smaller():
    names = ["2.0", "0.5", "1", "0.2", "0.5S", "0.2S"]
    assert sorted(names, key=class_of) == ["0.2S", "0.2", "0.5S", "0.5", "1", "2.0"]
    assert class_of("2") == class_of("2.0")


@given(st.decimals(0, 99, places=2), st.decimals(0, 99, places=2), st.booleans(), st.booleans())
def test_one_of_two_is_better_or_they_are_the_same(one, other, s_one, s_other):
    first, second = AccuracyClass(one, s_one), AccuracyClass(other, s_other)
    assert [first < second, first == second, first > second].count(True) == 1
