"""Chance without a random state: the same names draw the same numbers on every machine."""

import hashlib
from collections.abc import Sequence
from itertools import accumulate
from typing import TypeVar

_BYTES, _DICE_BYTES = 8, 64

Thing = TypeVar("Thing")


def number(name: str, below: int) -> int:
    """Return a number drawn evenly enough for a demo.

    Args:
        name: What it is drawn for.
        below: The first number that is not drawn.
    """
    return int.from_bytes(hashlib.shake_256(name.encode()).digest(_BYTES)) % below


def weighted(name: str, weights: Sequence[int]) -> int:
    """Return the place of a weight, drawn as often as it weighs.

    Args:
        name: What it is drawn for.
        weights: None below 0, one at least above. Shape (n,).
    """
    drawn = number(name, sum(weights))
    return next(place for place, upto in enumerate(accumulate(weights)) if drawn < upto)


def shuffled(name: str, things: Sequence[Thing]) -> list[Thing]:
    """Return the things in an order of their own."""
    return [
        things[place]
        for place in sorted(range(len(things)), key=lambda n: number(f"{name} {n}", 1 << 60))
    ]


class Dice:
    """Several numbers drawn for one name, of a single hash.

    For some dozens of draws with small bounds; past its length every number is 0.
    """

    def __init__(self, name: str) -> None:
        """Shake them for a name."""
        self._left = int.from_bytes(hashlib.shake_256(name.encode()).digest(_DICE_BYTES))

    def below(self, bound: int) -> int:
        """Return the next number.

        Args:
            bound: The first number that is not drawn.
        """
        self._left, drawn = divmod(self._left, bound)
        return drawn
