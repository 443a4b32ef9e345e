"""Registers to intervals: the energy between neighbouring good readings, exact.

A register's *epoch* is a time in which one meter counts on without a change of hands: it ends where
the source changes or an exchange is on record. Between two readings of one epoch energy is the
difference; across an exchange it is known only through the registers before and after. Those two
stand for the exchange's own second: a reading of it may be of either meter, and no energy flows in
no time.
"""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from hengneng.protocol.records import SCALE_MAX
from hengneng.telemetry.consumption.rules import marks
from hengneng.telemetry.consumption.rules.digest import Entry
from hengneng.telemetry.consumption.rules.outliers import Fate, fates


class Exchange(NamedTuple):
    """A meter exchanged: the old one's last register, the new one's first. [as shown]"""

    at: int
    before: Decimal
    after: Decimal


class Stretch(NamedTuple):
    """A time in which a point's source, ratio and capacity stay the same.

    Attributes:
        start: First local second.
        end: Local second after the last; None while it lasts.
        key: The register's series, None where none feeds the point.
        ratio: CT × PT.
        capacity: The register's modulus; None where not known. [as shown]
        slot_seconds: Length of a slot; a longer interval is spread and marked estimated. [s]
    """

    start: int
    end: int | None
    key: str | None
    ratio: Fraction
    capacity: Decimal | None
    slot_seconds: int

    @property
    def tells_increments(self) -> bool:
        """Whether a national code feeds the point: its energy is told, no register counts it."""
        return self.key is not None and self.key[0] == "N"

    def holds(self, at: int) -> bool:
        """Answer whether the stretch holds a local second."""
        return self.start <= at and (self.end is None or at < self.end)


Node = tuple[Entry, Stretch]


class Epoch(NamedTuple):
    """The nodes of one meter's counting, in order of time, and whether the epoch has ended."""

    nodes: list[Node]
    is_closed: bool


class Interval(NamedTuple):
    """What is known of the time between two neighbouring good readings.

    Attributes:
        start: Local second of the earlier reading.
        end: Local second of the later one.
        digits: Energy at ``scale``; None where it cannot be known (``mark`` is then ``R``).
        scale: Digits behind the point.
        mark: How certain the placement is; ``M``, ``L``, ``S``, ``H``, ``E`` or ``R``.
    """

    start: int
    end: int
    digits: int | None
    scale: int
    mark: str


class Limits(NamedTuple):
    """Dated parameters of the register arithmetic, ``arithmetic.toml``.

    Attributes:
        tolerance_s: How much longer than a slot an interval may be and still count as measured.
        rollover_share: The largest share of its capacity a register may have gone round by.
        realtime_first: Whether realtime that is whole goes before the day record.
    """

    tolerance_s: int
    rollover_share: Fraction
    realtime_first: bool = False


def intervals(
    entries: Sequence[Entry],
    *,
    stretches: Sequence[Stretch],
    exchanges: Sequence[Exchange],
    limits: Limits,
    closings: Mapping[int, Entry] | None = None,
) -> list[Interval]:
    """Return the intervals between neighbouring good readings, in order of time.

    Args:
        entries: Good readings of the point's sources, ascending, each inside its source's time.
        stretches: What the point was, ascending, not overlapping.
        exchanges: Exchanges on record, ascending.
        limits: The dated parameters.
        closings: By the end of a stretch, its source's reading at that very second.
    """
    found: list[Interval] = []
    for epoch in _epochs(entries, stretches, exchanges, closings or {}):
        found.extend(_of_epoch(epoch, stretches, limits))
    return found


def _of_epoch(epoch: Epoch, stretches: Sequence[Stretch], limits: Limits) -> Iterator[Interval]:
    """Yield the intervals of an epoch; over nonsense the good readings around it are joined."""
    pairs = zip(epoch.nodes, _fates(epoch, limits), strict=True)
    left = [(node, fate) for node, fate in pairs if fate is not Fate.DROPPED]
    for ((one, here), first), ((two, _), second) in pairwise(left):
        if first is second is Fate.KEPT:
            yield from _between(one, two, here, stretches, limits)
        else:
            yield Interval(one.at, two.at, None, 0, marks.REJECTED)


