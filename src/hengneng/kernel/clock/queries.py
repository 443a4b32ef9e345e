"""What time it is."""

import os
import time
from datetime import UTC, datetime, timedelta
from functools import lru_cache


class UnreadableClock(ValueError):
    """``HENGNENG_CLOCK`` is not ``start@rate`` with an aware start."""


def now() -> datetime:
    """Return this instant, simulated where ``HENGNENG_CLOCK`` says so. Aware, UTC."""
    setting = os.environ.get("HENGNENG_CLOCK")
    real = datetime.now(UTC)
    if not setting:
        return real
    start, rate, began = _simulation(setting)
    return start + timedelta(seconds=(time.time() - began) * rate)


def is_simulated() -> bool:
    """Answer whether time is simulated."""
    return bool(os.environ.get("HENGNENG_CLOCK"))


@lru_cache(maxsize=4)
def _simulation(setting: str) -> tuple[datetime, float, float]:
    """Return start, rate and the real second at which the simulation began.

    Processes of one run share ``HENGNENG_CLOCK_BEGAN`` so that their clocks agree.

    Raises:
        UnreadableClock: If the setting does not have the form.
    """
    start_text, _, rate_text = setting.partition("@")
    try:
        start, rate = datetime.fromisoformat(start_text), float(rate_text or 1)
    except ValueError as error:
        raise UnreadableClock(f"HENGNENG_CLOCK={setting!r} is not start@rate") from error
    if start.tzinfo is None:
        raise UnreadableClock(f"HENGNENG_CLOCK={setting!r} has no time zone")
    return start.astimezone(UTC), rate, float(os.environ.get("HENGNENG_CLOCK_BEGAN", time.time()))
