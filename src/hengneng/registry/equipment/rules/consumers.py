"""What a consumer can be, which ones are main ones, how they hang together."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple

from hengneng.registry.equipment.rules import editions, measures
from hengneng.registry.equipment.rules.editions import RuleSet, Threshold

AMOUNT_PLACES = 6
_AMOUNT_MAX = Decimal(10) ** 18


class BadConsumer(ValueError):
    """A consumer cannot be so."""


class BadDemand(ValueError):
    """A demand is not negative, ends in at most six decimals and is told in a known measure."""


class BadTree(ValueError):
    """Consumers hang in a ring, or something belongs to what cannot hold it."""


class Standing(StrEnum):
    """Whether a consumer is a main one for an energy type."""

    MAIN = "MAIN"
    NOT_MAIN = "NOT_MAIN"
    UNDECIDED = "UNDECIDED"  # the rules or the demand do not tell


class Need(NamedTuple):
    """A consumer's demand of one energy type.

    Attributes:
        energy_type_id: The energy type.
        measure: What the amount is told in.
        amount: How much.
    """

    energy_type_id: str
    measure: str
    amount: Decimal


class Hung(NamedTuple):
    """How one consumer hangs on others at one instant.

    Attributes:
        id: The consumer.
        kind: ``SUB_UNIT`` or ``EQUIPMENT``.
        parent_id: What it belongs to; None: the unit itself.
        metered_with_id: Whose meter stands for it; None: its own.
    """

    id: int
    kind: str
    parent_id: int | None
    metered_with_id: int | None


def check_particulars(values: Mapping[str, Any]) -> None:
    """Refuse values that describe no possible consumer.

    Args:
        values: Any of ``name kind``; others are not looked at.

    Raises:
        BadConsumer: If one of them is impossible.
    """
    if values.get("name") == "":
        raise BadConsumer("the consumer has no name")
    kind = values.get("kind", editions.KINDS[0])
    if kind not in editions.KINDS:
        raise BadConsumer(f"kind is {kind}, not one of {', '.join(editions.KINDS)}")


def check_demand(measure: str, amount: Decimal) -> None:
    """Refuse a demand that cannot be.

    Args:
        measure: What it is told in.
        amount: How much.

    Raises:
        BadDemand: If the measure is unknown or the amount cannot be kept exactly.
    """
    if measure not in measures.MEASURES:
        raise BadDemand(f"{measure} is none of {', '.join(measures.MEASURES)}")
    exponent = amount.as_tuple().exponent
    if not isinstance(exponent, int) or not 0 <= amount < _AMOUNT_MAX:
        raise BadDemand(f"{amount} is no amount from 0 to 10^18")
    if -exponent > AMOUNT_PLACES:
        raise BadDemand(f"{amount} has more than {AMOUNT_PLACES} decimals")


def standings(kind: str, needs: Iterable[Need], rules: RuleSet | None) -> dict[str, Standing]:
    """Return whether a consumer is a main one, for each energy type that it uses.

    One limit reached is enough. It is none where a demand can be compared and no limit is reached;
    where no demand can be compared nothing is decided. A demand of nothing makes no main one.

    Args:
        kind: ``SUB_UNIT`` or ``EQUIPMENT``.
        needs: What it needs, any order.
        rules: The edition; None: none is in force.

    Source:
        GB 17167-2006, tables 1 and 2, as recollected: verified is false there.
    """
    told: dict[str, list[Need]] = {}
    for need in needs:
        told.setdefault(need.energy_type_id, []).append(need)
    found = {}
    for energy_type, of_type in told.items():
        limits = rules.thresholds_for(energy_type, kind) if rules else []
        judged = {_standing(need, limits) for need in of_type}
        order = (Standing.MAIN, Standing.NOT_MAIN, Standing.UNDECIDED)
        found[energy_type] = next(one for one in order if one in judged)
    return found


def _standing(need: Need, limits: Iterable[Threshold]) -> Standing:
    """Return what one demand makes of its consumer."""
    judged = set()
    for limit in limits:
        try:
            is_reached = measures.reaches(
                need.amount, need.measure, limit=limit.amount, limit_measure=limit.measure
            )
        except measures.NotComparable:
            continue
        judged.add(is_reached)
    if True in judged:
        return Standing.MAIN
    return Standing.NOT_MAIN if judged or not need.amount else Standing.UNDECIDED


class HungSpan(NamedTuple):
    """How one consumer hangs on others from one instant to another.

    Attributes:
        hung: How.
        valid_from: Since when. Aware.
        valid_until: Until when, exclusive; None: for good. Aware.
    """

    hung: Hung
    valid_from: datetime
    valid_until: datetime | None


class Fault(NamedTuple):
    """Consumers that cannot hang as they would, and why."""

    ids: tuple[int, ...]
    reason: str


def tree_faults_over_time(spans: Iterable[HungSpan]) -> list[Fault]:
    """Return what is wrong with how consumers hang, at the first instant at which anything is.

    Args:
        spans: All that is believed of a unit's consumers, any order.
    """
    known = list(spans)
    named = {n for span in known for n in (span.hung.parent_id, span.hung.metered_with_id)}
    concerned = [span for span in known if span.hung.id in named or _hangs(span.hung)]
    for instant in sorted({span.valid_from for span in concerned}):
        there = [
            span.hung
            for span in concerned
            if span.valid_from <= instant
            and (span.valid_until is None or span.valid_until > instant)
        ]
        if faults := tree_faults(there):
            return faults
    return []


def _hangs(hung: Hung) -> bool:
    """Answer whether a consumer hangs on another."""
    return hung.parent_id is not None or hung.metered_with_id is not None


def tree_faults(consumers: Iterable[Hung]) -> list[Fault]:
    """Return what is wrong with how consumers hang: in a ring, or a sub-unit under equipment.

    Args:
        consumers: All that there are at one instant.
    """
    known = {one.id: one for one in consumers}
    faults = []
    for one in known.values():
        above = known.get(one.parent_id) if one.parent_id is not None else None
        if one.kind == "SUB_UNIT" and above is not None and above.kind == "EQUIPMENT":
            faults.append(Fault((one.id,), "a sub-unit cannot belong to equipment"))
    belonging = {one.id: one.parent_id for one in known.values()}
    together = {one.id: one.metered_with_id for one in known.values()}
    if ring := ring_in(belonging):
        faults.append(Fault(ring, "the consumers would belong to each other in a ring"))
    if ring := ring_in(together):
        faults.append(Fault(ring, "the consumers would be metered with each other in a ring"))
    return faults


def ring_in(steps: Mapping[int, int | None]) -> tuple[int, ...]:
    """Return those that lead back to themselves, of one ring; none where none does.

    Args:
        steps: From each to the next; None: to none.

    >>> ring_in({1: 2, 2: 3, 3: None}), ring_in({1: 2, 2: 3, 3: 2})
    ((), (2, 3))
    """
    whole: set[int] = set()
    for start in steps:
        path: dict[int, None] = {}
        place: int | None = start
        while place is not None and place not in whole:
            if place in path:
                walked = list(path)
                return tuple(walked[walked.index(place) :])
            path[place] = None
            place = steps.get(place)
        whole |= set(path)
    return ()


def roots(steps: Mapping[int, int | None]) -> dict[int, int]:
    """Return where each leads in the end; one that leads nowhere is its own.

    Args:
        steps: From each to the next, without a ring; a next that is not among them ends the way.

    >>> roots({1: 2, 2: 3, 3: None})
    {1: 3, 2: 3, 3: 3}
    """
    found = {}
    for start in steps:
        place = start
        while (onward := steps.get(place)) is not None and onward in steps:
            place = onward
        found[start] = place
    return found
