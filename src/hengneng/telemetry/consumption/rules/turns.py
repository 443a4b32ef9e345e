"""Whose turn it is: whoever has had the least of the worker's time, then who waits longest.

Start-time fair queueing: a unit that comes back after a while begins where the one at work began,
so that a large backlog lets the others in after each share of its own, and nobody saves turns up.

Source:
    P. Goyal, H. Vin, H. Cheng, *Start-time Fair Queueing*, SIGCOMM 1996, 3.
"""

from collections.abc import Sequence


class Turns:
    """What each unit has had, counted from the start of the share at work.

    >>> turns = Turns()
    >>> turns.spend(turns.next_of([7, 8]), 0.5)
    >>> turns.next_of([7, 8]), turns.next_of([7])
    (8, 7)
    """

    def __init__(self) -> None:
        """Begin with nobody ahead."""
        self._had: dict[int, float] = {}
        self._level = 0.0

    def next_of(self, waiting: Sequence[int]) -> int:
        """Return whose turn it is.

        Args:
            waiting: Units that wait, the longest waiting first. At least one.
        """
        unit = min(waiting, key=lambda one: self._had.get(one, self._level))
        self._level = max(self._had.get(unit, self._level), self._level)
        # Who is not ahead of the others any more need not be remembered.
        self._had = {one: had for one, had in self._had.items() if had > self._level}
        return unit

    def spend(self, unit: int, seconds: float) -> None:
        """Note how much time a unit has had.

        Args:
            unit: The unit.
            seconds: Of the worker's time, in this share. [s]
        """
        self._had[unit] = self._had.get(unit, self._level) + seconds
