import pytest

from hengneng.sim.loads.shares import shared


@pytest.mark.parametrize(
    ("amount", "weights", "parts"),
    [(10, [1, 1, 1], [3, 3, 4]), (7, [0, 5, 0, 2], [0, 5, 0, 2]), (0, [3, 4], [0, 0])],
)
def test_parts_follow_the_weights_and_add_up(amount, weights, parts):
    assert list(shared(amount, weights)) == parts
