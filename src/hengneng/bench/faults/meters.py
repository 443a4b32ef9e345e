"""What befalls a meter and its place: a function each, before anything is read."""

import random

from hengneng.bench.faults.story import CAPACITY_WH, Entry, Story, Turn, Window
from hengneng.protocol.records import DAY_SECONDS

_MINUTE = 60
# The new ratio, another whole number so that every watt-hour stays whole.
NEW_RATIO = 60


def nothing(_story: Story, _window: Window, _chance: random.Random) -> None:
    """Let all go well."""


def roll_over(story: Story, window: Window, _chance: random.Random) -> None:
    """Let the register pass its capacity in the window's middle."""
    story.shows = CAPACITY_WH - story.counted(window.middle) - 1


def reset_untold(story: Story, window: Window, _chance: random.Random) -> None:
    """Set the register to zero between two readings; nobody says so."""
    story.turns.append(Turn(window.start + 5 * _MINUTE, 0, is_told=False))


def reset_on_record(story: Story, window: Window, _chance: random.Random) -> None:
    """Set the register to zero; the ledger hears of it, with both values, a day later."""
    _exchange(story, window.start + 5 * _MINUTE, after=0, told_after_s=DAY_SECONDS)


def exchange(story: Story, window: Window, chance: random.Random) -> None:
    """Exchange the meter between two readings; the ledger says so the same hour."""
    at = window.start + 7 * _MINUTE
    _exchange(story, at, after=chance.randrange(5_000), told_after_s=20 * _MINUTE)


def exchange_told_late(story: Story, window: Window, chance: random.Random) -> None:
    """Exchange the meter; the ledger hears of it three days later."""
    at = window.start + 7 * _MINUTE
    _exchange(story, at, after=chance.randrange(5_000), told_after_s=3 * DAY_SECONDS)


def exchange_in_an_outage(story: Story, window: Window, chance: random.Random) -> None:
    """Exchange the meter while nothing is read: only the ledger's values bind the two sides."""
    story.instants = [at for at in story.instants if not window.start <= at < window.end]
    at = window.middle + 7 * _MINUTE
    _exchange(story, at, after=chance.randrange(5_000), told_after_s=DAY_SECONDS)


def ratio_change(story: Story, window: Window, _chance: random.Random) -> None:
    """Change the transformers in mid-day, read the register at it; the ledger says so next day."""
    at = window.start + 10 * _MINUTE
    story.instants = sorted({*story.instants, at})
    story.ratios.append((at, NEW_RATIO))
    story.entries.append(Entry(at + DAY_SECONDS, at, ratio=NEW_RATIO))


def conversion_change(story: Story, window: Window, _chance: random.Random) -> None:
    """Let increments come in another unit of size from a slot's start on."""
    story.ratios.append((window.start, 2))
    story.entries.append(Entry(window.start + DAY_SECONDS, window.start, ratio=2))


def off_the_slot(story: Story, window: Window, chance: random.Random) -> None:
    """Read at odd instants, truly told."""
    story.instants = sorted(
        at + chance.randrange(1, 880) if window.start <= at < window.end else at
        for at in story.instants
    )


def schedule_slips(story: Story, window: Window, _chance: random.Random) -> None:
    """Let each reading come two seconds later than the last, truly told."""
    inside = [at for at in story.instants if window.start <= at < window.end]
    slipped = {at: at + 2 * place for place, at in enumerate(inside)}
    story.instants = [slipped.get(at, at) for at in story.instants]


def first_and_last_day(story: Story, _window: Window, _chance: random.Random) -> None:
    """Let the point begin and end in mid-day; what is read outside of that counts nowhere."""
    story.since = story.begin + 9 * 3600 + 30 * _MINUTE
    story.until = story.end - 7 * 3600


def _exchange(story: Story, at: int, *, after: int, told_after_s: int) -> None:
    """Let the register count on from another value, both on record after a while."""
    before = story.shown(at)
    story.turns.append(Turn(at, after, is_told=True))
    story.entries.append(Entry(at + told_after_s, at, before, after))
