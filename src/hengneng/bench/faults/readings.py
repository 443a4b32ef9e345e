"""What befalls readings and records on their way: a function each, after the meter was read."""

import random

from hengneng.bench.faults.story import HOUR, SLOT, Story, Told, Window
from hengneng.protocol.records import DAY_SECONDS

_DRIFT_S = 90


def outage(story: Story, window: Window, _chance: random.Random) -> None:
    """Let nothing be read."""
    story.forget(story.inside(window))


def outage_resent(story: Story, window: Window, _chance: random.Random) -> None:
    """Let the line be down; all of it is sent again afterwards, at once."""
    for one in story.inside(window):
        one.told_at = one.sent_at = window.end + HOUR


def late(story: Story, window: Window, _chance: random.Random) -> None:
    """Let the readings come two days late."""
    for one in story.inside(window):
        one.told_at += 2 * DAY_SECONDS
        one.sent_at = one.told_at


def duplicates_agreeing(story: Story, window: Window, chance: random.Random) -> None:
    """Send each record again, some of them twice, in other messages."""
    for one in story.inside(window):
        for again in range(chance.randint(1, 2)):
            later = one.told_at + (again + 1) * HOUR
            story.told.append(Told(one.at, one.digits, later, later, one.is_good))


def duplicates_conflicting(story: Story, window: Window, chance: random.Random) -> None:
    """Send a wrong value beside each true one; the true one bears the later ``uploadDate``.

    Half of the wrong ones arrive after the true ones: arrival says nothing.
    """
    for one in story.inside(window):
        wrong = one.digits + chance.choice((-1, 1)) * chance.randrange(1, 50_000)
        arrives = one.told_at + chance.choice((0, 2 * HOUR))
        story.told.append(Told(one.at, max(0, wrong), arrives, one.sent_at - 30, is_good=False))


def clock_wrong(story: Story, window: Window, _chance: random.Random) -> None:
    """Let the terminal's clock run ever faster, so that its stamps are up to 90 s early.

    Only readings before and after it are good: what each slot got between them nobody knows.
    """
    some = story.inside(window)
    for place, one in enumerate(some):
        one.digits = story.shown(one.at - _DRIFT_S * place // len(some))
        one.is_good = False


def labels_drift(story: Story, window: Window, chance: random.Random) -> None:
    """Label increments up to 50 s beside their slot's start."""
    for one in story.inside(window):
        if one.at > story.begin:
            one.at += chance.randint(-50, 50)


def spike(story: Story, window: Window, chance: random.Random) -> None:
    """Let one reading stand far too high."""
    _spoil([_one(story, window)], chance.randrange(10**6, 10**8))


def spikes_in_a_row(story: Story, window: Window, chance: random.Random) -> None:
    """Let three readings in a row stand far too high."""
    _spoil(_some(story, window, 3), chance.randrange(10**6, 10**8))


def stuck(story: Story, window: Window, _chance: random.Random) -> None:
    """Let the terminal repeat one value while the meter counts on."""
    some = story.inside(window)
    for one in some[1:]:
        one.digits, one.is_good = some[0].digits, False


def negative_step(story: Story, window: Window, chance: random.Random) -> None:
    """Let one reading stand a little lower than the one before it."""
    one = _one(story, window)
    before = story.shown(one.at - SLOT)
    one.digits, one.is_good = max(0, before - chance.randrange(1_000, 50_000)), False


def low_in_a_row(story: Story, window: Window, chance: random.Random) -> None:
    """Let six readings in a row be next to nothing, then all is well again."""
    for one in _some(story, window, 6):
        one.digits, one.is_good = chance.randrange(100), False


def decimal_shift(story: Story, window: Window, chance: random.Random) -> None:
    """Let the point of one reading slip a place."""
    _shift([_one(story, window)], chance)


def decimal_shift_for_hours(story: Story, window: Window, chance: random.Random) -> None:
    """Let the point slip a place for two hours."""
    _shift(_some(story, window, 8), chance)


def _spoil(some: list[Told], much: int) -> None:
    for one in some:
        one.digits, one.is_good = one.digits + much, False


def _shift(some: list[Told], chance: random.Random) -> None:
    is_up = chance.random() < 0.5
    for one in some:
        one.digits = one.digits * 10 if is_up else one.digits // 10
        one.is_good = False


def _one(story: Story, window: Window) -> Told:
    return _some(story, window, 1)[0]


def _some(story: Story, window: Window, count: int) -> list[Told]:
    """Return so many records from the window's middle on."""
    return [one for one in story.inside(window) if one.at >= window.middle][:count]
