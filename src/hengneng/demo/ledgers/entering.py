"""Enter the ledgers as they stood when the history begins, set-wise, district by district."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db import connection

from hengneng.demo.ledgers import cards, consumers, outfit, papers
from hengneng.demo.ledgers.outfit import InstrumentPlan
from hengneng.demo.ledgers.papers import Paper
from hengneng.demo.ledgers.subjects import Subject, subjects
from hengneng.demo.plan import Plan
from hengneng.kernel import clock
from hengneng.registry.equipment import operations as equipment
from hengneng.registry.equipment.rules.consumers import Need
from hengneng.registry.instruments import operations as instruments
from hengneng.registry.units import operations as units
from hengneng.registry.units.operations import EnteredUnit

# Levels are stated of so many years before the one in which the history begins.
_YEARS = 2
_SECOND, _VERIFIED_BEFORE = 2, timedelta(days=12)
_FILLED = (
    "units_unit",
    "points_point",
    "instruments_instrument",
    "instruments_installation",
    "instruments_status",
    "instruments_certificate",
)
_PLANTED_TYPE, _PLANTED_LEVEL = "NATURAL_GAS", "LEVEL_1"


class Entered(NamedTuple):
    """An instrument that was entered.

    Attributes:
        unit: Its unit.
        plan: What it is.
        id: Its id.
    """

    unit: Subject
    plan: InstrumentPlan
    id: int


def fill_in_cards(entered: Mapping[str, EnteredUnit], *, since: datetime, at: datetime) -> None:
    """Say who is asked at the units, who their legal persons are and what they used.

    Args:
        entered: The ids by unit.
        since: When the history begins. Aware.
        at: When it is entered. Aware.
    """
    ids = {unit: entered[unit.code].unit_id for unit in subjects()}
    contacts = [
        one for unit, number in ids.items() for one in cards.contacts_of(unit, number, since=since)
    ]
    units.add_contacts(rows=contacts, by=None, at=at)
    names = {number: cards.legal_person_of(unit) for unit, number in ids.items()}
    units.name_legal_persons(names=names, by=None, at=at)
    years = range(since.year - _YEARS, since.year)
    levels = [cards.level_of(unit, number, year) for unit, number in ids.items() for year in years]
    units.record_levels(rows=levels, by=None, at=at)


def enter_consumers(
    entered: Mapping[str, EnteredUnit], *, since: datetime, at: datetime
) -> dict[tuple[int, str], int]:
    """Enter the units' sub-units and equipment.

    Args:
        entered: The ids by unit.
        since: When the history begins. Aware.
        at: When it is entered. Aware.

    Returns:
        What points meter: the consumer's id by unit and code of the point.
    """
    plans = [(unit, one) for unit in subjects() for one in consumers.of_unit(unit)]
    rows = [
        equipment.NewConsumer(
            unit_id=entered[unit.code].unit_id,
            code=one.code,
            name=one.name,
            kind=one.kind,
            valid_from=since,
            model=one.model,
            site_id=entered[unit.code].site_id,
            parent_code=one.parent,
            metered_with=one.metered_with,
            demands=(Need(one.energy_type, one.measure, one.amount),) if one.energy_type else (),
        )
        for unit, one in plans
    ]
    made = equipment.enter_consumers(rows=rows, by=None, at=at)
    return {
        (row.unit_id, one.point): number
        for row, (_, one), number in zip(rows, plans, made, strict=True)
        if one.point is not None
    }


def enter_instruments(
    entered: Mapping[str, EnteredUnit],
    points: Mapping[tuple[int, str], int],
    *,
    since: datetime,
    at: datetime,
    plan: Plan,
) -> None:
    """Enter the units' instruments with the certificates of before, and put them at the points.

    Args:
        entered: The ids by unit.
        points: The points' ids by unit and code.
        since: When the history begins. Aware.
        at: When it is entered. Aware.
        plan: The days of the history.
    """
    for place, district in enumerate(_by_district().values()):
        made = _enter(district, entered, at=at)
        set_conditions(made, since=since, at=at)
        # Before they stand anywhere: so no day is touched twice.
        give_papers(made, before=clock.date_of(plan.begins), plan=plan, at=at)
        stays = [
            instruments.NewStay(
                one.id, points[entered[one.unit.code].unit_id, one.plan.point], since
            )
            for one in made
            if one.plan.point is not None
        ]
        instruments.install_many(stays=stays, by=None, at=at)
        if place == 0:
            take_stock()


def take_stock() -> None:
    """Let the planner see what was entered in this transaction, which nobody else can count yet.

    Taken for empty, the tables would be gone through once for every row.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {', '.join(_FILLED)}")


