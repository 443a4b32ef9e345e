"""Enter many new consumers at once, with a number of statements that does not grow with them."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from hengneng.kernel.audit import operations as audit
from hengneng.kernel.facts import operations as facts
from hengneng.registry.equipment import queries
from hengneng.registry.equipment.models import Consumer, Demand, Particulars
from hengneng.registry.equipment.operations.consumers import (
    ConsumerExists,
    ForeignConsumer,
    NoCode,
    UnknownEnergyType,
)
from hengneng.registry.equipment.rules import consumers as rules
from hengneng.registry.equipment.rules.consumers import Need
from hengneng.registry.units import queries as units

_Key = tuple[int, str]  # a unit and the code of its consumer


class NewConsumer(NamedTuple):
    """A consumer to be entered; the fields are ``create_consumer``'s, others named by their codes.

    Attributes:
        unit_id: The unit.
        code: The unit's own short name of it.
        name: Its name.
        kind: ``SUB_UNIT`` or ``EQUIPMENT``.
        valid_from: Since when. Aware.
        model: Its model.
        place: Where in the site it stands.
        site_id: The unit's site.
        parent_code: The new consumer of the same unit that it belongs to.
        metered_with: The new consumer of the same unit whose meter stands for it too.
        demands: What it needs, since the same instant.
    """

    unit_id: int
    code: str
    name: str
    kind: str
    valid_from: datetime
    model: str = ""
    place: str = ""
    site_id: int | None = None
    parent_code: str | None = None
    metered_with: str | None = None
    demands: tuple[Need, ...] = ()


@transaction.atomic
def enter_consumers(*, rows: Sequence[NewConsumer], by: int | None, at: datetime) -> list[int]:
    """Enter many consumers, of any units: all of them or none, one entry.

    Args:
        rows: The consumers, any order. Shape (n,).
        by: Account acting.
        at: When they are entered. Aware.

    Returns:
        Their ids, in the order of the rows. Shape (n,).

    Raises:
        NoCode: If one has no code.
        ConsumerExists: If a unit has one of the code, or it stands twice in the rows.
        BadConsumer, BadDemand: If one cannot be so.
        UnknownEnergyType: If one needs what is no energy type.
        ForeignConsumer: If a site is another unit's, or a code names none of the unit's rows.
        BadTree: If some would hang on themselves.
    """
    with facts.edit() as recorded_at:
        _check_all(rows)
        made = Consumer.objects.bulk_create(
            Consumer(unit_id=row.unit_id, code=row.code) for row in rows
        )
        ids = {(one.unit_id, one.code): one.pk for one in made}
        told = [_particulars(row, ids, recorded_at) for row in rows]
        _check_trees(rows, told)
        Particulars.objects.bulk_create(told)
        Demand.objects.bulk_create(_demands(rows, ids, recorded_at))
    details = {"count": len(rows), "units": len({row.unit_id for row in rows})}
    audit.record("consumers.entered", subject="consumers", by=by, at=at, details=details)
    return [one.pk for one in made]


def _check_all(rows: Sequence[NewConsumer]) -> None:
    """Refuse consumers that cannot be entered."""
    for row in rows:
        if not row.code:
            raise NoCode("a consumer has a code")
        rules.check_particulars({"name": row.name, "kind": row.kind})
        for need in row.demands:
            rules.check_demand(need.measure, need.amount)
    _check_once(rows)
    _check_sites(rows)
    used = {need.energy_type_id for row in rows for need in row.demands}
    if strange := used - {one.code for one in queries.energy_types()}:
        raise UnknownEnergyType(f"no energy type {min(strange)}")


def _check_once(rows: Sequence[NewConsumer]) -> None:
    """Refuse a code that a unit has, or that stands twice in the rows."""
    counted = Counter((row.unit_id, row.code) for row in rows)
    twice = {key for key, count in counted.items() if count > 1}
    known = Consumer.objects.filter(unit_id__in={unit_id for unit_id, _ in counted})
    twice |= set(known.values_list("unit_id", "code")) & set(counted)
    if twice:
        raise ConsumerExists(f"the unit has a consumer {min(twice)[1]}")


def _check_sites(rows: Sequence[NewConsumer]) -> None:
    """Refuse a site that is not the unit's."""
    owners = units.owners_of_sites({row.site_id for row in rows if row.site_id is not None})
    for row in rows:
        if row.site_id is not None and owners.get(row.site_id) != row.unit_id:
            raise ForeignConsumer(f"site {row.site_id} is not the unit's")


def _particulars(row: NewConsumer, ids: Mapping[_Key, int], recorded_at: datetime) -> Particulars:
    """Return what a row says its consumer is."""
    return Particulars(
        consumer_id=ids[row.unit_id, row.code],
        name=row.name,
        kind=row.kind,
        model=row.model,
        place=row.place,
        site_id=row.site_id,
        parent_id=_named(row, row.parent_code, ids),
        metered_with_id=_named(row, row.metered_with, ids),
        valid_from=row.valid_from,
        recorded_at=recorded_at,
    )


def _named(row: NewConsumer, code: str | None, ids: Mapping[_Key, int]) -> int | None:
    """Return the consumer of the row's unit that a code names."""
    if code is None:
        return None
    found = ids.get((row.unit_id, code))
    if found is None:
        raise ForeignConsumer(f"the unit has no new consumer {code}")
    return found


def _check_trees(rows: Iterable[NewConsumer], told: Iterable[Particulars]) -> None:
    """Refuse consumers that would hang on themselves."""
    by_unit: dict[int, list[rules.HungSpan]] = defaultdict(list)
    for row, one in zip(rows, told, strict=True):
        hung = rules.Hung(one.consumer_id, one.kind, one.parent_id, one.metered_with_id)
        by_unit[row.unit_id].append(rules.HungSpan(hung, one.valid_from, one.valid_until))
    for spans in by_unit.values():
        if faults := rules.tree_faults_over_time(spans):
            raise rules.BadTree(faults[0].reason)


def _demands(
    rows: Iterable[NewConsumer], ids: Mapping[_Key, int], recorded_at: datetime
) -> Iterable[Demand]:
    """Yield what the rows' consumers need."""
    for row in rows:
        for need in row.demands:
            yield Demand(
                consumer_id=ids[row.unit_id, row.code],
                energy_type_id=need.energy_type_id,
                measure=need.measure,
                amount=need.amount,
                valid_from=row.valid_from,
                recorded_at=recorded_at,
            )
