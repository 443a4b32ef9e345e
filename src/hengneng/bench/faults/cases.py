"""The cases of the scoreboard: which fault, at which kind of point, how long."""

import random
from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from hengneng.bench.faults import meters, readings
from hengneng.bench.faults import story as stories
from hengneng.bench.faults.story import HOUR, SLOT, Kind, Story, Window
from hengneng.protocol.records import DAY_SECONDS
from hengneng.sim.loads import weeks

DAYS = 8  # of a case
BUILDINGS = 4  # meters behind one terminal, each with another building's load
MIXTURES = 6
MIXED_MOST, MIXED_LEAST = 5, 3
_APART_S = 3 * HOUR  # of two faults of a mixture
_EPOCH = date(1970, 1, 1).toordinal()
_FIRST_DAY = date(2025, 3, 24).toordinal() - _EPOCH  # its days pass the end of a month
_LEAP_SAID = "Let nothing be read for six hours of 29 February."
_LEAP_DAY = date(2024, 2, 26).toordinal() - _EPOCH

Befall = Callable[[Story, Window, random.Random], None]


class Fault(NamedTuple):
    """One thing that goes wrong.

    Attributes:
        name: What it is called for good.
        befall: What it does to a story.
        hours: How long it lasts. [h]
        at_meter: Whether it befalls the meter, before anything is read.
        mixes: Whether it may be part of a random mixture.
    """

    name: str
    befall: Befall
    hours: int
    at_meter: bool = False
    mixes: bool = True


class Case(NamedTuple):
    """Some faults at one kind of point.

    Attributes:
        name: What it is called for good.
        kind: What the points are fed with.
        faults: What goes wrong, in order of time.
        first_day: Days since 1970-01-01.
        says: What happens, in a sentence.
    """

    name: str
    kind: Kind
    faults: tuple[Fault, ...]
    first_day: int
    says: str


class Played(NamedTuple):
    """A case's stories, one a meter, and when each of its faults lasted."""

    case: Case
    stories: list[Story]
    windows: list[Window]


# Reset, exchange and the rest at the meter first: mixtures let them befall before it is read.
REGISTER_FAULTS = (
    Fault("undisturbed", meters.nothing, 6, at_meter=True, mixes=False),
    Fault("outage", readings.outage, 6),
    Fault("outage-resent", readings.outage_resent, 6),
    Fault("late", readings.late, 24),
    Fault("duplicates-agreeing", readings.duplicates_agreeing, 24),
    Fault("duplicates-conflicting", readings.duplicates_conflicting, 12),
    Fault("roll-over", meters.roll_over, 6, at_meter=True),
    Fault("reset-untold", meters.reset_untold, 1, at_meter=True, mixes=False),
    Fault("reset-on-record", meters.reset_on_record, 1, at_meter=True),
    Fault("exchange", meters.exchange, 1, at_meter=True),
    Fault("exchange-told-late", meters.exchange_told_late, 1, at_meter=True),
    Fault("exchange-in-an-outage", meters.exchange_in_an_outage, 6, at_meter=True),
    Fault("ratio-change", meters.ratio_change, 1, at_meter=True),
    Fault("off-the-slot", meters.off_the_slot, 12, at_meter=True),
    Fault("clock-drift", meters.schedule_slips, 24, at_meter=True),
    Fault("clock-wrong", readings.clock_wrong, 12),
    Fault("spike", readings.spike, 1),
    Fault("spikes-in-a-row", readings.spikes_in_a_row, 2),
    Fault("stuck", readings.stuck, 3),
    Fault("negative-step", readings.negative_step, 1),
    Fault("low-in-a-row", readings.low_in_a_row, 4),
    Fault("decimal-shift", readings.decimal_shift, 1),
    Fault("decimal-shift-for-hours", readings.decimal_shift_for_hours, 6),
    Fault("first-and-last-day", meters.first_and_last_day, 6, at_meter=True, mixes=False),
)
INCREMENT_FAULTS = (
    Fault("increments-undisturbed", meters.nothing, 6, at_meter=True, mixes=False),
    Fault("increments-outage", readings.outage, 6),
    Fault("increments-outage-resent", readings.outage_resent, 6),
    Fault("increments-late", readings.late, 24),
    Fault("increments-duplicates-agreeing", readings.duplicates_agreeing, 24),
    Fault("increments-duplicates-conflicting", readings.duplicates_conflicting, 12),
    Fault("increments-ratio-change", meters.conversion_change, 1, at_meter=True, mixes=False),
    Fault("increments-off-the-slot", readings.labels_drift, 12),
    Fault("increments-first-and-last-day", meters.first_and_last_day, 6, at_meter=True,
          mixes=False),
)  # fmt: skip


