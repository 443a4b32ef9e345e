"""What a message says, in one form whatever its flavour: records, and flaws where it says nothing.

Times are *local seconds*: seconds since 1970-01-01 00:00 of the city's civil time, as the terminal
writes it. The zone is the reader's business (telemetry), so this floor stays free of it.
"""

from typing import NamedTuple

DAY_SECONDS = 86_400
# Beyond int64 a number is kept raw in its message and judged, never rounded (ARCHITECTURE 5.3).
DIGITS_MAX = 2**63 - 1
SCALE_MAX = 9


class Record(NamedTuple):
    """One usable record of a message.

    Attributes:
        series: The wire's name with its stat type: ``N0:<16 digits>`` realtime, ``N1`` day, ``N2``
            month, ``N3`` year increments; ``R:<meter>:<register>`` register readings.
        at: Start of the period, or instant of the reading. [local s]
        digits: The value without its decimal point, as sent: 12.50 is 1250 with scale 2.
        scale: Digits behind the point. [0 to 9]
        mark: ``M`` measured, ``H`` entered by hand, ``S`` supplied; ``R`` withdrawn by its sender,
            ``W`` an entry by hand withdrawn.
        sent_at: The sender's ``uploadDate``; 0 where it gave none. [local s]
    """

    series: str
    at: int
    digits: int
    scale: int
    mark: str
    sent_at: int


class Flaw(NamedTuple):
    """Why one record of a message cannot count.

    Attributes:
        position: Place in the message's list, from 0.
        reason: ``BAD_CODE``, ``BAD_SCOPE``, ``BAD_TIME``, ``BAD_NUMBER``, ``BAD_STAT_TYPE``,
            ``BAD_VALID``, ``BAD_RECORD``.
    """

    position: int
    reason: str


class Content(NamedTuple):
    """What a message's list held: what counts, and what does not and why."""

    records: list[Record]
    flaws: list[Flaw]


class Extent(NamedTuple):
    """What is kept beside a message: where it counts, and what in it does not.

    Attributes:
        days: Local days that its records touch, days since 1970-01-01, ascending.
        flaws: Why records of it cannot count.
    """

    days: tuple[int, ...]
    flaws: list[Flaw]


def extent_of(content: Content) -> Extent:
    """Return what is kept beside a message that holds this."""
    return Extent(tuple(sorted({day_of(record.at) for record in content.records})), content.flaws)


def source_key(series: str) -> str:
    """Return the key of the point's source: the series without its stat type.

    >>> source_key("N1:0000000002330011")
    'N:0000000002330011'
    >>> source_key("R:SH-0231:total")
    'R:SH-0231:total'
    """
    return "N" + series[2:] if series[0] == "N" else series


def day_of(at: int) -> int:
    """Return the local day that holds a local second, as days since 1970-01-01."""
    return at // DAY_SECONDS
