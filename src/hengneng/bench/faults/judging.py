"""Figures beside the truth: what is lost, what stands where it does not belong.

*Bound* is energy between two good registers of one run, or that a good record of its slot, or of
its day, speaks for. *True* is all that passed from the first good register, or record, to the last.
*Lost* is bound energy that no figure holds. *Misplaced* is the least energy that must stand in
slots, days or months to which it does not belong, whatever the course between two registers was:
an estimate inside its bounds is in its place, energy that never was is not. *Unknowable* is what
nothing good binds: it may be left out, but never shown as more than it was. *Unmarked* is energy
in slots that claim to be measured and through which less went: no arithmetic can see it, a check
must; it decides nothing here.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from itertools import groupby, pairwise
from typing import NamedTuple

from hengneng.bench.faults.story import SCALE, SLOT, Anchor, Kind, Story, Told
from hengneng.protocol.records import DAY_SECONDS

ZERO = Decimal(0)
MEASURED = "ML"
Slots = Mapping[int, Decimal]  # start of a slot → what is booked there [kWh]


class Shown(NamedTuple):
    """What the platform shows of a point.

    Attributes:
        slots: By the slot's start; what is not known is left out. [kWh]
        days: By the day's number. [kWh]
        months: The sum of each month's figure, and of its days'. [kWh] Shape (n, 2).
        marks: By the slot's start.
    """

    slots: dict[int, Decimal]
    days: dict[int, Decimal]
    months: list[tuple[Decimal, Decimal]]
    marks: dict[int, str]


class Judged(NamedTuple):
    """A point's figures against its truth. [kWh]"""

    true: Decimal
    computed: Decimal
    lost: Decimal
    misplaced: Decimal
    unknowable: Decimal
    unmarked: Decimal


class Result(NamedTuple):
    """What became of a case.

    Attributes:
        judged: Its points' figures against their stories, added up. [kWh]
        marks: Slots by mark. [count]
        found_by: What showed the fault first: ``mark E``, ``ledger``; None: nothing does yet.
        delay_h: How long after its beginning that was. [h]
    """

    judged: Judged
    marks: dict[str, int]
    found_by: str | None
    delay_h: int | None

    @property
    def is_exact(self) -> bool:
        """Answer whether nothing bound is lost and nothing stands where it does not belong."""
        return not self.judged.lost and not self.judged.misplaced


def judge(story: Story, shown: Shown) -> Judged:
    """Return how a point's figures stand against its story."""
    by_slots = _registers(story, shown.slots) if story.kind is Kind.REGISTER else _records(
        story, shown
    )  # fmt: skip
    apart = sum((abs(month - days) for month, days in shown.months), ZERO)
    return by_slots._replace(
        misplaced=max(by_slots.misplaced, _of_days(story, shown)) + apart,
        unmarked=_unmarked(story, shown),
    )


def least_moved(edges: Iterable[tuple[Decimal, Decimal, Decimal]]) -> Decimal:
    """Return the least energy that stands in a wrong place before any of these edges.

    Args:
        edges: What the figures hold before each edge, and the least and the most that passed by
            then, in order of time. [kWh] Shape (n, 3).

    >>> least_moved([(Decimal(5), Decimal(3), Decimal(3)), (Decimal(6), Decimal(6), Decimal(6))])
    Decimal('2')
    >>> least_moved([(Decimal(5), Decimal(3), Decimal(6)), (Decimal(6), Decimal(6), Decimal(6))])
    Decimal('0')
    """
    ahead, moved = ZERO, ZERO
    for counted, least, most in edges:
        nearest = min(max(ahead, counted - most), counted - least)
        moved += max(ZERO, nearest - ahead)
        ahead = nearest
    return moved


def _registers(story: Story, slots: Slots) -> Judged:
    """Judge a point of registers, run by run."""
    anchors = story.anchors()
    runs = [list(run) for _, run in groupby(anchors, key=lambda one: one.epoch)]
    true = _kwh(anchors[-1].energy - anchors[0].energy)
    computed = sum(slots.values(), ZERO)
    lost = misplaced = unknowable = inside = ZERO
    for run in runs:
        first, last = _floor(run[0].at), _ceiling(run[-1].at)
        held = _held(slots, first, last)
        inside += held
        lost += _kwh(run[-1].energy - run[0].energy) - held
        misplaced += least_moved(_edges(run, slots, first, last))
    for one, two in pairwise(runs):
        held = _held(slots, _ceiling(one[-1].at), _floor(two[0].at))
        inside += held
        left = _kwh(two[0].energy - one[-1].energy) - held
        unknowable, misplaced = unknowable + max(ZERO, left), misplaced + max(ZERO, -left)
    return Judged(
        true, computed, max(ZERO, lost), misplaced + abs(computed - inside), unknowable, ZERO
    )


