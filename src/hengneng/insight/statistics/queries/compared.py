"""The same hours of today and earlier days, remembered unit by unit while they are true."""

import threading
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Context, Decimal, Inexact, InvalidOperation
from math import gcd
from typing import NamedTuple

from hengneng.insight.statistics.queries.roll import Roll, measured_on
from hengneng.protocol.records import DAY_SECONDS
from hengneng.telemetry.consumption.queries import slots, sums

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


class _Unit(NamedTuple):
    """What a unit's points compare, and the state of all that it follows from."""

    state: Hashable
    found: list[Compared]


_kept: dict[tuple[int, str | None], _Unit] = {}  # by unit, and the district it was cut to
_keeping = threading.Lock()


def compared(
    roll: Roll,
    unit_ids: Collection[int],
    *,
    others: Sequence[date],
    elapsed_s: int,
    district: str | None,
    edited: tuple[int, datetime] | None,
) -> list[Compared]:
    """Return what the last day of a roll and earlier ones compare, for all units together.

    Two queries, and one where nothing has changed: slots are read only of units of which one of
    these days was worked out again, or of all where a fact was edited or a slot has gone by. In a
    minute few of a city's units send.

    Args:
        roll: Who counts, unit by unit, from the earliest other day to the day.
        unit_ids: The units.
        others: Earlier days.
        elapsed_s: Only slots that end within so many seconds of the day's start. [s]
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
    worked = _worked(roll, lacking, others, elapsed_s)
    _keep({(u, district): _Unit(states[u], worked.get(u, [])) for u in lacking})
    return _together(
        one
        for unit_id, kept in known.items()
        for one in (worked.get(unit_id, []) if kept is None or unit_id in lacking else kept.found)
    )


def _worked(
    roll: Roll, unit_ids: Collection[int], others: Sequence[date], elapsed_s: int
) -> dict[int, list[Compared]]:
    """Return what each of some units compares; one query."""
    counted = [row for row in roll.counted if row.unit_id in unit_ids]
    found: dict[int, list[Compared]] = {}
    day = roll.periods[-1]
    for pair in slots.pairs_of(counted, day=day, others=others, elapsed_s=elapsed_s):
        group = roll.groups[pair.group]
        measured = measured_on(group, day), measured_on(group, pair.other)
        amounts = pair.amount, pair.other_amount, pair.slots
        one = Compared(pair.other, group.energy_type, group.flow, measured, *amounts)
        found.setdefault(group.unit_id, []).append(one)
    return found


def _together(every: Iterable[Compared]) -> list[Compared]:
    """Return one sum for each day, energy type, flow and measured factor."""
    found: dict[Hashable, Compared] = {}
    for one in every:
        before = found.get(one[:4])
        found[one[:4]] = one if before is None else _added(before, one)
    return list(found.values())


def _added(one: Compared, two: Compared) -> Compared:
    return Compared(
        *one[:4],
        _EXACT.add(one.amount, two.amount),
        _EXACT.add(one.other_amount, two.other_amount),
        one.slots + two.slots,
    )


def _keep(units: Mapping[tuple[int, str | None], _Unit]) -> None:
    """Keep units; where there are too many, begin anew."""
    with _keeping:
        if len(_kept) + len(units) > _KEPT_MOST:
            _kept.clear()
        _kept.update(units)
