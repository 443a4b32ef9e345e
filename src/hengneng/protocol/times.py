"""Times of the wire as local seconds (``protocol.records``), and back."""

import re
from datetime import date
from functools import lru_cache

from hengneng.protocol.records import DAY_SECONDS

YEAR_MIN, YEAR_MAX = 2000, 2100
_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
_CIVIL = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[ T]([0-9]{2}):([0-9]{2}):([0-9]{2}))?")
_FRACTION_AND_ZONE = re.compile(r"(?:\.[0-9]{1,9})?(?:(Z)|([+-])([0-9]{2}):?([0-9]{2}))")
_OFFSET = re.compile(r"([+-])(0[0-9]|1[0-4]):([0-5][0-9])")
_CIVIL_LENGTH = 19
_DATE_LENGTH = 10
_INSTANT_LENGTH_MAX = 35


class BadTime(ValueError):
    """This is not a time of the years 2000 to 2100 in a form the wire knows."""


@lru_cache(maxsize=1 << 16)
def local_seconds(text: str) -> int:
    """Return ``yyyy-MM-dd HH:mm:ss`` (or with ``T``; or the date alone, its midnight).

    Returns:
        Seconds since 1970-01-01 00:00 of the same civil time. [local s]

    Raises:
        BadTime: If the form is another, or there is no such time.

    >>> local_seconds("2026-11-21 00:15:00") - local_seconds("2026-11-21")
    900
    """
    form = _CIVIL.fullmatch(text)
    if form is None:
        raise BadTime("not yyyy-MM-dd HH:mm:ss")
    year, month, day, hour, minute, second = (int(part or 0) for part in form.groups())
    if not (YEAR_MIN <= year <= YEAR_MAX and hour < 24 and minute < 60 and second < 60):
        raise BadTime("no such time, or outside 2000 to 2100")
    try:
        days = date(year, month, day).toordinal() - _EPOCH_ORDINAL
    except ValueError as error:
        raise BadTime("no such day") from error
    return days * DAY_SECONDS + hour * 3600 + minute * 60 + second


def has_clock(text: str) -> bool:
    """Answer whether a civil time names its hour, not the day alone."""
    return len(text) != _DATE_LENGTH


@lru_cache(maxsize=1 << 16)
def instant_seconds(text: str, offset_s: int) -> int:
    """Return an instant with its zone, or a civil time without one, as local seconds.

    Fractions of a second are cut off.

    Args:
        text: ``2026-11-21T00:15:00+08:00``, ``…Z``, ``2026-11-21 00:15:00``.
        offset_s: The city's civil time minus UTC. [s]

    Raises:
        BadTime: If the form is another, or there is no such time.

    >>> instant_seconds("2026-11-20T16:15:00Z", 28800) == local_seconds("2026-11-21 00:15:00")
    True
    """
    if len(text) > _INSTANT_LENGTH_MAX or not has_clock(text):
        raise BadTime("not an instant")
    at = local_seconds(text[:_CIVIL_LENGTH])
    if len(text) == _CIVIL_LENGTH:
        return at
    zone = _FRACTION_AND_ZONE.fullmatch(text[_CIVIL_LENGTH:])
    if zone is None:
        raise BadTime("not an offset from UTC")
    utc, sign, hours, minutes = zone.groups()
    if utc:
        return at + offset_s
    theirs = int(hours) * 3600 + int(minutes) * 60
    return at + offset_s - (-theirs if sign == "-" else theirs)


def offset_s(text: str) -> int:
    """Return an offset from UTC as people write it. [s]

    Raises:
        BadTime: If it has another form.

    >>> offset_s("+08:00")
    28800
    """
    form = _OFFSET.fullmatch(text)
    if form is None:
        raise BadTime("not an offset from UTC")
    sign, hours, minutes = form.groups()
    seconds = int(hours) * 3600 + int(minutes) * 60
    return -seconds if sign == "-" else seconds


def text_of(at: int) -> str:
    """Return local seconds as the wire writes them.

    >>> text_of(local_seconds("2026-11-21 00:15:00"))
    '2026-11-21 00:15:00'
    """
    day, second = divmod(at, DAY_SECONDS)
    clock = f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"
    return f"{date.fromordinal(day + _EPOCH_ORDINAL).isoformat()} {clock}"
