"""Enter consumers, say by date what they are and what they need."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from hengneng.kernel.audit import operations as audit
from hengneng.kernel.facts import operations as facts
from hengneng.registry.equipment import queries
from hengneng.registry.equipment.models import Consumer, Demand, Particulars
from hengneng.registry.equipment.rules import consumers as rules
from hengneng.registry.units import queries as units


class ConsumerExists(ValueError):
    """The unit has a consumer of this code already."""


class NoCode(ValueError):
    """A consumer has a code."""


class ForeignConsumer(ValueError):
    """Site, parent or the one it is metered with are not the unit's."""


class UnknownEnergyType(LookupError):
    """There is no energy type of that code, or it is an indicator, which nothing consumes."""


@transaction.atomic
def create_consumer(
    *,
    unit_id: int,
    code: str,
    name: str,
    kind: str,
    valid_from: datetime,
    by: int | None,
    at: datetime,
    model: str = "",
    place: str = "",
    site_id: int | None = None,
    parent_id: int | None = None,
    metered_with_id: int | None = None,
    valid_until: datetime | None = None,
) -> Consumer:
    """Enter a sub-unit or equipment into the unit's ledger, as it is from one instant on.

    Args:
        unit_id: The unit.
        code: The unit's own short name of it.
        name: Its name.
        kind: ``SUB_UNIT`` or ``EQUIPMENT``.
        valid_from: Since when. Aware.
        by: Account acting.
        at: When it is entered. Aware.
        model: Its model.
        place: Where in the site it stands.
        site_id: The unit's site.
        parent_id: The consumer it belongs to.
        metered_with_id: The consumer whose meter stands for it too.
        valid_until: Until when, exclusive; None: for good. Aware.

    Raises:
        NoCode: If the code is empty.
        ConsumerExists: If the unit has one of the code.
        BadConsumer: If no consumer can be so.
        ForeignConsumer: If site, parent or the other one are not the unit's.
        BadTree: If it would hang on itself.

    Source:
        JJF 1356-2012, form B.2.
    """
    if not code:
        raise NoCode("a consumer has a code")
    values = {
        "name": name,
        "kind": kind,
        "model": model,
        "place": place,
        "site_id": site_id,
        "parent_id": parent_id,
        "metered_with_id": metered_with_id,
    }
    with facts.edit():
        if Consumer.objects.filter(unit_id=unit_id, code=code).exists():
            raise ConsumerExists(f"the unit has a consumer {code}")
        consumer = Consumer.objects.create(unit_id=unit_id, code=code)
        _check(consumer, values)
        facts.replace(
            model=Particulars,
            identity={"consumer_id": consumer.pk},
            valid_from=valid_from,
            valid_until=valid_until,
            values=values,
        )
        _check_tree(unit_id)
    details = {"code": code, "name": name, "kind": str(kind)}
    audit.record(
        "consumer.created", subject=f"consumer:{consumer.pk}", by=by, at=at, details=details
    )
    return consumer


@transaction.atomic
def describe_consumer(
    *,
    consumer_id: int,
    valid_from: datetime,
    by: int | None,
    at: datetime,
    valid_until: datetime | None = None,
    **changes: Any,
) -> None:
    """Say that a consumer is different in a span; what is not named stays as it was.

    Where the span begins before anything is known of it, its first version reaches back to it.

    Args:
        consumer_id: The consumer.
        valid_from: Since when. Aware.
        by: Account acting.
        at: When it is entered. Aware.
        valid_until: Until when, exclusive; None: for good. Aware.
        **changes: Any of ``name kind model place site_id parent_id metered_with_id``.

    Raises:
        BadConsumer: If no consumer can be so, or another field is named.
        ForeignConsumer: If site, parent or the other one are not the unit's.
        BadTree: If it would hang on itself.
        EmptySpan: If the span holds no instant.
        NothingKnown: If there is no such consumer in the span.
    """
    if unknown := set(changes) - set(queries.DESCRIBED):
        raise rules.BadConsumer(f"a consumer has no {', '.join(sorted(unknown))}")
    with facts.edit():
        consumer = Consumer.objects.get(id=consumer_id)
        _check(consumer, changes)
        identity = {"consumer_id": consumer_id}
        facts.reach_back(
            model=Particulars,
            identity=identity,
            valid_from=valid_from,
            fields=queries.DESCRIBED,
        )
        facts.amend(
            model=Particulars,
            identity=identity,
            valid_from=valid_from,
            valid_until=valid_until,
            changes=changes,
        )
        _check_tree(consumer.unit_id)
    details = {"valid_from": valid_from.isoformat()} | {k: str(v) for k, v in changes.items()}
    subject = f"consumer:{consumer_id}"
    audit.record("consumer.described", subject=subject, by=by, at=at, details=details)


