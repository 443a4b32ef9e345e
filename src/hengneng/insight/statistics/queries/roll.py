"""Who counts: the boundary points of units by day, in groups, and what is known of the groups."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from hengneng.insight.statistics import rules
from hengneng.insight.statistics.rules import Cell, Share, Sum, grouped
from hengneng.protocol.records import DAY_SECONDS
from hengneng.registry.energy import queries as energy
from hengneng.registry.energy.queries import FactorRow
from hengneng.registry.fuels import queries as fuels
from hengneng.registry.fuels.queries import Measured
from hengneng.registry.points import queries as points
from hengneng.registry.points.queries import Role
from hengneng.registry.units import queries as units
from hengneng.registry.units.rules.places import Stay, places
from hengneng.telemetry.consumption.queries.months import next_month
from hengneng.telemetry.consumption.queries.sums import Counted, GroupSum

BOUNDARY = "LEVEL_1"


class Group(NamedTuple):
    """Points that are added up: ``unit_id`` is 0 where those of several units are,
    or the number that their units are gathered under.

    ``measured`` holds the factors of their units' own measured fuel; empty: the table's serve.
    """

    unit_id: int
    district: str | None
    energy_type: str
    flow: str
    measured: tuple[FactorRow, ...] = ()


@dataclass
class Roll:
    """Points that count, by group, and how many slots each has in a day.

    Attributes:
        periods: The days, or the firsts of the months, ascending.
        groups: By number.
        counted: One row for each run of days in which a point counts in one group.
        slots: Of a day of the point in that place of ``counted``. [count]
        more: By period and group, slots beyond those of every day of the period; less than zero
            where a point was not there all the time, or had fewer before. [count]
    """

    periods: list[date]
    groups: list[Group] = field(default_factory=list)
    counted: list[Counted] = field(default_factory=list)
    slots: list[int] = field(default_factory=list)
    more: Counter[tuple[date, int]] = field(default_factory=Counter)
    _numbers: dict[Group, int] = field(default_factory=dict)

    def add(self, role: Role, group: Group, first: date, until: date) -> None:
        """Let a point count in a group on some days."""
        number = self._numbers.get(group)
        if number is None:
            number = self._numbers[group] = len(self.groups)
            self.groups.append(group)
        self.counted.append(Counted(role.unit_id, role.point_id, number, first, until))
        self.slots.append(DAY_SECONDS // role.slot_seconds)

    def add_months(self, group: Group, seen: Sequence[Role], first: date, until: date) -> None:
        """Let a point count in a group in some months, in one way whatever else of it changed.

        Args:
            group: The group.
            seen: What the point was in them, ascending; it counts as the last.
            first: A month's first.
            until: A month's first, after the last that counts.
        """
        last = seen[-1]
        self.add(last, group, first, until)
        if len(seen) == 1 and last.first <= first and last.until >= until:
            return
        for month in (one for one in self.periods if first <= one < until):
            end = next_month(month)
            said = slots_between(seen, month, end)
            whole = (end - month).days * DAY_SECONDS // last.slot_seconds
            self.more[month, self._numbers[group]] += said - whole

    def ought(self) -> Iterator[tuple[date, Counter[int], Counter[int]]]:
        """Yield each period with its points, and their slots in a day, by group."""
        always: tuple[Counter[int], Counter[int]] = Counter(), Counter()
        now: dict[date, tuple[Counter[int], Counter[int]]] = {
            period: (Counter(), Counter()) for period in self.periods
        }
        for row, slots in zip(self.counted, self.slots, strict=True):
            is_always = row.first <= self.periods[0] and row.until > self.periods[-1]
            places = (
                [always]
                if is_always
                else [now[period] for period in self.periods if row.first <= period < row.until]
            )
            for points_of, slots_of in places:
                points_of[row.group] += 1
                slots_of[row.group] += slots
        for period, (points_of, slots_of) in now.items():
            yield period, always[0] + points_of, always[1] + slots_of

    @cached_property
    def places_by_unit(self) -> dict[int, list[int]]:
        """The places of each unit's points in ``counted``."""
        found: dict[int, list[int]] = {}
        for place, row in enumerate(self.counted):
            found.setdefault(row.unit_id, []).append(place)
        return found

    def cells_on(self, day: date, places: Iterable[int], found: Iterable[GroupSum]) -> list[Cell]:
        """Return what the groups of some points add up to on one day.

        Args:
            day: The day.
            places: Of all points of these groups in ``counted``.
            found: The groups' sums of the day.
        """
        count, slots = Counter[int](), Counter[int]()
        for place in places:
            row = self.counted[place]
            if row.first <= day < row.until:
                count[row.group] += 1
                slots[row.group] += self.slots[place]
        known = {one.group: one for one in found}
        return [cell_of(self.groups[g], day, known.get(g), n, slots[g]) for g, n in count.items()]

    def cells(
        self, found: Iterable[GroupSum], *, days: Callable[[date], int] = lambda _: 1
    ) -> Iterator[tuple[date, list[Cell]]]:
        """Yield each period with what its groups add up to.

        Args:
            found: The groups' sums.
            days: How many days a period has. [count]
        """
        known = {(one.period, one.group): one for one in found}
        for period, there, slots in self.ought():
            length = days(period)
            yield (
                period,
                [
                    cell_of(
                        self.groups[group],
                        period,
                        known.get((period, group)),
                        count,
                        slots[group] * length + self.more[period, group],
                    )
                    for group, count in there.items()
                ],
            )


