"""What a unit must meter at an instant, what meters it, and what is judged of that."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from hengneng.kernel import clock
from hengneng.registry.energy.rules import order
from hengneng.registry.equipment import queries as equipment
from hengneng.registry.equipment.rules.consumers import Standing as Main
from hengneng.registry.equipment.rules.editions import LEVELS, Limit, RuleSet
from hengneng.registry.equipping.rules import accuracy, needs, rates
from hengneng.registry.equipping.rules.needs import Lack, Meter, Needs, User
from hengneng.registry.equipping.rules.rates import Count, Judged
from hengneng.registry.equipping.rules.verdicts import Because, Verdict
from hengneng.registry.instruments import queries as instruments
from hengneng.registry.instruments.queries import InstrumentRow
from hengneng.registry.instruments.rules.standing import Condition, Standing
from hengneng.registry.points import queries as points

_NOBODY = {"LEVEL_2": Because.NO_SUB_UNIT, "LEVEL_3": Because.NO_EQUIPMENT}
_OVERDUE = frozenset({Standing.OVERDUE, Standing.FAILED})


class Requirement(NamedTuple):
    """What one energy type needs at one level, what is there, and what that makes.

    Attributes:
        energy_type_id: The energy type.
        level: ``LEVEL_1`` unit, ``LEVEL_2`` sub-units, ``LEVEL_3`` equipment.
        required: The rate required, 0 to 1; None: no value is known. [1]
        need: Instruments needed, of what is decided; None: that cannot be told. [count]
        have: Of them, those in place and in use; None: that cannot be told. [count]
        missing: What must be metered and is not.
        met_by: The points, with their instruments, that meter what must be, or may have to be.
        undecided: Consumers of which it is not known whether they are main ones.
        excused: Equipment in a cell that is metered as a whole.
        verdict: Whether the required rate is reached.
        because: Why.
        in_date: Whether the instruments of ``met_by`` hold a valid certificate.
        in_date_because: Why.
        note: Why there is no value, as the edition's record says it; empty where there is one.
        clause: Where the required rate stands; empty where no record speaks of it.
        citation: Where it was read.
        verified: Whether in the official text.
    """

    energy_type_id: str
    level: str
    required: Decimal | None
    need: int | None
    have: int | None
    missing: tuple[Lack, ...]
    met_by: tuple[Meter, ...]
    undecided: tuple[User, ...]
    excused: tuple[User, ...]
    verdict: Verdict
    because: Because
    in_date: Verdict
    in_date_because: Because
    note: str
    clause: str
    citation: str
    verified: bool

    @property
    def rate(self) -> Fraction | None:
        """The equipping rate, 0 to 1; None where nothing is needed or that cannot be told."""
        if not self.need or self.have is None:
            return None
        return rates.equipping_rate(have=self.have, need=self.need)


class AccuracyCheck(NamedTuple):
    """Whether one instrument at one point is accurate enough.

    Attributes:
        energy_type_id: What it measures.
        level: The point's level.
        point_id: The point.
        point_code: The unit's own short name of it.
        instrument_id: The instrument.
        number: Its number.
        name: What the standard calls such an instrument; empty: it does not speak of it.
        limits: The limits that may apply; the worst class allowed under each condition.
        held: Its class; empty: not known.
        certificate: Number of the valid certificate that gives the class; empty: the ledger does.
        verdict: Whether it complies.
        because: Why.
        note: Why there is no value, as the edition's record says it; empty where there is one.
        clause: Where the class asked for stands; empty where no record speaks of it.
        citation: Where it was read.
        verified: Whether in the official text.
    """

    energy_type_id: str
    level: str
    point_id: int
    point_code: str
    instrument_id: int
    number: str
    name: str
    limits: tuple[Limit, ...]
    held: str
    certificate: str
    verdict: Verdict
    because: Because
    note: str
    clause: str
    citation: str
    verified: bool


class Equipping(NamedTuple):
    """How a unit is equipped at an instant.

    Attributes:
        day: The local day whose edition counts.
        rule_set: The edition; None: none was in force.
        requirements: For each energy type and level, by type and level.
        checks: For each instrument at a point of level 1 to 3, by type, level and point.
        unstated: Consumers of which no demand is entered; of them only what is metered is judged.
    """

    day: date
    rule_set: RuleSet | None
    requirements: list[Requirement]
    checks: list[AccuracyCheck]
    unstated: list[equipment.ConsumerRow]

    @property
    def is_verified(self) -> bool:
        """Whether every value used was read in the official text; one of no edition is not."""
        return self.rule_set is not None and self.rule_set.verified


class _Ledger(NamedTuple):
    """What is read of a unit: its users of energy, its meters, its instruments by point."""

    users: list[User]
    meters: list[Meter]
    standing_at: dict[int, InstrumentRow]


def equipping_of(
    unit_id: int,
    *,
    at: datetime | None = None,
    as_of: datetime | None = None,
    edition: str | None = None,
) -> Equipping:
    """Return how a unit is equipped at an instant; nine queries.

    Args:
        unit_id: The unit.
        at: The instant; None: now. Aware.
        as_of: As believed when; None: now. Aware.
        edition: By which edition; None: the one in force on the local day.

    Raises:
        UnknownEdition: If an edition is named that there is not.

    Source:
        GB 17167-2006, 3.2 and tables 1 to 4; JJF 1356-2012, forms B.8 and B.9.
    """
    instant = at or clock.now()
    day = clock.day_of(instant)
    by = _rule_set(day, as_of, edition)
    consumers = equipment.consumers_of(unit_id, at=instant, as_of=as_of)
    ledger = _read(unit_id, instant, as_of, consumers, by)
    return Equipping(
        day=day,
        rule_set=by,
        requirements=[
            _requirement(ledger, energy_type, level, by)
            for energy_type in _energy_types(ledger)
            for level in LEVELS
        ],
        checks=_checks(ledger, by),
        unstated=[row for row in consumers if not row.demands],
    )


def _rule_set(day: date, as_of: datetime | None, edition: str | None) -> RuleSet | None:
    """Return the edition asked for; None where none is named and none is in force."""
    try:
        return equipment.rule_set_on(day, as_of=as_of, edition=edition)
    except equipment.UnknownEdition:
        if edition is not None:
            raise
        return None


def _read(
    unit_id: int,
    instant: datetime,
    as_of: datetime | None,
    consumers: Sequence[equipment.ConsumerRow],
    by: RuleSet | None,
) -> _Ledger:
    """Return what the ledger says of who uses what, of the points and of what stands at them."""
    held = instruments.instruments_of(unit_id, at=instant, as_of=as_of)
    standing_at = {row.point_id: row for row in held if row.point_id is not None}
    rows = points.points_of(unit_id, at=instant, as_of=as_of)
    meters = [_meter(row, standing_at.get(row.id)) for row in rows]
    metered: dict[int, dict[str, Main]] = defaultdict(dict)
    for meter in meters:
        if meter.feeds_id is not None:
            # It is metered, so it uses this; whether it is a main one only a demand tells.
            metered[meter.feeds_id][meter.energy_type_id] = Main.UNDECIDED
    users = [_user(row, metered[row.id] | equipment.standings_of(row, by)) for row in consumers]
    return _Ledger(users, meters, standing_at)


def _meter(point: points.PointRow, held: InstrumentRow | None) -> Meter:
    """Return a point with what stands at it."""
    return Meter(
        point_id=point.id,
        point_code=point.code,
        energy_type_id=point.energy_type_id,
        level=point.level,
        feeds_id=point.feeds_id,
        instrument_id=held.id if held else None,
        is_in_use=held is not None and held.condition != Condition.STOPPED,
    )


def _user(row: equipment.ConsumerRow, standings: dict[str, Main]) -> User:
    """Return a consumer with what the edition's thresholds make of it."""
    return User(row.id, row.code, row.name, row.kind, row.metered_with_id, standings)


