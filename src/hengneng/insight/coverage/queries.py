"""Which units are connected, since when they are silent, how complete their slots are."""

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from hengneng.insight.coverage.rules import freshness
from hengneng.insight.coverage.rules.freshness import FreshnessRule, Standing
from hengneng.kernel import clock
from hengneng.kernel.facts import queries as facts
from hengneng.protocol.records import DAY_SECONDS
from hengneng.registry.points import queries as points
from hengneng.telemetry.consumption.queries import sums
from hengneng.telemetry.journal import queries as journal

__all__ = ["Connection", "Standing", "connections", "rule_at"]


class Connection(NamedTuple):
    """How a unit is connected.

    Attributes:
        unit_id: The unit.
        standing: Live, late, silent, or never heard of.
        received_at: When its last message came; None: never. Aware.
        points: Points it has now, of every level. [count]
        received: Slots received over the rule's last full days (seven by edition 1). [count]
        expected: Slots that its points have in those days. [count]
    """

    unit_id: int
    standing: Standing
    received_at: datetime | None
    points: int
    received: int
    expected: int

    @property
    def completeness(self) -> Decimal | None:
        """Received over expected; None where nothing is expected."""
        return Decimal(self.received) / self.expected if self.expected else None


def connections(unit_ids: Collection[int], *, at: datetime) -> dict[int, Connection]:
    """Return how each of the units is connected at an instant; five queries at most.

    Args:
        unit_ids: The units.
        at: The instant; the days before its local day are the full ones. Aware.
    """
    if not unit_ids:
        return {}
    rule, today = rule_at(at), _local_day(at)
    first = today - timedelta(days=rule.completeness_days)
    latest = journal.latest_messages(unit_ids, at=at)
    current = journal.units_told_of(unit_ids, since=today - timedelta(days=rule.data_days))
    edited = facts.last_stamp("fact")
    there, expected = _points_and_slots(tuple(unit_ids), first, today, edited)
    received = sums.received_of_units(unit_ids, from_day=first, to_day=today - timedelta(days=1))
    return {
        unit_id: Connection(
            unit_id,
            freshness.standing(
                latest.get(unit_id), at=at, rule=rule, is_behind=unit_id not in current
            ),
            latest.get(unit_id),
            there[unit_id],
            received.get(unit_id, 0),
            expected[unit_id],
        )
        for unit_id in unit_ids
    }


def rule_at(at: datetime) -> FreshnessRule:
    """Return the limits in force on an instant's local day."""
    return freshness.rule_on(_local_day(at))


@lru_cache(maxsize=16)
def _points_and_slots(
    unit_ids: tuple[int, ...],
    first: date,
    today: date,
    edited: tuple[int, datetime] | None,  # noqa: ARG001 part of what is remembered
) -> tuple[Mapping[int, int], Mapping[int, int]]:
    """Return, per unit, its points today and the slots they have in ``[first, today)``.

    They follow from facts alone: remembered until the next one is edited.
    """
    there: Counter[int] = Counter()
    slots: Counter[int] = Counter()
    tomorrow = today + timedelta(days=1)
    for role in points.roles_over(unit_ids, first=first, until=tomorrow):
        days = (min(role.until, today) - role.first).days
        if days > 0:
            slots[role.unit_id] += days * (DAY_SECONDS // role.slot_seconds)
        there[role.unit_id] += role.first <= today < role.until
    return there, slots


def _local_day(at: datetime) -> date:
    return clock.date_of(clock.local_second(at) // DAY_SECONDS)
