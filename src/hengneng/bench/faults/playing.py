"""Tell stories to the platform: ledger by its operations, messages by the journal, and work.

Every case is a unit of its own; its messages go through the committer as a terminal's do, its
figures come from the recompute that the worker runs.
"""

import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import groupby
from typing import Any

from hengneng.bench import messages
from hengneng.bench.faults import board, cases, judging
from hengneng.bench.faults.cases import Case, Played
from hengneng.bench.faults.judging import Judged, Result, Shown
from hengneng.bench.faults.story import HOUR, SCALE, SLOT, Entry, Kind, Told
from hengneng.kernel import clock
from hengneng.protocol import codes, national, registers
from hengneng.protocol.records import DAY_SECONDS, Record
from hengneng.registry.instruments import operations as instruments
from hengneng.registry.points import operations as points
from hengneng.registry.units import operations as units
from hengneng.telemetry.consumption.operations import recompute
from hengneng.telemetry.consumption.queries import figures, stale
from hengneng.telemetry.journal import operations as journal
from hengneng.telemetry.journal.rules import Channel

_DEVICE = "0" * 32
_MESSAGE_MOST = 100  # records
# How long after a slot's end its record ought to be there, and how long is looked for a mark. [s]
_PATIENCE_S = HOUR
_LOOK_EACH_S, _LOOK_FAR_S, _LOOK_RARELY_S = HOUR, DAY_SECONDS, 6 * HOUR
_PLAIN = "M"
LEDGER = "ledger"


