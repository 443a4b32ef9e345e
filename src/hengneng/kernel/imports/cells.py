"""The text of a cell as a value: each function takes what a person typed or says what is wrong."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from django.utils import timezone

_MOMENT = re.compile(
    r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2}))?)?"
)
_PLAIN_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})")
_FACTOR = re.compile(r"\d{1,18}(?:\.\d{1,9})?")


def text(longest: int) -> Callable[[str], str]:
    """Return a parser of texts of at most so many characters."""

    def parse(cell: str) -> str:
        if len(cell) > longest:
            raise ValueError(f"longer than {longest} characters")
        return cell

    return parse


def whole(lowest: int, highest: int) -> Callable[[str], int]:
    """Return a parser of whole numbers in a range, both ends included."""

    def parse(cell: str) -> int:
        if not cell.isascii() or not cell.isdigit():
            raise ValueError(f"{cell} is not a whole number")
        if not lowest <= int(cell) <= highest:
            raise ValueError(f"{cell} is not between {lowest} and {highest}")
        return int(cell)

    return parse


def choice(choices: Mapping[str, str]) -> Callable[[str], str]:
    """Return a parser of a few words, in any case; ``choices`` leads from each to its code."""

    def parse(cell: str) -> str:
        found = choices.get(cell.lower()) or choices.get(cell)
        if found is None:
            raise ValueError(f"{cell} is none of {', '.join(choices)}")
        return found

    return parse


def number(cell: str) -> Decimal:
    """Return an exact number; thousands may be set apart by commas.

    >>> number("1,000,000.5")
    Decimal('1000000.5')
    """
    try:
        value = Decimal(cell.replace(",", ""))
    except InvalidOperation as error:
        raise ValueError(f"{cell} is not a number") from error
    if not value.is_finite():
        raise ValueError(f"{cell} is not a number")
    return value


def ratio(cell: str) -> Fraction:
    """Return a product of ratios as an exact fraction, worked out from left to right.

    >>> ratio("2000/5*10000/100")
    Fraction(40000, 1)
    >>> ratio("40"), ratio("1/3"), ratio("0.5 × 3")
    (Fraction(40, 1), Fraction(1, 3), Fraction(3, 2))
    """
    parts = re.split(r"([*/])", re.sub(r"\s", "", cell).replace("×", "*").replace("x", "*"))
    if not all(_FACTOR.fullmatch(part) for part in parts[::2]):
        raise ValueError(f"{cell} is not a ratio like 2000/5*10000/100")
    value = Fraction(parts[0])
    for sign, part in zip(parts[1::2], parts[2::2], strict=True):
        factor = Fraction(part)
        if factor == 0:
            raise ValueError(f"{cell} holds a zero")
        value = value * factor if sign == "*" else value / factor
    if value == 0:
        raise ValueError(f"{cell} holds a zero")
    return value


def moment(cell: str) -> datetime:
    """Return a local date or time as an aware instant; a date is its midnight."""
    found = _MOMENT.fullmatch(cell) or _PLAIN_DATE.fullmatch(cell)
    if found is None:
        raise ValueError(f"{cell} is neither a date like 2026-01-31 nor 2026-01-31 08:30")
    try:
        numbers = [int(part or 0) for part in found.groups()]
        year, month, day, hour, minute, second = (*numbers, 0, 0, 0)[:6]
        naive = datetime(year, month, day, hour, minute, second)  # noqa: DTZ001  aware below
    except ValueError as error:
        raise ValueError(f"{cell} is no date: {error}") from error
    return timezone.make_aware(naive)
