"""Load the rule records that ship, or the official text's; enter the city's own values."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from importlib import resources
from typing import NamedTuple

from django.db import models, transaction

from hengneng.kernel.audit import operations as audit
from hengneng.kernel.facts import operations as facts
from hengneng.registry.energy.models import (
    BalanceWeight,
    CoalHeat,
    EnergyKind,
    EnergyType,
    Factor,
    FactorScope,
)
from hengneng.registry.energy.rules import records


class RuleChanged(ValueError):
    """A rule record with the same key is loaded already and says something else."""


class UnknownType(LookupError):
    """There is no energy or medium of that code, so no factor turns it into coal."""


class NotAFactor(ValueError):
    """A factor is above zero and has ten places at most."""


class NoDocument(ValueError):
    """A value of the city's own stands on a document that is kept."""


class NotTheCitys(LookupError):
    """There is no such value of the city's own, or it is withdrawn already."""


class NoReason(ValueError):
    """What is withdrawn is withdrawn for a reason."""


class Loaded(NamedTuple):
    """How many records were new. [count]"""

    energy_types: int
    factors: int
    weights: int
    coal_heats: int


@transaction.atomic
def load_rules(*, by: int | None, at: datetime) -> Loaded:
    """Load the shipped energy types, factors and balance; what is loaded already stays.

    Args:
        by: Account acting; None for the installation itself.
        at: When. Aware.

    Raises:
        RuleChanged: If a shipped record differs from the loaded one of the same key.
        UnreadableRule: If a shipped text does not have the form.
    """
    folder = resources.files("hengneng.registry.energy.rules")
    texts = {
        name: (folder / f"{name}.toml").read_text("utf-8")
        for name in ("energy_types", "factors", "balance", "coal")
    }
    return load(**texts, by=by, at=at)


@transaction.atomic
def load(
    *,
    energy_types: str = "",
    factors: str = "",
    balance: str = "",
    coal: str = "",
    by: int | None,
    at: datetime,
) -> Loaded:
    """Load rule records from TOML texts, so that an official text's values need no developer.

    Args:
        energy_types: ``energy_type`` tables.
        factors: ``edition`` tables with ``factor`` tables.
        balance: ``edition`` tables with ``weight`` tables.
        coal: ``edition`` tables with ``coal`` tables.
        by: Account acting; None for the installation itself.
        at: When. Aware.

    Raises:
        RuleChanged: If a record differs from the loaded one of the same key.
        UnreadableRule: If a text does not have the form.
    """
    once = ("edition", "valid_from")
    with facts.edit() as recorded_at:
        dated = {"recorded_at": recorded_at}
        per_type = ("energy_type_id", "basis", *once)
        loaded = Loaded(
            energy_types=_load(EnergyType, records.read_energy_types(energy_types), ("code",), {}),
            factors=_load(Factor, records.read_factors(factors), per_type, dated),
            weights=_load(BalanceWeight, records.read_balance(balance), ("flow", *once), dated),
            coal_heats=_load(CoalHeat, records.read_coal_heat(coal), once, dated),
        )
    if any(loaded):
        audit.record(
            "energy.rules_loaded", subject="energy", by=by, at=at, details=loaded._asdict()
        )
    return loaded


