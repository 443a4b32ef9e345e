"""What certificates and conditions a unit's instruments have, told by the day of the founding."""

from datetime import date, timedelta
from typing import NamedTuple

from hengneng.demo.further.chance import Dice
from hengneng.demo.ledgers.outfit import InstrumentPlan, said
from hengneng.demo.ledgers.subjects import Subject
from hengneng.registry.instruments.rules.certificates import (
    CertificateKind,
    Result,
    months_after,
)
from hengneng.registry.instruments.rules.standing import Condition

# Of a thousand instruments: without any certificate, overdue, failed, for limited use. [‰]
_NONE, _OVERDUE, _FAILED, _LIMITED, _WHOLE = 12, 45, 4, 8, 1000
_OVERDUE_DAYS_MAX = 160
_STOPPED_PERMILLE = 12
_DAYS_A_MONTH = 30
# The newest certificate known is older than this: the ledgers were brought up two days before.
_NEWEST_DAYS = 3
_PLANTED_CLASS = "2.5"


class Paper(NamedTuple):
    """A certificate of an instrument.

    Attributes:
        number: Its number.
        kind: ``VERIFICATION`` or ``CALIBRATION``.
        verified_on: When it was verified.
        result: What came of it.
        accuracy_class: The class that it gives; empty: it failed.
        due_on: From when on it holds no more, as it states; None: the regulation says so.
        body: Who verified.
    """

    number: str
    kind: str
    verified_on: date
    result: str
    accuracy_class: str
    due_on: date | None
    body: str


def of_instrument(
    unit: Subject, one: InstrumentPlan, *, today: date, is_planted: bool = False
) -> list[Paper]:
    """Return an instrument's certificates, the older one first; those at points have two.

    Args:
        unit: The unit.
        one: Its instrument.
        today: The day of the founding.
        is_planted: Whether the last one gives a worse class than the ledger states.
    """
    dice = Dice(f"{unit.code} {one.number} paper")
    fate = dice.below(_WHOLE)
    if fate < _NONE and one.point is None:
        return []
    is_overdue = _NONE <= fate < _NONE + _OVERDUE
    age = _age(one, dice, is_overdue=is_overdue and not is_planted)
    last = _paper(unit, one, today - timedelta(days=age), _result(fate))
    if is_planted:
        last = last._replace(result=Result.QUALIFIED, accuracy_class=_PLANTED_CLASS)
    if one.point is None:
        return [last]
    before = months_after(last.verified_on, -one.gear.months)
    return [_paper(unit, one, before, Result.QUALIFIED), last]


def first_of(unit: Subject, one: InstrumentPlan, *, on: date) -> Paper:
    """Return the certificate of a new instrument.

    Args:
        unit: The unit.
        one: Its instrument.
        on: When it was verified.
    """
    return _paper(unit, one, on, Result.QUALIFIED)


def condition_of(unit: Subject, one: InstrumentPlan) -> Condition:
    """Return how an instrument may be used; those at points are in use."""
    drawn = Dice(f"{unit.code} {one.number} condition").below(_WHOLE)
    if one.point is None and drawn < _STOPPED_PERMILLE:
        return Condition.STOPPED
    fate = Dice(f"{unit.code} {one.number} paper").below(_WHOLE)
    return Condition.LIMITED if _result(fate) is Result.LIMITED else Condition.QUALIFIED


def _age(one: InstrumentPlan, dice: Dice, *, is_overdue: bool) -> int:
    """Return how long ago the last certificate was given. [days]"""
    holds = one.gear.months * _DAYS_A_MONTH
    if is_overdue:
        # Months are longer than thirty days: so much later it is overdue for certain.
        return holds + one.gear.months + dice.below(_OVERDUE_DAYS_MAX)
    return _NEWEST_DAYS + dice.below(holds - _NEWEST_DAYS)


def _result(fate: int) -> Result:
    """Return what came of the last verification."""
    if fate >= _WHOLE - _FAILED:
        return Result.FAILED
    return Result.LIMITED if fate >= _WHOLE - _FAILED - _LIMITED else Result.QUALIFIED


def _paper(unit: Subject, one: InstrumentPlan, on: date, result: Result) -> Paper:
    """Return a certificate given on a day."""
    bodies: list[str] = said()["bodies"]
    dice = Dice(f"{unit.code} {one.number} {on}")
    kind = CertificateKind.VERIFICATION
    if not one.gear.is_mandatory and dice.below(2):
        kind = CertificateKind.CALIBRATION
    stated = months_after(on, one.gear.months) if one.gear.is_stated else None
    return Paper(
        number=f"{'JD' if kind is CertificateKind.VERIFICATION else 'JZ'}{on:%Y%m}-"
        f"{dice.below(10**6):06}",
        kind=kind,
        verified_on=on,
        result=result,
        accuracy_class="" if result is Result.FAILED else one.gear.accuracy_class,
        due_on=None if result is Result.FAILED else stated,
        body=bodies[dice.below(len(bodies))],
    )
