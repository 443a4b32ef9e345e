"""Scatter without a random state: the same names give the same figures on every machine."""

import hashlib
from collections.abc import Iterator

# The sum of three bytes: mean 765 / 2, variance 3 (256² - 1) / 12, so its standard deviation is
# 128 within two millionths.
BYTES_A_DRAW = 3
_TWICE_MEAN = 765
_TWICE_DEVIATION = 256
# However wide the scatter, a building that runs never falls below this share of its mean.
LEAST_PERMILLE = 200


def draws(name: str, count: int) -> Iterator[int]:
    """Yield draws as ``scattered`` takes them, each one like the other independent.

    Args:
        name: What the scatter belongs to: building, energy and day.
        count: How many. [count]
    """
    noise = hashlib.shake_256(name.encode()).digest(BYTES_A_DRAW * count)
    for place in range(0, len(noise), BYTES_A_DRAW):
        yield sum(noise[place : place + BYTES_A_DRAW])


def scattered(mean: int, permille: int, draw: int) -> int:
    """Return a mean with its scatter applied, rounded down.

    Args:
        mean: Any amount.
        permille: Standard deviation relative to the mean. [‰]
        draw: One of ``draws``. [0 to 765]

    >>> scattered(1000, 100, 765)
    1298
    """
    whole = 1000 * _TWICE_DEVIATION
    factor = whole + permille * (2 * draw - _TWICE_MEAN)
    return mean * max(factor, LEAST_PERMILLE * _TWICE_DEVIATION) // whole
