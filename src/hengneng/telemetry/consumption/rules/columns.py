"""The digest in columns: what ``digest`` does entry by entry, for all series and days at once.

Needs numpy, so only workers load it. Property tests hold the two together, byte for byte.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from hengneng.protocol.records import DAY_SECONDS, DIGITS_MAX, Record
from hengneng.telemetry.consumption.rules import digest, marks
from hengneng.telemetry.consumption.rules.digest import Entry, Window
from hengneng.telemetry.consumption.rules.texts import Ints

Letters = npt.NDArray[np.uint8]

# Seconds of local time stay below: a series' number and a second make one sortable number.
_SECOND_BITS = 33
_REJECTED, _LATE, _MEASURED = map(ord, (marks.REJECTED, marks.LATE, marks.MEASURED))
_RANKS = np.zeros(256, np.int64)
_IS_WITHDRAWN = np.zeros(256, np.bool_)
for _letter, _rank in digest.KIND.items():
    _RANKS[ord(_letter)] = _rank
for _letter in digest.WITHDRAWN:
    _IS_WITHDRAWN[ord(_letter)] = True


class Said(NamedTuple):
    """Records as columns, in any order.

    Attributes:
        names: Series by number.
        series: Each record's series. Shape (n,).
        at: Local seconds. Shape (n,).
        digits: Values at their own scales. Shape (n,).
        scales: Digits behind the point. Shape (n,).
        letters: Marks. Shape (n,).
        sent_at: The senders' ``uploadDate``. [local s] Shape (n,).
    """

    names: Sequence[str]
    series: Ints
    at: Ints
    digits: Ints
    scales: Ints
    letters: Letters
    sent_at: Ints


class Columns(NamedTuple):
    """Entries of many series, one series behind the other, each ascending in time.

    Attributes:
        names: The series, sorted.
        starts: Where each begins, and behind the last its end. Shape (k + 1,).
        at: Local seconds. Shape (n,).
        digits: Values at their own scales. Shape (n,).
        scales: Digits behind the point. Shape (n,).
        letters: Marks. Shape (n,).
    """

    names: list[str]
    starts: Ints
    at: Ints
    digits: Ints
    scales: Ints
    letters: Letters

    def rows(self, place: int) -> "Rows":
        """Return the entries of the series at a place."""
        return Rows(self, int(self.starts[place]), int(self.starts[place + 1]))


class Rows(Sequence[Entry]):
    """The entries of one series; each is made when it is asked for."""

    def __init__(self, columns: Columns, first: int, end: int) -> None:
        self._columns, self._first, self._end = columns, first, end

    def __len__(self) -> int:
        return self._end - self._first

    def __iter__(self) -> Iterator[Entry]:
        rows = self[0 : len(self)]
        return iter(rows if isinstance(rows, list) else [rows])

    def __getitem__(self, place: int | slice) -> Entry | list[Entry]:  # type: ignore[override]
        columns = self._columns
        if isinstance(place, slice):
            wanted = range(len(self))[place]
            inside = slice(self._first, self._end)
            if wanted:
                inside = slice(self._first + min(wanted), self._first + max(wanted) + 1)
            letters = columns.letters[inside].tobytes().decode()
            cells = (columns.at[inside].tolist(), columns.digits[inside].tolist(),
                     columns.scales[inside].tolist(), letters)  # fmt: skip
            return list(map(Entry, *cells))[:: wanted.step] if wanted else []
        if not -len(self) <= place < len(self):
            raise IndexError(place)
        n = (self._first if place >= 0 else self._end) + place
        return Entry(int(columns.at[n]), int(columns.digits[n]), int(columns.scales[n]),
                     chr(columns.letters[n]))  # fmt: skip


class Unfolded(Mapping[str, Sequence[Entry]]):
    """Columns as a digest's entries by series, each unfolded when it is asked for."""

    def __init__(self, columns: Columns, kind: str = "") -> None:
        """Show the series whose names begin so."""
        self.columns = columns
        self._places = {
            name: place for place, name in enumerate(columns.names) if name.startswith(kind)
        }

    def __getitem__(self, series: str) -> Sequence[Entry]:
        return self.columns.rows(self._places[series])

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


def both(one: Said, two: Said) -> Said:
    """Return the records of both, which number their series alike."""
    return Said(
        one.names,
        np.concatenate((one.series, two.series)),
        np.concatenate((one.at, two.at)),
        np.concatenate((one.digits, two.digits)),
        np.concatenate((one.scales, two.scales)),
        np.concatenate((one.letters, two.letters)),
        np.concatenate((one.sent_at, two.sent_at)),
    )


