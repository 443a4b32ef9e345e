"""What time it is."""

import os
import time
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings

from hengneng.protocol import simulation
from hengneng.protocol.records import DAY_SECONDS


class UnknownZone(ValueError):
    """There is no time zone of that name."""


class ZoneShifts(ValueError):
    """The city's time zone shifts its clock within the year, which telemetry cannot follow."""


def now() -> datetime:
    """Return this instant, simulated where ``HENGNENG_CLOCK`` says so. Aware, UTC."""
    setting = os.environ.get("HENGNENG_CLOCK")
    real = datetime.now(UTC)
    if not setting:
        return real
    start, rate, began = _simulation(setting)
    return start + timedelta(seconds=(time.time() - began) * rate)


def begin() -> None:
    """Fix when simulated time began, so that every process of this run shares one clock."""
    if is_simulated():
        os.environ.setdefault("HENGNENG_CLOCK_BEGAN", str(time.time()))


def is_simulated() -> bool:
    """Answer whether time is simulated."""
    return bool(os.environ.get("HENGNENG_CLOCK"))


def rate() -> float:
    """Return how many seconds of this clock pass in a real one: 1 unless time is simulated."""
    setting = os.environ.get("HENGNENG_CLOCK")
    return simulation.parse(setting).rate if setting else 1.0


@lru_cache(maxsize=4)
def _simulation(setting: str) -> tuple[datetime, float, float]:
    """Return start, rate and the real second at which the simulation began.

    Processes of one run share ``HENGNENG_CLOCK_BEGAN`` so that their clocks agree.

    Raises:
        UnreadableClock: If the setting does not have the form.
    """
    start, rate = simulation.parse(setting)
    return start, rate, float(os.environ.get("HENGNENG_CLOCK_BEGAN", time.time()))


@lru_cache(maxsize=1)
def offset_s() -> int:
    """Return how far the city's civil time is ahead of UTC, the whole year round. [s]

    Raises:
        ZoneShifts: If the zone has daylight saving time (decision 0002).
    """
    return offset_of(settings.TIME_ZONE)


def offset_of(zone: str) -> int:
    """Return how far a zone's civil time is ahead of UTC, the whole year round. [s]

    Raises:
        UnknownZone: If there is no such zone.
        ZoneShifts: If the zone has daylight saving time (decision 0002).
    """
    try:
        known = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise UnknownZone(f"{zone} is no time zone; name one such as Asia/Shanghai") from error
    offsets = {datetime(2026, month, 1, tzinfo=known).utcoffset() for month in range(1, 13)}
    if len(offsets) != 1:
        raise ZoneShifts(f"{zone} shifts its clock; choose a zone that does not")
    return int((offsets.pop() or timedelta()).total_seconds())


def local_second(at: datetime) -> int:
    """Return an aware instant as a local second (``protocol.records``), fractions cut off."""
    return int(at.timestamp() // 1) + offset_s()


def instant(second: int) -> datetime:
    """Return a local second as an aware instant, UTC."""
    return datetime.fromtimestamp(second - offset_s(), UTC)


def day_number(day: date) -> int:
    """Return a local date as days since 1970-01-01."""
    return day.toordinal() - _EPOCH


def date_of(day: int) -> date:
    """Return the local date of a day number."""
    return date.fromordinal(day + _EPOCH)


def day_of(at: datetime) -> date:
    """Return the local date of an aware instant."""
    return date_of(local_second(at) // DAY_SECONDS)


def midnight(day: date) -> datetime:
    """Return the aware instant at which a local date begins, UTC."""
    return instant(day_number(day) * DAY_SECONDS)


_EPOCH = date(1970, 1, 1).toordinal()
