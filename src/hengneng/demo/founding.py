"""Enter the demo city into the ledgers, by the same operations that people use."""

from datetime import datetime
from decimal import Decimal
from pathlib import Path

from django.db import transaction

from hengneng.demo import city
from hengneng.demo import memory as memories
from hengneng.demo.city import PointPlan, UnitPlan
from hengneng.demo.memory import PendingExchange
from hengneng.kernel import clock
from hengneng.kernel.policy.rules import Permission, Viewer
from hengneng.protocol.records import DAY_SECONDS
from hengneng.registry.instruments import operations as instruments
from hengneng.registry.points import operations as points
from hengneng.registry.points import queries as point_queries
from hengneng.registry.terminals import operations as terminals
from hengneng.registry.units import operations as units
from hengneng.registry.units import queries as unit_queries
from hengneng.registry.units.queries import UnknownUnit
from hengneng.sim import meters

SITE = "MAIN"
_ACCURACY = {True: "0.5S", False: "1.0"}
_CITY = Viewer(city=frozenset({Permission.VIEW_UNIT}))


class MemoryLost(Exception):
    """The database holds the demo city, but its terminals' memory is not in the data folder."""


def unit_id_of(unit: UnitPlan) -> int | None:
    """Return the unit's id; None where the ledger does not hold it."""
    try:
        return int(unit_queries.unit_by_code(_CITY, Permission.VIEW_UNIT, unit.code).pk)
    except UnknownUnit:
        return None


def found_city(folder: Path, *, days: int, at: datetime) -> int:
    """Enter the units that are not entered yet; return how many those were.

    Args:
        folder: Where the demo keeps what its terminals remember.
        days: Full days of history that a new unit is to have. [count]
        at: Now. Aware.

    Raises:
        MemoryLost: If a unit stands and its terminal knows nothing.
    """
    begins = clock.local_second(at) // DAY_SECONDS - days
    new = 0
    for unit in city.units():
        if unit_id_of(unit) is None:
            # The memory first, in place of one that belongs to another database: a unit without
            # it could never speak again.
            memories.keep(folder, unit, memories.of_the_beginning(unit, begins))
            found(unit, begins=begins, at=at)
            new += 1
        elif memories.recall(folder, unit) is None:
            raise MemoryLost(
                "The database holds the demo city, but what its terminals remember is not in the"
                " data folder: use the data folder of the first run, or a new database."
            )
    return new


@transaction.atomic
def found(unit: UnitPlan, *, begins: int, at: datetime) -> None:
    """Enter a unit with its site, its place on the lists, its points and instruments.

    Args:
        unit: The unit.
        begins: First day of its history, days since 1970-01-01.
        at: Now. Aware.
    """
    since = clock.instant(begins * DAY_SECONDS)
    unit_id = units.create_unit(
        code=unit.code,
        name=unit.name,
        name_en=unit.name_en,
        sector=unit.sector,
        address=unit.address,
        by=None,
        at=at,
    ).pk
    site = units.place_site(
        unit_id=unit_id,
        site_code=SITE,
        district_code=unit.district,
        valid_from=since,
        by=None,
        at=at,
    )
    for year in sorted({since.year, at.year}):
        units.list_unit(unit_id=unit_id, year=year, kind="KEY", tier=unit.tier, by=None, at=at)
    ids: dict[str, int] = {}
    for point in unit.points:
        ids[point.code] = _make_point(unit_id, site.pk, point, ids, since=since, at=at)
        if point.is_register:
            first = _make_instrument(unit_id, point, 1, at=at)
            instruments.install(
                instrument_id=first, point_id=ids[point.code], valid_from=since, by=None, at=at
            )


def _make_point(
    unit_id: int,
    site_id: int,
    point: PointPlan,
    ids: dict[str, int],
    *,
    since: datetime,
    at: datetime,
) -> int:
    """Make one point and return its id."""
    capacity = meters.CAPACITY if point.is_register else None
    made = points.create_point(
        unit_id=unit_id,
        code=point.code,
        name=point.name,
        energy_type_id=point.energy_type,
        level=point.level,
        kind=point.kind,
        slot_seconds=point.slot_seconds,
        capacity=None if capacity is None else Decimal(capacity),
        ratio=point.ratio,
        site_id=site_id,
        parent_id=None if point.parent is None else ids[point.parent],
        key=point.key,
        valid_from=since,
        by=None,
        at=at,
    )
    return int(made.pk)


def _make_instrument(unit_id: int, point: PointPlan, generation: int, *, at: datetime) -> int:
    """Enter a point's meter into the unit's ledger and return its id."""
    made = instruments.create_instrument(
        unit_id=unit_id,
        number=f"{point.meter}-{generation}",
        name="三相智能电能表",
        model="DTZ-DEMO",
        serial_number=f"{point.meter}-{generation:04}",
        accuracy_class=_ACCURACY[point.level == "LEVEL_1"],
        by=None,
        at=at,
    )
    return int(made.pk)


def record_exchange(unit: UnitPlan, exchange: PendingExchange, *, at: datetime) -> None:
    """Tell the ledger of an exchange, unless it knows: a new meter, both registers.

    Raises:
        LookupError: If the ledger does not hold the unit or the point.
    """
    unit_id = unit_id_of(unit)
    if unit_id is None:
        raise LookupError(f"unit {unit.code} is not entered")
    point_id = point_ids(unit_id)[exchange.point]
    happened_at = clock.instant(exchange.at)
    plan = next(point for point in unit.points if point.code == exchange.point)
    try:
        with transaction.atomic():
            instruments.exchange_instrument(
                point_id=point_id,
                happened_at=happened_at,
                before_value=exchange.before,
                after_value=exchange.after,
                new_instrument_id=_make_instrument(unit_id, plan, 2, at=at),
                by=None,
                at=at,
            )
    except (instruments.ExchangeExists, instruments.InstrumentExists):
        return  # a run that was cut short here has told it already


def point_ids(unit_id: int) -> dict[str, int]:
    """Return the ids of a unit's points by their codes."""
    return {row.code: row.id for row in point_queries.points_of(unit_id)}


def admit(unit_code: str) -> None:
    """Admit the terminal that waits for a unit, as an official would."""
    terminals.admit(unit_code=unit_code, by=None, at=clock.now())