def _energy_types(ledger: _Ledger) -> list[str]:
    """Return the energy types that come in, are metered for a consumer or are used, sorted."""
    metered = {m.energy_type_id for m in ledger.meters if m.level in LEVELS}
    return sorted(metered.union(*(user.standings for user in ledger.users)), key=order.place)


def _requirement(ledger: _Ledger, energy_type: str, level: str, by: RuleSet | None) -> Requirement:
    """Return what one energy type needs at one level and what that makes."""
    found = _needs(ledger, energy_type, level)
    record = by.rate_for(energy_type) if by else None
    required = record.required.get(level) if record else None
    judged = _judged(found, required, by, _why_no_value(by, energy_type, level))
    dates = _dates(ledger, found.meters if isinstance(found, Needs) else ())
    known = found if isinstance(found, Needs) else Needs(Count(0, 0))
    # That nothing is needed only an edition's values can tell.
    is_nothing_told = not known.undecided and by is not None and not by.is_empty()
    is_told = isinstance(found, Needs) and (bool(known.tally.need) or is_nothing_told)
    return Requirement(
        energy_type_id=energy_type,
        level=level,
        required=required,
        need=known.tally.need if is_told else None,
        have=known.tally.have if is_told else None,
        missing=known.missing,
        met_by=known.meters,
        undecided=known.undecided,
        excused=known.excused,
        verdict=judged.verdict,
        because=judged.because,
        in_date=dates.verdict,
        in_date_because=dates.because,
        note=record.open.get(level, "") if record else "",
        clause=record.clause if record else "",
        citation=record.citation if record else "",
        verified=record.verified if record else False,
    )


