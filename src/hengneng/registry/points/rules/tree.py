"""The metering tree by date: at no instant does a point hang on itself."""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from datetime import datetime
from typing import NamedTuple


class Hang(NamedTuple):
    """A stretch of time in which one point hangs on another.

    Attributes:
        valid_from: First instant. Aware.
        valid_until: End, exclusive; None: for good. Aware.
        point: The point.
        parent: The point above it.
    """

    valid_from: datetime
    valid_until: datetime | None
    point: Hashable
    parent: Hashable


class Circle(NamedTuple):
    """Points that hang on one another, from an instant on."""

    begins: datetime
    points: frozenset[Hashable]


def circle_in(hangs: Iterable[Hang]) -> Circle | None:
    """Return the first circle of points that hang on one another; None: at every instant a tree.

    Args:
        hangs: Any order; a point hangs on one other at a time. Shape (n,).
    """
    # A circle begins where one of its hangs does.
    core = _core(hangs)
    for instant in sorted({hang.valid_from for hang in core}):
        above = {
            hang.point: hang.parent
            for hang in core
            if hang.valid_from <= instant
            and (hang.valid_until is None or instant < hang.valid_until)
        }
        ring = _ring(above)
        if ring:
            return Circle(instant, ring)
    return None


def _core(hangs: Iterable[Hang]) -> list[Hang]:
    """Return the hangs that could lie on a circle, or below one, if their times are left aside."""
    every = list(hangs)
    below: dict[Hashable, list[Hashable]] = {}
    for hang in every:
        below.setdefault(hang.parent, []).append(hang.point)
    held = Counter(hang.point for hang in every)
    free = [point for point in below if point not in held]
    while free:
        for point in below.get(free.pop(), ()):
            held[point] -= 1
            if not held[point]:
                free.append(point)
    return [hang for hang in every if held[hang.point]]


def _ring(above: Mapping[Hashable, Hashable]) -> frozenset[Hashable]:
    """Return the points of one circle; empty where there is none."""
    done: set[Hashable] = set()
    for start in above:
        path: dict[Hashable, None] = {}
        point = start
        while point in above and point not in done and point not in path:
            path[point] = None
            point = above[point]
        if point in path:
            walked = list(path)
            return frozenset(walked[walked.index(point) :])
        done |= path.keys()
    return frozenset()
