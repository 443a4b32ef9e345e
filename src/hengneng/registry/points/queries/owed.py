"""Which points a unit owes on a day, with the rules that say so."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from django.utils import timezone

from hengneng.kernel import clock
from hengneng.registry.energy import queries as energy
from hengneng.registry.equipment import queries as equipment
from hengneng.registry.equipment.rules import consumers
from hengneng.registry.equipment.rules.editions import RuleSet
from hengneng.registry.points import rules
from hengneng.registry.points.queries.points import PointRow, points_of
from hengneng.registry.points.rules.owed import Due, Metered, Use
from hengneng.registry.units import queries as units

KEY_UNIT = "KEY"
_DECIDED = {consumers.Standing.MAIN: True, consumers.Standing.NOT_MAIN: False}


class OwedRow(NamedTuple):
    """A point that a unit owes.

    Attributes:
        energy_type_id: What it must meter.
        level: ``LEVEL_1`` …
        consumer_id: The consumer whose meter is missing; None: the unit's boundary.
        consumer_code: That consumer's code; empty: the unit's boundary.
        consumer_name: Its name; empty: the unit's boundary.
        ground: ``BOUNDARY``, ``MAIN``, or ``UNDECIDED`` where the rules do not tell.
        on_line: Whether its data must be uploaded (Notice 三(一)).
    """

    energy_type_id: str
    level: str
    consumer_id: int | None
    consumer_code: str
    consumer_name: str
    ground: str
    on_line: bool


class Owing(NamedTuple):
    """What a unit owes, and by which rules.

    Attributes:
        rows: The points owed: the boundary's, then the consumers' by code.
        edition: The edition of GB 17167 in force; empty: none was, so no consumer is judged.
        citation: How we know of it.
        verified: Whether its official text was held in hand.
        is_empty: Whether the edition is known by name only, so that nothing is decided by it.
    """

    rows: list[OwedRow]
    edition: str
    citation: str
    verified: bool
    is_empty: bool


def owed_points(
    unit_id: int,
    *,
    at: datetime | None = None,
    as_of: datetime | None = None,
    points: Sequence[PointRow] | None = None,
) -> Owing:
    """Return the points that the rules require beside those that the unit has; seven queries.

    Args:
        unit_id: The unit.
        at: The instant; None: now. Aware.
        as_of: As believed when; None: now. Aware.
        points: The unit's points then, where they are at hand, which saves two queries; None: not.
    """
    instant = at or clock.now()
    there = equipment.consumers_of(unit_id, at=instant, as_of=as_of)
    by = _rule_set(instant, as_of)
    kinds = {row.code: row.kind for row in energy.energy_types()}
    known = points_of(unit_id, at=instant, as_of=as_of) if points is None else points
    metered = [Metered(row.energy_type_id, row.level, row.flow, row.feeds_id) for row in known]
    dues = rules.owed(_uses(there, by), metered, kinds=kinds)
    listed = [row.year for row in units.listings_of(unit_id) if row.kind == KEY_UNIT]
    rows = _rows(dues, there, listed, timezone.localtime(instant).year)
    if by is None:
        return Owing(rows, "", "", verified=False, is_empty=True)
    return Owing(rows, by.edition, by.citation, by.verified, by.is_empty())


def _rule_set(instant: datetime, as_of: datetime | None) -> RuleSet | None:
    """Return the edition in force on the instant's day; None: none was."""
    try:
        return equipment.rule_set_on(clock.day_of(instant), as_of=as_of)
    except equipment.UnknownEdition:
        return None


def _uses(there: Sequence[equipment.ConsumerRow], by: RuleSet | None) -> list[Use]:
    """Return what each consumer uses, by the consumers' codes."""
    stand_for = consumers.roots({row.id: row.metered_with_id for row in there})
    kinds = {row.id: row.kind for row in there}
    found = []
    for row in there:
        standings = equipment.standings_of(row, by) if by is not None else {}
        needs = {need.energy_type_id for need in row.demands if need.amount}
        found += [
            Use(
                code,
                stand_for[row.id],
                kinds[stand_for[row.id]],
                _DECIDED.get(standings.get(code, consumers.Standing.UNDECIDED)),
            )
            for code in sorted(needs)
        ]
    return found


def _rows(
    dues: Sequence[Due],
    there: Sequence[equipment.ConsumerRow],
    listed: Sequence[int],
    year: int,
) -> list[OwedRow]:
    """Return what is owed with the consumers' names."""
    names: Mapping[int | None, tuple[str, str]] = {row.id: (row.code, row.name) for row in there}
    return [
        OwedRow(
            due.energy_type_id,
            due.level,
            due.consumer_id,
            *names.get(due.consumer_id, ("", "")),
            due.ground,
            rules.is_asked_for_on_line(due.level, listed_years=listed, year=year),
        )
        for due in dues
    ]
