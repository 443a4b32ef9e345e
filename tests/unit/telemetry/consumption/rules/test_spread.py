from hypothesis import given
from hypothesis import strategies as st

from hengneng.telemetry.consumption.rules.spread import pieces, spread

weights = st.lists(st.integers(1, 86_400), min_size=1, max_size=100)


class TestSpread:
    def test_serves_equal_remainders_earliest_first(self):
        assert spread(1000, [900] * 7) == [143, 143, 143, 143, 143, 143, 142]

    def test_serves_the_largest_remainder_first(self):
        assert spread(1, [60, 900, 540]) == [0, 1, 0]

    @given(st.integers(0, 10**30), weights)
    def test_loses_and_invents_nothing(self, total, parts):
        assert sum(spread(total, parts)) == total

    @given(st.integers(0, 10**30), weights)
    def test_stays_within_one_of_the_exact_share(self, total, parts):
        whole = sum(parts)
        for share, part in zip(spread(total, parts), parts, strict=True):
            assert share * whole - whole < total * part < share * whole + whole


class TestPieces:
    def test_of_one_cell(self):
        assert pieces(900, 1800, 900) == [(1, 900)]

    def test_before_the_epoch(self):
        assert pieces(-100, 100, 900) == [(-1, 100), (0, 100)]

    @given(st.integers(-(10**9), 10**9), st.integers(1, 10**6), st.sampled_from([300, 900, 3600]))
    def test_cover_the_span_exactly(self, start, length, cell):
        found = pieces(start, start + length, cell)

        assert sum(seconds for _, seconds in found) == length
        assert [number for number, _ in found] == list(range(found[0][0], found[-1][0] + 1))
