"""What parts of a month hold together, added up exactly."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from hengneng.telemetry.consumption.queries import copies
from hengneng.telemetry.consumption.queries.copies import TypeSums
from hengneng.telemetry.consumption.rules import balance
from hengneng.telemetry.consumption.rules.amounts import ZERO
from hengneng.telemetry.lake.queries.ground import Ground
from hengneng.telemetry.lake.rules.manifest import Sums


class Totals:
    """Sums by energy type that grow part by part."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._types: dict[str, TypeSums] = {}

    @property
    def rows(self) -> int:
        """Days of points. [count]"""
        return sum(one.days for one in self._types.values())

    def add(self, part: Mapping[str, TypeSums]) -> None:
        """Add what a part holds."""
        for kind, one in part.items():
            known = self._types.get(kind, TypeSums(0, 0, None, ZERO, {}))
            scales = known.slots.keys() | one.slots.keys()
            self._types[kind] = TypeSums(
                known.days + one.days,
                known.readings + one.readings,
                balance.known_sum([known.amount, one.amount]),
                _sum([known.estimated, one.estimated]),
                {n: known.slots.get(n, 0) + one.slots.get(n, 0) for n in scales},
            )

    def sums(self) -> dict[str, Sums]:
        """Return them as a manifest tells them."""
        return {
            kind: Sums(
                one.days,
                one.readings,
                one.amount,
                one.estimated,
                {str(scale): str(total) for scale, total in sorted(one.slots.items())},
            )
            for kind, one in sorted(self._types.items())
        }


def in_postgres(ground: Ground, district: str | None) -> Totals:
    """Return what PostgreSQL holds of a district's month."""
    found = Totals()
    for part in ground.parts(district):
        found.add(copies.sums_of_copies(part, first=ground.first, last=ground.last))
    return found


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return balance.known_sum(amounts) or ZERO