def digest_days(
    said: Said, *, days: Sequence[int], late_after: Mapping[str, int]
) -> dict[int, Columns]:
    """Return the winners of each of the days, as ``digest.digest_day`` finds them.

    Args:
        said: Records of the messages that touch the days; those of other days are passed over.
        days: Days since 1970-01-01.
        late_after: As there.
    """
    inside = np.isin(said.at // DAY_SECONDS, np.asarray(days, np.int64))
    some = _taken(said, np.flatnonzero(inside))
    winners, names = _winners(some)
    limits = np.asarray([late_after.get(name[:2], 0) for name in names], np.int64)
    limit = limits[winners.series] if len(names) else winners.series
    lost = _IS_WITHDRAWN[winners.letters] | (np.abs(winners.digits) > DIGITS_MAX // 2)
    late = (limit > 0) & (winners.sent_at != 0) & (winners.sent_at - winners.at > limit)
    letters = np.where(late & (winners.letters == _MEASURED), _LATE, winners.letters)
    judged = winners._replace(
        digits=np.where(lost, 0, winners.digits),
        scales=np.where(lost, 0, winners.scales),
        letters=np.where(lost, _REJECTED, letters).astype(np.uint8),
    )
    day = judged.at // DAY_SECONDS
    return {one: _of_day(judged, names, np.flatnonzero(day == one)) for one in days}


def _winners(said: Said) -> tuple[Said, list[str]]:
    """Return one record a series and instant, sorted, and the names in their order."""
    names = sorted({said.names[place] for place in np.unique(said.series)})
    ranks = {name: rank for rank, name in enumerate(names)}
    rank_of = np.asarray([ranks.get(name, 0) for name in said.names] or [0], np.int64)
    ranked = said._replace(series=rank_of[said.series])
    key = ranked.series << _SECOND_BITS | ranked.at
    order = np.argsort(key, kind="stable")
    sorted_key = key[order]
    if (sorted_key[1:] == sorted_key[:-1]).any():
        order = _of_rivals(ranked, key)
    return _taken(ranked, order), names


def _of_rivals(said: Said, key: Ints) -> Ints:
    """Return the places of the winners where several records speak of one instant."""
    kind, is_withdrawn = _RANKS[said.letters], _IS_WITHDRAWN[said.letters]
    order = np.lexsort((is_withdrawn, said.sent_at, kind, key))
    is_last = np.append(key[order][1:] != key[order][:-1], True)
    winners: Ints = order[is_last]
    # Of one rank and unlike: a hash of the content decides.
    one, two = order[:-1], order[1:]
    is_alike = (
        (said.digits[one] == said.digits[two]) & (said.scales[one] == said.scales[two])
        & (said.letters[one] == said.letters[two])
    )  # fmt: skip
    is_tied = (
        (key[one] == key[two]) & (kind[one] == kind[two])
        & (said.sent_at[one] == said.sent_at[two]) & (is_withdrawn[one] == is_withdrawn[two])
    )  # fmt: skip
    for tied in np.unique(key[one][is_tied & ~is_alike]):
        place = int(np.searchsorted(key[winners], tied))
        winners[place] = _by_content(said, key, kind, int(winners[place]))
    return winners


def _by_content(said: Said, key: Ints, kind: Ints, first: int) -> int:
    """Return, of the records of the rank of one, that whose content goes before."""
    is_rival = (
        (key == key[first]) & (kind == kind[first]) & (said.sent_at == said.sent_at[first])
        & (_IS_WITHDRAWN[said.letters] == _IS_WITHDRAWN[said.letters[first]])
    )  # fmt: skip
    return max(map(int, np.flatnonzero(is_rival)), key=lambda n: digest.content(_record(said, n)))


def _record(said: Said, n: int) -> Record:
    return Record("", int(said.at[n]), int(said.digits[n]), int(said.scales[n]),
                  chr(said.letters[n]), int(said.sent_at[n]))  # fmt: skip


def _taken(said: Said, places: Ints) -> Said:
    return said._replace(
        series=said.series[places], at=said.at[places], digits=said.digits[places],
        scales=said.scales[places], letters=said.letters[places], sent_at=said.sent_at[places],
    )  # fmt: skip


def _of_day(said: Said, names: Sequence[str], places: Ints) -> Columns:
    """Return the rows of one day, which are sorted already."""
    series = said.series[places]
    changes = np.flatnonzero(series[1:] != series[:-1]) + 1
    begins: list[int] = [0, *changes.tolist()] if len(series) else []
    found = [names[series[n]] for n in begins]
    starts = np.asarray([*begins, len(series)], np.int64)
    return Columns(
        found, starts, said.at[places], said.digits[places], said.scales[places],
        said.letters[places],
    )  # fmt: skip


def encode(columns: Columns) -> bytes:
    """Return the digest's bytes, the same that ``digest.encode`` makes of its entries."""
    at, digits, scales = (
        _differences(cells, columns.starts).tolist()
        for cells in (columns.at, columns.digits, columns.scales)
    )
    letters = columns.letters.tobytes().decode()
    starts = columns.starts.tolist()
    return digest.pack([
        digest.Packed(name, at[a:b], digits[a:b], scales[a:b], letters[a:b])
        for name, a, b in zip(columns.names, starts[:-1], starts[1:], strict=True)
    ])  # fmt: skip


def decode(body: bytes) -> Columns:
    """Return the columns whose bytes ``encode`` made."""
    packed = digest.unpack(body)
    lengths = [len(one.at) for one in packed]
    starts = np.concatenate((np.zeros(1, np.int64), np.cumsum(lengths, dtype=np.int64)))
    at, digits, scales = (
        _sums(np.fromiter(chain.from_iterable(cells), np.int64, int(starts[-1])), starts)
        for cells in ([p.at for p in packed], [p.digits for p in packed],
                      [p.scales for p in packed])
    )  # fmt: skip
    letters = np.frombuffer("".join([one.marks for one in packed]).encode(), np.uint8)
    return Columns([one.series for one in packed], starts, at, digits, scales, letters)


def series_ids(columns: Columns) -> list[int]:
    """Return the numbers of the series that have a good value, sorted."""
    return sorted(map(digest.series_id, good_series(columns)))


def good_series(columns: Columns) -> list[str]:
    """Return the series that have a good value, sorted."""
    if not columns.names:
        return []
    is_good = np.logical_or.reduceat(columns.letters != _REJECTED, columns.starts[:-1])
    return [name for name, good in zip(columns.names, is_good.tolist(), strict=True) if good]


def _differences(cells: Ints, starts: Ints) -> Ints:
    """Return each series' first value and then its steps."""
    steps = np.diff(cells, prepend=0)
    steps[starts[:-1]] = cells[starts[:-1]]
    return steps


def _sums(steps: Ints, starts: Ints) -> Ints:
    """Return what ``_differences`` was made of; sums that pass int64 come back around to it."""
    whole = np.cumsum(steps)
    before = np.concatenate((np.zeros(1, np.int64), whole))[starts[:-1]]
    return whole - np.repeat(before, np.diff(starts))


def joined(parts: Sequence[Columns]) -> Columns:
    """Return several digests as one, in order of time within each series."""
    names = sorted({name for one in parts for name in one.names})
    rank = {name: place for place, name in enumerate(names)}
    owner = [
        np.repeat(np.asarray([rank[name] for name in one.names], np.int64), np.diff(one.starts))
        for one in parts
    ]
    series = np.concatenate([np.zeros(0, np.int64), *owner])
    at, digits, scales, letters = (
        np.concatenate([np.zeros(0, kind), *[one[field] for one in parts]])
        for field, kind in ((2, np.int64), (3, np.int64), (4, np.int64), (5, np.uint8))
    )
    order = np.argsort(series << _SECOND_BITS | at, kind="stable")
    counts = np.bincount(series, minlength=len(names))
    starts = np.concatenate((np.zeros(1, np.int64), np.cumsum(counts, dtype=np.int64)))
    return Columns(names, starts, at[order], digits[order], scales[order], letters[order])


def of_entries(entries: Window) -> Columns:
    """Return entries by series as columns."""
    names = sorted(entries)
    rows = [row for name in names for row in entries[name]]
    starts = np.cumsum([0, *(len(entries[name]) for name in names)], dtype=np.int64)
    at, digits, scales, letters = zip(*rows, strict=True) if rows else ((), (), (), ())
    return Columns(
        names, starts, np.asarray(at, np.int64), np.asarray(digits, np.int64),
        np.asarray(scales, np.int64), np.frombuffer("".join(letters).encode(), np.uint8),
    )  # fmt: skip
