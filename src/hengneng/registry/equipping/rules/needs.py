"""What must be metered at each level, and which of it is."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from hengneng.registry.equipment.rules.consumers import Standing, roots
from hengneng.registry.equipping.rules.rates import Count
from hengneng.registry.equipping.rules.verdicts import Lacking

KIND_OF_LEVEL = {"LEVEL_2": "SUB_UNIT", "LEVEL_3": "EQUIPMENT"}


class Meter(NamedTuple):
    """A point with the instrument that stands at it.

    Attributes:
        point_id: The point.
        point_code: The unit's own short name of it.
        energy_type_id: What it meters.
        level: ``LEVEL_1`` … ``OTHER``.
        feeds_id: The consumer whose consumption it meters; None: not said.
        instrument_id: The instrument at it; None: none is known.
        is_in_use: Whether that is not stopped; False where there is none.
    """

    point_id: int
    point_code: str
    energy_type_id: str
    level: str
    feeds_id: int | None
    instrument_id: int | None
    is_in_use: bool


class User(NamedTuple):
    """A consumer with what the thresholds make of it.

    Attributes:
        id: The consumer.
        code: The unit's own short name of it.
        name: Its name.
        kind: ``SUB_UNIT`` or ``EQUIPMENT``.
        metered_with_id: The consumer whose meter stands for it too; None: it has its own.
        standings: For each energy type it uses, whether it is a main one.
    """

    id: int
    code: str
    name: str
    kind: str
    metered_with_id: int | None
    standings: Mapping[str, Standing]


class Lack(NamedTuple):
    """Something that must be metered and is not.

    Attributes:
        point_id: The boundary point that has no instrument in use; None: it is a consumer.
        consumer_id: The consumer that is not metered; None: it is a point.
        code: The unit's own short name of it.
        name: The consumer's name; empty for a point.
        lacking: What it lacks.
    """

    point_id: int | None
    consumer_id: int | None
    code: str
    name: str
    lacking: Lacking


class Needs(NamedTuple):
    """What must be metered of one energy type at one level.

    Attributes:
        tally: How much of it there is, and is metered.
        meters: The points that meter what must be, or may have to be, metered.
        missing: What must be metered and is not.
        undecided: Consumers of which it is not known whether they must be.
        excused: Equipment in a cell that is metered as a whole.
    """

    tally: Count
    meters: tuple[Meter, ...] = ()
    missing: tuple[Lack, ...] = ()
    undecided: tuple[User, ...] = ()
    excused: tuple[User, ...] = ()


def at_boundary(energy_type: str, meters: Iterable[Meter]) -> Needs:
    """Return what must be metered where an energy type comes in or goes out: every level 1 point.

    Args:
        energy_type: The energy type.
        meters: The unit's points.
    """
    points = [m for m in meters if m.level == "LEVEL_1" and m.energy_type_id == energy_type]
    there = tuple(meter for meter in points if meter.is_in_use)
    missing = tuple(
        Lack(meter.point_id, None, meter.point_code, "", _lacking([meter]))
        for meter in points
        if not meter.is_in_use
    )
    return Needs(Count(len(points), len(there)), there, missing)


def of_consumers(
    energy_type: str, level: str, users: Sequence[User], meters: Iterable[Meter]
) -> Needs:
    """Return what must be metered of a unit's main sub-units or main equipment.

    Those metered together need one meter. Equipment in a metered cell of another kind, a plant
    room, needs none of its own.

    Args:
        energy_type: The energy type.
        level: ``LEVEL_2``: sub-units, ``LEVEL_3``: equipment.
        users: Every consumer of the unit, without rings.
        meters: The unit's points.

    Source:
        GB 17167-2006, 4.3 (recollected): a cell that is metered needs no meter for what is in it.
    """
    fed = _by_consumer(energy_type, meters)
    by_id = {user.id: user for user in users}
    leads_to = roots({user.id: user.metered_with_id for user in users})
    kind = KIND_OF_LEVEL[level]
    groups: dict[int, list[User]] = defaultdict(list)
    excused = []
    for user in users:
        standing = user.standings.get(energy_type)
        if user.kind != kind or standing in (None, Standing.NOT_MAIN):
            continue
        root = leads_to[user.id]
        if by_id[root].kind == kind:
            groups[root].append(user)
        elif _in_use(fed[root]):
            excused.append(user)
        else:
            groups[user.id].append(user)
    return _counted(energy_type, groups, fed, by_id)._replace(excused=tuple(excused))


def _counted(
    energy_type: str,
    groups: Mapping[int, list[User]],
    fed: Mapping[int, list[Meter]],
    by_id: Mapping[int, User],
) -> Needs:
    """Return what groups of consumers need; each is metered by its first, or one by one."""
    tally = {"need": 0, "have": 0, "undecided_with": 0, "undecided_without": 0}
    meters: dict[int, Meter] = {}
    missing, undecided = [], []
    for root, group in groups.items():
        found = _meters_of(root, group, fed)
        meters |= {meter.point_id: meter for meter in found}
        if all(user.standings[energy_type] is Standing.UNDECIDED for user in group):
            tally["undecided_with" if found else "undecided_without"] += 1
            undecided += group
            continue
        tally["need"] += 1
        tally["have"] += bool(found)
        if not found:
            first = by_id[root]
            missing.append(Lack(None, root, first.code, first.name, _lacking(fed[root])))
    return Needs(Count(**tally), tuple(meters.values()), tuple(missing), tuple(undecided))


def _meters_of(root: int, group: Sequence[User], fed: Mapping[int, list[Meter]]) -> list[Meter]:
    """Return the meters in use that meter a group whole; none where a part is not metered."""
    together = _in_use(fed[root])
    if together:
        return together
    each = [_in_use(fed[user.id]) for user in group]
    return [meter for own in each for meter in own] if all(each) else []


def _by_consumer(energy_type: str, meters: Iterable[Meter]) -> defaultdict[int, list[Meter]]:
    """Return the points of an energy type by the consumer that they meter."""
    found: defaultdict[int, list[Meter]] = defaultdict(list)
    for meter in meters:
        if meter.feeds_id is not None and meter.energy_type_id == energy_type:
            found[meter.feeds_id].append(meter)
    return found


def _in_use(meters: Iterable[Meter]) -> list[Meter]:
    """Return those with an instrument in use."""
    return [meter for meter in meters if meter.is_in_use]


def _lacking(meters: Sequence[Meter]) -> Lacking:
    """Return what points without an instrument in use lack."""
    if not meters:
        return Lacking.POINT
    stopped = any(meter.instrument_id is not None for meter in meters)
    return Lacking.INSTRUMENT_IN_USE if stopped else Lacking.INSTRUMENT
