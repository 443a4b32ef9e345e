"""Record what a unit holds of a fuel at the end of a day; correct it, take it back.

As with heat values no day is marked to be worked out again: what no meter counts is joined to what
meters count when it is asked for, by what is believed at the instant asked about.
"""

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from hengneng.kernel import clock
from hengneng.kernel.facts import operations as facts
from hengneng.registry.energy import operations as energy_writes
from hengneng.registry.fuels.models import Determination, StockTaking
from hengneng.registry.fuels.operations import papers


class DayKnown(ValueError):
    """A stock of that fuel at the end of that day is on record; it is corrected, not entered."""


class UnknownDetermination(ValueError):
    """There is no such way to determine a stock."""


@transaction.atomic
def record_stock(
    *,
    unit_id: int,
    energy_type_id: str,
    day: date,
    amount: Decimal,
    measure: str,
    determined_by: str,
    by: int | None,
    at: datetime,
    document: energy_writes.Document | None = None,
) -> None:
    """Say what a unit holds of a fuel at the end of a day of which nothing is believed yet.

    Args:
        unit_id: The unit.
        energy_type_id: The fuel: ``RAW_COAL``.
        day: The day at whose end stock was taken.
        amount: How much was there; zero says that nothing was. [measure]
        measure: The type's unit of measure, or a multiple of it.
        determined_by: A ``Determination``.
        by: Account acting.
        at: When. Aware.
        document: The record of the stock taking; None: none was brought.

    Raises:
        NotAFuel: If the type is not energy kept by mass or by volume.
        NotItsMeasure: If the fuel is not kept so.
        NotAnAmount: If the amount is negative or too fine.
        NotYet: If the day has not come.
        UnknownDetermination: If there is no such way.
        DayKnown: If a stock of that day is believed; ``correct_stock`` corrects it.
        DocumentRefused: If the record is no document that is kept.

    Source:
        JJF 1356-2012, form B.10: opening and closing stock.
    """
    _check_way(determined_by)
    own = papers.own_amount(energy_type_id, amount, measure, day, at)
    identity = {"unit_id": unit_id, "energy_type_id": energy_type_id}
    with facts.edit():
        known = StockTaking.objects.filter(**identity, superseded_at=None)
        if known.filter(valid_from=clock.midnight(day)).exists():
            raise DayKnown(f"a stock of {energy_type_id} on {day} is on record")
        _believe(
            identity, day, own, determined_by, papers.kept(document, former=None, by=by, at=at)
        )
    details = papers.told(day, amount, measure, how=determined_by)
    papers.record("fuel.stock_taken", unit_id, energy_type_id, details, by, at)


@transaction.atomic
def correct_stock(
    *,
    unit_id: int,
    taking_id: int,
    amount: Decimal,
    measure: str,
    determined_by: str,
    by: int | None,
    at: datetime,
    document: energy_writes.Document | None = None,
) -> None:
    """Believe from now on that another amount was there; fuel and day stay.

    Args:
        unit_id: The unit.
        taking_id: The version that is corrected.
        amount: How much was there; zero says that nothing was. [measure]
        measure: The type's unit of measure, or a multiple of it.
        determined_by: A ``Determination``.
        by: Account acting.
        at: When. Aware.
        document: The record of the stock taking; None: the one brought before, if any.

    Raises:
        Superseded: If the unit has no such stock, or it was corrected or taken back since.
        NotItsMeasure: If the fuel is not kept so.
        NotAnAmount: If the amount is negative or too fine.
        UnknownDetermination: If there is no such way.
        DocumentRefused: If the record is no document that is kept.
    """
    _check_way(determined_by)
    with facts.edit():
        known = papers.believed(StockTaking, unit_id, taking_id)
        kind, day = known.energy_type_id, clock.day_of(known.valid_from)
        own = papers.own_amount(kind, amount, measure, day, at)
        identity = {"unit_id": unit_id, "energy_type_id": kind}
        paper = papers.kept(document, former=known.document_id, by=by, at=at)
        _believe(identity, day, own, determined_by, paper)
    details = papers.told(day, amount, measure, how=determined_by)
    papers.record("fuel.stock_corrected", unit_id, kind, details, by, at)


@transaction.atomic
def withdraw_stock(
    *, unit_id: int, taking_id: int, reason: str, by: int | None, at: datetime
) -> None:
    """Believe no longer what was said of a fuel's stock at the end of a day.

    Args:
        unit_id: The unit.
        taking_id: The version that is taken back.
        reason: Why.
        by: Account acting.
        at: When. Aware.

    Raises:
        NoReason: If none is given.
        Superseded: If the unit has no such stock, or it was corrected or taken back since.
    """
    papers.check_reason(reason)
    with facts.edit():
        known = papers.believed(StockTaking, unit_id, taking_id)
        kind, day = known.energy_type_id, clock.day_of(known.valid_from)
        facts.replace(
            model=StockTaking,
            identity={"unit_id": unit_id, "energy_type_id": kind},
            **papers.span(day),
            values=None,
        )
    details = {"day": str(day), "reason": reason}
    papers.record("fuel.stock_withdrawn", unit_id, kind, details, by, at)


def _check_way(determined_by: str) -> None:
    """Refuse a way to determine a stock that is none.

    Raises:
        UnknownDetermination: If it is none.
    """
    if determined_by not in Determination.values:
        raise UnknownDetermination(determined_by)


def _believe(
    identity: dict[str, object], day: date, amount: Decimal, how: str, document_id: int | None
) -> None:
    """Believe from now on that so much was there at the end of a day."""
    values = {"amount": amount, "determined_by": how, "document_id": document_id}
    facts.replace(model=StockTaking, identity=identity, **papers.span(day), values=values)
