"""Which registers fall, or may, in days that lie together: where nonsense may have been.

Needs numpy, so only workers load it.
"""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from hengneng.protocol.records import DAY_SECONDS
from hengneng.telemetry.consumption.rules import marks
from hengneng.telemetry.consumption.rules.columns import Columns

_REJECTED = ord(marks.REJECTED)


def has_early(day: Columns, tolerance_s: int) -> bool:
    """Answer whether a realtime label lies so shortly before midnight that it may mean it."""
    is_late = day.at % DAY_SECONDS >= DAY_SECONDS - tolerance_s
    places = np.searchsorted(day.starts, np.flatnonzero(is_late), side="right") - 1
    return any(day.names[place].startswith("N0") for place in np.unique(places).tolist())


class Ends(NamedTuple):
    """First and last good value of a register's day, each as digits and scale."""

    first: tuple[int, int]
    last: tuple[int, int]


class DayEnds(NamedTuple):
    """What of a day tells whether its registers fall.

    Attributes:
        ends: Each register's first and last good value.
        within: Registers that fall, or may, between the two.
    """

    ends: dict[str, Ends]
    within: set[str]


def falling(days: Iterable[DayEnds]) -> set[str]:
    """Return the registers that fall within these days or from one to the next.

    One that changes its scale may; so may what is not looked at more closely.

    Args:
        days: Of digests, ascending.
    """
    found: set[str] = set()
    last: dict[str, tuple[int, int]] = {}
    for day in days:
        found |= day.within
        for name, (first, final) in day.ends.items():
            before = last.get(name)
            if before is not None and (before[1] != first[1] or before[0] > first[0]):
                found.add(name)
            last[name] = final
    return found


def ends_of(day: Columns) -> DayEnds:
    """Return each register's first and last good value, and those that fall in between."""
    counts = np.diff(day.starts)
    is_register = np.asarray([name[0] == "R" for name in day.names] or [False], np.bool_)
    owner = np.repeat(np.arange(len(counts)), counts)
    good = np.flatnonzero((day.letters != _REJECTED) & is_register[owner])
    if not len(good):
        return DayEnds({}, set())
    owner, digits, scales = owner[good], day.digits[good], day.scales[good]
    is_same = owner[1:] == owner[:-1]
    is_fall = is_same & ((digits[1:] < digits[:-1]) | (scales[1:] != scales[:-1]))
    begins = np.append(0, np.flatnonzero(~is_same) + 1)
    final = np.append(begins[1:] - 1, len(good) - 1)
    cells = (owner[begins], digits[begins], scales[begins], digits[final], scales[final])
    ends = {
        day.names[place]: Ends((first, scale), (last, last_scale))
        for place, first, scale, last, last_scale in zip(
            *(one.tolist() for one in cells), strict=True
        )
    }
    within = {day.names[place] for place in np.unique(owner[1:][is_fall]).tolist()}
    return DayEnds(ends, within)
