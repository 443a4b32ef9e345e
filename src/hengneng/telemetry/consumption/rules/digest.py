"""The digest: one unit's local day from that day's messages alone (ARCHITECTURE 1.2).

Kept per series, not per point (decision 0002): which point a series feeds is the registry's word,
and an edit there must not need the messages again.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import accumulate, pairwise
from operator import sub
from typing import NamedTuple

import msgspec
import zstandard

from hengneng.protocol.records import DAY_SECONDS, DIGITS_MAX, Record
from hengneng.telemetry.consumption.rules import marks


class Entry(NamedTuple):
    """The winning record of one series and instant.

    Attributes:
        at: Local second.
        digits: The value at its own scale; 0 where rejected.
        scale: Digits behind the point.
        mark: ``M``, ``L``, ``S``, ``H``, or ``R``.
    """

    at: int
    digits: int
    scale: int
    mark: str


SeriesEntries = dict[str, list[Entry]]
# Entries by series over some days, ascending.
Window = Mapping[str, Sequence[Entry]]

# Measured beats supplied beats entered by hand: an entry never replaces a measurement (5.3), and
# withdrawing an entry takes back no measurement either.
KIND = {"H": 0, "W": 0, "S": 1, "M": 2, "R": 2}
WITHDRAWN = frozenset("RW")


def digest_day(
    records: Iterable[Record], *, day: int, late_after: Mapping[str, int]
) -> SeriesEntries:
    """Return the day's winners, per series in order of time.

    The winner of a conflict is the greatest by kind of entry, sender's ``uploadDate`` (of one
    instant a withdrawal goes before), then SHA-256 of the content: an order over content, so that
    arrival cannot change it.

    Args:
        records: Records of the messages that touch the day; those of other days are passed over.
        day: Days since 1970-01-01.
        late_after: Seconds after ``at`` from which a record counts as late, by the first two
            letters of the series. [s]

    Returns:
        Entries by series, series sorted, entries ascending in time.
    """
    first, last = day * DAY_SECONDS, (day + 1) * DAY_SECONDS
    winners: dict[str, dict[int, Record]] = {}
    for record in records:
        series, at, *_ = record
        if first <= at < last:
            of_series = winners.setdefault(series, {})
            rival = of_series.get(at)
            if rival is None or _beats(record, rival):
                of_series[at] = record
    return {
        series: _entries([rows[at] for at in sorted(rows)], late_after.get(series[:2], 0))
        for series, rows in sorted(winners.items())
    }


def _beats(one: Record, other: Record) -> bool:
    """Answer whether ``one`` wins over ``other`` for the same series and instant."""
    mine, theirs = _rank(one), _rank(other)
    if mine != theirs:
        return mine > theirs
    return one != other and content(one) > content(other)


def _rank(record: Record) -> tuple[int, int, bool]:
    """Return what a record goes before another by; of one instant, a withdrawal goes before."""
    return KIND[record.mark], record.sent_at, record.mark in WITHDRAWN


def content(record: Record) -> bytes:
    """Return what decides between records of one rank: a hash of what they say."""
    return hashlib.sha256(repr((record.digits, record.scale, record.mark)).encode()).digest()


def _entries(rows: list[Record], late_after: int) -> list[Entry]:
    """Return the entries of one series' winners; most days, all are plain and go the short way."""
    _, at, digits, scales, letters, sent_at = zip(*rows, strict=True)
    is_plain = set(letters) == {marks.MEASURED} and max(map(abs, digits)) <= DIGITS_MAX // 2
    if is_plain and not (late_after and max(map(sub, sent_at, at)) > late_after):
        return list(map(Entry, at, digits, scales, letters))
    return [_entry(record, late_after) for record in rows]


def _entry(record: Record, late_after: int) -> Entry:
    # Half of int64, so that the differences of the encoding stay inside it too.
    if record.mark in WITHDRAWN or abs(record.digits) > DIGITS_MAX // 2:
        return Entry(record.at, 0, 0, marks.REJECTED)
    is_late = late_after and record.sent_at and record.sent_at - record.at > late_after
    mark = marks.LATE if is_late and record.mark == "M" else record.mark
    return Entry(record.at, record.digits, record.scale, mark)


def outermost(rows: Sequence[Entry], count: int, *, is_last: bool) -> list[Entry]:
    """Return the first, or the last, good entries of a series, so many at most, ascending."""
    found: list[Entry] = []
    # A few at a time: entries may be made as they are asked for, and most are good.
    for near in range(0, len(rows), 2 * count):
        far = min(near + 2 * count, len(rows))
        some = rows[len(rows) - far : len(rows) - near] if is_last else rows[near:far]
        good = [row for row in some if row.mark != marks.REJECTED]
        found = [*good, *found] if is_last else [*found, *good]
        if len(found) >= count:
            break
    return found[-count:] if is_last else found[:count]


@lru_cache(maxsize=1 << 16)
def series_id(series: str) -> int:
    """Return the series' number: from its name alone, so that arrival cannot change it."""
    return int.from_bytes(hashlib.blake2b(series.encode(), digest_size=8).digest(), signed=True)


def series_ids(entries: SeriesEntries) -> list[int]:
    """Return the numbers of the series that have a good value, sorted."""
    good = (s for s, rows in entries.items() if any(row.mark != marks.REJECTED for row in rows))
    return sorted(series_id(series) for series in good)


class Packed(msgspec.Struct, frozen=True, array_like=True):
    """A series as differences: registers at regular times become runs of one byte."""

    series: str
    at: list[int]
    digits: list[int]
    scales: list[int]
    marks: str


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(list[Packed])


def encode(entries: SeriesEntries) -> bytes:
    """Return the digest's bytes: the same entries give the same bytes."""
    packed = [
        Packed(
            series,
            _differences([row.at for row in rows]),
            _differences([row.digits for row in rows]),
            _differences([row.scale for row in rows]),
            "".join(row.mark for row in rows),
        )
        for series, rows in sorted(entries.items())
    ]
    return pack(packed)


def pack(packed: list[Packed]) -> bytes:
    """Return the bytes of series as differences, which stand in order of their names."""
    return zstandard.ZstdCompressor(level=3).compress(_encoder.encode(packed))


def unpack(body: bytes) -> list[Packed]:
    """Return the series as differences whose bytes ``pack`` made."""
    return _decoder.decode(zstandard.ZstdDecompressor().decompress(body))


def decode(body: bytes, *, kind: str = "") -> SeriesEntries:
    """Return the entries whose bytes ``encode`` made.

    Args:
        body: The digest's bytes.
        kind: First letters of the series wanted; the others are not unfolded.
    """
    return {
        one.series: list(
            map(
                Entry,
                accumulate(one.at),
                accumulate(one.digits),
                accumulate(one.scales),
                one.marks,
            )
        )
        for one in unpack(body)
        if one.series.startswith(kind)
    }


def _differences(values: list[int]) -> list[int]:
    return [values[0], *(b - a for a, b in pairwise(values))]