def _needs(ledger: _Ledger, energy_type: str, level: str) -> Needs | Because:
    """Return what must be metered, or why that cannot be told."""
    if level == "LEVEL_1":
        found = needs.at_boundary(energy_type, ledger.meters)
        return found if found.tally.need else Because.NO_BOUNDARY_POINT
    if not any(user.kind == needs.KIND_OF_LEVEL[level] for user in ledger.users):
        return _NOBODY[level]
    return needs.of_consumers(energy_type, level, ledger.users, ledger.meters)


def _why_no_value(by: RuleSet | None, energy_type: str, level: str) -> Because:
    """Return why an edition gives no rate, where it gives none."""
    if by is None:
        return Because.NO_EDITION
    if by.is_empty():
        return Because.EMPTY_EDITION
    record = by.rate_for(energy_type)
    return Because.OPEN_VALUE if record and level in record.open else Because.NO_VALUE


def _judged(
    found: Needs | Because, required: Decimal | None, by: RuleSet | None, why_not: Because
) -> Judged:
    """Return whether the required rate is reached; without an edition's values nothing is."""
    if isinstance(found, Because):
        return Judged(Verdict.NOT_CHECKED, found)
    if by is None or by.is_empty():
        return Judged(Verdict.NOT_CHECKED, why_not)
    if found.tally == Count(0, 0):
        return Judged(Verdict.FINE, Because.NOTHING_NEEDED)
    if required is None:
        return Judged(Verdict.NOT_CHECKED, why_not)
    return rates.judge(found.tally, required)


def _dates(ledger: _Ledger, meters: Sequence[Meter]) -> Judged:
    """Return whether the instruments at some points hold a valid certificate."""
    standings = {ledger.standing_at[meter.point_id].standing for meter in meters}
    if not standings:
        return Judged(Verdict.NOT_CHECKED, Because.NO_INSTRUMENT)
    if standings & _OVERDUE:
        return Judged(Verdict.PROBLEM, Because.SOME_OVERDUE)
    if standings == {Standing.IN_DATE}:
        return Judged(Verdict.FINE, Because.ALL_IN_DATE)
    return Judged(Verdict.NOT_CHECKED, Because.SOME_WITHOUT_DATE)


def _checks(ledger: _Ledger, by: RuleSet | None) -> list[AccuracyCheck]:
    """Return the accuracy of every instrument that stands at a point of level 1 to 3."""
    found = [
        _check(meter, ledger.standing_at[meter.point_id], by)
        for meter in ledger.meters
        if meter.level in LEVELS and meter.instrument_id is not None
    ]
    return sorted(
        found, key=lambda check: (order.place(check.energy_type_id), check.level, check.point_code)
    )


def _check(meter: Meter, held: InstrumentRow, by: RuleSet | None) -> AccuracyCheck:
    """Return whether the instrument at a point is accurate enough."""
    record = by.accuracy_for(meter.energy_type_id, meter.level, held.kind) if by else None
    known = accuracy.Instrument(held.accuracy_class, held.kind, held.nominal_diameter_mm)
    judged = accuracy.judge(record, known)
    if record is None and (by is None or by.is_empty()):
        why = Because.NO_EDITION if by is None else Because.EMPTY_EDITION
        judged = Judged(Verdict.NOT_CHECKED, why)
    return AccuracyCheck(
        energy_type_id=meter.energy_type_id,
        level=meter.level,
        point_id=meter.point_id,
        point_code=meter.point_code,
        instrument_id=held.id,
        number=held.number,
        limits=tuple(accuracy.applying(record, known)) if record else (),
        held=held.accuracy_class,
        certificate=held.class_certificate,
        verdict=judged.verdict,
        because=judged.because,
        name=record.name if record else "",
        note=record.open if record else "",
        clause=record.clause if record else "",
        citation=record.citation if record else "",
        verified=record.verified if record else False,
    )