@dataclass
class _Unit:
    """The unit that plays a case, and what of its stories it has not heard yet."""

    number: int
    played: Played
    chance: random.Random
    code: str = ""
    unit_id: int = 0
    point_ids: list[int] = field(default_factory=list)
    coming: list[tuple[int, int, Told | Entry]] = field(default_factory=list)

    def tell(self, until: int) -> None:
        """Tell what is due: entries as a person enters them, records in hourly messages."""
        due = [one for one in self.coming if one[0] < until]
        self.coming = [one for one in self.coming if one[0] >= until]
        for _, some in groupby(sorted(due, key=lambda one: one[0]), key=lambda one: one[0] // HOUR):
            hour = list(some)
            self._upload([(place, one) for _, place, one in hour if isinstance(one, Told)])
            for _, place, one in hour:
                if isinstance(one, Entry):
                    self._enter(self.point_ids[place], one)
        work(self.unit_id)

    def _upload(self, told: list[tuple[int, Told]]) -> None:
        """Send records in messages, in any order within the hour."""
        self.chance.shuffle(told)
        records = [_record(self.played.case.kind, place, one) for place, one in told]
        for first in range(0, len(records), _MESSAGE_MOST):
            _accept(self.unit_id, self.code, records[first : first + _MESSAGE_MOST])

    def _enter(self, point_id: int, entry: Entry) -> None:
        at = clock.now()
        if entry.ratio is not None:
            points.describe_point(
                point_id=point_id,
                valid_from=clock.instant(entry.at),
                ratio=Fraction(entry.ratio),
                by=None,
                at=at,
            )
            return
        instruments.exchange_instrument(
            point_id=point_id,
            happened_at=clock.instant(entry.at),
            before_value=Decimal(entry.before).scaleb(-SCALE),
            after_value=Decimal(entry.after).scaleb(-SCALE),
            by=None,
            at=at,
        )


def play_all(some: Sequence[Case], *, seed: int, tell: Callable[[str], None]) -> dict[str, Any]:
    """Play cases one after the other; return the one object of the scoreboard.

    Args:
        some: The cases.
        seed: Which buildings, hours and values.
        tell: Takes a sentence of progress.
    """
    rows = []
    for number, case in enumerate(some):
        result = play(cases.play(case, seed), number=number, seed=seed)
        rows.append(board.row_of(case, result))
        tell(f"{number + 1}/{len(some)} {case.name}: {'pass' if result.is_exact else 'FAIL'}")
    return {"seed": seed, "cases": rows}


def play(played: Played, *, number: int, seed: int) -> Result:
    """Tell a case to the platform and return what became of it.

    Args:
        played: The case's stories.
        number: From 0, another for each case of a run.
        seed: In which order records of one hour stand in their messages.
    """
    chance = random.Random(f"{seed} {played.case.name} order")  # noqa: S311 - an order, no secret
    unit = _entered(number, played, chance)
    found_by, delay_h = _told_and_looked(unit)
    shown = [shown_of(unit.unit_id, point_id, played) for point_id in unit.point_ids]
    judged = [judging.judge(story, one) for story, one in zip(played.stories, shown, strict=True)]
    total = Judged(*(sum(column, judging.ZERO) for column in zip(*judged, strict=True)))
    marks = Counter(mark for one in shown for mark in one.marks.values())
    return Result(total, dict(sorted(marks.items())), found_by, delay_h)


def work(unit_id: int) -> None:
    """Let the recompute go on until nothing of the unit waits."""
    while unit_id in stale.waiting_units(1_000):
        recompute.recompute(unit_id=unit_id, at=clock.now())


def shown_of(unit_id: int, point_id: int, played: Played) -> Shown:
    """Return what the platform shows of a point over a case's days, and a day around them."""
    story = played.stories[0]
    first = clock.date_of(story.begin // DAY_SECONDS - 1)
    last = clock.date_of(story.end // DAY_SECONDS + 1)
    slots, marks = {}, {}
    for row in figures.profiles_of(unit_id=unit_id, point_id=point_id, from_day=first, to_day=last):
        opening = clock.day_number(row.day) * DAY_SECONDS
        for place, (value, mark) in enumerate(zip(row.values, row.marks, strict=True)):
            if value is not None:
                slots[opening + place * row.slot_seconds] = value
            marks[opening + place * row.slot_seconds] = mark
    days = {
        row.day: row.amount.amount
        for row in figures.days_of(unit_id=unit_id, from_day=first, to_day=last)
        if row.point_id == point_id and row.amount.amount is not None
    }
    months = figures.months_of(unit_id=unit_id, from_month=first, to_month=last)
    pairs = [
        (row.amount.amount or judging.ZERO, _of_month(days, row.month))
        for row in months
        if row.point_id == point_id
    ]
    numbered = {clock.day_number(day): amount for day, amount in days.items()}
    return Shown(slots, numbered, pairs, marks)


def _of_month(days: dict[date, Decimal], month: date) -> Decimal:
    some = (amount for day, amount in days.items() if day.replace(day=1) == month)
    return sum(some, judging.ZERO)


def _told_and_looked(unit: _Unit) -> tuple[str | None, int | None]:
    """Tell everything in order of time; return what showed the first fault, and after how long."""
    window = unit.played.windows[0]
    unit.tell(window.start)
    now, found = window.start, None
    entries = [one for story in unit.played.stories for one in story.entries]
    is_quiet = unit.played.case.name.endswith("undisturbed")
    while unit.coming and found is None and not is_quiet:
        now += _LOOK_EACH_S if now < window.end + _LOOK_FAR_S else _LOOK_RARELY_S
        unit.tell(now)
        found = _odd_mark(unit, window.start - SLOT, now - _PATIENCE_S)
        if found is None and any(one.told_at < now for one in entries):
            found = LEDGER
    unit.tell(unit.played.stories[0].end + 30 * DAY_SECONDS)
    return found, None if found is None else (now - window.start) // HOUR


def _odd_mark(unit: _Unit, start: int, end: int) -> str | None:
    """Return the mark, other than measured, that most slots of a time bear; None: none does."""
    seen: Counter[str] = Counter()
    for point_id, story in zip(unit.point_ids, unit.played.stories, strict=True):
        marks = shown_of(unit.unit_id, point_id, unit.played).marks
        until = story.end if story.until is None else story.until
        for at in range(max(start, story.since), min(end, until) - SLOT + 1, SLOT):
            seen[marks.get(at, ".")] += 1
    del seen[_PLAIN]
    return f"mark {max(sorted(seen), key=seen.__getitem__)}" if seen else None


def _entered(number: int, played: Played, chance: random.Random) -> _Unit:
    """Enter a unit with a point for each story."""
    at = clock.now()
    base = f"91310000MABFT{number:04}"
    unit = _Unit(number, played, chance, base + codes.credit_check_character(base))
    unit.unit_id = units.create_unit(
        code=unit.code, name=f"故障演示{number + 1}", by=None, at=at
    ).pk
    is_register = played.case.kind is Kind.REGISTER
    for place, story in enumerate(played.stories):
        point = points.create_point(
            unit_id=unit.unit_id,
            code=f"P{place + 1}",
            name=f"计量点{place + 1}",
            energy_type_id="ELECTRICITY",
            level="LEVEL_2",
            kind=played.case.kind.value,
            slot_seconds=SLOT,
            capacity=Decimal(story.capacity).scaleb(-SCALE) if is_register else None,
            ratio=Fraction(story.ratios[0][1]),
            key=_key(played.case.kind, place),
            valid_from=clock.instant(story.since),
            valid_until=None if story.until is None else clock.instant(story.until),
            by=None,
            at=at,
        )
        unit.point_ids.append(point.pk)
        unit.coming += [(one.told_at, place, one) for one in story.told]
        unit.coming += [(one.told_at, place, one) for one in story.entries]
    return unit


def _key(kind: Kind, place: int) -> str:
    flavour = messages.Flavour.REGISTERS if kind is Kind.REGISTER else messages.Flavour.NATIONAL
    return messages.source_key(flavour, place)


def _record(kind: Kind, place: int, one: Told) -> Record:
    """Return what was told as a record of its wire."""
    key = _key(kind, place)
    if kind is Kind.INCREMENT:
        key = f"N{int(one.is_day)}{key[1:]}"
    return Record(key, one.at, one.digits, SCALE, "M", one.sent_at)


def _accept(unit_id: int, code: str, records: Sequence[Record]) -> None:
    """Keep a message as its endpoint does: the bytes, and what they say."""
    if records[0].series.startswith("R"):
        channel, body = Channel.REGISTERS, registers.write_registers(_DEVICE, code, records)
        read = registers.read_registers(body, offset_s=clock.offset_s())
    else:
        channel, body = Channel.NATIONAL, national.write_energy(_DEVICE, code, records)
        read = national.read_energy(body)
    journal.accept(
        unit_id=unit_id,
        terminal_id=None,
        channel=channel,
        body=body,
        content=read.content,
        at=clock.now(),
    )
