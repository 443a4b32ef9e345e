"""Where the points of a month stand: by district, in parts of bounded size."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from itertools import islice

from hengneng.kernel import clock
from hengneng.registry.points import queries as points
from hengneng.registry.units import queries as units
from hengneng.registry.units.rules.places import Stay, places
from hengneng.telemetry.consumption.queries import copies
from hengneng.telemetry.consumption.queries.copies import Standing

# Units asked for together: bounds memory, whatever the city.
UNITS_AT_ONCE = 64


class Ground:
    """The units that have figures of a span, and where their sites lie; two queries."""

    def __init__(self, first: date, until: date) -> None:
        """Read them.

        Args:
            first: First local day.
            until: Day after the last.
        """
        self.first, self.until = first, until
        self.last = clock.date_of(clock.day_number(until) - 1)
        self._units = copies.units_with_days(first=first, last=self.last)
        self._stays: defaultdict[int, list[Stay]] = defaultdict(list)
        for row in units.placed_over(self._units, first=first, until=until):
            if row.first < row.until:
                stay = Stay(row.site_id, row.district_id, row.first, row.until)
                self._stays[row.unit_id].append(stay)

    def districts(self) -> list[str | None]:
        """Return the districts in which a unit lies, by code; None, for nowhere, comes last."""
        named = {stay.district for stays in self._stays.values() for stay in stays}
        return [*sorted(named), None] if self._units else []

    def parts(self, district: str | None) -> Iterator[list[Standing]]:
        """Yield the points that stand in a district, by unit; those of some units at a time.

        Args:
            district: Its code; None: those whose district is not known.
        """
        mine = (
            unit_id
            for unit_id in self._units
            if district is None or any(stay.district == district for stay in self._stays[unit_id])
        )
        while some := list(islice(mine, UNITS_AT_ONCE)):
            found = [one for one in self._standing(some) if one.district == district]
            if found:
                yield found

    def everywhere(self) -> Iterator[list[Standing]]:
        """Yield all points, by unit; those of some units at a time."""
        mine = iter(self._units)
        while some := list(islice(mine, UNITS_AT_ONCE)):
            yield list(self._standing(some))

    def _standing(self, unit_ids: list[int]) -> Iterator[Standing]:
        """Yield what the points of units count as, and where; one query."""
        for role in points.roles_over(unit_ids, first=self.first, until=self.until):
            if role.first >= role.until:
                continue
            stays = self._stays[role.unit_id]
            for begin, end, district in places(
                role.site_id, stays, first=role.first, until=role.until
            ):
                yield Standing(
                    role.unit_id, role.point_id, role.energy_type_id, role.level, role.flow,
                    district, begin, end,
                )  # fmt: skip
