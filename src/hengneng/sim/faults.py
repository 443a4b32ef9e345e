"""What goes wrong at a virtual meter, and what it shows then.

The truth does not change with it: ``registers.counted_until`` is what went through the meter.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

from hengneng.sim import registers
from hengneng.sim.meters import MeterPlan


class FaultKind(StrEnum):
    """What happens."""

    OUTAGE = "outage"  # no answer; the meter counts on
    STUCK = "stuck"  # the register shows what it showed first; the meter counts on, then jumps
    STOPPED = "stopped"  # the meter stands still; what goes through meanwhile is lost to it
    SPIKE = "spike"  # the register shows an absurd value; the meter counts on
    EXCHANGE = "exchange"  # another meter takes its place, with another register


class Fault(NamedTuple):
    """One fault of one meter.

    Attributes:
        meter: The meter's number.
        kind: What happens.
        start: First second of it. [local s]
        end: Second after the last; an exchange has none: its ``start``. [local s]
        shows: Spike: what the register shows; exchange: what the new meter shows first. [count]
        becomes: Exchange: the number on the new meter's plate; elsewhere empty.
    """

    meter: str
    kind: FaultKind
    start: int
    end: int
    shows: int = 0
    becomes: str = ""

    def holds(self, at: int) -> bool:
        """Answer whether it lasts at an instant. [local s]"""
        return self.start <= at < self.end


class Overlaps(ValueError):
    """A meter cannot have two faults of one kind at once."""


class NothingToMend(ValueError):
    """The meter does not have that fault."""


def with_one_more(faults: Iterable[Fault], fault: Fault) -> tuple[Fault, ...]:
    """Return the faults and one more, by when they begin.

    Raises:
        Overlaps: If the meter has a fault of that kind in that time already.
    """
    known = tuple(faults)
    for other in known:
        same = (other.meter, other.kind) == (fault.meter, fault.kind)
        if same and (other.start == fault.start or _seconds_shared(other, fault)):
            raise Overlaps(f"{fault.meter} has {fault.kind} in that time already")
    return tuple(sorted([*known, fault], key=lambda one: (one.start, one.meter, one.kind)))


def mended(faults: Iterable[Fault], meter: str, kind: FaultKind, at: int) -> tuple[Fault, ...]:
    """Return the faults with a meter's one of a kind ended at an instant.

    Raises:
        NothingToMend: If the meter has none of that kind then, or nothing ends it: an exchange.
    """
    known = tuple(faults)
    if not any(fault.holds(at) for fault in _of(known, meter, kind)):
        raise NothingToMend(f"{meter} has no {kind} at that time")
    return tuple(
        fault._replace(end=at)
        if (fault.meter, fault.kind) == (meter, kind) and fault.holds(at)
        else fault
        for fault in known
    )


def is_silent(faults: Iterable[Fault], meter: str, at: int) -> bool:
    """Answer whether a meter answers nothing at an instant. [local s]"""
    return any(fault.holds(at) for fault in _of(faults, meter, FaultKind.OUTAGE))


def shown_at(faults: Iterable[Fault], meter: MeterPlan, at: int) -> int:
    """Return what a meter's register shows, faults and all, whether anyone can read it or not.

    Args:
        faults: What goes wrong, at any meters.
        meter: The meter.
        at: When. [local s]

    Returns:
        The register. [count]
    """
    known = tuple(faults)
    for spike in _of(known, meter.number, FaultKind.SPIKE):
        if spike.holds(at):
            return spike.shows
    for stuck in _of(known, meter.number, FaultKind.STUCK):
        if stuck.start <= at < _end_of(known, stuck):
            return _register(known, meter, stuck.start)
    return _register(known, meter, at)


def plate_at(faults: Iterable[Fault], meter: MeterPlan, at: int) -> str:
    """Return the number on the plate of the meter that hangs there at an instant. [local s]"""
    plate = meter.number
    for exchange in _of(faults, meter.number, FaultKind.EXCHANGE):
        if exchange.start <= at:
            plate = exchange.becomes or plate
    return plate


def last_of_the_old(faults: Iterable[Fault], meter: MeterPlan, exchange: Fault) -> int:
    """Return what the old meter showed when an exchange took it away. [count]"""
    before = [fault for fault in faults if fault != exchange and fault.start <= exchange.start]
    return shown_at(before, meter, exchange.start)


def _register(faults: tuple[Fault, ...], meter: MeterPlan, at: int) -> int:
    """Return what the register holds, whatever it displays. [count]"""
    first, since = meter.start, 0
    for exchange in _of(faults, meter.number, FaultKind.EXCHANGE):
        if exchange.start <= at:
            first, since = exchange.shows, _held(faults, meter, exchange.start)
    return (first + _held(faults, meter, at) - since) % meter.capacity


def _held(faults: tuple[Fault, ...], meter: MeterPlan, at: int) -> int:
    """Return what the meters at one place have counted: all but what they stood still for."""
    lost = 0
    for stopped in _of(faults, meter.number, FaultKind.STOPPED):
        if stopped.start < at:
            end = min(at, _end_of(faults, stopped))
            lost += registers.counted_until(meter, end)
            lost -= registers.counted_until(meter, stopped.start)
    return registers.counted_until(meter, at) - lost


def _end_of(faults: Iterable[Fault], fault: Fault) -> int:
    """Return when a meter's own fault ends: at the latest when the meter is taken away."""
    exchanges = _of(faults, fault.meter, FaultKind.EXCHANGE)
    return min([fault.end, *(one.start for one in exchanges if one.start > fault.start)])


def _of(faults: Iterable[Fault], meter: str, kind: FaultKind) -> list[Fault]:
    """Return a meter's faults of one kind."""
    return [fault for fault in faults if (fault.meter, fault.kind) == (meter, kind)]


def _seconds_shared(one: Fault, other: Fault) -> int:
    """Return how long both last. [s]"""
    return max(0, min(one.end, other.end) - max(one.start, other.start))
