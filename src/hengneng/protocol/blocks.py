"""Usual messages in columns: all records alike but for name, value and time.

What the recompute reads of a message, some five times faster than record by record. A message that
is not of the usual kind answers None and is read in general; a property test holds the two ways
together.
"""

from collections.abc import Callable, Sequence
from typing import Any, Literal, NamedTuple

import msgspec

from hengneng.protocol import registers
from hengneng.protocol.national import energy
from hengneng.protocol.national.envelopes import read_fast


class Block(NamedTuple):
    """The records of one message, all of them measured, in columns.

    Attributes:
        series: Their series; for the same names again the same object. Shape (n,).
        at: Their times; one number where all are of one. [local s]
        sent_at: Their ``uploadDate``; one number where all are of one, 0 without. [local s]
        values: Their values as sent, still to be read by ``numbers.parse``. Shape (n,).
    """

    series: tuple[str, ...]
    at: int | list[int]
    sent_at: int | list[int]
    values: list[Any]


class _Increment(msgspec.Struct, rename="camel", gc=False):
    data_code: str
    data_value: Any
    stat_type: Literal["0"]
    stat_date: str
    scope: Literal["1", "2", "3", "4"] | None = None
    input_type: Literal["1", "2", "3", "4"] | None = None
    valid: Literal["1", "true"] | None = None
    upload_date: str | None = None


class _Reading(msgspec.Struct, rename="camel", gc=False):
    meter: str
    instant: str
    value: Any
    register: str | None = None
    status: Literal["good"] | None = None
    upload_date: str | None = None


class _Increments(msgspec.Struct, rename="camel"):
    data: list[_Increment]


class _Readings(msgspec.Struct, rename="camel"):
    data: list[_Reading]


# Numbers with a point stay the text they were sent as: a float never holds energy.
_INCREMENTS = msgspec.json.Decoder(_Increments, float_hook=str)
_READINGS = msgspec.json.Decoder(_Readings, float_hook=str)

Names = tuple[Sequence[Any], Sequence[Any]]


class Reader:
    """Reads messages of one unit; remembers the names that come again in each."""

    def __init__(self, *, offset_s: int) -> None:
        """Remember the city's civil time minus UTC. [s]"""
        self._offset_s = offset_s
        self._known: dict[tuple[object, object, int], tuple[Names, tuple[str, ...]]] = {}

    def increments(self, body: bytes) -> Block | None:
        """Return a usual ``uploadEnergyData`` message; None where it is not usual."""
        wire = read_fast(_INCREMENTS, body)
        if wire is None or not wire.data:
            return None
        rows = wire.data
        series = self._series(
            ([row.data_code for row in rows], [row.scope for row in rows]),
            lambda code, scope: energy.series_of("0", code, scope)[1],
        )
        at = _times([row.stat_date for row in rows], _realtime)
        sent_at = _times([row.upload_date for row in rows], energy.sent_second)
        if series is None or at is None or sent_at is None:
            return None
        return Block(series, at, sent_at, [row.data_value for row in rows])

    def registers(self, body: bytes) -> Block | None:
        """Return a usual message of the native channel; None where it is not usual."""
        wire = read_fast(_READINGS, body)
        if wire is None or not wire.data:
            return None
        rows = wire.data
        series = self._series(
            ([row.meter for row in rows], [row.register for row in rows]), registers.series_of
        )
        at = _times([row.instant for row in rows], self._instant)
        sent_at = _times([row.upload_date for row in rows], self._sent)
        if series is None or at is None or sent_at is None:
            return None
        return Block(series, at, sent_at, [row.value for row in rows])

    def _series(self, names: Names, series_of: Callable[[Any, Any], str]) -> tuple[str, ...] | None:
        """Return the series of names, those seen before without a look at each."""
        place = (names[0][0], names[1][0], len(names[0]))
        known = self._known.get(place)
        if known is not None and known[0] == names:
            return known[1]
        try:
            series = tuple(map(series_of, *names))
        except ValueError:  # a flawed name: the general way tells which
            return None
        self._known[place] = names, series
        return series

    def _instant(self, text: object) -> int | None:
        return registers.instant_of(text, self._offset_s)

    def _sent(self, text: object) -> int:
        return registers.instant_of(text, self._offset_s) or 0


def _realtime(text: object) -> int | None:
    """Return the start of a realtime record's period; None where it is flawed."""
    try:
        return energy.start_of(text, energy.REALTIME)
    except ValueError:
        return None


def _times(texts: Sequence[object], read: Callable[[object], int | None]) -> int | list[int] | None:
    """Return the seconds that texts say, one number where all say the same; None: one is flawed."""
    if texts.count(texts[0]) == len(texts):
        return read(texts[0])
    found = [second for text in texts if (second := read(text)) is not None]
    return found if len(found) == len(texts) else None
