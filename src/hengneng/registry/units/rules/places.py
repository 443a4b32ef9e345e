"""In which district a point stands, from where the sites of its unit lie."""

import itertools
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple


class Stay(NamedTuple):
    """Where a site lies, on some days."""

    site_id: int
    district: str
    first: date
    until: date


def places(
    site_id: int | None, stays: Iterable[Stay], *, first: date, until: date
) -> list[tuple[date, date, str | None]]:
    """Return the districts in which a point stands: runs of days, ascending.

    A point without a site stands where all sites of its unit lie, if that is one district.

    Args:
        site_id: The point's site; None: not said.
        stays: Where the unit's sites lie.
        first: First day.
        until: Day after the last.

    >>> day = date(2026, 3, 1)
    >>> [d for _, _, d in places(None, [Stay(1, "310101", day, day.replace(day=9))], first=day,
    ...                          until=day.replace(day=5))]
    ['310101']
    """
    own = [stay for stay in stays if site_id is None or stay.site_id == site_id]
    # Nearly every unit lies at one place all the time.
    if len(own) == 1 and own[0].first <= first and own[0].until >= until:
        return [(first, until, own[0].district)]
    edges = {edge for stay in own for edge in (stay.first, stay.until) if first < edge < until}
    cuts = [first, *sorted(edges), until]
    runs = []
    for begin, end in itertools.pairwise(cuts):
        there = {stay.district for stay in own if stay.first <= begin < stay.until}
        runs.append((begin, end, there.pop() if len(there) == 1 else None))
    return runs
