"""Days that lie next to each other."""

from collections.abc import Iterable


def neighbouring(days: Iterable[int], *, most: int | None = None) -> list[list[int]]:
    """Return the days cut into runs of neighbours, none longer than ``most``, ascending.

    >>> neighbouring([5, 3, 4, 9], most=2)
    [[3, 4], [5], [9]]
    """
    runs: list[list[int]] = []
    for day in sorted(days):
        if runs and day == runs[-1][-1] + 1 and (most is None or len(runs[-1]) < most):
            runs[-1].append(day)
        else:
            runs.append([day])
    return runs
