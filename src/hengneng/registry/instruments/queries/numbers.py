"""Which ids the instruments of some units have."""

from collections.abc import Collection

from hengneng.registry.instruments.models import Instrument


def ids_by_number(unit_ids: Collection[int]) -> dict[tuple[int, str], int]:
    """Return the ids of some units' instruments by unit and the unit's own number; one query.

    Args:
        unit_ids: The units.
    """
    there = Instrument.objects.filter(unit_id__in=unit_ids)
    return {
        (unit, own): number for number, unit, own in there.values_list("id", "unit_id", "number")
    }
