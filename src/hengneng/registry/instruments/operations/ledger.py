"""Enter instruments, correct what the ledger says of them, say how they may be used."""

from datetime import datetime
from typing import Any

from django.db import transaction

from hengneng.kernel.audit import operations as audit
from hengneng.kernel.facts import operations as facts
from hengneng.registry.instruments.models import Instrument, Status
from hengneng.registry.instruments.rules.kinds import kinds
from hengneng.registry.instruments.rules.standing import Condition

CORRECTABLE = frozenset(
    {
        "name",
        "kind",
        "model",
        "maker",
        "serial_number",
        "accuracy_class",
        "measuring_range",
        "place",
        "nominal_diameter_mm",
        "is_mandatory",
        "cycle_months",
    }
)


class InstrumentExists(ValueError):
    """The unit has an instrument of this number already."""


class IncompleteInstrument(ValueError):
    """An instrument has a number and a name."""


class UnknownKind(ValueError):
    """There is no such kind of instrument."""


class UnknownCondition(ValueError):
    """An instrument is qualified, of limited use, or stopped."""


@transaction.atomic
def create_instrument(
    *,
    unit_id: int,
    number: str,
    name: str,
    by: int | None,
    at: datetime,
    **more: Any,
) -> Instrument:
    """Enter an instrument into the unit's ledger.

    Args:
        unit_id: The unit.
        number: The unit's own number of it, else the maker's.
        name: Its name.
        by: Account acting.
        at: When. Aware.
        **more: Any of ``kind model maker serial_number accuracy_class measuring_range place
            nominal_diameter_mm is_mandatory cycle_months``. The class is what the ledger states;
            what counts is that of the valid certificate.

    Raises:
        IncompleteInstrument: If number or name is empty, or another field is named.
        UnknownKind: If there is no such kind.
        InstrumentExists: If the number is entered already.

    Source:
        JJF 1356-2012, form B.3.
    """
    check(more | {"name": name})
    if not number:
        raise IncompleteInstrument("an instrument has a number and a name")
    instrument, created = Instrument.objects.get_or_create(
        unit_id=unit_id, number=number, defaults={"name": name, **more}
    )
    if not created:
        raise InstrumentExists(f"the unit has an instrument {number}")
    subject = f"instrument:{instrument.id}"
    audit.record("instrument.created", subject=subject, by=by, at=at, details={"number": number})
    return instrument


@transaction.atomic
def correct_instrument(
    *, instrument_id: int, by: int | None, at: datetime, **changes: Any
) -> Instrument:
    """Correct what the ledger says of an instrument; its number stays.

    Args:
        instrument_id: The instrument.
        by: Account acting.
        at: When. Aware.
        **changes: Any of ``create_instrument``'s fields but the number.

    Raises:
        IncompleteInstrument: If the name would be empty, or another field is named.
        UnknownKind: If there is no such kind.
    """
    check(changes)
    instrument = Instrument.objects.select_for_update().get(id=instrument_id)
    details = {"before": {field: getattr(instrument, field) for field in changes}, "after": changes}
    for field, value in changes.items():
        setattr(instrument, field, value)
    instrument.save(update_fields=list(changes))
    subject = f"instrument:{instrument_id}"
    audit.record("instrument.corrected", subject=subject, by=by, at=at, details=details)
    return instrument


@transaction.atomic
def set_status(
    *,
    instrument_id: int,
    condition: str,
    valid_from: datetime,
    by: int | None,
    at: datetime,
    valid_until: datetime | None = None,
) -> None:
    """Say how an instrument may be used from one instant on.

    No figure reads it, so no day is left stale.

    Args:
        instrument_id: The instrument.
        condition: ``QUALIFIED``, ``LIMITED`` or ``STOPPED``.
        valid_from: Since when. Aware.
        by: Account acting.
        at: When it is entered. Aware.
        valid_until: Until when, exclusive; None: for good. Aware.

    Raises:
        UnknownCondition: If there is no such condition.

    Source:
        JJF 1356-2012, form B.3: 合格, 准用, 停用.
    """
    if condition not in list(Condition):
        raise UnknownCondition(f"{condition} is none of {', '.join(Condition)}")
    with facts.edit():
        facts.replace(
            model=Status,
            identity={"instrument_id": instrument_id},
            valid_from=valid_from,
            valid_until=valid_until,
            values={"condition": condition},
        )
    details = {"condition": condition, "valid_from": valid_from.isoformat()}
    subject = f"instrument:{instrument_id}"
    audit.record("instrument.status_set", subject=subject, by=by, at=at, details=details)


def check(said: dict[str, Any]) -> None:
    """Refuse what cannot be said of an instrument; a part of other operations.

    Raises:
        IncompleteInstrument: If the name is empty, or another field is named.
        UnknownKind: If there is no such kind.
    """
    if not set(said) <= CORRECTABLE or said.get("name") == "":
        raise IncompleteInstrument(f"not to be said of an instrument: {said}")
    if said.get("kind", "") and said["kind"] not in kinds():
        raise UnknownKind(f"no kind of instrument {said['kind']}")