def _edges(
    run: Sequence[Anchor], slots: Slots, first: int, last: int
) -> Iterable[tuple[Decimal, Decimal, Decimal]]:
    """Yield each slot's edge of a run: what is booked before it, and what its registers allow."""
    total, place = ZERO, 0
    base = run[0].energy
    for edge in range(first, last + 1, SLOT):
        while place + 1 < len(run) and run[place + 1].at <= edge:
            place += 1
        beyond = place if run[place].at >= edge else min(place + 1, len(run) - 1)
        yield total, _kwh(run[place].energy - base), _kwh(run[beyond].energy - base)
        total += slots.get(edge, ZERO)


def _records(story: Story, shown: Shown) -> Judged:
    """Judge a point of increments: slots with a good record, and what the day record leaves."""
    told = {_nearest(one.at) for one in story.told if one.is_good and not one.is_day}
    days = {one.at for one in story.told if one.is_day and _is_fed(story, one)}
    true = lost = misplaced = unknowable = ZERO
    wanted = list(range(_ceiling(story.since), _until(story), SLOT))
    for day, some in groupby(wanted, key=lambda at: at // DAY_SECONDS * DAY_SECONDS):
        of_day = list(some)
        blocks = [[at] for at in of_day if at in told]
        rest = [at for at in of_day if at not in told]
        blocks += [rest] if rest and day in days else []
        for block in blocks:
            passed = _passed(story, block)
            held = sum((shown.slots.get(at, ZERO) for at in block), ZERO)
            true, lost = true + passed, lost + passed - held
            misplaced += max(ZERO, held - passed)
        if rest and day not in days:
            passed = _passed(story, rest)
            held = sum((shown.slots.get(at, ZERO) for at in rest), ZERO)
            true, unknowable = true + passed, unknowable + max(ZERO, passed - held)
            misplaced += max(ZERO, held - passed)
    computed = sum(shown.slots.values(), ZERO)
    outside = computed - sum((shown.slots.get(at, ZERO) for at in wanted), ZERO)
    return Judged(true, computed, max(ZERO, lost), misplaced + abs(outside), unknowable, ZERO)


def _unmarked(story: Story, shown: Shown) -> Decimal:
    """Return the energy in slots marked measured through which less went."""
    wrong = ZERO
    for at, mark in shown.marks.items():
        if mark in MEASURED and story.begin <= at < story.end:
            wrong += max(ZERO, shown.slots[at] - _passed(story, [at]))
    return wrong


def _of_days(story: Story, shown: Shown) -> Decimal:
    """Return what the days' figures hold beside their slots, or a good day record beside a day."""
    days = {one.at // DAY_SECONDS for one in story.told if one.is_day and _is_fed(story, one)}
    apart = ZERO
    for day, amount in shown.days.items():
        first = day * DAY_SECONDS
        held = _held(shown.slots, first, first + DAY_SECONDS)
        if day in days:
            held = _passed(story, list(range(first, first + DAY_SECONDS, SLOT)))
        apart += abs(amount - held)
    return apart


def _is_fed(story: Story, one: Told) -> bool:
    """Answer whether the point was there throughout the day that a record speaks for."""
    return story.since <= one.at and one.at + DAY_SECONDS <= _until(story)


def _until(story: Story) -> int:
    return story.end if story.until is None else story.until


def _passed(story: Story, slots: Sequence[int]) -> Decimal:
    return _kwh(sum(story.energy(at + SLOT) - story.energy(at) for at in slots))


def _held(slots: Slots, first: int, until: int) -> Decimal:
    return sum((slots.get(at, ZERO) for at in range(first, until, SLOT)), ZERO)


def _kwh(watt_hours: int) -> Decimal:
    return Decimal(watt_hours).scaleb(-SCALE)


def _floor(at: int) -> int:
    return at // SLOT * SLOT


def _ceiling(at: int) -> int:
    return -(-at // SLOT) * SLOT


def _nearest(at: int) -> int:
    return (at + SLOT // 2) // SLOT * SLOT
