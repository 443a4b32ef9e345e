import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengneng.sim.loads import scatter


class TestDraws:
    def test_are_the_same_for_the_same_name(self):
        assert list(scatter.draws("b5", 3)) == list(scatter.draws("b5", 3))

    def test_differ_for_another_name(self):
        assert list(scatter.draws("b5", 3)) != list(scatter.draws("b6", 3))

    def test_are_known_on_every_machine(self):
        assert list(scatter.draws("b5 ELECTRICITY 20000 hours", 4)) == [375, 275, 607, 222]

    def test_have_mean_and_deviation_as_said(self):
        drawn = list(scatter.draws("many", 100_000))

        mean = sum(drawn) / len(drawn)
        deviation = (sum((draw - mean) ** 2 for draw in drawn) / len(drawn)) ** 0.5

        assert mean == pytest.approx(382.5, abs=1)
        assert deviation == pytest.approx(128, abs=1)


class TestScattered:
    @pytest.mark.parametrize(("draw", "expected"), [(765, 1298), (0, 701), (382, 999), (383, 1000)])
    def test_moves_by_the_draw(self, draw, expected):
        assert scatter.scattered(1000, 100, draw) == expected

    def test_stays_above_the_least_share(self):
        assert scatter.scattered(1000, 1000, 0) == 200

    @given(st.integers(0, 10**9), st.integers(0, 1000), st.integers(0, 765))
    def test_never_turns_a_use_into_a_gain(self, mean, permille, draw):
        assert scatter.scattered(mean, permille, draw) >= mean * 200 // 1000
