"""What a board shows, gathered from the rooms that know it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from django.urls import reverse

from hengneng.insight.coverage import queries as coverage
from hengneng.insight.coverage.queries import Connection, Standing
from hengneng.insight.coverage.rules.freshness import FreshnessRule
from hengneng.insight.statistics import queries as statistics
from hengneng.insight.statistics.queries import Live, Outlook, PeriodSum, Sum, TypeSum
from hengneng.kernel.policy.rules import Permission, Viewer
from hengneng.registry.bodies import queries as bodies
from hengneng.registry.energy import queries as energy
from hengneng.registry.energy.queries import EnergyTypeRow, FactorRow
from hengneng.registry.units import queries as units
from hengneng.telemetry.journal import queries as journal
from hengneng.web.parts import tags

# So many energy types can be told apart in one picture; the others are added up.
MONTH_TYPES = 5
# On a wall five energy types leave the districts and the trend their room.
WALL_TYPES = 5

DAYS, MAP_DAYS, MONTHS = 31, 14, 12
# A wall never scrolls: so many rows are readable at five metres.
WALL_ROWS, WALL_MAP_DAYS = 17, 10


class UnknownDistrict(LookupError):
    """There is no such district, or nothing in it is the viewer's to see."""


class Row(NamedTuple):
    """A district of the city, or a unit of a district.

    Attributes:
        name: In the reader's language.
        address: Its own page; None: there is none.
        today: What it consumed so far; None: no point counts there.
        yesterday: What it consumed then.
        days: The last days that are over, ascending; None: no point counted.
        connections: Units by how they are connected. [count]
    """

    name: str
    address: str | None
    today: Sum | None
    yesterday: Sum | None
    days: Sequence[tuple[date, Sum | None]]
    connections: Mapping[Standing, int]

    @property
    def received(self) -> int:
        """Slots received in the days shown. [count]"""
        return sum(one.received for _, one in self.days if one)

    @property
    def expected(self) -> int:
        """Slots that the points have in the days shown. [count]"""
        return sum(one.expected for _, one in self.days if one)


class TypeRow(NamedTuple):
    """An energy type: today so far, and yesterday."""

    kind: EnergyTypeRow
    today: TypeSum
    yesterday: TypeSum | None
    factor: FactorRow | None


class Sheet(NamedTuple):
    """All of a board.

    Attributes:
        district: The district whose board it is; None: all that is in reach.
        live: Today so far, beside the same hours of earlier days.
        rows: Districts, or a district's units; what consumes most today first.
        types: Energy types, what is most coal first.
        days: The last days, today as the last.
        months: The last months, this one as the last; empty where days were asked for.
        month_types: Energy types that are most coal in the months, the most first.
        other_month_types: Those for which a picture has no colour of their own.
        connections: Units by how they are connected. [count]
        units: Units in reach. [count]
        latest_at: When the last message of any of them came. Aware.
        rule: What makes a connection live, late or silent.
        factors: The factors that turn today's amounts into coal.
        behind: Units with data that came a while ago and are not counted yet. [count]
    """

    district: bodies.DistrictRow | None
    live: Live
    rows: list[Row]
    types: list[TypeRow]
    days: list[PeriodSum]
    months: list[PeriodSum]
    month_types: list[EnergyTypeRow]
    other_month_types: list[EnergyTypeRow]
    connections: Mapping[Standing, int]
    units: int
    latest_at: datetime | None
    rule: FreshnessRule
    factors: list[FactorRow]
    behind: int

    @property
    def known_types(self) -> list[TypeRow]:
        """Energy types of which something is known today, what is most coal first."""
        return [row for row in self.types if row.today.amount is not None]

    @property
    def lesser_types(self) -> list[TypeRow]:
        """Those that a wall has no room for."""
        return self.known_types[WALL_TYPES:]

    @property
    def lesser_tonnes(self) -> Decimal:
        """The sum of those that have a factor. [tce]"""
        known = (row.today.tonnes for row in self.lesser_types)
        return sum((tonnes for tonnes in known if tonnes is not None), Decimal(0))

    @property
    def silent_types(self) -> list[TypeRow]:
        """Energy types that count and of which nothing is known today."""
        return [row for row in self.types if row.today.amount is None]


def sheet_of(
    viewer: Viewer, *, at: datetime, basis: str, district_code: str | None, span: str
) -> Sheet:
    """Return the figures of a board.

    Args:
        viewer: Who asks.
        at: Now. Aware.
        basis: ``EQUIVALENT`` or ``CALORIFIC``.
        district_code: Whose board; None: of all in reach.
        span: ``days`` or ``months``: how far back the trend goes.

    Raises:
        UnknownDistrict: If there is no such district, or none of it is in reach.
    """
    districts = {row.code: row for row in bodies.districts()}
    district = None if district_code is None else reached_district(viewer, district_code)
    found = statistics.outlook(viewer=viewer, at=at, basis=basis, days=DAYS, district=district_code)
    known = coverage.connections(found.unit_ids, at=at)
    kinds = {row.code: row for row in energy.energy_types()}
    months = (
        _months(viewer, found.days[-1].period, basis, district_code) if span == "months" else []
    )
    rows = (
        _district_rows(found, districts, known)
        if district is None
        else _unit_rows(viewer, found, known)
    )
    ordered = [kinds[code] for code in _codes_most_first(months)]
    return Sheet(
        district=district,
        live=found.live,
        rows=sorted(rows, key=_most_first),
        types=_types(found, kinds),
        days=found.days,
        months=months,
        month_types=ordered[:MONTH_TYPES],
        other_month_types=ordered[MONTH_TYPES:],
        connections=Counter(one.standing for one in known.values()),
        units=len(found.unit_ids),
        latest_at=max((one.received_at for one in known.values() if one.received_at), default=None),
        rule=coverage.rule_at(at),
        factors=[one.factor for one in _types(found, kinds) if one.factor],
        behind=journal.units_behind(found.unit_ids, at=at),
    )


