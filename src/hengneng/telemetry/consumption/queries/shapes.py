"""Points' days with their gaps shared as the dated rule says, other digests read where asked.

Days without a gap read nothing more. The shapes that all the gaps together ask for are read at
once, and only what asked is worked out again.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from hengneng.kernel import clock
from hengneng.registry.points import queries as points
from hengneng.telemetry.consumption.queries import parameters, tracks
from hengneng.telemetry.consumption.queries.evidence import Digests, Evidence
from hengneng.telemetry.consumption.rules import shapes, stitch
from hengneng.telemetry.consumption.rules.day import Day
from hengneng.telemetry.consumption.rules.digest import Window
from hengneng.telemetry.consumption.rules.gaps import Shapes, Wanted
from hengneng.telemetry.consumption.rules.methods import Method
from hengneng.telemetry.consumption.rules.registers import Limits
from hengneng.telemetry.consumption.rules.tracks import Track


class Task(NamedTuple):
    """Days of one point that are worked out together.

    Attributes:
        track: The point.
        window: As ``stitch``'s.
        days: Days since 1970-01-01.
        limits: The dated parameters.
    """

    track: Track
    window: Window
    days: Sequence[int]
    limits: Limits


def work_out(source: Evidence, tasks: Iterable[Task]) -> list[tuple[int, stitch.PointDay]]:
    """Return the points' days, beside their points.

    Args:
        source: Where digests come from.
        tasks: The days, each day of a point once.
    """
    at_hand = Shapes(parameters.spreading())
    tried = [(task, *_tried(task, at_hand)) for task in tasks]
    if at_hand.wanted:
        at_hand.take(_found(source, [task.track for task, _, _ in tried], at_hand.wanted))
    return [
        (task.track.point_id, one)
        for task, worked, has_missed in tried
        for one in (_stitched(task, at_hand) if has_missed else worked)
    ]


def _tried(task: Task, at_hand: Shapes) -> tuple[list[stitch.PointDay], bool]:
    """Return the days as they are without further shapes, and whether any was missed."""
    before = at_hand.misses
    worked = _stitched(task, at_hand)
    return worked, at_hand.misses > before


def _stitched(task: Task, at_hand: Shapes) -> list[stitch.PointDay]:
    return stitch.stitch(
        task.track, task.window, days=task.days, limits=task.limits, shapes=at_hand
    )


class _Measured:
    """Days of points as they were measured, each worked out once."""

    def __init__(self, known: Iterable[Track], digests: Digests) -> None:
        self._tracks = {track.point_id: track for track in known}
        self._digests = digests
        self._days: dict[tuple[int, int], Day | None] = {}

    def of(self, point_id: int, day: int, slot_seconds: int) -> Day | None:
        """Return a day that was wholly measured in such slots; None where it was not."""
        key = point_id, day
        if key not in self._days:
            track, limits = self._tracks[point_id], parameters.on(day).limits
            self._days[key] = shapes.shape_of(track, self._digests, day=day, limits=limits)
        one = self._days[key]
        return one if one is not None and one.slot_seconds == slot_seconds else None


def _found(
    source: Evidence, known: Iterable[Track], wanted: Collection[Wanted]
) -> dict[Wanted, Day | None]:
    """Return the shape of each wanted day; one query, and some more where siblings are wanted.

    It is that of the latest earlier day of the point that has one, or of the point's siblings that
    have one together.
    """
    siblings = _siblings(source, [one for one in wanted if one.method is Method.SIBLING])
    if siblings:
        known = tracks.tracks_of(source.unit_id, as_of=source.as_of)
    days = {near for one in wanted for day in one.days() for near in (day - 1, day, day + 1)}
    measured = _Measured(known, source.digests(days))
    return {
        one: _beside(one, siblings[one], measured)
        if one.method is Method.SIBLING
        else _earlier(one, measured)
        for one in wanted
    }


def _earlier(one: Wanted, measured: _Measured) -> Day | None:
    """Return the latest earlier day of the point that can be followed."""
    days = (measured.of(one.point_id, day, one.slot_seconds) for day in one.days())
    return next((day for day in days if day is not None), None)


def _beside(one: Wanted, siblings: Iterable[int], measured: _Measured) -> Day | None:
    """Return what those siblings used on a day that were wholly measured on all days of the gap."""
    found = []
    for point_id in siblings:
        days = {day: measured.of(point_id, day, slot) for day, slot in one.gap}
        told = [day for day in days.values() if day is not None]
        if len(told) == len(days):
            found += [day for number, day in days.items() if number == one.day and day is not None]
    return shapes.together(found)


def _siblings(source: Evidence, wanted: Collection[Wanted]) -> dict[Wanted, list[int]]:
    """Return the points that hung beside each wanted day's point on all days of its gap."""
    if not wanted:
        return {}
    days = {clock.date_of(day) for one in wanted for day, _ in one.gap}
    beside = points.siblings_on(source.unit_id, days, as_of=source.as_of)
    found = {}
    for one in wanted:
        on_each = [beside[clock.date_of(day)].get(one.point_id, set()) for day, _ in one.gap]
        found[one] = sorted(set.intersection(*on_each))
    return found
