"""Which consumers a unit has, what they are and what they need by date."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Q

from hengneng.kernel import clock
from hengneng.kernel.facts import queries as facts
from hengneng.kernel.facts.queries import known_at
from hengneng.kernel.policy.rules import Permission, Viewer
from hengneng.registry.energy import queries as energy
from hengneng.registry.equipment.models import Consumer, Demand, Particulars, RuleSet
from hengneng.registry.equipment.rules import consumers as rules
from hengneng.registry.equipment.rules import editions
from hengneng.registry.equipment.rules.consumers import Standing
from hengneng.registry.units import queries as units

_INDICATOR = "INDICATOR"  # output, value added …: a figure, no energy
# The fields of a consumer that an edit may change.
DESCRIBED = ("name", "kind", "model", "place", "site_id", "parent_id", "metered_with_id")


class UnknownConsumer(LookupError):
    """There is no such consumer, or it is not the viewer's to see."""


class UnknownEdition(LookupError):
    """There is no such edition of GB 17167, or none in force that day."""


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
    told = Particulars.objects.filter(valid).select_related("consumer", "site")
    for one in told.order_by("consumer__unit_id", "consumer__code"):
        needs = tuple(demands.get(one.consumer_id, ()))
        found[one.consumer.unit_id].append(_row(one, needs))
    return found


def _row(told: Particulars, demands: tuple[DemandRow, ...]) -> ConsumerRow:
    """Return a consumer's row."""
    return ConsumerRow(
        id=told.consumer_id,
        code=told.consumer.code,
        name=told.name,
        kind=told.kind,
        model=told.model,
        place=told.place,
        site_id=told.site_id,
        site_code=told.site.code if told.site else None,
        parent_id=told.parent_id,
        metered_with_id=told.metered_with_id,
        demands=demands,
        valid_from=told.valid_from,
        valid_until=told.valid_until,
    )


def consumer_by_id(viewer: Viewer, permission: Permission, consumer_id: int) -> ConsumerRow:
    """Return one consumer as it is now.

    Raises:
        UnknownConsumer: If there is none now, or the permission does not reach its unit.
    """
    visible = units.visible_to(viewer, permission)
    reached = Consumer.objects.filter(id=consumer_id, unit_id__in=visible.values("id"))
    unit_id = reached.values_list("unit_id", flat=True).first()
    among = consumers_of(unit_id) if unit_id is not None else []
    found = next((row for row in among if row.id == consumer_id), None)
    if found is None:
        raise UnknownConsumer(f"no consumer {consumer_id}")
    return found


class MainConsumer(NamedTuple):
    """A consumer with what the thresholds make of it.

    Attributes:
        consumer: The consumer.
        standings: For each energy type it uses, whether it is a main one.
    """

    consumer: ConsumerRow
    standings: dict[str, Standing]


def main_consumers(
    unit_id: int,
    *,
    at: datetime | None = None,
    as_of: datetime | None = None,
    edition: str | None = None,
) -> list[MainConsumer]:
    """Return the unit's consumers with the energy types they are main ones of; three queries.

    Where the edition has no thresholds nothing is decided: every standing is UNDECIDED.

    Args:
        unit_id: The unit.
        at: The instant; None: now. Aware.
        as_of: As believed when; None: now. Aware.
        edition: By which edition; None: the one in force that day.

    Raises:
        UnknownEdition: If there is no such edition, or none in force.
    """
    instant = at or clock.now()
    by = rule_set_on(clock.day_of(instant), as_of=as_of, edition=edition)
    return [
        MainConsumer(row, standings_of(row, by))
        for row in consumers_of(unit_id, at=instant, as_of=as_of)
    ]


def standings_of(row: ConsumerRow, by: editions.RuleSet | None) -> dict[str, Standing]:
    """Return for each energy type that a consumer uses whether it is a main one.

    Args:
        row: The consumer.
        by: The edition; None: none, so that nothing is decided.
    """
    return rules.standings(row.kind, [rules.Need(*need) for need in row.demands], by)


