"""Single readings that cannot be true: a register that falls, or jumps, and comes back.

A register only counts up. Where it falls and neither an exchange nor a full turn explains it, one
of the readings around the fall is wrong, or the register was reset. What comes next decides; until
it has come nobody knows, and the time beside the fall stays unknown rather than invented.
"""

from collections.abc import Callable, Sequence
from enum import StrEnum

# The energy between two neighbouring readings depends on at most this many more on either side.
CONTEXT = 4


class Fate(StrEnum):
    """What becomes of a reading."""

    KEPT = "KEPT"
    DROPPED = "DROPPED"  # an outlier: its neighbours are joined over it
    UNDECIDED = "UNDECIDED"  # the next reading will tell


def fates(
    values: Sequence[int], *, is_closed: bool, has_turned: Callable[[int], bool]
) -> list[Fate]:
    """Return the fate of each of an epoch's readings.

    A fall is put down to the later reading where the next one is back above the fall, and to the
    earlier one where the later fits what was before it. Any other fall is a reset.

    Args:
        values: Register values at one scale, in order of time. Shape (n,).
        is_closed: Whether the epoch has ended, so that no further reading can decide.
        has_turned: Whether the fall from the value at a place to the next is a full turn.

    Returns:
        The fates. Shape (n,).

    >>> never = lambda place: False
    >>> [fate.value for fate in fates([100, 5, 110], is_closed=False, has_turned=never)]
    ['KEPT', 'DROPPED', 'KEPT']
    >>> [fate.value for fate in fates([100, 9000, 110, 120], is_closed=False, has_turned=never)]
    ['KEPT', 'DROPPED', 'KEPT', 'KEPT']
    """
    found = [Fate.KEPT] * len(values)
    for i in range(len(values) - 1):
        one, two = values[i], values[i + 1]
        if two >= one:
            continue
        following = values[i + 2] if i + 2 < len(values) else None
        if following is not None and following >= one:
            found[i + 1] = Fate.DROPPED
        elif i and two >= values[i - 1] and not has_turned(i):
            found[i] = _of_a_peak(two, following, is_closed=is_closed)
    return found


def _of_a_peak(after: int, following: int | None, *, is_closed: bool) -> Fate:
    """Return the fate of a reading that stands above both its neighbours."""
    if following is None:
        return Fate.DROPPED if is_closed else Fate.UNDECIDED
    return Fate.DROPPED if following >= after else Fate.KEPT
