"""The one source of time.

Every process asks ``now()``; nothing else reads the machine's clock. ``HENGNENG_CLOCK=start@rate``
(an aware ISO instant, then simulated seconds per real second) serves demo and tests;
``./hengneng up`` refuses it (ARCHITECTURE 6).
"""

from hengneng.kernel.clock.queries import (
    UnknownZone,
    ZoneShifts,
    begin,
    date_of,
    day_number,
    day_of,
    instant,
    is_simulated,
    local_second,
    midnight,
    now,
    offset_of,
    offset_s,
    rate,
)
from hengneng.protocol.simulation import UnreadableClock

__all__ = [
    "UnknownZone",
    "UnreadableClock",
    "ZoneShifts",
    "begin",
    "date_of",
    "day_number",
    "day_of",
    "instant",
    "is_simulated",
    "local_second",
    "midnight",
    "now",
    "offset_of",
    "offset_s",
    "rate",
]
