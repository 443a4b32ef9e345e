"""Months of the city, each as its units' own statements of months add up."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import groupby, product
from typing import NamedTuple

from hengneng.insight.statistics.queries.reported import Then, ready
from hengneng.insight.statistics.queries.roll import (
    BOUNDARY,
    Group,
    PeriodSum,
    Roll,
    books,
    measured_on,
    period_sum,
    slots_between,
    standing_of,
    stays_of,
)
from hengneng.insight.statistics.rules import ZERO, Cell, Sum, grouped
from hengneng.kernel.facts import queries as facts
from hengneng.kernel.policy.rules import Permission, Viewer
from hengneng.registry.fuels import queries as fuels
from hengneng.registry.fuels.queries import Measured
from hengneng.registry.points import queries as points
from hengneng.registry.points.queries import Role
from hengneng.registry.units import queries as units
from hengneng.registry.units.queries import UnitRow
from hengneng.registry.units.rules.places import Stay
from hengneng.telemetry.consumption.queries import retold
from hengneng.telemetry.consumption.queries.months import next_month
from hengneng.telemetry.consumption.queries.sums import Counted, GroupSum
from hengneng.telemetry.consumption.rules import balance


def city_months(
    *,
    viewer: Viewer,
    months: Sequence[date],
    basis: str,
    district: str | None = None,
    edition: str | None = None,
    then: Then | None = None,
) -> list[PeriodSum]:
    """Return each month of all units that the viewer may read, ascending.

    The factor is that of the month's first day, a point's district the one in which it stood
    last in the month; a point that changed its level, energy type or flow within a month is
    added up day by day, as in its unit's statement. Ten queries at most.

    Args:
        viewer: Who asks; counted is what ``VIEW_READINGS`` reaches.
        months: Their first days, ascending, without a month left out.
        basis: ``EQUIVALENT`` or ``CALORIFIC``: how electricity and heat become coal.
        district: Only points that stand there; None: all.
        edition: Restated by this edition of factors and balance; None: each month by its own.
        then: As reported then, without the units that are pending; None: as known now.
    """
    if not months:
        return []
    edited, as_of = facts.last_stamp("fact"), then and then.as_of
    reached = ready(units.ids_visible_to(viewer, Permission.VIEW_READINGS), then)
    entered = _entered(tuple(reached), tuple(months), district, edited, (), as_of)
    until = next_month(months[-1])
    book_of = books(basis, first=months[0], until=until, edition=edition, as_of=as_of)
    return [
        period_sum(month, cells, book_of[month]) for month, cells in _cells(entered, months, then)
    ]


class Membership(NamedTuple):
    """The name under which a unit is gathered on some days: its sector, its own code.

    Attributes:
        first: First local day.
        until: Day after the last.
        name: The name.
    """

    first: date
    until: date
    name: str


_Numbered = tuple[date, date, int]


def always(name: str) -> tuple[Membership]:
    """Return that a unit is gathered under one name on all days."""
    return (Membership(date.min, date.max, name),)


def members_of(
    rows: Iterable[UnitRow], *, by: str, months: Sequence[date], then: Then | None = None
) -> dict[int, Sequence[Membership]]:
    """Return under which names units are gathered by day: their codes, or their sectors.

    Args:
        rows: The units.
        by: ``unit`` or ``sector``.
        months: First days of the months, ascending, without a month left out.
        then: Their sectors as believed then; None: now.
    """
    if by == "unit":
        return {row.id: always(row.code) for row in rows}
    asked, as_of = [row.id for row in rows], then and then.as_of
    return dict(sector_members(asked, months=months, as_of=as_of))


def sector_members(
    unit_ids: Sequence[int], *, months: Sequence[date], as_of: datetime | None = None
) -> dict[int, list[Membership]]:
    """Return under which sector units are gathered by day; a change counts from its day.

    Where nothing is said of a unit's sector its name is empty. One query.

    Args:
        unit_ids: The units.
        months: First days of the months, ascending, without a month left out.
        as_of: As believed then; None: now. Aware.
    """
    first, until = months[0], next_month(months[-1])
    said: dict[int, list[Membership]] = {}
    for row in units.sectors_over(unit_ids, first=first, until=until, as_of=as_of):
        if row.first < row.until:
            said.setdefault(row.unit_id, []).append(Membership(*row[2:], row.sector))
    return {unit_id: _without_gaps(said.get(unit_id, ()), first, until) for unit_id in unit_ids}


def _without_gaps(some: Iterable[Membership], first: date, until: date) -> list[Membership]:
    """Return the runs of days, what lies between them nameless, neighbours of one name joined."""
    found: list[Membership] = []
    for one in (*some, Membership(until, until, "")):
        end = found[-1].until if found else first
        for part in (Membership(end, one.first, ""), one):
            if part.first >= part.until:
                continue
            if found and found[-1].name == part.name:
                found[-1] = found[-1]._replace(until=part.until)
            else:
                found.append(part)
    return found


class MemberSums(NamedTuple):
    """One month, by what its units were gathered under.

    Attributes:
        period: The month's first.
        members: By name: a sector, a unit's code.
    """

    period: date
    members: dict[str, Sum]


def months_by_member(
    *,
    viewer: Viewer,
    months: Sequence[date],
    basis: str,
    members: Mapping[int, Sequence[Membership]],
    district: str | None = None,
    edition: str | None = None,
    then: Then | None = None,
) -> list[MemberSums]:
    """Return each month of the units that the viewer may read, gathered under names, ascending.

    As ``city_months``; a unit that goes over to another name within a month is added up day by
    day in it. Ten queries at most.

    Args:
        viewer: Who asks; counted is what ``VIEW_READINGS`` reaches.
        months: Their first days, ascending, without a month left out.
        basis: ``EQUIVALENT`` or ``CALORIFIC``: how electricity and heat become coal.
        members: Unit to the names that it is gathered under by day; the others are left out.
        district: Only points that stand there; None: all.
        edition: Restated by this edition of factors and balance; None: each month by its own.
        then: As reported then, without the units that are pending; None: as known now.
    """
    if not months:
        return []
    edited, as_of = facts.last_stamp("fact"), then and then.as_of
    reached = ready(units.ids_visible_to(viewer, Permission.VIEW_READINGS), then)
    names = sorted({one.name for some in members.values() for one in some})
    numbers = {name: place for place, name in enumerate(names, 1)}
    whose = tuple(
        (unit_id, tuple((one.first, one.until, numbers[one.name]) for one in members[unit_id]))
        for unit_id in reached
        if unit_id in members
    )
    asked = tuple(unit_id for unit_id, _ in whose)
    entered = _entered(asked, tuple(months), district, edited, whose, as_of)
    until = next_month(months[-1])
    book_of = books(basis, first=months[0], until=until, edition=edition, as_of=as_of)
    return [
        MemberSums(
            month,
            {
                names[number - 1]: book_of[month].sum_of(some)
                for number, some in sorted(grouped(cells, by=lambda cell: cell.unit_id).items())
            },
        )
        for month, cells in _cells(entered, months, then)
    ]


def _cells(
    entered: tuple[Roll, "Changed"], months: Sequence[date], then: Then | None
) -> Iterator[tuple[date, list[Cell]]]:
    """Yield each month with what its groups add up to; two queries."""
    roll, changed = entered
    last_day = next_month(months[-1]) - timedelta(days=1)
    first, last, told = months[0], months[-1], then and then.told
    of_months = retold.sums_of_months(roll.counted, from_month=first, to_month=last, then=told)
    of_days = retold.sums_of_days(changed.counted, from_day=first, to_day=last_day, then=told)
    by_day = changed.cells(of_days)
    for month, cells in roll.cells(of_months, days=_days_in):
        yield month, cells + by_day.get(month, [])


@dataclass
class Changed:
    """Points that did not count in one way throughout a month, by month and way.

    Attributes:
        numbers: Of each month, point and group.
        counted: The days on which each counts.
        days: How many they are, by number. [d]
        slots: Of all those days, by number. [count]
    """

    numbers: dict[tuple[date, int, Group], int] = field(default_factory=dict)
    counted: list[Counted] = field(default_factory=list)
    days: Counter[int] = field(default_factory=Counter)
    slots: Counter[int] = field(default_factory=Counter)

    def add(
        self, role: Role, group: Group, month: date, days: tuple[date, date], slots: int
    ) -> None:
        """Let a point count in one way on some days of a month, which have so many slots."""
        first, until = days
        number = self.numbers.setdefault((month, role.point_id, group), len(self.numbers))
        self.counted.append(Counted(role.unit_id, role.point_id, number, first, until))
        self.days[number] += (until - first).days
        self.slots[number] += slots

    def cells(self, found: Iterable[GroupSum]) -> dict[date, list[Cell]]:
        """Return, per month, what each of them adds up to; whole where each of its days is."""
        rows: dict[int, list[GroupSum]] = {}
        for one in found:
            rows.setdefault(one.group, []).append(one)
        cells: dict[date, list[Cell]] = {}
        for (month, _, group), number in self.numbers.items():
            of_days = rows.get(number, [])
            amount = balance.known_sum(one.amount for one in of_days)
            estimated = balance.known_sum(one.estimated for one in of_days) or ZERO
            is_whole = sum(one.whole for one in of_days) == self.days[number]
            counts = (1, int(amount is not None), int(is_whole), self.slots[number])
            received = sum(one.received for one in of_days)
            measured = measured_on(group, month)
            cell = Cell(*group[:4], amount, estimated, *counts, received, measured)
            cells.setdefault(month, []).append(cell)
        return cells


@lru_cache(maxsize=16)
def _entered(
    unit_ids: tuple[int, ...],
    months: tuple[date, ...],
    district: str | None,
    edited: tuple[int, datetime] | None,  # noqa: ARG001 part of what is remembered
    whose: tuple[tuple[int, tuple[_Numbered, ...]], ...],
    as_of: datetime | None,
) -> tuple[Roll, Changed]:
    """Return the points that count in one way by month, and those that changed within one.

    They follow from facts alone: remembered until the next one is edited. ``whose`` says under
    which number each unit is gathered on which days; empty: all under 0.
    """
    member_of, always = dict(whose), ((date.min, date.max, 0),)
    first, until = months[0], next_month(months[-1])
    lying = stays_of(unit_ids, first=first, until=until, as_of=as_of)
    measured = fuels.measured_over(unit_ids, first, until, as_of=as_of)
    roll, changed = Roll(list(months)), Changed()
    spans = [(month, next_month(month)) for month in months]
    roles = points.roles_over(unit_ids, first=first, until=until, as_of=as_of)
    for _, some in groupby(roles, key=lambda role: role.point_id):
        versions = list(some)
        names = member_of.get(versions[0].unit_id, always)
        runs = _runs(versions, lying, spans) if len(names) == 1 else spans
        for begin, end in runs:
            seen = [one for one in versions if one.first < end and one.seen_until > begin]
            under = [one for one in names if one[0] < end and one[1] > begin]
            is_one = _is_one(seen, under)
            for role, days, member in _ways(seen, under, (begin, end), is_one=is_one):
                group = _group(role, days, lying, measured, member)
                if group is None or district not in (None, group.district):
                    continue
                if is_one:
                    roll.add_months(group, seen, begin, end)
                else:
                    changed.add(role, group, begin, days, slots_between(seen, *days))
    return roll, changed


def _is_one(seen: Sequence[Role], under: Sequence[_Numbered]) -> bool:
    """Answer whether a point counted in one way, and under one number, throughout a run."""
    ways = {(one.energy_type_id, one.level, one.flow) for one in seen}
    return len(ways) == 1 and len({number for *_, number in under}) == 1


def _ways(
    seen: Sequence[Role],
    under: Sequence[_Numbered],
    run: tuple[date, date],
    *,
    is_one: bool,
) -> Iterator[tuple[Role, tuple[date, date], int]]:
    """Yield in which ways a point counted in a run, on which days, and under which number."""
    for role, (since, before, number) in (
        product(seen[-1:], under[-1:]) if is_one else product(seen, under)
    ):
        first, until = max(role.first, run[0]), min(role.until, run[1])
        yield role, (first, until) if is_one else (max(first, since), min(until, before)), number


def _runs(
    versions: Sequence[Role],
    lying: Mapping[int, list[Stay]],
    months: Sequence[tuple[date, date]],
) -> list[tuple[date, date]]:
    """Return the runs of months in which a point is looked at as one: mostly all of them."""
    if len(versions) == 1 and len(standing_of(versions[0], lying)) == 1:
        role = versions[0]
        there = [m for m in months if role.first < m[1] and role.seen_until > m[0]]
        return [(there[0][0], there[-1][1])]
    return list(months)


def _group(
    role: Role,
    days: tuple[date, date],
    lying: Mapping[int, list[Stay]],
    measured: Measured,
    member: int,
) -> Group | None:
    """Return how a version counts on some days; None where it does not."""
    if role.level != BOUNDARY or days[0] >= days[1]:
        return None
    standing = standing_of(role, lying, days=days)
    own = measured.get((role.unit_id, role.energy_type_id), ())
    return Group(member, standing[-1][2], role.energy_type_id, role.flow, own)


def _days_in(month: date) -> int:
    return (next_month(month) - month).days
