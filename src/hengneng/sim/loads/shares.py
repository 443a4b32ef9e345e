"""An amount in whole parts."""

from collections.abc import Iterator, Sequence


def shared(amount: int, weights: Sequence[int]) -> Iterator[int]:
    """Yield an amount's parts by weight, in order; they add up to it.

    >>> list(shared(10, [1, 1, 1]))
    [3, 3, 4]
    """
    whole, before, given = sum(weights), 0, 0
    for weight in weights:
        before += weight
        upto = amount * before // whole
        yield upto - given
        given = upto