class PeriodSum(NamedTuple):
    """One day or month.

    Attributes:
        period: The day, or the month's first.
        whole: All that is in reach.
        districts: By district; None: points whose district is not known.
    """

    period: date
    whole: Sum
    districts: dict[str | None, Sum]


@dataclass(frozen=True)
class Reach:
    """The boundary points of some units over a span, and where each stands.

    Attributes:
        unit_ids: The units.
        standing: Each role of a point, with the runs of days in which it stands in one district.
        measured: The factors of the units' measured fuels over the span.
    """

    unit_ids: Collection[int]
    standing: list[tuple[Role, list[tuple[date, date, str | None]]]]
    measured: Measured
    _rolls: dict[Hashable, Roll] = field(default_factory=dict, compare=False)

    def roll(
        self, *, first: date, until: date, district: str | None = None, by_unit: bool = False
    ) -> Roll:
        """Return who counts on the days of a part of the span; made once, for all who ask.

        Args:
            first: First local day.
            until: Day after the last.
            district: Only points that stand there; None: all.
            by_unit: Whether each unit's points are groups of their own.
        """
        asked = (first, until, district, by_unit)
        made = self._rolls.get(asked)
        if made is None:
            made = self._rolls[asked] = self._rolled(first, until, district, by_unit)
        return made

    def _rolled(self, first: date, until: date, district: str | None, by_unit: bool) -> Roll:
        """Return a new roll."""
        roll = Roll(list(days_between(first, until)))
        for role, runs in self.standing:
            unit_id, kind = role.unit_id if by_unit else 0, role.energy_type_id
            measured = self.measured.get((role.unit_id, kind), ())
            for begin, end, code in runs:
                if begin < until and end > first and district in (None, code):
                    group = Group(unit_id, code, kind, role.flow, measured)
                    roll.add(role, group, begin, end)
        return roll


def reach_of(
    unit_ids: Collection[int], *, first: date, until: date, as_of: datetime | None = None
) -> Reach:
    """Return the boundary points of units and what was measured of their fuels; four queries.

    Args:
        unit_ids: The units.
        first: First local day.
        until: Day after the last.
        as_of: As believed then; None: now. Aware.
    """
    lying = stays_of(unit_ids, first=first, until=until, as_of=as_of)
    roles = points.roles_over(unit_ids, first=first, until=until, level=BOUNDARY, as_of=as_of)
    standing = [(role, standing_of(role, lying)) for role in roles]
    return Reach(unit_ids, standing, fuels.measured_over(unit_ids, first, until, as_of=as_of))