@transaction.atomic
def retire_consumer(
    *, consumer_id: int, valid_from: datetime, by: int | None, at: datetime
) -> None:
    """Say that a consumer is no more from one instant on; what it was before stays known.

    Args:
        consumer_id: The consumer.
        valid_from: Since when it is gone. Aware.
        by: Account acting.
        at: When it is entered. Aware.
    """
    with facts.edit():
        consumer = Consumer.objects.get(id=consumer_id)
        told = Demand.objects.filter(superseded_at__isnull=True, consumer=consumer)
        needs = set(told.values_list("energy_type_id", "measure"))
        span: dict[str, Any] = {"valid_from": valid_from, "valid_until": None, "values": None}
        facts.replace(model=Particulars, identity={"consumer_id": consumer_id}, **span)
        for energy_type, measure in sorted(needs):
            identity = _need(consumer_id, energy_type, measure)
            facts.replace(model=Demand, identity=identity, **span)
    details = {"valid_from": valid_from.isoformat()}
    subject = f"consumer:{consumer_id}"
    audit.record("consumer.retired", subject=subject, by=by, at=at, details=details)


@transaction.atomic
def set_demand(
    *,
    consumer_id: int,
    energy_type_id: str,
    measure: str,
    amount: Decimal | None,
    valid_from: datetime,
    by: int | None,
    at: datetime,
    valid_until: datetime | None = None,
) -> None:
    """Say how much of an energy type a consumer needs in a span.

    Args:
        consumer_id: The consumer.
        energy_type_id: The energy type.
        measure: What the amount is told in: ``kW``, ``t/h``, ``t/a`` …
        amount: How much; None: nothing is known of it in that measure.
        valid_from: Since when. Aware.
        by: Account acting.
        at: When it is entered. Aware.
        valid_until: Until when, exclusive; None: for good. Aware.

    Raises:
        BadDemand: If amount or measure cannot be.
        UnknownEnergyType: If there is no such energy type.
        EmptySpan: If the span holds no instant.

    Source:
        GB 17167-2006, tables 1 and 2.
    """
    rules.check_demand(measure, Decimal(0) if amount is None else amount)
    if energy_type_id not in {row.code for row in queries.energy_types()}:
        raise UnknownEnergyType(f"no energy type {energy_type_id}")
    with facts.edit():
        facts.replace(
            model=Demand,
            identity=_need(consumer_id, energy_type_id, measure),
            valid_from=valid_from,
            valid_until=valid_until,
            values=None if amount is None else {"amount": amount},
        )
    details = {
        "energy_type": energy_type_id,
        "amount": None if amount is None else str(amount),
        "measure": measure,
        "valid_from": valid_from.isoformat(),
    }
    subject = f"consumer:{consumer_id}"
    audit.record("consumer.demand_set", subject=subject, by=by, at=at, details=details)


def _need(consumer_id: int, energy_type_id: str, measure: str) -> dict[str, Any]:
    """Return what says whose demand of what it is."""
    return {"consumer_id": consumer_id, "energy_type_id": energy_type_id, "measure": measure}


def _check(consumer: Consumer, values: Mapping[str, Any]) -> None:
    """Refuse values that cannot describe this consumer."""
    rules.check_particulars(values)
    site = values.get("site_id")
    if site is not None and not units.is_site_of(site, consumer.unit_id):
        raise ForeignConsumer(f"site {site} is not the unit's")
    hangs_on = (values.get("parent_id"), values.get("metered_with_id"))
    named = {number for number in hangs_on if number is not None}
    own = Consumer.objects.filter(unit_id=consumer.unit_id, id__in=named)
    if strange := named - set(own.values_list("id", flat=True)):
        raise ForeignConsumer(f"consumer {min(strange)} is not the unit's")


def _check_tree(unit_id: int) -> None:
    """Refuse consumers that hang in a ring at any time; edits of facts wait for one another."""
    if faults := rules.tree_faults_over_time(queries.believed_spans(unit_id)):
        raise rules.BadTree(f"{faults[0].reason}: {', '.join(map(str, faults[0].ids))}")