def cases(seed: int) -> list[Case]:
    """Return every case: each fault alone, leap days, and random mixtures.

    Args:
        seed: Which mixtures; the rest does not depend on it.
    """
    alone = [
        Case(fault.name, kind, (fault,), _FIRST_DAY, _said(fault))
        for kind, faults in ((Kind.REGISTER, REGISTER_FAULTS), (Kind.INCREMENT, INCREMENT_FAULTS))
        for fault in faults
    ]
    leap = [
        Case(name, kind, (_fault(name.replace("leap-day", "outage")),), _LEAP_DAY, _LEAP_SAID)
        for name, kind in (
            ("leap-day", Kind.REGISTER),
            ("increments-leap-day", Kind.INCREMENT),
        )
    ]
    return [*alone, *leap, *(_mixture(number, seed) for number in range(1, MIXTURES + 1))]


def play(case: Case, seed: int) -> Played:
    """Return a case's stories: the same of the same seed.

    Args:
        case: The case.
        seed: Which buildings, which hours, which values.
    """
    chance = random.Random(f"{seed} {case.name}")  # noqa: S311 - a story, no secret
    windows = _windows(case, chance)
    told = [
        _story(case, building, windows, chance)
        for building in chance.sample(weeks.buildings(), BUILDINGS)
    ]
    return Played(case, told, windows)


def _story(case: Case, building: str, windows: list[Window], chance: random.Random) -> Story:
    """Return one building's story with everything that befalls it."""
    shows = chance.randrange(10**8, 3 * 10**8)
    story = stories.of_building(
        case.kind, building, first_day=case.first_day, days=DAYS, shows=shows
    )
    pairs = list(zip(case.faults, windows, strict=True))
    # A full turn sets the register's beginning, on which all other values rest.
    for fault, window in sorted(pairs, key=lambda pair: pair[0].befall is not meters.roll_over):
        if fault.at_meter:
            fault.befall(story, window, chance)
    story.read()
    for fault, window in pairs:
        if not fault.at_meter:
            fault.befall(story, window, chance)
    return story


def _windows(case: Case, chance: random.Random) -> list[Window]:
    """Return when each fault of a case lasts: in order, apart, good days on both sides."""
    first = case.first_day * DAY_SECONDS
    if case.first_day == _LEAP_DAY:
        start = first + 3 * DAY_SECONDS + chance.randrange(2, 16) * HOUR
        return [Window(start, start + case.faults[0].hours * HOUR)]
    free = (DAYS - 2) * DAY_SECONDS - sum(f.hours * HOUR + _APART_S for f in case.faults)
    cuts = sorted(chance.randrange(free // SLOT) * SLOT for _ in case.faults)
    at, before, found = first + DAY_SECONDS, 0, []
    for fault, cut in zip(case.faults, cuts, strict=True):
        at += cut - before
        found.append(Window(at, at + fault.hours * HOUR))
        at, before = found[-1].end + _APART_S, cut
    return found


def _mixture(number: int, seed: int) -> Case:
    """Return a random mixture: the last two of increments, the others of registers."""
    chance = random.Random(f"{seed} mixture {number}")  # noqa: S311 - a story, no secret
    is_register = number <= MIXTURES - 2
    among = [f for f in (REGISTER_FAULTS if is_register else INCREMENT_FAULTS) if f.mixes]
    resent = next(f for f in among if f.befall is readings.outage_resent)
    others = [fault for fault in among if fault is not resent]
    count = chance.randint(MIXED_LEAST, MIXED_MOST)
    faults = [resent, *chance.sample(others, count - 1)]
    chance.shuffle(faults)
    kind = Kind.REGISTER if is_register else Kind.INCREMENT
    says = ", ".join(fault.name.removeprefix("increments-") for fault in faults)
    return Case(f"mixture-{number}", kind, tuple(faults), _FIRST_DAY, f"In this order: {says}.")


def _said(fault: Fault) -> str:
    """Return what a fault does, as its function says."""
    first = (fault.befall.__doc__ or "").partition("\n")[0]
    return first.replace("``", "`")


def _fault(name: str) -> Fault:
    return next(one for one in (*REGISTER_FAULTS, *INCREMENT_FAULTS) if one.name == name)
