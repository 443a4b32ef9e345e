"""How a gap's energy was placed: the named method of each estimated slot, and a gap's weights."""

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple


class Method(StrEnum):
    """The method of a slot, one letter; of several shares in a slot the last named here is told."""

    LINEAR = "L"  # by seconds, as the rule asks
    SAME_WEEKDAY = "W"  # in the shape of the last measured day of the same weekday
    SIBLING = "B"  # in the shape of what was measured beside it in the metering tree
    NO_SHAPE = "N"  # by seconds: a shape was asked for and none was found


NONE = "."  # nothing in the slot is estimated
# Slots that took a shape, or would have, had there been one.
SHAPED = Method.SAME_WEEKDAY + Method.SIBLING + Method.NO_SHAPE
_RANK = {letter: rank for rank, letter in enumerate([NONE, *Method])}


class Course(NamedTuple):
    """How the energy of one gap is shared.

    Attributes:
        method: The named method.
        weights: By day, a weight for each piece of a slot in the gap; empty: by seconds.
    """

    method: Method
    weights: Mapping[int, list[int]]


BY_SECONDS = Course(Method.LINEAR, {})


def told(one: str, other: str) -> str:
    """Return the letter of a slot to which both contribute: what hangs on other days is told.

    >>> told("L", "W"), told(".", "L"), told("W", "N")
    ('W', 'L', 'N')
    """
    return max(one, other, key=_RANK.__getitem__)
