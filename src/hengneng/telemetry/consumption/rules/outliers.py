"""Readings that cannot be true: a register that falls, or jumps, for a while and comes back.

A register only counts up. Where it falls and neither an exchange nor a full turn explains it, some
of the readings around the fall are wrong, or the register was reset. What comes next decides; until
it has come nobody knows, and the time beside the fall stays unknown rather than invented.
"""

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import NamedTuple

from hengneng.protocol.records import DAY_SECONDS

# A day's energy depends on at most this many readings on either side of it, or on those of so many
# days, whichever reaches further.
CONTEXT = 4
REACH_DAYS = 2
REACH_S = REACH_DAYS * DAY_SECONDS
# From the last good reading before nonsense to the first one behind it. A single reading may be
# further from its neighbours.
RUN_MOST_S = DAY_SECONDS


class Fate(StrEnum):
    """What becomes of a reading."""

    KEPT = "KEPT"
    DROPPED = "DROPPED"  # nonsense: the good ones around it are joined over it
    UNDECIDED = "UNDECIDED"  # the next reading will tell


class _Finding(NamedTuple):
    """A way to explain a fall: the readings of these places are nonsense, or may be."""

    readings: int
    first: int
    end: int
    fate: Fate


def fates(
    values: Sequence[int],
    *,
    is_closed: bool,
    has_turned: Callable[[int, int], bool],
    instants: Sequence[int] | None = None,
) -> list[Fate]:
    """Return the fate of each of an epoch's readings.

    A fall is put down to the readings behind it where the register comes back above it, and to
    those before it where what follows fits what was before them; to whichever are fewer, and the
    fewest nonsense readings first, so that what is simple does not mislead where several meet. The
    way there or back must be a jump: a register that counts up again was reset. Any other fall is
    a reset.

    Args:
        values: Register values at one scale, in order of time. Shape (n,).
        is_closed: Whether the epoch has ended, so that no further reading can decide.
        has_turned: Whether the fall from the value at one place to that at another is a full turn.
        instants: When they were read; None: a second apart. [local s] Shape (n,).

    Returns:
        The fates. Shape (n,).

    >>> never = lambda one, two: False
    >>> [fate.value for fate in fates([100, 5, 110], is_closed=False, has_turned=never)]
    ['KEPT', 'DROPPED', 'KEPT']
    >>> [fate.value for fate in fates([9, 0, 0, 0, 10], is_closed=False, has_turned=never)]
    ['KEPT', 'DROPPED', 'DROPPED', 'DROPPED', 'KEPT']
    >>> [fate.value for fate in fates([1, 90, 91, 2, 3], is_closed=False, has_turned=never)]
    ['KEPT', 'DROPPED', 'DROPPED', 'KEPT', 'KEPT']
    """
    found = [Fate.KEPT] * len(values)
    at = range(len(values)) if instants is None else instants
    left = list(range(len(values)))
    while True:
        epoch = _Epoch(values, at, left, is_closed, has_turned)
        findings = [one for place in epoch.falls() for one in epoch.explained(place)]
        nonsense = [one for one in findings if one.fate is Fate.DROPPED]
        if not nonsense:
            break
        for one in reversed(_fewest(nonsense)):
            for place in left[one.first : one.end]:
                found[place] = Fate.DROPPED
            del left[one.first : one.end]
    for one in findings:
        for place in left[one.first : one.end]:
            found[place] = Fate.UNDECIDED
    return found


def _fewest(findings: Sequence[_Finding]) -> list[_Finding]:
    """Return the findings of the fewest readings, ascending, none touching another."""
    fewest = min(findings).readings
    taken: list[_Finding] = []
    for one in sorted(findings):
        if one.readings == fewest and (not taken or one.first > taken[-1].end):
            taken.append(one)
    return taken


class _Epoch:
    """The readings that are left of an epoch."""

    def __init__(
        self,
        values: Sequence[int],
        at: Sequence[int],
        left: Sequence[int],
        is_closed: bool,
        has_turned: Callable[[int, int], bool],
    ) -> None:
        self._left, self._is_closed, self._has_turned = left, is_closed, has_turned
        self._values = [values[place] for place in left]
        self._at = [at[place] for place in left]

    def falls(self) -> list[int]:
        """Return the places before which the register falls."""
        values = self._values
        return [n for n in range(1, len(values)) if values[n] < values[n - 1]]

    def explained(self, place: int) -> list[_Finding]:
        """Return the ways to explain the fall before a place, the one with fewer readings."""
        ways = [one for one in (self._low(place), self._high(place)) if one is not None]
        return [min(ways, key=lambda one: one.readings)] if ways else []

    def _low(self, place: int) -> _Finding | None:
        """Explain a fall by the readings behind it, where the register comes back."""
        values, last = self._values, place - 1
        for back in range(place + 1, len(values)):
            if not self._is_near(last, back):
                return None
            if values[back] >= values[last]:
                is_jump = self._jumps(place, back, values[last] - values[place])
                return _Finding(back - place, place, back, Fate.DROPPED) if is_jump else None
        return None

    def _high(self, place: int) -> _Finding | None:
        """Explain a fall by the readings before it, where the later ones fit the earlier ones."""
        values, peak = self._values, place - 1
        if self._has_turned(self._left[peak], self._left[place]):
            return None
        for before in range(peak - 1, -1, -1):
            if not self._is_near(before, place):
                return None
            if values[before] <= values[place]:
                fate = self._confirmed(place)
                is_jump = self._jumps(before, peak, values[peak] - values[place])
                is_it = fate is not Fate.KEPT and is_jump
                return _Finding(peak - before, before + 1, place, fate) if is_it else None
        return None

    def _confirmed(self, place: int) -> Fate:
        """Return the fate of a peak before a place, of which the reading behind it tells."""
        if place + 1 == len(self._values):
            return Fate.DROPPED if self._is_closed else Fate.UNDECIDED
        return Fate.DROPPED if self._values[place + 1] >= self._values[place] else Fate.KEPT

    def _is_near(self, one: int, two: int) -> bool:
        """Answer whether all between two readings may be nonsense: a single one, or a short run."""
        is_single = two - one == 2 and self._left[two] - self._left[one] == 2
        return is_single or self._at[two] - self._at[one] <= RUN_MOST_S

    def _jumps(self, first: int, last: int, fall: int) -> bool:
        """Answer whether the greatest step between two places is a quarter of the fall at least."""
        steps = (self._values[n + 1] - self._values[n] for n in range(first, last))
        return 4 * max(steps) >= fall