@transaction.atomic
def enter_local_factor(
    *,
    energy_type_id: str,
    basis: str,
    kgce_per_uom: Decimal,
    edition: str,
    clause: str,
    valid_from: date,
    valid_until: date | None,
    citation: str,
    verified: bool,
    document_id: int | None,
    by: int | None,
    at: datetime,
) -> Factor:
    """Enter a factor of the city's own from the document that gives it.

    It goes before a national value of the same standing; a verified one before any that is not.

    Args:
        energy_type_id: ``ELECTRICITY``.
        basis: ``CALORIFIC`` or ``EQUIVALENT``.
        kgce_per_uom: The factor. [kgce per unit of measure]
        edition: Name of the document.
        clause: Where in it.
        valid_from: First day.
        valid_until: Day after the last; None: until further notice.
        citation: Who issued it, and when.
        verified: Whether the value was held against the document.
        document_id: The kept file of the document.
        by: Account acting.
        at: When. Aware.

    Raises:
        UnknownType: If there is no such energy or medium.
        NotAFactor: If the number is not above zero, or has more than ten places.
        NoDocument: If no document is given.
        RuleChanged: If the document has a value of this type, basis and first day already.
        EmptySpan: If no day is left.
    """
    _check_local(energy_type_id, kgce_per_uom, document_id, valid_from, valid_until)
    key = {
        "energy_type_id": energy_type_id,
        "basis": basis,
        "edition": edition,
        "valid_from": valid_from,
    }
    with facts.edit() as recorded_at:
        if Factor.objects.filter(**key, superseded_at__isnull=True).exists():
            raise RuleChanged(f"{edition} has a value of {energy_type_id} from {valid_from} on")
        factor = Factor.objects.create(
            **key,
            scope=FactorScope.LOCAL,
            clause=clause,
            kgce_per_uom=kgce_per_uom,
            valid_until=valid_until,
            citation=citation,
            verified=verified,
            document_id=document_id,
            recorded_at=recorded_at,
        )
    details = {"energy_type": energy_type_id, "edition": edition, "kgce": str(kgce_per_uom)}
    audit.record(
        "energy.local_factor_entered", subject=f"factor:{factor.id}", by=by, at=at, details=details
    )
    return factor


def _check_local(
    energy_type_id: str,
    kgce_per_uom: Decimal,
    document_id: int | None,
    valid_from: date,
    valid_until: date | None,
) -> None:
    """Refuse what cannot be a factor of the city's own.

    Raises:
        UnknownType: If there is no such energy or medium.
        NotAFactor: If the number is not above zero, or has more than ten places.
        NoDocument: If no document is given.
        EmptySpan: If no day is left.
    """
    known = EnergyType.objects.filter(code=energy_type_id).exclude(kind=EnergyKind.INDICATOR)
    if not known.exists():
        raise UnknownType(f"no energy or medium {energy_type_id}")
    exponent = kgce_per_uom.as_tuple().exponent
    if not isinstance(exponent, int) or kgce_per_uom <= 0 or -exponent > records.PLACES:
        raise NotAFactor(f"{kgce_per_uom} is not above zero with {records.PLACES} places at most")
    if document_id is None:
        raise NoDocument(f"a value of {energy_type_id} without a document")
    if valid_until is not None and valid_until <= valid_from:
        raise facts.EmptySpan(f"{valid_from} to {valid_until} holds no day")


@transaction.atomic
def withdraw_local_factor(*, factor_id: int, reason: str, by: int | None, at: datetime) -> None:
    """Believe a value of the city's own no longer; what was reported by it still can be.

    Args:
        factor_id: The value.
        reason: Why.
        by: Account acting.
        at: When. Aware.

    Raises:
        NoReason: If no reason is given.
        NotTheCitys: If there is no such value of the city's own that is believed.
    """
    if not reason.strip():
        raise NoReason("no reason given")
    with facts.edit() as recorded_at:
        believed = Factor.objects.filter(
            id=factor_id, scope=FactorScope.LOCAL, superseded_at__isnull=True
        )
        if not believed.update(superseded_at=recorded_at):
            raise NotTheCitys(f"no value {factor_id} of the city's own")
    details = {"reason": reason}
    audit.record(
        "energy.local_factor_withdrawn",
        subject=f"factor:{factor_id}",
        by=by,
        at=at,
        details=details,
    )


def _load(
    model: type[models.Model],
    rows: Sequence[records.Record],
    key: Iterable[str],
    dated: Mapping[str, datetime],
) -> int:
    """Insert the records whose key is not there yet and return how many.

    Raises:
        RuleChanged: If a record differs from the loaded one of the same key.
    """
    names = tuple(key)
    there = {
        tuple(getattr(row, name) for name in names): row
        for row in model._default_manager.all()
        if getattr(row, "superseded_at", None) is None
    }
    new = []
    for row in rows:
        identity = tuple(getattr(row, name) for name in names)
        if identity not in there:
            there[identity] = model(**row._asdict(), **dated)
            new.append(there[identity])
            continue
        differing = [f for f in row._fields if getattr(there[identity], f) != getattr(row, f)]
        if differing:
            raise RuleChanged(f"{model.__name__} {identity} differs in {', '.join(differing)}")
    return len(model._default_manager.bulk_create(new))
