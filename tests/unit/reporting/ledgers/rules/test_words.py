"""Words and numbers as the forms write them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengneng.reporting.ledgers.rules import words


class TestPercent:
    @given(st.decimals(0, 1, places=12))
    def test_is_never_more_than_the_share_and_less_than_a_tenth_below(self, share):
        shown = Decimal(words.percent(share))

        assert 0 <= share * 100 - shown < Decimal("0.1")


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
