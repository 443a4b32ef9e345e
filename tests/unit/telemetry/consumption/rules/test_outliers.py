import pytest

from hengneng.telemetry.consumption.rules.outliers import Fate, fates

K, D, U = Fate.KEPT, Fate.DROPPED, Fate.UNDECIDED


def never(one, two):
    return False


def always(one, two):
    return True


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([100, 110, 120], [K, K, K]),
        ([100, 5, 110], [K, D, K]),  # one low reading, and back
        ([100, 9000, 110, 120], [K, D, K, K]),  # one high reading, and back
        ([100, 150, 120], [K, U, K]),  # too high before, or too low now? the next will tell
        ([100, 150, 120, 130], [K, D, K, K]),
        ([100, 150, 120, 160], [K, K, D, K]),
        ([100, 5, 15, 25], [K, K, K, K]),  # a reset: it counts on from where it fell to
        ([100, 5], [K, K]),
        ([100, 150, 120, 110], [K, U, U, K]),  # the last fits the first, the next will tell
    ],
)
def test_a_fall_is_put_down_to_the_reading_that_does_not_fit(values, expected):
    assert fates(values, is_closed=False, has_turned=never) == expected


def test_what_can_no_longer_be_decided_by_the_next_is_an_outlier():
    assert fates([100, 150, 120], is_closed=True, has_turned=never) == [K, D, K]


def test_a_full_turn_is_no_fall():
    assert fates([5, 999, 7, 8], is_closed=False, has_turned=always) == [K, K, K, K]
