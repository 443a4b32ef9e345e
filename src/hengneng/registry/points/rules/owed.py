"""Which points a unit owes: what the rules require beside the points that it has."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from hengneng.registry.points.rules.keys import INDICATOR

BOUNDARY = "LEVEL_1"
# GB 17167-2006, 4.3.2 to 4.3.4: sub-units are metered at level 2, equipment at level 3.
_LEVEL_OF_KIND = {"SUB_UNIT": "LEVEL_2", "EQUIPMENT": "LEVEL_3"}
# What a unit makes itself does not cross its boundary.
_MADE_INSIDE = frozenset({"GENERATED", "CONVERSION_OUTPUT"})


class Ground(StrEnum):
    """Why a point is owed."""

    BOUNDARY = "BOUNDARY"  # the unit uses the energy type, so it enters somewhere
    MAIN = "MAIN"  # the consumer reaches a threshold of a main one
    UNDECIDED = "UNDECIDED"  # the rules, or the demand, do not tell whether it is a main one


class Use(NamedTuple):
    """An energy type that a consumer uses.

    Attributes:
        energy_type_id: The energy type.
        metered_at: The consumer whose meter stands for it; itself where it has its own.
        kind: ``SUB_UNIT`` or ``EQUIPMENT``, of that one.
        is_main: Whether the user is a main one; None: the rules or the demand do not tell.
    """

    energy_type_id: str
    metered_at: int
    kind: str
    is_main: bool | None


class Metered(NamedTuple):
    """What a point meters.

    Attributes:
        energy_type_id: The energy type.
        level: ``LEVEL_1`` …
        flow: ``BOUGHT`` …
        feeds_id: The consumer whose consumption it meters; None: the unit's, or not said.
    """

    energy_type_id: str
    level: str
    flow: str
    feeds_id: int | None


class Due(NamedTuple):
    """A point that is owed.

    Attributes:
        energy_type_id: What it must meter.
        level: At which level.
        consumer_id: The consumer whose meter is missing; None: the unit's boundary.
        ground: Why.
    """

    energy_type_id: str
    level: str
    consumer_id: int | None
    ground: Ground


def owed(uses: Sequence[Use], metered: Sequence[Metered], *, kinds: Mapping[str, str]) -> list[Due]:
    """Return the points owed: the boundary's by energy type, then the consumers' in their order.

    An energy type is used where a consumer needs it or a point meters it. Consumers metered
    together owe one point, which is the one's whose meter stands for them. Indicators owe nothing.

    Args:
        uses: What the unit's consumers use; a demand of nothing is none. Shape (n,).
        metered: What its points meter. Shape (m,).
        kinds: Energy type to ``ENERGY``, ``MEDIUM`` or ``INDICATOR``.

    Source:
        GB 17167-2006, 4.3.2 to 4.3.4, as recollected; Notice 三(一) for the boundary.
    """
    energies = {code for code, kind in kinds.items() if kind != INDICATOR}
    used = {one.energy_type_id for one in uses} | {one.energy_type_id for one in metered}
    covered = {one.energy_type_id for one in metered if _covers_boundary(one)}
    dues = [
        Due(energy_type, BOUNDARY, None, Ground.BOUNDARY)
        for energy_type in sorted((used & energies) - covered)
    ]
    return dues + _of_consumers([use for use in uses if use.energy_type_id in energies], metered)


def _covers_boundary(point: Metered) -> bool:
    """Answer whether a point shows where its energy type enters, or that it is made inside."""
    return point.level == BOUNDARY or point.flow in _MADE_INSIDE


def _of_consumers(uses: Sequence[Use], metered: Iterable[Metered]) -> list[Due]:
    """Return the points that main consumers owe, and those of whom the rules do not tell."""
    fed = {(one.energy_type_id, one.feeds_id) for one in metered}
    found: dict[tuple[str, int], Due] = {}
    for use in uses:
        place = use.energy_type_id, use.metered_at
        if use.is_main is False or place in fed:
            continue
        ground = Ground.MAIN if use.is_main else Ground.UNDECIDED
        known = found.get(place)
        if known is None or known.ground is Ground.UNDECIDED:
            level = _LEVEL_OF_KIND[use.kind]
            found[place] = Due(use.energy_type_id, level, use.metered_at, ground)
    return list(found.values())


def is_asked_for_on_line(level: str, *, listed_years: Collection[int], year: int) -> bool:
    """Answer whether the point's data must be uploaded: a key unit's at its boundary.

    Args:
        level: The point's level.
        listed_years: The years of whose list of key units the unit is on.
        year: The year asked about.

    Source:
        Notice 三(一): in 2020 every unit on the list of 2019 uploads all its energy types at level
        1. ASSUMPTION: the latest list not after the year counts while it is at most a year old.
    """
    return level == BOUNDARY and not {year, year - 1}.isdisjoint(listed_years)
