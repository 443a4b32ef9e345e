"""Which consumers a unit has, what they are and what they need by date."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Q

from hengneng.kernel import clock
from hengneng.kernel.facts.queries import known_at
from hengneng.registry.equipment.models import Consumer, Demand, Particulars

__all__ = ["ConsumerRow", "DemandRow", "consumers_of", "ids_by_code", "owners_of_consumers"]


class DemandRow(NamedTuple):
    """How much of an energy type a consumer needs.

    Attributes:
        energy_type_id: The energy type.
        measure: What the amount is told in: ``kW``, ``t/h``, ``t/a`` …
        amount: How much.
    """

    energy_type_id: str
    measure: str
    amount: Decimal


class ConsumerRow(NamedTuple):
    """A sub-unit or equipment as it is at one instant.

    Attributes:
        id: The consumer.
        code: The unit's own short name of it.
        name: Its name.
        kind: ``SUB_UNIT`` or ``EQUIPMENT``.
        model: Its model.
        place: Where in the site it stands.
        site_id: The site; None: not said.
        site_code: The site's code; None: not said.
        parent_id: The consumer it belongs to; None: the unit itself.
        metered_with_id: The consumer whose meter stands for it too; None: it has its own.
        demands: What it needs, by energy type and measure.
        valid_from: Since when it is so. Aware.
        valid_until: Until when, exclusive; None: for good. Aware.

    Source:
        JJF 1356-2012, form B.2.
    """

    id: int
    code: str
    name: str
    kind: str
    model: str
    place: str
    site_id: int | None
    site_code: str | None
    parent_id: int | None
    metered_with_id: int | None
    demands: tuple[DemandRow, ...]
    valid_from: datetime
    valid_until: datetime | None


def consumers_of(
    unit_id: int, *, at: datetime | None = None, as_of: datetime | None = None
) -> list[ConsumerRow]:
    """Return the unit's consumers that there are at an instant, by code; two queries.

    Args:
        unit_id: The unit.
        at: The instant; None: now. Aware.
        as_of: As believed when; None: now. Aware.
    """
    return consumers_by_unit([unit_id], at=at, as_of=as_of).get(unit_id, [])


def consumers_by_unit(
    unit_ids: Collection[int], *, at: datetime | None = None, as_of: datetime | None = None
) -> dict[int, list[ConsumerRow]]:
    """Return for each unit its consumers that there are at an instant, by code; two queries.

    Args:
        unit_ids: The units.
        at: The instant; None: now. Aware.
        as_of: As believed when; None: now. Aware.
    """
    valid = Q(known_at(as_of), _valid_at(at or clock.now()), consumer__unit_id__in=unit_ids)
    demands = defaultdict(list)
    needed = Demand.objects.filter(valid).order_by("consumer_id", "energy_type_id", "measure")
    for consumer_id, *row in needed.values_list("consumer_id", *DemandRow._fields):
        demands[consumer_id].append(DemandRow(*row))
    found: dict[int, list[ConsumerRow]] = defaultdict(list)
    told = Particulars.objects.filter(valid).order_by("consumer__unit_id", "consumer__code")
    for unit_id, *said, valid_from, valid_until in told.values_list(
        "consumer__unit_id",
        "consumer_id",
        "consumer__code",
        "name",
        "kind",
        "model",
        "place",
        "site_id",
        "site__code",
        "parent_id",
        "metered_with_id",
        "valid_from",
        "valid_until",
    ):
        needs = tuple(demands.get(said[0], ()))
        found[unit_id].append(ConsumerRow(*said, needs, valid_from, valid_until))
    return found


def ids_by_code(unit_id: int) -> dict[str, int]:
    """Return the unit's consumers, past ones too, by code; one query."""
    return dict(Consumer.objects.filter(unit_id=unit_id).values_list("code", "id"))


def owners_of_consumers(consumer_ids: Collection[int]) -> dict[int, int]:
    """Return the unit of each of these consumers that there is; one query."""
    return dict(Consumer.objects.filter(id__in=consumer_ids).values_list("id", "unit_id"))


def _valid_at(instant: datetime) -> Q:
    """Return the filter for versions valid at an instant."""
    return Q(valid_from__lte=instant) & (Q(valid_until__isnull=True) | Q(valid_until__gt=instant))
