"""Regular days of many points at once: what ``regular`` finds day by day, in columns.

Whatever is not regular beyond doubt is left to the general way (``stitch``); property tests hold
the two together. Needs numpy, so only workers load it.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from hengneng.protocol.records import DAY_SECONDS, DIGITS_MAX
from hengneng.telemetry.consumption.rules import marks
from hengneng.telemetry.consumption.rules.amounts import Amount, Basis, amount_of_day
from hengneng.telemetry.consumption.rules.columns import Columns, Letters
from hengneng.telemetry.consumption.rules.day import Day
from hengneng.telemetry.consumption.rules.digest import Entry
from hengneng.telemetry.consumption.rules.outliers import CONTEXT, REACH_S
from hengneng.telemetry.consumption.rules.registers import Limits, Stretch
from hengneng.telemetry.consumption.rules.stitch import PointDay
from hengneng.telemetry.consumption.rules.texts import Bools, Ints
from hengneng.telemetry.consumption.rules.tracks import Track

_MEASURED, _LATE, _REJECTED, _NOTHING = map(
    ord, (marks.MEASURED, marks.LATE, marks.REJECTED, marks.NOTHING)
)
_SECOND_BITS = 33
_RATIO_MOST = 10**6


class Ends(NamedTuple):
    """The first and the last good register of each day.

    Attributes:
        first_at: Local seconds; -1 for increments. Shape (m,).
        first: Digits as shown. Shape (m,).
        last_at: As ``first_at``. Shape (m,).
        last: As ``first``. Shape (m,).
    """

    first_at: Ints
    first: Ints
    last_at: Ints
    last: Ints


class Sheet(NamedTuple):
    """Regular days of points with slots of one length.

    Attributes:
        slot_seconds: Length of a slot. [s]
        points: The points. Shape (m,).
        days: Days since 1970-01-01. Shape (m,).
        scales: Digits behind the point of values and registers. Shape (m,).
        values: Energy per slot; 0 where nothing is known. Shape (m, 86400 / slot_seconds).
        letters: Marks. Shape as ``values``.
        ends: The days' registers.
        records: The valid day record by row, of increments that have one.
    """

    slot_seconds: int
    points: Ints
    days: Ints
    scales: Ints
    values: Ints
    letters: Letters
    ends: Ends
    records: dict[int, Entry]

    def point_days(self) -> list[tuple[int, PointDay]]:
        """Return the rows as the general way gives them, beside their points."""
        return [(int(self.points[row]), self._point_day(row)) for row in range(len(self.points))]

    def _point_day(self, row: int) -> PointDay:
        letters = self.letters[row].tobytes().decode()
        pairs = zip(self.values[row].tolist(), letters, strict=True)
        values = [None if mark == marks.NOTHING else value for value, mark in pairs]
        day = Day(self.slot_seconds, int(self.scales[row]), values, letters)
        first, last = self._registers(row)
        return PointDay(int(self.days[row]), day, self._amount(row, day), first, last)

    def amount_of(self, row: int) -> Amount:
        """Return what a row adds up to, or its day record."""
        return self._point_day(row).amount

    def _registers(self, row: int) -> tuple[Entry | None, Entry | None]:
        ends, scale = self.ends, int(self.scales[row])
        if ends.first_at[row] < 0:
            return None, None
        return (
            Entry(int(ends.first_at[row]), int(ends.first[row]), scale, marks.MEASURED),
            Entry(int(ends.last_at[row]), int(ends.last[row]), scale, marks.MEASURED),
        )

    def _amount(self, row: int, day: Day) -> Amount:
        if self.ends.first_at[row] >= 0:
            return amount_of_day(day, basis=Basis.REGISTERS)
        record = self.records.get(row)
        basis = Basis.REALTIME if record is None else Basis.DAY_RECORD
        return amount_of_day(day, basis=basis, record=record)


class Sorted(NamedTuple):
    """A run of days, sorted into what is regular and what is not.

    Attributes:
        sheets: The regular days.
        others: By track's place, the days to be worked out in general. Days of which nothing is
            known are in neither.
    """

    sheets: list[Sheet]
    others: dict[int, list[int]]


def sort_out(
    tracks: Sequence[Track], window: Columns, *, days: Sequence[int], limits: Limits
) -> Sorted:
    """Return the regular days of points, and which must be worked out in general.

    Args:
        tracks: The points.
        window: As ``stitch``'s: entries over the days, with each register's anchors around.
        days: Days since 1970-01-01, ascending.
        limits: The dated parameters.
    """
    places = {name: place for place, name in enumerate(window.names)}
    kinds: dict[tuple[str, int], list[int]] = {}
    others: dict[int, list[int]] = {}
    for number, track in enumerate(tracks):
        span = _plain_span(track, days)
        if span is None:
            others[number] = list(days)
        else:
            assert span.key is not None  # noqa: S101 a plain span has one
            kinds.setdefault((span.key[0], span.slot_seconds), []).append(number)
    sheets = []
    for (letter, slot_seconds), numbers in kinds.items():
        grid = _Grid(window, places, tracks, numbers, days, slot_seconds, limits)
        sheet, left = grid.registers() if letter == "R" else grid.increments()
        sheets.append(sheet)
        for number, day in left:
            others.setdefault(number, []).append(day)
    return Sorted(sheets, others)


def _plain_span(track: Track, days: Sequence[int]) -> Stretch | None:
    """Return the one span a point has, where it holds all the days and nothing is special."""
    if len(track.spans) != 1 or track.exchanges:
        return None
    (span,) = track.spans
    opening, closing = days[0] * DAY_SECONDS, (days[-1] + 1) * DAY_SECONDS
    holds = span.start <= opening and (span.end is None or span.end >= closing)
    is_plain = span.key is not None and span.ratio.denominator == 1
    divides = DAY_SECONDS % span.slot_seconds == 0
    return span if holds and is_plain and divides and span.ratio <= _RATIO_MOST else None


class _Grid:
    """Points of one kind and slot by days, and where in the window each day's rows stand."""

    def __init__(
        self,
        window: Columns,
        places: dict[str, int],
        tracks: Sequence[Track],
        numbers: list[int],
        days: Sequence[int],
        slot_seconds: int,
        limits: Limits,
    ) -> None:
        self._limits = limits
        self._window, self._places = window, places
        self._numbers, self._days, self._slot = numbers, days, slot_seconds
        self._tracks = [tracks[number] for number in numbers]
        self._spans = [track.spans[0] for track in self._tracks]
        self._ratios = np.asarray([span.ratio.numerator for span in self._spans], np.int64)
        self._count = DAY_SECONDS // slot_seconds
        self._most = DIGITS_MAX // (self._count + 1) // np.maximum(self._ratios, 1)
        # Cells of the grid, point by point: shape (points × days,).
        self._owner = np.repeat(np.arange(len(numbers)), len(days))
        self._day = np.tile(np.asarray(days, np.int64), len(numbers))
        self._opening = self._day * DAY_SECONDS

    def registers(self) -> tuple[Sheet, list[tuple[int, int]]]:
        """Return the regular days of registers, and the cells left to the general way."""
        rows = _Rows(self._window, self._place_of(""), without_rejected=True)
        first = rows.at_or_after(self._owner, self._opening)
        end = rows.at_or_after(self._owner, self._opening + DAY_SECONDS + 1)
        closing = rows.at_or_after(self._owner, self._opening + DAY_SECONDS)
        head, tail = rows.starts[self._owner], rows.starts[self._owner + 1]
        is_regular = self._are_regular(rows, first, end) & (end - first >= 2)
        safe = _clipped(first, rows), _clipped(end - 1, rows)
        if len(rows.at):
            is_regular &= (rows.at[safe[0]] == self._opening) | (first == head)
            is_regular &= (rows.at[safe[1]] == self._opening + DAY_SECONDS) | (end == tail)
            near = rows.at_or_after(self._owner, self._opening - REACH_S)
            far = rows.at_or_after(self._owner, self._opening + DAY_SECONDS + REACH_S)
            around = (
                np.maximum(np.minimum(first - CONTEXT, near), head),
                np.minimum(np.maximum(end + CONTEXT, far), tail),
            )
            is_regular &= ~rows.any_between(rows.falls | rows.changes, *around)
            is_regular &= ~rows.any_between(rows.steps > self._most[rows.owner], first, end)
            is_regular &= self._are_inside(rows)[self._owner]
        sheet = self._sheet(rows, is_regular, first, end, closing)
        return sheet, self._cells(~is_regular & self._are_spanned(rows))

    def _are_spanned(self, rows: "_Rows") -> Bools:
        """Answer where any time of the day lies between two readings."""
        head, tail = rows.starts[self._owner], rows.starts[self._owner + 1]
        if not len(rows.at):
            return np.zeros(len(head), np.bool_)
        begins = rows.at[_clipped(head, rows)] < self._opening + DAY_SECONDS
        ends = rows.at[_clipped(tail - 1, rows)] > self._opening
        spanned: Bools = (tail - head >= 2) & begins & ends
        return spanned

    def increments(self) -> tuple[Sheet, list[tuple[int, int]]]:
        """Return the regular days of increments, and the cells left to the general way."""
        rows = _Rows(self._window, self._place_of("N0"), without_rejected=False)
        told = _Rows(self._window, self._place_of("N1"), without_rejected=False)
        first = rows.at_or_after(self._owner, self._opening)
        end = rows.at_or_after(self._owner, self._opening + DAY_SECONDS)
        told_first = told.at_or_after(self._owner, self._opening)
        told_end = told.at_or_after(self._owner, self._opening + DAY_SECONDS)
        is_regular = self._are_regular(rows, first, end) & (end > first)
        # A label shortly before midnight may mean the day's first slot.
        early = rows.at_or_after(self._owner, self._opening - self._limits.tolerance_s) < first
        is_regular &= ~early
        has_record = told_end > told_first
        if len(told.at):
            last = _clipped(told_end - 1, told)
            is_valid = has_record & (told.letters[last] != _REJECTED)
            is_plain = (end - first == self._count) & (self._ratios[self._owner] == 1)
            is_regular &= ~is_valid | is_plain
        else:
            is_valid, last = has_record, told_end
        if len(rows.at):
            is_large = np.abs(rows.digits) > self._most[rows.owner]
            is_regular &= ~_any(is_large, first, end)
        sheet = self._sheet(rows, is_regular, first, end, None)
        valid_rows = np.flatnonzero(is_valid[is_regular])
        last_of = last[is_regular]
        # All slots of such a day are told: where those go first, the record only confirms them.
        records = {
            int(row): told.entry(int(last_of[row]))
            for row in valid_rows
            if not self._limits.realtime_first
        }
        is_left = ~is_regular & ((end > first) | has_record | early)
        return sheet._replace(records=records), self._cells(is_left)

    def _place_of(self, kind: str) -> list[int | None]:
        """Return where in the window each point's series stands."""
        keys = [span.key or "" for span in self._spans]
        return [self._places.get(f"{kind}{key[1:]}" if kind else key) for key in keys]

    def _are_regular(self, rows: "_Rows", first: Ints, end: Ints) -> Bools:
        """Answer where a day's rows stand slot by slot, of one scale and plainly measured."""
        if not len(rows.at):
            return np.zeros(len(first), np.bool_)
        begins: Bools = rows.at[_clipped(first, rows)] % self._slot == 0
        is_odd = (np.diff(rows.at, append=0) != self._slot) | rows.changes
        is_strange = (rows.letters != _MEASURED) & (rows.letters != _LATE)
        return begins & ~rows.any_between(is_odd, first, end) & ~_any(is_strange, first, end)

    def _are_inside(self, rows: "_Rows") -> Bools:
        """Answer, by point, whether all its rows lie in the time its source feeds it."""
        last = DIGITS_MAX
        starts = np.asarray([span.start for span in self._spans], np.int64)
        ends = np.asarray([last if s.end is None else s.end for s in self._spans], np.int64)
        has_any = rows.starts[1:] > rows.starts[:-1]
        head, tail = _clipped(rows.starts[:-1], rows), _clipped(rows.starts[1:] - 1, rows)
        inside: Bools = ~has_any | ((rows.at[head] >= starts) & (rows.at[tail] < ends))
        return inside

    def _sheet(
        self, rows: "_Rows", is_regular: Bools, first: Ints, end: Ints, closing: Ints | None
    ) -> Sheet:
        """Return the regular cells' values and marks: of registers their steps."""
        owner, opening = self._owner[is_regular], self._opening[is_regular]
        first, end = first[is_regular], end[is_regular]
        begins = _clipped(first, rows)
        is_step = closing is not None
        empty = (rows.at[begins] - opening) // self._slot if len(first) else first
        slots = np.arange(self._count)[None, :] - empty[:, None]
        known = (slots >= 0) & (slots < (end - first - is_step)[:, None])
        cells = np.where(known, first[:, None] + slots, 0)
        source = rows.steps if is_step else rows.digits
        letters = rows.letters[cells + is_step] if len(first) else cells.astype(np.uint8)
        values = source[cells] * self._ratios[owner][:, None] if len(first) else cells
        last = _clipped((end if closing is None else closing[is_regular]) - 1, rows)
        none = np.full(len(first), -1, np.int64)
        ends = Ends(none, none, none, none)
        if is_step and len(first):
            ends = Ends(rows.at[begins], rows.digits[begins], rows.at[last], rows.digits[last])
        points = np.asarray([track.point_id for track in self._tracks], np.int64)
        return Sheet(
            self._slot,
            points[owner],
            self._day[is_regular],
            rows.scales[begins] if len(first) else first,
            np.where(known, values, 0),
            np.where(known, letters, _NOTHING).astype(np.uint8),
            ends,
            {},
        )

    def _cells(self, is_left: Bools) -> list[tuple[int, int]]:
        """Return (track, day) of cells."""
        owners = self._owner[is_left].tolist()
        days = self._day[is_left].tolist()
        return [(self._numbers[owner], day) for owner, day in zip(owners, days, strict=True)]