def _fates(epoch: Epoch, limits: Limits) -> list[Fate]:
    """Return the fate of each node of an epoch."""
    nodes = epoch.nodes
    scale = max((entry.scale for entry, _ in nodes), default=0)
    values = [_raised(entry, scale) for entry, _ in nodes]
    if all(two >= one for one, two in pairwise(values)):
        return [Fate.KEPT] * len(nodes)

    def has_turned(first: int, second: int) -> bool:
        (one, here), (two, _) = nodes[first], nodes[second]
        return _turn(one, two, here, limits) is not None

    instants = [entry.at for entry, _ in nodes]
    return fates(values, is_closed=epoch.is_closed, has_turned=has_turned, instants=instants)


def primary(digits: int, scale: int, ratio: Fraction) -> tuple[int, int]:
    """Return a register value times the ratio, as (digits, scale).

    Exact wherever the product has at most nine decimals. Otherwise each register value is rounded
    half to even at nine, always the same way, so that differences still telescope exactly.

    >>> primary(12345, 2, Fraction(40))
    (493800, 2)
    >>> primary(1, 0, Fraction(1, 8))
    (125, 3)
    """
    if ratio.denominator == 1:
        return digits * ratio.numerator, scale
    exact = Fraction(digits * ratio.numerator, ratio.denominator)
    for more in range(SCALE_MAX - scale + 1):
        if 10**more % ratio.denominator == 0:
            return int(exact * 10**more), scale + more
    return round(exact * 10 ** (SCALE_MAX - scale)), SCALE_MAX


def _epochs(
    entries: Sequence[Entry],
    stretches: Sequence[Stretch],
    exchanges: Sequence[Exchange],
    closings: Mapping[int, Entry],
) -> Iterator[Epoch]:
    """Yield each epoch's nodes: its readings, and the registers its exchanges put on record."""
    nodes: list[Node] = []
    at_exchange = {exchange.at for exchange in exchanges}
    pending = sorted([*_turns(stretches, exchanges)], key=lambda turn: turn[0])
    turn = 0
    for entry in entries:
        while turn < len(pending) and pending[turn][0] <= entry.at:
            yield _ended(nodes, pending[turn], stretches, closings)
            nodes = _opened(pending[turn][1], stretches)
            turn += 1
        stretch = _stretch_at(stretches, entry.at)
        if stretch is not None and entry.at not in at_exchange:
            nodes.append((entry, stretch))
    for one in pending[turn:]:
        yield _ended(nodes, one, stretches, closings)
        nodes = _opened(one[1], stretches)
    last = _closing(stretches[-1:], closings)
    yield Epoch([*nodes, *last], is_closed=bool(last))


def _ended(
    nodes: list[Node],
    turn: tuple[int, Exchange | None],
    stretches: Sequence[Stretch],
    closings: Mapping[int, Entry],
) -> Epoch:
    """Return the epoch that ends with a turn."""
    at, exchange = turn
    if exchange is not None:
        return Epoch(_closed(nodes, exchange, stretches), is_closed=True)
    before = [one for one in stretches if one.start < at][-1:]
    return Epoch([*nodes, *_closing(before, closings)], is_closed=True)


def _closing(stretch: Sequence[Stretch], closings: Mapping[int, Entry]) -> list[Node]:
    """Return the reading at the very end of a stretch, which still is of its source."""
    return [
        (closings[one.end], one) for one in stretch if one.end is not None and one.end in closings
    ]


def _turns(
    stretches: Sequence[Stretch], exchanges: Sequence[Exchange]
) -> Iterator[tuple[int, Exchange | None]]:
    """Yield where one epoch ends and the next begins, with the exchange where one is on record."""
    at_exchange = {exchange.at for exchange in exchanges}
    yield from ((exchange.at, exchange) for exchange in exchanges)
    for one, two in pairwise(stretches):
        if (one.key != two.key or one.end != two.start) and two.start not in at_exchange:
            yield two.start, None


def _closed(
    nodes: list[Node], exchange: Exchange | None, stretches: Sequence[Stretch]
) -> list[Node]:
    """Return the epoch's nodes with the old meter's last register, where it is on record."""
    stretch = exchange and _stretch_at(stretches, exchange.at - 1)
    if exchange is None or stretch is None or stretch.tells_increments:
        return nodes
    return [*nodes, (_node(exchange.at, exchange.before), stretch)]


def _opened(exchange: Exchange | None, stretches: Sequence[Stretch]) -> list[Node]:
    """Return the next epoch's first node: the new meter's first register, where on record."""
    stretch = exchange and _stretch_at(stretches, exchange.at)
    if exchange is None or stretch is None or stretch.tells_increments:
        return []
    return [(_node(exchange.at, exchange.after), stretch)]


