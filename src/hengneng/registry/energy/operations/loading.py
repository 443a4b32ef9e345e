"""Load the rule records that ship with this room, or the official text's."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from importlib import resources
from typing import NamedTuple

from django.db import models, transaction

from hengneng.kernel.audit import operations as audit
from hengneng.kernel.facts import operations as facts
from hengneng.registry.energy.models import BalanceWeight, CoalHeat, EnergyType, Factor
from hengneng.registry.energy.rules import records


class RuleChanged(ValueError):
    """A rule record with the same key is loaded already and says something else."""


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
