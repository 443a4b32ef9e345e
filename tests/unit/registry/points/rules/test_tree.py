"""Points hang on one another by date: a circle is one only where its hangs share an instant."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from hengneng.registry.points import rules
from hengneng.registry.points.rules import Circle, Hang

NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)


def day(number):
    return None if number is None else NEW_YEAR + timedelta(days=number)


def hang(point, parent, start=0, end=None):
    return Hang(day(start), day(end), point, parent)


@pytest.mark.parametrize(
    ("hangs", "expected"),
    [
        ([], None),
        ([hang("b", "a"), hang("c", "b"), hang("d", "b")], None),
        ([hang("a", "a", 3)], Circle(day(3), frozenset("a"))),
        ([hang("a", "b", 1), hang("b", "a", 4)], Circle(day(4), frozenset("ab"))),
        # The one ends when the other begins: at no instant do both hold.
        ([hang("a", "b", 0, 4), hang("b", "a", 4)], None),
        ([hang("a", "b", 0, 5), hang("b", "a", 4)], Circle(day(4), frozenset("ab"))),
        (
            [hang("x", "c"), hang("a", "b"), hang("b", "c"), hang("c", "a", 2, 3)],
            Circle(day(2), frozenset("abc")),
        ),
    ],
)
def test_the_first_circle(hangs, expected):
    assert rules.circle_in(hangs) == expected


HANGS = st.lists(
    st.tuples(
        st.sampled_from("abcd"), st.sampled_from("abcd"), st.integers(0, 5), st.integers(1, 5)
    ).map(lambda told: hang(told[0], told[1], told[2], told[2] + told[3])),
    max_size=6,
)


@given(HANGS)
def test_agrees_with_walking_up_on_each_day(hangs):
    assume(not _hangs_twice(hangs))  # a point hangs on one other at a time

    def is_ring(number):
        above = {
            one.point: one.parent
            for one in hangs
            if one.valid_from <= day(number) < one.valid_until
        }
        for start, parent in above.items():
            point = parent
            for _ in range(len(above)):
                if point == start:
                    return True
                point = above.get(point)
        return False

    expected = next((day(number) for number in range(11) if is_ring(number)), None)
    found = rules.circle_in(hangs)
    assert (found.begins if found else None) == expected


def _hangs_twice(hangs):
    return any(
        one.point == other.point
        and one.valid_from < other.valid_until
        and other.valid_from < one.valid_until
        for place, one in enumerate(hangs)
        for other in hangs[:place]
    )
