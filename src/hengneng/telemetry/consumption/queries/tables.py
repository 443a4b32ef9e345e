"""Digests in columns: from messages, and from the table as it stands. For workers: needs numpy."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import groupby

import numpy as np

from hengneng.kernel import clock
from hengneng.protocol import blocks
from hengneng.protocol.records import DAY_SECONDS, Record
from hengneng.telemetry.consumption.queries import evidence, parameters, records
from hengneng.telemetry.consumption.rules import columns, falls, texts
from hengneng.telemetry.consumption.rules.columns import Columns, Said
from hengneng.telemetry.consumption.rules.outliers import REACH_DAYS
from hengneng.telemetry.consumption.rules.texts import Ints
from hengneng.telemetry.consumption.rules.tracks import Track, keys_of
from hengneng.telemetry.journal import queries as journal
from hengneng.telemetry.journal.rules import Channel

_MEASURED = ord("M")


class Kept(evidence.Kept):
    """The digests as the table holds them, each read once; only under the unit's lock."""

    def __init__(self, unit_id: int) -> None:
        super().__init__(unit_id)
        self._known: dict[int, Columns | None] = {}

    def remember(self, written: Mapping[int, Columns]) -> None:
        """Take in the digests that the table holds from now on; only under the unit's lock."""
        self._known |= written
        self.forget()

    def columns(self, days: Collection[int]) -> dict[int, Columns]:
        """Return the digests of the days that have one."""
        new = [day for day in days if day not in self._known]
        bodies = self.bodies(new)
        self._known |= {day: columns.decode(bodies[day]) if day in bodies else None for day in new}
        return {day: one for day in days if (one := self._known[day]) is not None}

    def digests(self, days: Collection[int], *, kind: str = "") -> evidence.Digests:
        """Return the digests of the days that have one; of the series that begin so at least."""
        found = self.columns(days)
        return {day: columns.Unfolded(one, kind) for day, one in found.items()}


def window_of(
    kept: Kept, tracks: Iterable[Track], days: Sequence[int], *, tolerance_s: int
) -> Columns:
    """Return the entries that the days of these points need: their digests and the anchors around.

    Args:
        kept: Where digests come from.
        tracks: The points.
        days: Neighbouring days, ascending.
        tolerance_s: How far before midnight a label may lie and mean the next day. [s]
    """
    registers = {key for key in keys_of(tracks) if key[0] == "R"}
    before = evidence.before(kept, registers, days[0])
    after = evidence.after(kept, registers, days[-1])
    around = range(days[0] - REACH_DAYS, days[-1] + REACH_DAYS + 1)
    near = kept.columns(around)
    # Nonsense may have begun, or end, a few days away; where none is, the nearest readings do.
    if falls.falling(falls.ends_of(near[day]) for day in sorted(near)):
        opening, closing = around.start * DAY_SECONDS, around.stop * DAY_SECONDS
        before = {key: [r for r in rows if r.at < opening] for key, rows in before.items()}
        after = {key: [r for r in rows if r.at >= closing] for key, rows in after.items()}
    else:
        is_early = days[0] - 1 in near and falls.has_early(near[days[0] - 1], tolerance_s)
        taken = {*days, days[0] - 1} if is_early else set(days)
        before = {key: [r for r in rows if r.at // DAY_SECONDS not in taken]
                  for key, rows in before.items()}  # fmt: skip
        near = {day: one for day, one in near.items() if day in taken}
    return columns.joined([columns.of_entries(before), *near.values(), columns.of_entries(after)])


def digests_from_messages(unit_id: int, days: Sequence[int]) -> dict[int, Columns]:
    """Return the digests that follow from the messages, each message decoded once.

    Args:
        unit_id: The unit.
        days: Days since 1970-01-01.
    """
    if not days:
        return {}
    said = _said_of(unit_id, days)
    found: dict[int, Columns] = {}
    for late_after, same in groupby(sorted(days), key=lambda day: parameters.on(day).late_after):
        found |= columns.digest_days(said, days=list(same), late_after=late_after)
    return found


def _said_of(unit_id: int, days: Sequence[int]) -> Said:
    """Return the usable records of the messages that touch the days."""
    reader, gathered = blocks.Reader(offset_s=clock.offset_s()), _Gathered()
    for message in journal.messages_of_days(unit_id, [clock.date_of(day) for day in days]):
        block = None
        if message.channel == Channel.NATIONAL:
            block = reader.increments(message.body)
        elif message.channel == Channel.REGISTERS:
            block = reader.registers(message.body)
        if block is None:
            gathered.take(records.records_of(message))
        else:
            gathered.take_block(block)
    return gathered.said()


class _Gathered:
    """The records of messages, column by column."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._known: dict[tuple[str, ...], Ints] = {}
        self._values: list[object] = []
        self._blocks: list[tuple[Ints, Ints, Ints]] = []
        self._records: list[Record] = []

    def take_block(self, block: blocks.Block) -> None:
        """Take in a usual message."""
        series = self._known.get(block.series)
        if series is None:
            series = self._known[block.series] = self._numbered(block.series)
        count = len(block.values)
        self._blocks.append((series, _column(block.at, count), _column(block.sent_at, count)))
        self._values += block.values

    def take(self, found: Iterable[Record]) -> None:
        """Take in the records of any other message."""
        self._records += found

    def said(self) -> Said:
        """Return all that was taken in."""
        series, at, sent_at = (
            np.concatenate([np.zeros(0, np.int64), *[block[field] for block in self._blocks]])
            for field in range(3)
        )
        parsed = texts.parse(self._values)
        # A register never is below zero: such a reading is flawed, as the protocol's reader says.
        is_register = np.asarray([name[0] == "R" for name in self._numbers] or [False])
        usable = parsed.is_number & ~(is_register[series] & (parsed.digits < 0))
        letters = np.full(int(usable.sum()), _MEASURED, np.uint8)
        others = self._others()
        usual = Said(
            others.names, series[usable], at[usable], parsed.digits[usable],
            parsed.scales[usable], letters, sent_at[usable],
        )  # fmt: skip
        return columns.both(usual, others)

    def _others(self) -> Said:
        """Return the records that came one by one; by now every series has its number."""
        rows = self._records
        series = self._numbered([row.series for row in rows])
        return Said(
            list(self._numbers),
            series,
            np.asarray([row.at for row in rows], np.int64),
            np.asarray([row.digits for row in rows], np.int64),
            np.asarray([row.scale for row in rows], np.int64),
            np.frombuffer("".join([row.mark for row in rows]).encode(), np.uint8),
            np.asarray([row.sent_at for row in rows], np.int64),
        )

    def _numbered(self, names: Sequence[str]) -> Ints:
        numbers = self._numbers
        return np.asarray([numbers.setdefault(name, len(numbers)) for name in names], np.int64)


def _column(cells: int | list[int], count: int) -> Ints:
    return (
        np.full(count, cells, np.int64) if isinstance(cells, int) else np.asarray(cells, np.int64)
    )
