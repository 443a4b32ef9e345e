"""Points' days with their gaps shared as the dated rule says, other days' digests read where asked.

Days without a gap read nothing more. The shapes that all the gaps together ask for are read at
once, and only what asked is worked out again.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from hengneng.telemetry.consumption.queries import parameters
from hengneng.telemetry.consumption.queries.evidence import Evidence
from hengneng.telemetry.consumption.rules import shapes, stitch
from hengneng.telemetry.consumption.rules.day import Day
from hengneng.telemetry.consumption.rules.digest import Entry
from hengneng.telemetry.consumption.rules.gaps import Shapes, Wanted
from hengneng.telemetry.consumption.rules.registers import Limits


class Task(NamedTuple):
    """Days of one point that are worked out together.

    Attributes:
        track: The point.
        window: As ``stitch``'s.
        days: Days since 1970-01-01.
        limits: The dated parameters.
    """

    track: stitch.Track
    window: Mapping[str, Sequence[Entry]]
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


def _found(
    source: Evidence, tracks: Iterable[stitch.Track], wanted: Iterable[Wanted]
) -> dict[Wanted, Day | None]:
    """Return the shape of each wanted day: of the latest earlier day that has one; one query."""
    by_point = {track.point_id: track for track in tracks}
    candidates = {day for one in wanted for day in one.candidates()}
    digests = source.digests({near for day in candidates for near in (day - 1, day, day + 1)})
    known: dict[tuple[int, int], Day | None] = {}

    def shape(point_id: int, day: int) -> Day | None:
        if (point_id, day) not in known:
            limits = parameters.on(day).limits
            track = by_point[point_id]
            known[point_id, day] = shapes.shape_of(track, digests, day=day, limits=limits)
        return known[point_id, day]

    found: dict[Wanted, Day | None] = {}
    for one in wanted:
        days = (shape(one.point_id, day) for day in one.candidates())
        fitting = (day for day in days if day and day.slot_seconds == one.slot_seconds)
        found[one] = next(fitting, None)
    return found
