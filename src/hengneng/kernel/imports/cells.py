"""The text of a cell as a value: each function takes what a person typed or says what is wrong."""

import calendar
import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from django.utils import timezone

_MOMENT = re.compile(
    r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2}))?)?"
)
_PLAIN_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})")
# A spreadsheet keeps a date as a count of days: 36526 is 2000-01-01, 73051 is 2100-01-01.
_SERIAL = re.compile(r"(\d{5})(?:\.\d{1,16})?")
_SERIALS = range(36526, 73051)
# SOURCE: ECMA-376 part 1, 18.17.4.1, the 1900 date base: from March 1900 on, day 0 is this.
_SERIAL_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001  only its date is used
_NO_MOMENT = "%s is neither a date like 2026-01-31 nor 2026-01-31 08:30"
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
    """Return a local date or time as an aware instant; a date is its midnight.

    A bare spreadsheet's count of days is not read: from which day it counts the file's writer may
    have chosen, and a number may stand in the column by mistake. It is named with its usual date.
    """
    found = _MOMENT.fullmatch(cell) or _PLAIN_DATE.fullmatch(cell)
    if found is None:
        raise ValueError(_serial(cell) or _NO_MOMENT % cell)
    numbers = [int(part or 0) for part in found.groups()]
    year, month, day, hour, minute, second = (*numbers, 0, 0, 0)[:6]
    try:
        naive = datetime(year, month, day, hour, minute, second)  # noqa: DTZ001  aware below
    except ValueError as error:
        raise ValueError(f"{cell} is no date: {_wrong(year, month, day)}") from error
    return timezone.make_aware(naive)


def _serial(cell: str) -> str:
    """Return what a spreadsheet's bare count of days seems to mean; empty where it is none."""
    found = _SERIAL.fullmatch(cell)
    if found is None or int(found[1]) not in _SERIALS:
        return ""
    day = (_SERIAL_ZERO + timedelta(days=int(found[1]))).date().isoformat()
    return (
        f"{cell} looks like a spreadsheet's number for the date {day};"
        " format the column as a date or enter it like 2026-01-31"
    )


def _wrong(year: int, month: int, day: int) -> str:
    """Return which part of an impossible date or time is wrong."""
    if year < 1:
        return "there is no year 0"
    if not 1 <= month <= 12:
        return f"there is no month {month}"
    if not 1 <= day <= calendar.monthrange(year, month)[1]:
        return f"the month has no day {day}"
    return "there is no such time of day"