def stays_of(
    unit_ids: Collection[int], *, first: date, until: date, as_of: datetime | None = None
) -> dict[int, list[Stay]]:
    """Return where the sites of each unit lie; one query."""
    lying: dict[int, list[Stay]] = defaultdict(list)
    for row in units.placed_over(unit_ids, first=first, until=until, as_of=as_of):
        if row.first < row.until:
            lying[row.unit_id].append(Stay(row.site_id, row.district_id, row.first, row.until))
    return lying


def standing_of(
    role: Role, lying: Mapping[int, list[Stay]], *, days: tuple[date, date] | None = None
) -> list[tuple[date, date, str | None]]:
    """Return the districts in which a point stands while it has a role.

    Args:
        role: The role.
        lying: Where the sites of its unit, and perhaps of others, lie.
        days: Only from the one day to before the other; None: while it lasts.
    """
    first, until = days or (role.first, role.until)
    if first >= until:
        return []
    return places(role.site_id, lying.get(role.unit_id, ()), first=first, until=until)


def slots_between(versions: Iterable[Role], first: date, until: date) -> int:
    """Return how many slots a point has on the days of ``[first, until)``. [count]

    A day has those of the first version that it saw, as its curve has (``rules.stitch``); it counts
    as the last.

    Args:
        versions: What the point was on them, ascending.
        first: First day.
        until: Day after the last.
    """
    count, since = 0, first
    for one in versions:
        begins, ends = max(one.first, since), min(one.seen_until, until)
        if begins < ends:
            count += (ends - begins).days * DAY_SECONDS // one.slot_seconds
            since = ends
    return count


def cell_of(group: Group, period: date, found: GroupSum | None, count: int, slots: int) -> Cell:
    """Return what a group of so many points adds up to; without a row nothing is known of it."""
    measured = measured_on(group, period)
    if found is None:
        return Cell(*group[:4], None, Decimal(0), count, 0, 0, slots, 0, measured)
    return Cell(
        *group[:4], found.amount, found.estimated, count, found.points, found.whole, slots,
        found.received, measured,
    )  # fmt: skip


def measured_on(group: Group, period: date) -> Decimal | None:
    """Return the factor of a group's measured fuel on a day, or a month's first; None: none."""
    row = fuels.factor_on(group.measured, period) if group.measured else None
    return None if row is None else row.kgce_per_uom


class Book(NamedTuple):
    """What turns amounts into coal on one day: weights of flows, and factors."""

    weights: dict[str, int]
    factors: dict[str, FactorRow]

    def sum_of(self, cells: Iterable[Cell]) -> Sum:
        """Return what cells of the day add up to."""
        factors = {code: row.kgce_per_uom for code, row in self.factors.items()}
        return rules.sum_of(cells, weights=self.weights, factors=factors)

    def share_of(self, cells: Iterable[Cell]) -> Share:
        """Return how much is known of cells of the day."""
        return rules.share_of(cells, weights=self.weights, factors=self.factors)


def books(
    basis: str,
    *,
    first: date,
    until: date,
    edition: str | None = None,
    as_of: datetime | None = None,
) -> dict[date, Book]:
    """Return the book of each day of a span; two queries.

    Args:
        basis: ``CALORIFIC`` or ``EQUIVALENT``.
        first: First local day.
        until: Day after the last.
        edition: Restated by this edition; None: each day by its own.
        as_of: Of what was loaded by then; None: of all. Aware.
    """
    weights = energy.balance_over(first, until, as_of=as_of, edition=edition)
    factors = energy.factors_over(basis, first, until, as_of=as_of, edition=edition)
    return {day: Book(weights[day], factors[day]) for day in weights}


def days_between(first: date, until: date) -> Iterator[date]:
    """Yield the days of ``[first, until)``."""
    return (first + timedelta(days=n) for n in range((until - first).days))


def period_sum(period: date, cells: Sequence[Cell], book: Book) -> PeriodSum:
    """Return what the cells of a day or month add up to, together and by district."""
    by_district = grouped(cells, by=lambda cell: cell.district)
    districts = {code: book.sum_of(some) for code, some in by_district.items()}
    return PeriodSum(period, book.sum_of(cells), districts)
