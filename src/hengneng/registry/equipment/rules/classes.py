"""Accuracy classes as they are written, and which of two is the better."""

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import total_ordering

_CLASS = re.compile(r"(?:class\s*)?(\d{1,3}(?:\.\d{1,3})?)\s*(s?)\s*(?:级|class)?", re.IGNORECASE)


@total_ordering
@dataclass(frozen=True, slots=True)
class AccuracyClass:
    """An accuracy class by number: the better one is the smaller.

    Attributes:
        number: The number of the class.
        is_special: Whether it is of the S series, which holds at small loads too.
    """

    number: Decimal
    is_special: bool

    def __lt__(self, other: object) -> bool:
        """Answer whether this class is the better one: 0.5S is better than 0.5, 0.2 than both."""
        if not isinstance(other, AccuracyClass):
            return NotImplemented
        return (self.number, not self.is_special) < (other.number, not other.is_special)


def class_of(text: str) -> AccuracyClass | None:
    """Return the class that a text names; None where it is empty or not a class by number.

    >>> class_of("0.5S级")
    AccuracyClass(number=Decimal('0.5'), is_special=True)
    >>> class_of("C") is None
    True
    """
    found = _CLASS.fullmatch(text.strip())
    if found is None:
        return None
    return AccuracyClass(Decimal(found[1]), bool(found[2]))
