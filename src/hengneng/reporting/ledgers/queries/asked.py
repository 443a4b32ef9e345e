"""Of which unit, day and year forms are asked for."""

from datetime import MINYEAR, date, datetime, timedelta
from typing import NamedTuple

from hengneng.kernel import clock


class NotYet(ValueError):
    """The day has not come, or the year lies after the day."""


class Asked(NamedTuple):
    """What is asked for.

    Attributes:
        unit_id: The unit.
        on: The day on which all but the balance stood so.
        year: The balance's year.
        at: The last instant of that day, or now where it is not over. Aware.
        as_of: As believed when; None: now. Aware.
    """

    unit_id: int
    on: date
    year: int
    at: datetime
    as_of: datetime | None


def asked(
    *, unit_id: int, on: date, year: int, now: datetime, as_of: datetime | None = None
) -> Asked:
    """Return what is asked for.

    Args:
        unit_id: The unit.
        on: The day on which all but the balance stood so.
        year: The balance's year, not after the day's.
        now: Now. Aware.
        as_of: As believed when; None: now. Aware.

    Raises:
        NotYet: If the day lies after today or the year after the day's.
    """
    if on > clock.day_of(now) or not MINYEAR <= year <= on.year:
        raise NotYet(f"the forms of {on} with the balance of {year}")
    ends = clock.midnight(on + timedelta(days=1)) - timedelta(microseconds=1)
    return Asked(unit_id, on, year, min(ends, now), as_of)
