"""Enter the demo city into the ledgers, by the same operations that people use."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from django.db import transaction

from hengneng.demo import city
from hengneng.demo.city import UnitPlan
from hengneng.demo.further import sending
from hengneng.demo.further import units as further
from hengneng.demo.further.catalogue import Manner
from hengneng.demo.further.units import FurtherUnit
from hengneng.demo.ledgers import cards, entering
from hengneng.demo.ledgers.subjects import Subject, subjects
from hengneng.demo.memory import PendingExchange
from hengneng.demo.plan import Plan
from hengneng.kernel import clock
from hengneng.kernel.policy.rules import Permission, Viewer
from hengneng.protocol.records import DAY_SECONDS
from hengneng.registry.instruments import operations as instruments
from hengneng.registry.points import operations as points
from hengneng.registry.points import queries as point_queries
from hengneng.registry.terminals import operations as terminals
from hengneng.registry.units import operations as units
from hengneng.registry.units import queries as unit_queries
from hengneng.registry.units.operations import EnteredUnit
from hengneng.registry.units.queries import UnknownUnit
from hengneng.sim.meters import CAPACITY

SITE = "MAIN"
HERE = "127.0.0.1"
_HOUR_SECONDS = 3600
_Ids = dict[tuple[int, str], int]  # by unit and code
_CITY = Viewer(city=frozenset({Permission.VIEW_UNIT}))


def unit_id_of(code: str) -> int | None:
    """Return a unit's id; None where the ledger does not hold it."""
    try:
        return int(unit_queries.unit_by_code(_CITY, Permission.VIEW_UNIT, code).pk)
    except UnknownUnit:
        return None


def unit_ids() -> list[int]:
    """Return the ids of the city's units, the review units first."""
    ids = unit_queries.ids_by_code()
    return [ids[unit.code] for unit in everyone()]


def point_count() -> int:
    """Return how many points the city's units have. [count]"""
    return sum(len(unit.points) for unit in everyone())


def is_founded() -> bool:
    """Answer whether the ledger holds the demo city."""
    return unit_id_of(city.units()[0].code) is not None


@transaction.atomic
def found(plan: Plan, *, at: datetime) -> dict[str, str]:
    """Enter every unit with its site, lists, points and meters, and admit their terminals.

    Args:
        plan: The days of its history.
        at: Now. Aware.

    Returns:
        The terminals' secret ids by unit.
    """
    since = clock.instant(plan.begins * DAY_SECONDS)
    years = sorted({since.year, plan.founded_at.year})
    rows = [
        _new_unit(unit, subject, since, years)
        for unit, subject in zip(everyone(), subjects(), strict=True)
    ]
    entered = dict(
        zip(
            (unit.code for unit in everyone()),
            units.enter_units(rows=rows, by=None, at=at),
            strict=True,
        )
    )
    entering.fill_in_cards(entered, since=since, at=at)
    feeds = entering.enter_consumers(entered, since=since, at=at)
    made = _make_points(entered, feeds, since=since, at=at)
    entering.enter_instruments(entered, made, since=since, at=at, plan=plan)
    return _admit(entered, at=at)


def _new_unit(
    unit: UnitPlan | FurtherUnit, subject: Subject, since: datetime, years: Sequence[int]
) -> units.NewUnit:
    """Return a unit as it is entered."""
    industry = cards.industry_of(subject)
    return units.NewUnit(
        code=unit.code,
        name=unit.name,
        name_en=unit.name_en,
        sector=unit.sector,
        address=unit.address,
        site_code=SITE,
        district_code=unit.district,
        valid_from=since,
        listings=tuple((year, listing_of(unit), unit.tier) for year in years),
        industry_code=industry.code,
        industry_name=industry.name,
        department=industry.department,
        facilities=industry.facilities,
    )


def everyone() -> list[UnitPlan | FurtherUnit]:
    """Return every unit of the city."""
    return [*city.units(), *further.units()]


def listing_of(unit: UnitPlan | FurtherUnit) -> str:
    """Return the list that a unit stands on."""
    return unit.listing if isinstance(unit, FurtherUnit) else "KEY"


