from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengneng.registry.equipment.rules import editions
from hengneng.registry.equipping.rules import rates
from hengneng.registry.equipping.rules.rates import Count
from hengneng.registry.equipping.rules.verdicts import Because, Verdict

REQUIRED = st.sampled_from([Decimal(text) for text in ("0", "0.70", "0.80", "0.90", "0.95", "1")])
FEW = st.integers(0, 12)


@st.composite
def counts(draw):
    need = draw(st.integers(0, 40))
    return Count(need, draw(st.integers(0, need)), draw(FEW), draw(FEW))


def outcomes(count):
    """Every rate that the undecided places could make; None where nothing is needed."""
    for added in range(count.undecided_with + 1):
        for lacking in range(count.undecided_without + 1):
            need, have = count.need + added + lacking, count.have + added
            yield Fraction(have, need) if need else None


class TestEquippingRate:
    # SOURCE: GB 17167-2006, 3.2, by the definition seen: Rp = Ns / Nl.
    @pytest.mark.parametrize(
        ("have", "need", "expected"),
        [(0, 1, 0), (19, 20, Fraction(19, 20)), (20, 20, 1), (21, 20, 1), (2, 3, Fraction(2, 3))],
    )
    def test_known_answers(self, have, need, expected):
        assert rates.equipping_rate(have=have, need=need) == expected

    def test_of_nothing_there_is_none(self):
        with pytest.raises(rates.NothingRequired):
            rates.equipping_rate(have=0, need=0)

    @given(st.integers(0, 10**6), st.integers(1, 10**6))
    def test_one_more_instrument_never_lowers_it(self, have, need):
        fewer, more = (rates.equipping_rate(have=n, need=need) for n in (have, have + 1))
        assert 0 <= fewer <= more <= 1

    @given(st.integers(0, 10**6), st.integers(1, 10**6))
    def test_one_more_need_never_raises_it(self, have, need):
        fewer, more = (rates.equipping_rate(have=have, need=n) for n in (need, need + 1))
        assert more <= fewer


class TestJudge:
    @pytest.mark.parametrize(
        ("energy_type", "level", "just", "below"),
        # Both sides of each rate of table 3 that has a value: instruments there of those needed.
        [
            ("ELECTRICITY", "LEVEL_1", (20, 20), (20, 19)),
            ("ELECTRICITY", "LEVEL_3", (20, 19), (20, 18)),
            ("ELECTRICITY", "LEVEL_3", (19, 19), (19, 18)),
            ("RAW_COAL", "LEVEL_3", (10, 9), (10, 8)),
            ("DIESEL", "LEVEL_3", (40, 38), (40, 37)),
            ("COKE_OVEN_GAS", "LEVEL_2", (10, 9), (19, 17)),
            ("COKE_OVEN_GAS", "LEVEL_3", (5, 4), (9, 7)),
            ("STEAM", "LEVEL_2", (5, 4), (9, 7)),
            ("STEAM", "LEVEL_3", (10, 7), (3, 2)),
            ("WATER", "LEVEL_2", (20, 19), (19, 18)),
        ],
    )
    def test_both_sides_of_each_rate(self, energy_type, level, just, below):
        required = editions.shipped()[0].rate_for(energy_type).required[level]
        assert rates.judge(Count(*just), required) == (Verdict.FINE, Because.RATE_REACHED)
        assert rates.judge(Count(*below), required) == (Verdict.PROBLEM, Because.RATE_MISSED)

    def test_nothing_needed_is_fine(self):
        assert rates.judge(Count(0, 0), Decimal(1)) == (Verdict.FINE, Because.NOTHING_NEEDED)
        assert rates.judge(Count(0, 0, 3, 0), Decimal(1)).verdict is Verdict.FINE

    @given(counts(), REQUIRED)
    def test_it_says_what_holds_whatever_the_undecided_are(self, count, required):
        reached = {rate is None or rate >= required for rate in outcomes(count)}
        expected = {
            frozenset({True}): Verdict.FINE,
            frozenset({False}): Verdict.PROBLEM,
            frozenset({True, False}): Verdict.NOT_CHECKED,
        }
        assert rates.judge(count, required).verdict is expected[frozenset(reached)]

    @given(counts(), REQUIRED, REQUIRED)
    def test_a_higher_requirement_is_never_met_sooner(self, count, one, other):
        order = [Verdict.PROBLEM, Verdict.NOT_CHECKED, Verdict.FINE]
        lower, higher = (rates.judge(count, r).verdict for r in sorted((one, other)))
        assert order.index(higher) <= order.index(lower)
