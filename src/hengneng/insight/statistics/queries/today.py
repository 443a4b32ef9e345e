"""Today so far and the same hours of earlier days, remembered unit by unit while they are true."""

import threading
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Context, Decimal, Inexact, InvalidOperation, localcontext
from math import gcd
from typing import NamedTuple

from hengneng.insight.statistics.queries.roll import Roll, measured_on
from hengneng.insight.statistics.rules import ZERO, Cell
from hengneng.protocol.records import DAY_SECONDS
from hengneng.telemetry.consumption.queries import slots, sums
from hengneng.telemetry.consumption.queries.sums import GroupSum

_Kind = tuple[date, str, str, tuple[Decimal | None, Decimal | None]]
# Rounding would be an error, not an answer.
_EXACT = Context(prec=100, traps=[Inexact, InvalidOperation])
# Each unit stands there once for the city and once for each of its districts.
_KEPT_MOST = 50_000


class Compared(NamedTuple):
    """What some points of one energy type and flow consumed in the slots that both days know.

    Attributes:
        other: The day that is compared with.
        energy_type: Its code.
        flow: Which way it goes.
        measured: Factor of their unit's own measured fuel on the day and on the other; None: the
            table's serves. [kgce per unit of measure]
        amount: On the day.
        other_amount: On the other day.
        slots: Slots known on both. [count]
    """

    other: date
    energy_type: str
    flow: str
    measured: tuple[Decimal | None, Decimal | None]
    amount: Decimal
    other_amount: Decimal
    slots: int


class Today(NamedTuple):
    """A day that goes on.

    Attributes:
        cells: What each unit's points add up to, by district, energy type and flow.
        compared: Against each earlier day, all units together.
    """

    cells: list[Cell]
    compared: list[Compared]


class _Unit(NamedTuple):
    """What a unit's points add up to and compare, and the state of all that it follows from."""

    state: Hashable
    cells: list[Cell]
    compared: list[Compared]


_kept: dict[tuple[int, str | None], _Unit] = {}  # by unit, and the district it was cut to
_keeping = threading.Lock()


def today(
    roll: Roll,
    unit_ids: Collection[int],
    *,
    others: Sequence[date],
    elapsed_s: int,
    district: str | None,
    edited: tuple[int, datetime] | None,
) -> Today:
    """Return the last day of a roll so far, and what it and earlier ones compare.

    Three queries, and one where nothing has changed: sums and slots are read only of units of
    which one of these days was worked out again, or of all where a fact was edited or a slot has
    gone by. In a minute few of a city's units send.

    Args:
        roll: Who counts, unit by unit, from the earliest other day to the day.
        unit_ids: The units.
        others: Earlier days.
        elapsed_s: Compared are only slots that end within so many seconds of the day's start. [s]
        district: To which the roll was cut; None: to none.
        edited: The last edit of facts as it was before the roll's points were read.
    """
    day = roll.periods[-1]
    revisions = sums.revisions_by_unit(unit_ids, days=[day, *others])
    step = gcd(*(DAY_SECONDS // per_day for per_day in set(roll.slots))) or DAY_SECONDS
    shared = (edited, day, tuple(others), elapsed_s // step)
    states = {unit_id: (shared, revisions.get(unit_id)) for unit_id in unit_ids}
    known = {unit_id: _kept.get((unit_id, district)) for unit_id in unit_ids}
    lacking = {u for u, one in known.items() if one is None or one.state != states[u]}
    worked = _worked(roll, lacking, others, elapsed_s, states)
    _keep({(unit_id, district): one for unit_id, one in worked.items()})
    units = [worked.get(unit_id) or kept for unit_id, kept in known.items()]
    return Today(
        [cell for one in units if one for cell in one.cells],
        _together(pair for one in units if one for pair in one.compared),
    )


def _worked(
    roll: Roll,
    unit_ids: Collection[int],
    others: Sequence[date],
    elapsed_s: int,
    states: Mapping[int, Hashable],
) -> dict[int, _Unit]:
    """Return some units as they are now; two queries, none without a unit."""
    places = {unit_id: roll.places_by_unit.get(unit_id, []) for unit_id in unit_ids}
    counted = [roll.counted[place] for some in places.values() for place in some]
    day = roll.periods[-1]
    found: dict[int, list[GroupSum]] = {}
    for one in sums.sums_of_days(counted, from_day=day, to_day=day):
        found.setdefault(roll.groups[one.group].unit_id, []).append(one)
    pairs: dict[int, list[Compared]] = {}
    for pair in slots.pairs_of(counted, day=day, others=others, elapsed_s=elapsed_s):
        group = roll.groups[pair.group]
        measured = measured_on(group, day), measured_on(group, pair.other)
        amounts = pair.amount, pair.other_amount, pair.slots
        own = Compared(pair.other, group.energy_type, group.flow, measured, *amounts)
        pairs.setdefault(group.unit_id, []).append(own)
    return {
        unit_id: _Unit(
            states[unit_id],
            roll.cells_on(day, some, found.get(unit_id, ())),
            pairs.get(unit_id, []),
        )
        for unit_id, some in places.items()
    }


def _together(every: Iterable[Compared]) -> list[Compared]:
    """Return one sum for each day, energy type, flow and measured factor."""
    groups: dict[_Kind, list[Compared]] = {}
    for one in every:
        groups.setdefault(one[:4], []).append(one)
    with localcontext(_EXACT):
        return [
            Compared(
                *kind,
                sum((one.amount for one in some), ZERO),
                sum((one.other_amount for one in some), ZERO),
                sum(one.slots for one in some),
            )
            for kind, some in groups.items()
        ]


def _keep(units: Mapping[tuple[int, str | None], _Unit]) -> None:
    """Keep units; where there are too many, begin anew."""
    with _keeping:
        if len(_kept) + len(units) > _KEPT_MOST:
            _kept.clear()
        _kept.update(units)