def own_district(viewer: Viewer) -> str | None:
    """Return the one district that the viewer's permission reaches; None: more, or the city."""
    if Permission.VIEW_READINGS in viewer.city:
        return None
    codes = viewer.districts.get(Permission.VIEW_READINGS, frozenset())
    return next(iter(codes)) if len(codes) == 1 else None


def reached_district(viewer: Viewer, code: str) -> bodies.DistrictRow:
    """Return the district if anything in it is the viewer's to see.

    Raises:
        UnknownDistrict: If not.
    """
    districts = {row.code: row for row in bodies.districts()}
    if code not in districts:
        raise UnknownDistrict(code)
    is_open = Permission.VIEW_READINGS in viewer.city or code in viewer.districts.get(
        Permission.VIEW_READINGS, frozenset()
    )
    own = () if is_open else units.ids_visible_to(viewer, Permission.VIEW_READINGS)
    if not is_open and not any(code in some for some in units.districts_of(list(own)).values()):
        raise UnknownDistrict(code)
    return districts[code]


def _district_rows(
    found: Outlook,
    districts: Mapping[str, bodies.DistrictRow],
    known: Mapping[int, Connection],
) -> list[Row]:
    """Return a row for each district in reach; points of no known district stand last."""
    standings: dict[str | None, Counter[Standing]] = {}
    lie_in = units.districts_of(list(found.unit_ids))
    for unit_id, one in known.items():
        for code in lie_in.get(unit_id, ()):
            standings.setdefault(code, Counter())[one.standing] += 1
    codes: set[str | None] = {code for day in found.days for code in day.districts}
    codes |= standings.keys()
    return [
        Row(
            name=tags.name(districts[code]) if code else "",
            address=reverse("board-district", args=[code]) if code else None,
            today=found.days[-1].districts.get(code),
            yesterday=found.days[-2].districts.get(code),
            days=[(day.period, day.districts.get(code)) for day in found.days[-MAP_DAYS - 1 : -1]],
            connections=standings.get(code, Counter()),
        )
        for code in codes
    ]


def _unit_rows(viewer: Viewer, found: Outlook, known: Mapping[int, Connection]) -> list[Row]:
    """Return a row for each unit with a boundary point in the district."""
    named = {row.id: row for row in units.units_reached(viewer, Permission.VIEW_READINGS)}
    periods = [day.period for day in found.days]
    rows = []
    for unit_id, days in found.units.items():
        of_day = dict(days)
        rows.append(
            Row(
                name=tags.name(named[unit_id]),
                address=reverse("unit", args=[named[unit_id].code]),
                today=of_day.get(periods[-1]),
                yesterday=of_day.get(periods[-2]),
                days=[(day, of_day.get(day)) for day in periods[-MAP_DAYS - 1 : -1]],
                connections=Counter([known[unit_id].standing]),
            )
        )
    return rows


def _types(found: Outlook, kinds: Mapping[str, EnergyTypeRow]) -> list[TypeRow]:
    """Return the energy types that count today, what is most coal first."""
    before = {one.energy_type: one for one in found.days[-2].whole.types}
    factors = found.live.today.factors
    rows = [
        TypeRow(
            kinds[one.energy_type], one, before.get(one.energy_type), factors.get(one.energy_type)
        )
        for one in found.live.today.types
    ]
    return sorted(rows, key=lambda row: -(row.today.tonnes or Decimal(0)))


def _months(viewer: Viewer, today: date, basis: str, district: str | None) -> list[PeriodSum]:
    place = today.year * 12 + today.month - 1
    months = [date(n // 12, n % 12 + 1, 1) for n in range(place - MONTHS + 1, place + 1)]
    return statistics.city_months(viewer=viewer, months=months, basis=basis, district=district)


def _codes_most_first(months: Sequence[PeriodSum]) -> list[str]:
    """Return the energy types of some months, what is most coal over all of them first."""
    tonnes: dict[str, Decimal] = {}
    for month in months:
        for one in month.whole.types:
            known = one.tonnes or Decimal(0)
            tonnes[one.energy_type] = tonnes.get(one.energy_type, Decimal(0)) + known
    return sorted(tonnes, key=lambda code: (-tonnes[code], code))


def _most_first(row: Row) -> tuple[bool, Decimal, str]:
    """Return what rows are sorted by: what consumes most first, what is nowhere last."""
    known = row.today.tonnes if row.today else None
    return (not row.name, -(known or Decimal(0)), row.name)