def _node(at: int, value: Decimal) -> Entry:
    _, digits, exponent = value.normalize().as_tuple()
    scale = max(0, -int(exponent))
    return Entry(at, int(value.scaleb(scale)) if digits else 0, scale, marks.MEASURED)


def _stretch_at(stretches: Sequence[Stretch], at: int) -> Stretch | None:
    return next((stretch for stretch in stretches if stretch.holds(at)), None)


def _between(
    one: Entry,
    two: Entry,
    here: Stretch,
    stretches: Sequence[Stretch],
    limits: Limits,
) -> Iterator[Interval]:
    """Yield the interval between two nodes of an epoch, cut where the ratio changes between."""
    cuts = [s for s in stretches if one.at < s.start < two.at and s.ratio != here.ratio]
    whole = _interval(one, two, here, limits)
    if cuts and whole.digits is not None:
        # ASSUMPTION: no reading was taken when the ratio changed; the register ran on evenly.
        middle = _evenly(one, two, cuts[0].start, here.capacity)
        yield _as_estimate(_interval(one, middle, here, limits))
        for rest in _between(middle, two, cuts[0], stretches, limits):
            yield _as_estimate(rest)
        return
    yield whole


def _as_estimate(interval: Interval) -> Interval:
    return interval if interval.digits is None else interval._replace(mark=marks.ESTIMATED)


def _evenly(one: Entry, two: Entry, at: int, capacity: Decimal | None) -> Entry:
    """Return the register at an instant between two readings, had it run evenly, rounded down.

    One that fell is taken to have gone round, where its capacity is known.
    """
    turn = None if capacity is None else _node(at, capacity)
    scale = max(one.scale, two.scale, 0 if turn is None else turn.scale)
    first, last = _raised(one, scale), _raised(two, scale)
    round_at = _raised(turn, scale) if turn is not None and last < first else 0
    middle = first + (last + round_at - first) * (at - one.at) // (two.at - one.at)
    return Entry(at, middle % round_at if round_at else middle, scale, two.mark)


def _interval(one: Entry, two: Entry, here: Stretch, limits: Limits) -> Interval:
    first, first_scale = primary(one.digits, one.scale, here.ratio)
    last, last_scale = primary(two.digits, two.scale, here.ratio)
    scale = max(first_scale, last_scale)
    energy = last * 10 ** (scale - last_scale) - first * 10 ** (scale - first_scale)
    if energy < 0:
        return _gone_round(one, two, here, energy, scale, limits)
    return Interval(one.at, two.at, energy, scale, _mark(one, two, here.slot_seconds, limits))


def _gone_round(
    one: Entry,
    two: Entry,
    here: Stretch,
    energy: int,
    scale: int,
    limits: Limits,
) -> Interval:
    """Return the interval of a register that went down: gone round, or not to be explained."""
    turn = _turn(one, two, here, limits)
    if turn is None:
        return Interval(one.at, two.at, None, 0, marks.REJECTED)
    gained, gained_scale = turn
    wide = max(scale, gained_scale)
    total = energy * 10 ** (wide - scale) + gained * 10 ** (wide - gained_scale)
    return Interval(one.at, two.at, total, wide, _mark(one, two, here.slot_seconds, limits))


def _turn(one: Entry, two: Entry, here: Stretch, limits: Limits) -> tuple[int, int] | None:
    """Return the energy of a full turn where a fall is one, as (digits, scale); else None."""
    if here.capacity is None:
        return None
    scale = max(one.scale, two.scale)
    gone = Fraction(_raised(two, scale) - _raised(one, scale), 10**scale) + Fraction(here.capacity)
    if not 0 <= gone <= Fraction(here.capacity) * limits.rollover_share:
        return None
    node = _node(two.at, here.capacity)
    return primary(node.digits, node.scale, here.ratio)


def _mark(one: Entry, two: Entry, slot_seconds: int, limits: Limits) -> str:
    if two.at - one.at > slot_seconds + limits.tolerance_s:
        return marks.ESTIMATED
    if marks.MANUAL in (one.mark, two.mark):
        return marks.MANUAL
    return two.mark


def _raised(entry: Entry, scale: int) -> int:
    factor: int = 10 ** (scale - entry.scale)
    return entry.digits * factor


def has_fall(entries: Sequence[Entry]) -> bool:
    """Answer whether a register ever falls."""
    scale = max((entry.scale for entry in entries), default=0)
    values = [_raised(entry, scale) for entry in entries]
    return any(two < one for one, two in pairwise(values))