class _Rows:
    """The rows of some of the window's series, in the order of their points."""

    def __init__(
        self, window: Columns, places: Sequence[int | None], *, without_rejected: bool
    ) -> None:
        spans = [
            (0, 0) if place is None else (int(window.starts[place]), int(window.starts[place + 1]))
            for place in places
        ]
        taken = np.concatenate(
            [np.zeros(0, np.int64), *[np.arange(a, b, dtype=np.int64) for a, b in spans]]
        )
        owner = np.repeat(np.arange(len(spans)), [b - a for a, b in spans])
        if without_rejected:
            is_good = window.letters[taken] != _REJECTED
            taken, owner = taken[is_good], owner[is_good]
        self.owner: Ints = owner
        self.at, self.digits = window.at[taken], window.digits[taken]
        self.scales, self.letters = window.scales[taken], window.letters[taken]
        self.starts: Ints = np.searchsorted(owner, np.arange(len(spans) + 1)).astype(np.int64)
        self._key = owner.astype(np.int64) << _SECOND_BITS | self.at
        # From each row to the next; across two series nobody asks.
        self.steps: Ints = np.diff(self.digits, append=0)
        self.falls: Bools = self.steps < 0
        self.changes: Bools = np.diff(self.scales, append=0) != 0

    def at_or_after(self, owner: Ints, second: Ints) -> Ints:
        """Return, for each, the place of a point's first row at a second or later."""
        found: Ints = np.searchsorted(self._key, owner << _SECOND_BITS | second).astype(np.int64)
        return found

    def any_between(self, flags: Bools, first: Ints, end: Ints) -> Bools:
        """Answer whether any step inside rows ``[first, end)`` has a flag."""
        return _any(flags, first, np.maximum(end - 1, first))

    def entry(self, place: int) -> Entry:
        """Return one row."""
        return Entry(int(self.at[place]), int(self.digits[place]), int(self.scales[place]),
                     chr(self.letters[place]))  # fmt: skip


def _any(flags: Bools, first: Ints, end: Ints) -> Bools:
    """Answer whether any of rows ``[first, end)`` has a flag."""
    counts: Ints = np.concatenate((np.zeros(1, np.int64), np.cumsum(flags, dtype=np.int64)))
    found: Bools = counts[np.maximum(end, first)] > counts[first]
    return found


def _clipped(places: Ints, rows: _Rows) -> Ints:
    """Return places that can be looked at; what stands at one clipped must not matter."""
    return np.clip(places, 0, max(len(rows.at) - 1, 0))
