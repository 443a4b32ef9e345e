"""The units of a year's list."""

from collections.abc import Sequence
from datetime import datetime

from hengneng.kernel.imports.rules import Change, Decision, Row
from hengneng.registry.units import queries
from hengneng.registry.units.imports.columns import LISTING_COLUMNS
from hengneng.registry.units.models import Listing, ProgrammeTier

_Key = tuple[int, int, str]  # unit, year, kind of list


class ListingImporter:
    """The units of a year's list: Notice 321 (2020), annex 3. Three queries for any file."""

    kind = "listings"
    columns = LISTING_COLUMNS

    def __init__(self) -> None:
        """Begin with nothing decided."""
        self._written: dict[_Key, str] = {}

    def decide(self, rows: Sequence[Row], *, at: datetime) -> list[Decision]:  # noqa: ARG002
        """Tell what each row would do to the lists."""
        ids = queries.ids_of_codes({row.values["unit_code"] for row in rows})
        fields = ("unit_id", "year", "kind", "tier")
        known = Listing.objects.filter(unit_id__in=set(ids.values())).values_list(*fields)
        tiers = {(unit_id, year, kind): tier for unit_id, year, kind, tier in known}
        return [self._decided(row, ids, tiers) for row in rows]

    def _decided(self, row: Row, ids: dict[str, int], tiers: dict[_Key, str]) -> Decision:
        """Return what one row would do, and take it for done."""
        code = row.values["unit_code"]
        if code not in ids:
            return Decision(row.number, Change.REFUSED, reason=f"no unit {code}")
        key = (ids[code], row.values["year"], row.values["kind"])
        known = tiers.get(key)
        tier = row.values["tier"] or known or ProgrammeTier.OTHER.value
        if known == tier:
            return Decision(row.number, Change.UNCHANGED)
        tiers[key] = self._written[key] = tier
        if known is None:
            return Decision(row.number, Change.NEW)
        return Decision(row.number, Change.CHANGED, {"tier": (known, tier)})

    def carry_out(self, *, by: int | None, at: datetime) -> None:  # noqa: ARG002 the import's
        """List the units, or correct their tiers; the import's entry stands for all of it."""
        Listing.objects.bulk_create(
            (
                Listing(unit_id=unit_id, year=year, kind=kind, tier=tier)
                for (unit_id, year, kind), tier in self._written.items()
            ),
            update_conflicts=True,
            unique_fields=["unit", "year", "kind"],
            update_fields=["tier"],
        )