def _make_points(
    entered: dict[str, EnteredUnit], feeds: _Ids, *, since: datetime, at: datetime
) -> _Ids:
    """Make every unit's points, and return their ids by unit and code."""
    rows = [
        row._replace(feeds_id=feeds.get((row.unit_id, row.code)))
        for unit in everyone()
        for row in (
            _further_points(unit, entered[unit.code], since)
            if isinstance(unit, FurtherUnit)
            else _review_points(unit, entered[unit.code], since)
        )
    ]
    made = points.create_points(rows=rows, by=None, at=at)
    return {(row.unit_id, row.code): number for row, number in zip(rows, made, strict=True)}


def _review_points(unit: UnitPlan, entered: EnteredUnit, since: datetime) -> list[points.NewPoint]:
    """Return a review unit's points."""
    return [
        points.NewPoint(
            unit_id=entered.unit_id,
            code=point.code,
            name=point.name,
            energy_type_id=point.energy_type,
            level=point.level,
            kind=point.kind,
            valid_from=since,
            slot_seconds=point.slot_seconds,
            capacity=Decimal(CAPACITY) if point.is_register else None,
            ratio=Fraction(point.ratio),
            site_id=entered.site_id,
            parent_code=point.parent,
            key=point.key,
        )
        for point in unit.points
    ]


def _further_points(
    unit: FurtherUnit, entered: EnteredUnit, since: datetime
) -> list[points.NewPoint]:
    """Return a further unit's points."""
    return [
        points.NewPoint(
            unit_id=entered.unit_id,
            code=point.code,
            name=point.name,
            energy_type_id=point.energy_type,
            level=point.level,
            kind="INCREMENT",
            valid_from=since,
            flow=point.flow,
            slot_seconds=_HOUR_SECONDS,
            site_id=entered.site_id,
            parent_code=None if point.parent is None else unit.points[point.parent].code,
            key=point.key,
        )
        for point in unit.points
    ]


def _admit(entered: dict[str, EnteredUnit], *, at: datetime) -> dict[str, str]:
    """Admit the terminals of all units that are connected; return their ids by unit."""
    connected = [
        unit
        for unit in everyone()
        if not isinstance(unit, FurtherUnit) or sending.is_connected(unit)
    ]
    rows = [
        terminals.Registrant(entered[unit.code].unit_id, HERE, unit.district) for unit in connected
    ]
    issued = terminals.take_over(rows=rows, by=None, at=at)
    return {unit.code: secret for unit, secret in zip(connected, issued, strict=True)}


def ask_for_admission(*, at: datetime) -> None:
    """Let the terminals ask that are to wait for an official."""
    for unit in further.units():
        if unit.manner is Manner.WAITING:
            terminals.ask_to_register(
                unit_code=unit.code,
                source_address=HERE,
                certificate_sha256=None,
                region=unit.district,
                device_id=None,
                at=at,
            )


def record_exchange(unit: UnitPlan, exchange: PendingExchange, *, at: datetime) -> None:
    """Tell the ledger of an exchange, unless it knows: a new meter, verified, both registers.

    Raises:
        LookupError: If the ledger does not hold the unit or the point.
    """
    unit_id = unit_id_of(unit.code)
    if unit_id is None:
        raise LookupError(f"unit {unit.code} is not entered")
    point_id = point_ids(unit_id)[exchange.point]
    happened_at = clock.instant(exchange.at)
    try:
        with transaction.atomic():
            instruments.exchange_instrument(
                point_id=point_id,
                happened_at=happened_at,
                before_value=exchange.before,
                after_value=exchange.after,
                new_instrument_id=entering.enter_second(
                    unit.code, exchange.point, unit_id, since=happened_at, at=at
                ),
                by=None,
                at=at,
            )
    except (instruments.ExchangeExists, instruments.InstrumentExists):
        return  # a run that was cut short here has told it already


def point_ids(unit_id: int) -> dict[str, int]:
    """Return the ids of a unit's points by their codes."""
    return {row.code: row.id for row in point_queries.points_of(unit_id)}
