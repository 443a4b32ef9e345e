"""Words and numbers as the forms write them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengneng.registry.equipping.rules.verdicts import Because, Verdict
from hengneng.registry.instruments.rules.standing import Condition
from hengneng.registry.points.models import MeteringLevel
from hengneng.registry.units.models import ContactRole
from hengneng.reporting.ledgers.rules import words


class TestPercent:
    @given(st.decimals(0, 1, places=12))
    def test_is_never_more_than_the_share_and_less_than_a_tenth_below(self, share):
        shown = Decimal(words.percent(share))

        assert 0 <= share * 100 - shown < Decimal("0.1")


class TestInOrder:
    @given(st.lists(st.text("N-0123456789", max_size=8)))
    def test_any_numbers_can_be_sorted(self, numbers):
        assert len(sorted(numbers, key=words.in_order)) == len(numbers)

    def test_very_long_numbers_are_numbers_as_well(self):
        long, longer = "N" + "9" * 60, "N1" + "0" * 60

        assert sorted([longer, long], key=words.in_order) == [long, longer]


class TestRounded:
    @given(st.decimals(-(10**30), 10**30, places=12))
    def test_is_within_half_a_hundredth(self, amount):
        assert abs(Decimal(words.rounded(amount)) - amount) <= Decimal("0.005")


class TestCycle:
    @pytest.mark.parametrize(
        ("months", "is_own", "is_replaced", "text"),
        [
            (None, True, True, ""),
            (12, False, False, "12个月"),
            (12, True, True, "12个月（自定），到期轮换"),
        ],
    )
    def test_says_whose_it_is_and_what_is_due(self, months, is_own, is_replaced, text):
        assert words.cycle(months, is_own=is_own, is_replaced=is_replaced) == text


def test_all_that_other_rooms_say_has_its_words():
    assert words.VERDICTS.keys() == {one.value for one in Verdict}
    assert words.BECAUSE.keys() == {one.value for one in Because}
    assert words.CONDITIONS.keys() == {one.value for one in Condition}
    assert words.LEVELS.keys() == words.LEVELS_SHORT.keys() == set(MeteringLevel.values)
    assert words.STAFF_ROLES.keys() <= set(ContactRole.values)
