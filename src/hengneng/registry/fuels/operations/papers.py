"""What stocks and purchases have in common: amounts, spans, reasons, and the entry they leave."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TypeVar

from hengneng.kernel import clock
from hengneng.kernel.audit import operations as audit
from hengneng.registry.energy import operations as energy_writes
from hengneng.registry.energy import queries as energy
from hengneng.registry.fuels import rules
from hengneng.registry.fuels.models import Purchase, StockTaking
from hengneng.registry.fuels.operations.heat import NotAFuel

Said = TypeVar("Said", StockTaking, Purchase)


class NotYet(ValueError):
    """The day has not come."""


class NoReason(ValueError):
    """What is taken back says why."""


class Superseded(LookupError):
    """This version is believed no longer: it was corrected or taken back since it was shown."""


def kept(
    document: energy_writes.Document | None, *, former: int | None, by: int | None, at: datetime
) -> int | None:
    """Return the kept file of a document, or the one brought before where none is brought now."""
    if document is None:
        return former
    return energy_writes.keep_document(document=document, by=by, at=at)


def span(day: date) -> dict[str, datetime]:
    """Return the instants between which a day lies."""
    return {
        "valid_from": clock.midnight(day),
        "valid_until": clock.midnight(day + timedelta(days=1)),
    }


def own_amount(
    energy_type_id: str, amount: Decimal, measure: str, day: date, at: datetime
) -> Decimal:
    """Return an amount in its type's unit of measure.

    Raises:
        NotAFuel: If the type is not energy kept by mass or by volume.
        NotYet: If the day has not come.
        NotItsMeasure: If the fuel is not kept so.
        NotAnAmount: If it is negative or too fine.
    """
    own = {row.code: row.uom for row in energy.measurable_types()}.get(energy_type_id)
    if own is None:
        raise NotAFuel(f"{energy_type_id} is not kept in stock")
    if day > clock.day_of(at):
        raise NotYet(f"{day} has not come")
    return rules.in_own_measure(amount, measure=measure, own=own)


def believed(model: type[Said], unit_id: int, version_id: int) -> Said:
    """Return a version of a unit's own that is still believed; inside an edit it stays so.

    Raises:
        Superseded: If there is none.
    """
    known = model.objects.filter(id=version_id, unit_id=unit_id, superseded_at=None).first()
    if known is None:
        raise Superseded(f"{model.__name__} {version_id} is believed no longer")
    return known


def told(day: date, amount: Decimal, measure: str, **more: str) -> dict[str, str]:
    """Return what the entry tells of an amount."""
    return {"day": str(day), "amount": str(amount), "measure": measure, **more}


def check_reason(reason: str) -> None:
    """Refuse to take something back without saying why."""
    if not reason.strip():
        raise NoReason("no reason given")


def record(
    action: str,
    unit_id: int,
    energy_type_id: str,
    details: dict[str, str],
    by: int | None,
    at: datetime,
) -> None:
    """Leave the one entry of the operation, under the unit it is about."""
    code = StockTaking(unit_id=unit_id).unit.code
    about = {"energy_type": energy_type_id, **details}
    audit.record(action, subject=f"unit:{code}", by=by, at=at, details=about)
