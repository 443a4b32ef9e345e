from fractions import Fraction

import pytest

from hengneng.protocol.records import DAY_SECONDS
from hengneng.telemetry.consumption.rules.registers import Stretch
from hengneng.telemetry.consumption.rules.tracks import (
    Track,
    is_fed,
    keys_of,
    slots_between,
    span_of,
)

METER, CODE, NOON = "R:M1:total", "N:0000000002330011", 43_200


def track(*spans):
    """Return a point of such spans: first and last second, key, length of a slot."""
    rows = [
        Stretch(start, end, key, Fraction(1), None, slot_seconds)
        for start, end, key, slot_seconds in spans
    ]
    return Track(7, rows, ())


class TestTheSpanOfADay:
    halves = track((NOON, DAY_SECONDS + NOON, METER, 900), (DAY_SECONDS + NOON, None, CODE, 3600))

    @pytest.mark.parametrize(("day", "slot_seconds"), [(0, 900), (1, 900), (2, 3600)])
    def test_holds_its_beginning_else_begins_first_in_it(self, day, slot_seconds):
        assert span_of(self.halves, day).slot_seconds == slot_seconds

    def test_is_none_before_the_point_was_there_or_after(self):
        ended = track((DAY_SECONDS, 2 * DAY_SECONDS, METER, 900))

        assert span_of(ended, 0) is None
        assert span_of(ended, 2) is None


def test_slots_are_those_of_each_day_as_the_point_was_then():
    changed = track((NOON, DAY_SECONDS, METER, 900), (2 * DAY_SECONDS, None, METER, 3600))

    assert slots_between(changed, first=0, last=3) == 96 + 0 + 24 + 24
    assert slots_between(track((0, None, METER, 900)), first=0, last=3) == 4 * 96


def test_keys_are_those_of_all_times():
    assert keys_of([track((0, 9, METER, 900), (9, 12, None, 900), (12, None, CODE, 900))]) == {
        METER,
        CODE,
    }


class TestAKeyThatFeedsThePoint:
    def test_does_so_throughout_where_two_spans_meet(self):
        joined = track((0, NOON, CODE, 900), (NOON, None, CODE, 3600))

        assert is_fed(joined, CODE, Fraction(1), 0, 9)

    @pytest.mark.parametrize("away", [(NOON, NOON + 1), (0, 1), (DAY_SECONDS - 1, DAY_SECONDS)])
    def test_does_not_where_a_second_is_without_it(self, away):
        holed = track((0, away[0], CODE, 900), (away[1], None, CODE, 900))

        assert not is_fed(holed, CODE, Fraction(1), 0, 0)
        assert is_fed(holed, CODE, Fraction(1), 1, 1)

    def test_does_not_by_another_ratio(self):
        assert not is_fed(track((0, None, CODE, 900)), CODE, Fraction(2), 0, 0)
