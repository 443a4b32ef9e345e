"""Sharing an integer among parts so that nothing is lost or invented."""

from collections.abc import Sequence


def spread(total: int, weights: Sequence[int]) -> list[int]:
    """Return ``total`` shared in proportion to ``weights`` by largest remainder.

    Equal remainders are served earliest first (ARCHITECTURE 5.3), so the result is one and exact.

    Args:
        total: What is shared, zero or more. [units of the last place]
        weights: Weights, seconds as a rule, none below zero. Shape (n,), n > 0. Where all are zero
            there must be nothing to share.

    Returns:
        The shares, summing to ``total``. Shape (n,).

    >>> spread(10, [1, 1, 1])
    [4, 3, 3]
    >>> spread(7, [60, 900, 540])
    [0, 4, 3]
    """
    whole = sum(weights)
    if not whole and not total:
        return [0] * len(weights)
    shares = [total * weight // whole for weight in weights]
    left = total - sum(shares)
    if left:
        by_remainder = sorted(range(len(weights)), key=lambda i: (-(total * weights[i] % whole), i))
        for i in by_remainder[:left]:
            shares[i] += 1
    return shares


def pieces(start: int, end: int, length: int) -> list[tuple[int, int]]:
    """Return the grid cells that ``[start, end)`` overlaps and for how long each.

    Args:
        start: Any second. [s]
        end: A later second. [s]
        length: Length of a cell; cells begin at its multiples. [s]

    Returns:
        Pairs (cell number, seconds of it covered), ascending.

    >>> pieces(800, 1900, 900)
    [(0, 100), (1, 900), (2, 100)]
    """
    cells = range(start // length, -(-end // length))
    return [(c, min(end, (c + 1) * length) - max(start, c * length)) for c in cells]
