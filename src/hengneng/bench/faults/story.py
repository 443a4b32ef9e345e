"""One meter's truth, what its terminal told of it, and what the ledger says.

Times are local seconds, energy is integers: watt-hours at the register, times the ratio at the
point. Nothing here knows the platform.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from hengneng.protocol.records import DAY_SECONDS
from hengneng.sim.loads import days as loads
from hengneng.sim.loads.weeks import Energy

SLOT = 900
SCALE = 3  # registers show kilowatt-hours with three decimals
HOUR = 3600
RATIO = 40
CAPACITY_WH = 10**9  # six digits before the point
SENT_AFTER_S = 60
DAY_SENT_AFTER_S = 600


class Kind(StrEnum):
    """What a point is fed with."""

    REGISTER = "REGISTER"
    INCREMENT = "INCREMENT"


class Window(NamedTuple):
    """When a fault lasts, from one slot's edge to another. [local s]"""

    start: int
    end: int

    @property
    def middle(self) -> int:
        """The slot's edge in the middle."""
        return self.start + (self.end - self.start) // 2 // SLOT * SLOT


@dataclass
class Told:
    """One record as it was told.

    Attributes:
        at: Instant of the reading, or start of the period, as told. [local s]
        digits: What was told, at ``SCALE``.
        told_at: When it reached the platform. [local s]
        sent_at: The sender's ``uploadDate``. [local s]
        is_good: Whether the meter truly stood so at that instant.
        is_day: Whether it speaks for a whole day.
    """

    at: int
    digits: int
    told_at: int
    sent_at: int
    is_good: bool = True
    is_day: bool = False


class Turn(NamedTuple):
    """From when the register counts on from another value.

    Attributes:
        at: When. [local s]
        shows: What it shows then. [Wh]
        is_told: Whether the ledger knows both registers, so that energy stays bound across it.
    """

    at: int
    shows: int
    is_told: bool


class Entry(NamedTuple):
    """What a person entered in the ledger.

    Attributes:
        told_at: When it was entered. [local s]
        at: Of when it speaks. [local s]
        before: The old register's last value, of an exchange. [Wh]
        after: The new one's first. [Wh]
        ratio: The ratio from then on; None: an exchange.
    """

    told_at: int
    at: int
    before: int = 0
    after: int = 0
    ratio: int | None = None


class Anchor(NamedTuple):
    """A good register that reached the platform.

    Attributes:
        at: When. [local s]
        energy: What had passed the point by then. [Wh]
        epoch: Of which run of the register; nothing binds energy between two.
    """

    at: int
    energy: int
    epoch: int


@dataclass
class Story:
    """One point's days.

    Attributes:
        kind: What feeds it.
        quarters: What its meter counted in each slot. [Wh]
        begin: First instant. [local s]
        shows: What the register showed then. [Wh]
        since: Since when the point is there. [local s]
        until: Until when; None: for good. [local s]
        capacity: The register's modulus. [Wh]
        turns: Where the register was set to another value, ascending.
        ratios: From when which ratio holds, ascending.
        instants: When it is read, ascending. [local s]
        told: What was told, once it was read.
        entries: What the ledger says.
    """

    kind: Kind
    quarters: list[int]
    begin: int
    shows: int = 0
    since: int = 0
    until: int | None = None
    capacity: int = CAPACITY_WH
    turns: list[Turn] = field(default_factory=list)
    ratios: list[tuple[int, int]] = field(default_factory=list)
    instants: list[int] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    _totals: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Lay out what an undisturbed story has."""
        self.since = self.begin
        self.ratios = [(self.begin, RATIO if self.kind is Kind.REGISTER else 1)]
        self.instants = list(range(self.begin, self.end + 1, SLOT))
        for quarter in self.quarters:
            self._totals.append((self._totals[-1] if self._totals else 0) + quarter)

    @property
    def end(self) -> int:
        """The last instant. [local s]"""
        return self.begin + len(self.quarters) * SLOT

    def counted(self, at: int) -> int:
        """Return what the meter had counted by an instant; within a slot it ran evenly. [Wh]"""
        slot, rest = divmod(min(max(at, self.begin), self.end) - self.begin, SLOT)
        whole = self._totals[slot - 1] if slot else 0
        return whole + (self.quarters[slot] * rest // SLOT if rest else 0)

    def shown(self, at: int) -> int:
        """Return what the register shows at an instant. [Wh]"""
        base, since = self.shows, self.begin
        for turn in self.turns:
            if turn.at <= at:
                base, since = turn.shows, turn.at
        return (base + self.counted(at) - self.counted(since)) % self.capacity

    def energy(self, at: int) -> int:
        """Return what had passed the point by an instant, ratios considered. [Wh]"""
        total, starts = 0, [since for since, _ in self.ratios]
        for (since, ratio), until in zip(self.ratios, [*starts[1:], at], strict=True):
            total += ratio * max(0, self.counted(min(at, until)) - self.counted(min(at, since)))
        return total

    def read(self) -> None:
        """Let the terminal read the meter and send what it read, undisturbed."""
        if self.kind is Kind.REGISTER:
            self.told = [self.reading(at) for at in self.instants]
            return
        self.told = [self._increment(at) for at in self.instants[:-1]]
        for day in range(self.begin // DAY_SECONDS, self.end // DAY_SECONDS):
            self.told.append(self._day(day * DAY_SECONDS))

    def reading(self, at: int) -> Told:
        """Return what the register shows at an instant, told at once."""
        sent = at + SENT_AFTER_S
        return Told(at, self.shown(at), sent, sent)

    def inside(self, window: Window) -> list[Told]:
        """Return what was told of the instants of a window; day records are not among it."""
        return [one for one in self.told if window.start <= one.at < window.end and not one.is_day]

    def forget(self, some: list[Told]) -> None:
        """Let the terminal never have told these."""
        gone = set(map(id, some))
        self.told = [one for one in self.told if id(one) not in gone]

    def anchors(self) -> list[Anchor]:
        """Return the good registers that reached the platform, ascending."""
        told = {one.at for one in self.told if one.is_good and self._binds(one.at)}
        told |= {turn.at for turn in self.turns if turn.is_told and self._binds(turn.at)}
        return [Anchor(at, self.energy(at), self._epoch(at)) for at in sorted(told)]

    def _binds(self, at: int) -> bool:
        """Answer whether a register at an instant binds energy of the point: at its end too."""
        return self.since <= at and (self.until is None or at <= self.until)

    def _epoch(self, at: int) -> int:
        return sum(turn.at <= at and not turn.is_told for turn in self.turns)

    def _increment(self, at: int) -> Told:
        sent = at + SLOT + SENT_AFTER_S
        return Told(at, self.counted(at + SLOT) - self.counted(at), sent, sent)

    def _day(self, at: int) -> Told:
        sent = at + DAY_SECONDS + DAY_SENT_AFTER_S
        return Told(at, self.counted(at + DAY_SECONDS) - self.counted(at), sent, sent, is_day=True)


def of_building(kind: Kind, building: str, *, first_day: int, days: int, shows: int) -> Story:
    """Return the undisturbed story of a building's electricity.

    Args:
        kind: What feeds the point.
        building: One of ``sim.loads.weeks.buildings()``.
        first_day: Days since 1970-01-01.
        days: How many. [d]
        shows: What the register shows at its beginning. [Wh]
    """
    wanted = range(first_day, first_day + days)
    quarters = [
        amount for day in wanted for amount in loads.quarters_of(building, Energy.ELECTRICITY, day)
    ]
    return Story(kind, quarters, first_day * DAY_SECONDS, shows)
