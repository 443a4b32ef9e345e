"""Three properties of a unit whose messages and edits come at random, each in a fresh database.

Order and repetition change no figure, nor does a rebuild (ARCHITECTURE 1.2); as known then is what
a city fed only until then shows (ARCHITECTURE 1.3). Two journeys hold them, each for steps of its
own kind.
"""

import os
from collections.abc import Callable
from datetime import date
from typing import Any

from hypothesis import HealthCheck, settings
from tests.worlds import OPENING, World

from hengneng.kernel import clock
from hengneng.kernel.facts import operations as facts
from hengneng.protocol.records import DAY_SECONDS, Record
from hengneng.telemetry.consumption.queries import figures

# Records to be sent together, an operation of ``World`` with its arguments, or a word: ``work``,
# one round of the worker; ``settle``, as many as there is work for.
Step = list[Record] | tuple[Any, ...] | str


def relaxed(examples: int) -> settings:
    """Return the settings of a property that plays whole worlds.

    Args:
        examples: How many each time; ``./hengneng test --long`` looks at 500.
    """
    return settings(
        max_examples=500 if os.environ.get("HENGNENG_TEST_LONG") else examples,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )


def play(world: World, steps: list[Step]) -> list[Any]:
    """Do the steps in order; return the instant up to which each was recorded."""
    instants = []
    for step in steps:
        if isinstance(step, str):
            getattr(world, step)()
        elif isinstance(step, list):
            world.send(step)
        else:
            getattr(world, step[0])(*step[1:])
        instants.append(facts.settle())
    return instants


def with_edits_in_their_order(sent: list[Step], steps: list[Step], chance: Any) -> list[Step]:
    """Return what is sent with the edits of some steps among it, these in their own order."""
    edits = [step for step in steps if isinstance(step, tuple)]
    places = chance.sample(range(len(sent) + len(edits)), len(edits))
    mixed = list(sent)
    for place, edit in zip(sorted(places), edits, strict=True):
        mixed.insert(place, edit)
    return mixed


def as_known(world: World, instant: Any, *, days: int) -> tuple[Any, Any, Any]:
    """Return the slots, days and months of the world as known at an instant, points by place.

    Args:
        world: The world.
        instant: As known then; None: now.
        days: How many days the world has from its opening on.
    """
    first, last = (clock.date_of(OPENING // DAY_SECONDS + n) for n in (-1, days + 1))
    known: dict[str, Any] = {"unit_id": world.unit_id, "as_of": instant}
    profiles = [
        (place, row)
        for place, point in enumerate(world.points)
        for row in figures.profiles_of(point_id=point, from_day=first, to_day=last, **known)
    ]
    amounts = figures.days_of(from_day=first, to_day=last, **known)
    months = figures.months_of(from_month=first, to_month=last, **known)
    return (
        profiles,
        _by_place(world, ((row.point_id, row.day, row.amount) for row in amounts)),
        _by_place(world, ((row.point_id, row.month, row.amount) for row in months)),
    )


def _by_place(world: World, rows: Any) -> list[tuple[int, date, Any]]:
    return sorted((world.points.index(point), period, amount) for point, period, amount in rows)


def check_order(fresh: Callable[[], World], steps: list[Step], others: list[Step]) -> None:
    """Check that the same messages in another order make the same figures."""
    tables = []
    for some in (steps, others):
        world = fresh()
        play(world, some)
        world.settle()
        tables.append(world.tables())

    assert tables[1] == tables[0]


def check_rebuild(world: World, steps: list[Step]) -> None:
    """Check that figures worked out from scratch are the same to the byte."""
    play(world, steps)
    world.settle()
    worked = world.tables()

    world.rebuild()

    assert world.tables() == worked


def check_as_known(fresh: Callable[[], World], steps: list[Step], last: int, *, days: int) -> None:
    """Check that what was known after a step is what a world without the later ones shows."""
    world = fresh()
    instants = play(world, steps)
    world.settle()
    known = as_known(world, instants[last], days=days)

    then = fresh()
    play(then, steps[: last + 1])
    then.settle()

    assert as_known(then, None, days=days) == known
