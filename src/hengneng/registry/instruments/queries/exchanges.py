"""Which instruments were exchanged at which points."""

from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from hengneng.kernel.facts import queries as facts
from hengneng.kernel.facts.queries import known_at
from hengneng.registry.instruments.models import Exchange


class ExchangeRow(NamedTuple):
    """An exchange of a point's instrument.

    Attributes:
        point_id: The point.
        happened_at: The instant. Aware.
        before_value: What the old register showed at the end.
        after_value: What the new register showed at the start.
    """

    point_id: int
    happened_at: datetime
    before_value: Decimal
    after_value: Decimal


def exchanges_of(unit_id: int, *, as_of: datetime | None = None) -> list[ExchangeRow]:
    """Return the exchanges at a unit's points, by point and instant.

    Args:
        unit_id: The unit.
        as_of: As believed when; None: now. Aware.
    """
    believed = Exchange.objects.filter(known_at(as_of), point__unit_id=unit_id)
    ordered = believed.order_by("point_id", "happened_at")
    return [ExchangeRow(*row) for row in ordered.values_list(*ExchangeRow._fields)]


def exchange_versions(unit_id: int) -> list[facts.Version]:
    """Return every version of the exchanges at the unit's points, as facts of one instant."""
    told = Exchange.objects.filter(point__unit_id=unit_id)
    ordered = told.order_by("point__code", "recorded_at").values_list(
        "point__code",
        "before_value",
        "after_value",
        "happened_at",
        "recorded_at",
        "superseded_at",
    )
    return [
        facts.Version(
            "EXCHANGE",
            code,
            {"before_value": before, "after_value": after},
            happened,
            happened,
            recorded,
            superseded,
        )
        for code, before, after, happened, recorded, superseded in ordered
    ]