def rule_sets(*, as_of: datetime | None = None) -> list[editions.RuleSet]:
    """Return every edition of GB 17167, oldest first; one query.

    Of each what a person loaded last, else what was shipped last.

    Args:
        as_of: As loaded when; None: now. Aware.
    """
    loaded = RuleSet.objects.all()
    if as_of is not None:
        loaded = loaded.filter(recorded_at__lte=as_of)
    # What counts comes last. Before the installation recorded what it ships there is its file.
    ordered = loaded.order_by("-is_shipped", "recorded_at").values_list("edition", "text")
    texts = {**editions.shipped_texts(), **dict(ordered)}
    return sorted(map(editions.read, texts.values()), key=lambda one: one.valid_from)


def rule_set_on(
    day: date, *, as_of: datetime | None = None, edition: str | None = None
) -> editions.RuleSet:
    """Return the edition in force on a day, the latest one where several are; one query.

    Args:
        day: The local day.
        as_of: As loaded when; None: now. Aware.
        edition: A named edition instead, in force or not.

    Raises:
        UnknownEdition: If there is none.
    """
    known = rule_sets(as_of=as_of)
    if edition is not None:
        among = [one for one in known if one.edition == edition]
    else:
        among = [one for one in known if one.is_in_force(day)]
    if not among:
        raise UnknownEdition(f"no edition {edition or f'in force on {day}'}")
    return among[-1]


def believed_spans(unit_id: int) -> list[rules.HungSpan]:
    """Return how the unit's consumers hang on one another, as believed now; one query."""
    believed = Particulars.objects.filter(known_at(None), consumer__unit_id=unit_id)
    fields = ("consumer_id", "kind", "parent_id", "metered_with_id", "valid_from", "valid_until")
    rows = believed.order_by("consumer_id", "valid_from").values_list(*fields)
    return [rules.HungSpan(rules.Hung(*row[:4]), *row[4:]) for row in rows]


def energy_types() -> list[energy.EnergyTypeRow]:
    """Return the energy types that a consumer can need: no indicators; one query."""
    return [row for row in energy.energy_types() if row.kind != _INDICATOR]


def ids_by_code(unit_id: int) -> dict[str, int]:
    """Return the unit's consumers, past ones too, by code; one query."""
    return dict(Consumer.objects.filter(unit_id=unit_id).values_list("code", "id"))


def consumers_by_code(unit_ids: Collection[int]) -> dict[tuple[int, str], int]:
    """Return the consumers of units, past ones too, by unit and code, for imports; one query."""
    found = Consumer.objects.filter(unit_id__in=unit_ids).values_list("unit_id", "code", "id")
    return {(unit_id, code): consumer_id for unit_id, code, consumer_id in found}


def owners_of_consumers(consumer_ids: Collection[int]) -> dict[int, int]:
    """Return the unit of each of these consumers that there is; one query."""
    return dict(Consumer.objects.filter(id__in=consumer_ids).values_list("id", "unit_id"))


def units_of_consumers(consumer_ids: Collection[int]) -> dict[int, tuple[str, str, str]]:
    """Return code and name of the unit, and the consumer's own code, of each of these."""
    rows = Consumer.objects.filter(id__in=consumer_ids)
    told = rows.values_list("id", "unit__code", "unit__name", "code")
    return {number: (code, name, own) for number, code, name, own in told}


def versions_of(unit_id: int) -> list[facts.Version]:
    """Return every version of what the unit's consumers are and need, superseded ones too."""
    told = Particulars.objects.filter(consumer__unit_id=unit_id)
    said = ("name", "kind", "model", "place", "site__code", "parent__code", "metered_with__code")
    needed = Demand.objects.filter(consumer__unit_id=unit_id)
    needs = ("energy_type_id", "measure", "amount")
    return [
        *facts.versions("CONSUMER", told, subject="consumer__code", said=said),
        *facts.versions("DEMAND", needed, subject="consumer__code", said=needs),
    ]


def _valid_at(instant: datetime) -> Q:
    """Return the filter for versions valid at an instant."""
    return Q(valid_from__lte=instant) & (Q(valid_until__isnull=True) | Q(valid_until__gt=instant))
