"""The text that sets a simulated clock, for every process of a run: ``start@rate``."""

from datetime import UTC, datetime
from typing import NamedTuple


class UnreadableClock(ValueError):
    """``HENGNENG_CLOCK`` is not ``start@rate`` with an aware start."""


class Simulation(NamedTuple):
    """A simulated clock.

    Attributes:
        start: The instant at which it begins. Aware, UTC.
        rate: Simulated seconds in a real one.
    """

    start: datetime
    rate: float


def parse(setting: str) -> Simulation:
    """Return what ``HENGNENG_CLOCK`` says.

    Raises:
        UnreadableClock: If the setting does not have the form.

    >>> parse("2026-07-01T08:00:00+08:00@60").rate
    60.0
    """
    start_text, _, rate_text = setting.partition("@")
    try:
        start, rate = datetime.fromisoformat(start_text), float(rate_text or 1)
    except ValueError as error:
        raise UnreadableClock(f"HENGNENG_CLOCK={setting!r} is not start@rate") from error
    if start.tzinfo is None:
        raise UnreadableClock(f"HENGNENG_CLOCK={setting!r} has no time zone")
    return Simulation(start.astimezone(UTC), rate)