def enter_second(
    unit_code: str, point_code: str, unit_id: int, *, since: datetime, at: datetime
) -> int:
    """Enter the meter that takes the first one's place at a point; return its id.

    Args:
        unit_code: The unit.
        point_code: The point, whose registers are read.
        unit_id: The unit's id.
        since: When it takes its place. Aware.
        at: When it is entered. Aware.

    Raises:
        InstrumentExists: If it was entered before.
    """
    unit = next(one for one in subjects() if one.code == unit_code)
    place = next(one for one in unit.places if one.code == point_code)
    meter = outfit.at_point(unit, place, _SECOND)
    (number,) = instruments.enter_instruments(rows=[new(unit_id, meter)], by=None, at=at)
    one = Entered(unit, meter, number)
    set_conditions([one], since=since, at=at)
    verified_on = clock.day_of(since) - _VERIFIED_BEFORE
    paper = papers.first_of(unit, meter, on=verified_on)
    instruments.enter_certificate(certificate=certificate(number, paper), by=None, at=at)
    return number


def _enter(
    district: Iterable[Subject], entered: Mapping[str, EnteredUnit], *, at: datetime
) -> list[Entered]:
    """Enter the instruments of a district's units."""
    plans = [(unit, one) for unit in district for one in outfit.of_unit(unit)]
    rows = [new(entered[unit.code].unit_id, one) for unit, one in plans]
    made = instruments.enter_instruments(rows=rows, by=None, at=at)
    return [Entered(unit, one, number) for (unit, one), number in zip(plans, made, strict=True)]


def new(unit_id: int, one: InstrumentPlan) -> instruments.NewInstrument:
    """Return an instrument as it is entered."""
    more = {
        "kind": one.gear.kind,
        "model": one.gear.model,
        "maker": one.maker,
        "serial_number": one.serial_number,
        "accuracy_class": one.gear.accuracy_class,
        "measuring_range": one.gear.measuring_range,
        "place": one.place,
        "nominal_diameter_mm": one.diameter_mm,
        "is_mandatory": one.gear.is_mandatory,
    }
    return instruments.NewInstrument(unit_id, one.number, one.gear.name, more)


def set_conditions(made: Iterable[Entered], *, since: datetime, at: datetime) -> None:
    """Say how instruments may be used."""
    rows = [
        instruments.NewCondition(one.id, papers.condition_of(one.unit, one.plan), since)
        for one in made
    ]
    instruments.set_conditions(rows=rows, by=None, at=at)


def give_papers(
    made: Iterable[Entered],
    *,
    plan: Plan,
    at: datetime,
    before: date | None = None,
    since: date | None = None,
) -> None:
    """Enter the certificates that instruments were given in a span.

    Args:
        made: The instruments.
        plan: The days of the history.
        at: When they are entered. Aware.
        before: Day after the last; None: all there are.
        since: First day; None: all there are.
    """
    today = clock.date_of(plan.today)
    rows = [
        certificate(one.id, paper)
        for one in made
        for paper in papers.of_instrument(
            one.unit, one.plan, today=today, is_planted=is_planted(one.unit, one.plan)
        )
        if (before is None or paper.verified_on < before)
        and (since is None or paper.verified_on >= since)
    ]
    if rows:
        instruments.enter_certificates(certificates=rows, by=None, at=at)


def certificate(instrument_id: int, paper: Paper) -> instruments.NewCertificate:
    """Return a certificate as it is entered."""
    return instruments.NewCertificate(
        instrument_id=instrument_id,
        number=paper.number,
        verified_on=paper.verified_on,
        kind=paper.kind,
        result=paper.result,
        body=paper.body,
        accuracy_class=paper.accuracy_class,
        due_on=paper.due_on,
    )


def is_planted(unit: Subject, one: InstrumentPlan) -> bool:
    """Answer whether this is the gas meter whose certificate gives a worse class than is stated."""
    return planted() == (unit.code, one.point)


def planted() -> tuple[str, str]:
    """Return unit and point of that gas meter: the first unit's that gas comes in at."""
    return next(
        (unit.code, place.code)
        for unit in subjects()
        for place in unit.places
        if (place.energy_type, place.level) == (_PLANTED_TYPE, _PLANTED_LEVEL)
    )


def _by_district() -> dict[str, list[Subject]]:
    """Return the units by district; each district's lists are entered together."""
    found: dict[str, list[Subject]] = defaultdict(list)
    for unit in subjects():
        found[unit.district].append(unit)
    return found
