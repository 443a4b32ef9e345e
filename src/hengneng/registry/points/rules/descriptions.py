"""What a description may say of a point."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

SLOTS_SECONDS = (300, 900, 1800, 3600)
CAPACITY_PLACES = 9
_INT64_MAX = 2**63 - 1


class BadDescription(ValueError):
    """A point cannot be described so."""


def check_description(values: Mapping[str, Any]) -> None:
    """Refuse values that describe no possible point.

    Args:
        values: Fields of a description, any of ``name level flow kind slot_seconds capacity
            ratio_numerator ratio_denominator``.

    Raises:
        BadDescription: If one of them is impossible.
    """
    allowed = {
        "level": ("LEVEL_1", "LEVEL_2", "LEVEL_3", "OTHER"),
        "flow": ("BOUGHT", "GENERATED", "STORED", "SUPPLIED_OUT", "CONVERSION_OUTPUT"),
        "kind": ("REGISTER", "INCREMENT"),
        "slot_seconds": SLOTS_SECONDS,
    }
    for field, choices in allowed.items():
        if field in values and values[field] not in choices:
            raise BadDescription(f"{field} is {values[field]}, not one of {choices}")
    if values.get("name") == "":
        raise BadDescription("the point has no name")
    for part in ("ratio_numerator", "ratio_denominator"):
        if not 0 < values.get(part, 1) <= _INT64_MAX:
            raise BadDescription("the ratio is not positive, or too long to be kept exactly")
    _check_capacity(values.get("capacity"))


def _check_capacity(capacity: Decimal | None) -> None:
    """Refuse a modulus that no register has.

    Raises:
        BadDescription: If it is not positive or has more places than are kept.
    """
    if capacity is None:
        return
    exponent = capacity.as_tuple().exponent
    if not isinstance(exponent, int) or capacity <= 0 or capacity >= Decimal(10) ** 15:
        raise BadDescription(f"capacity is {capacity}, not a positive number below 10^15")
    if -exponent > CAPACITY_PLACES:
        raise BadDescription(f"capacity {capacity} has more than {CAPACITY_PLACES} places")
