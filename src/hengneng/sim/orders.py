"""The words in which a fault is ordered, in the plan's file and at the control alike."""

from collections.abc import Iterable, Mapping

import msgspec

from hengneng.protocol import numbers, times
from hengneng.sim import faults
from hengneng.sim.faults import Fault, FaultKind
from hengneng.sim.loads.days import QUARTER_SECONDS
from hengneng.sim.maps import Wired
from hengneng.sim.meters import MeterPlan

# Later than any plan: a fault without an end lasts as long as the process.
FOR_GOOD = 1 << 40


class UnknownMeter(ValueError):
    """No virtual meter has this number."""


class NotShown(ValueError):
    """The meter's register cannot show this value."""


class Unclear(ValueError):
    """The order does not say what it must, or says what has no meaning for this fault."""


class Order(msgspec.Struct, forbid_unknown_fields=True):
    """An order that something go wrong.

    Attributes:
        meter: The meter's number.
        fault: What is to happen.
        start: ``from``: when it begins; left out: now. Civil time, ``yyyy-MM-dd HH:mm:ss``.
        until: When it has ended; left out: a spike lasts a quarter of an hour, others for good.
        shows: Spike: what the register shows; exchange: what the new meter shows first. As shown.
        number: Exchange: what stands on the new meter's plate.
    """

    meter: str
    fault: FaultKind
    start: str | None = msgspec.field(name="from", default=None)
    until: str | None = None
    shows: str | None = None
    number: str = ""


def fault_of(
    order: Order, meters: Mapping[str, Wired], known: Iterable[Fault], now: int | None = None
) -> Fault:
    """Return the fault that is ordered.

    Args:
        order: What somebody wrote.
        meters: The meters by number.
        known: What goes wrong already; a spike springs from what is shown then.
        now: When an order without a beginning begins; None: it must say. [local s]

    Raises:
        UnknownMeter: If there is no such meter.
        NotShown: If the register cannot show the value.
        Unclear: If a time is missing, is none, or ends before it begins.
    """
    meter = meter_of(order.meter, meters)
    if now is None and order.start is None:
        raise Unclear(f"{order.meter}: from is missing")
    start = second_of(order.start, otherwise=now or 0)
    end = _end_of(order, start)
    shows = 0
    if order.fault is FaultKind.SPIKE:
        shows = (faults.shown_at(known, meter, start) + meter.capacity // 2) % meter.capacity
    if order.shows is not None:
        shows = counts_shown(order.shows, meter)
    return Fault(order.meter, order.fault, start, end, shows, order.number)


def meter_of(number: str, meters: Mapping[str, Wired]) -> MeterPlan:
    """Return the meter of a number.

    Raises:
        UnknownMeter: If there is none.
    """
    if number not in meters:
        raise UnknownMeter(f"no meter {number}")
    return meters[number].meter


def second_of(text: str | None, *, otherwise: int) -> int:
    """Return a civil time as local seconds; where none is given, the other. [local s]

    Raises:
        Unclear: If it is no time.
    """
    try:
        return otherwise if text is None else times.local_seconds(text)
    except times.BadTime as error:
        raise Unclear(f"{text!r}: {error}") from error


def counts_shown(text: str, meter: MeterPlan) -> int:
    """Return a value as the meter shows it in counts of its last decimal. [count]

    Raises:
        NotShown: If its register cannot show that.
    """
    try:
        digits, scale = numbers.parse(text)
    except numbers.BadNumber as error:
        raise NotShown(f"{meter.number}: {text!r}: {error}") from error
    counts, rest = divmod(digits * int(10**meter.places), int(10**scale))
    if rest or not 0 <= counts < meter.capacity:
        raise NotShown(f"{meter.number} cannot show {text}")
    return counts


def _end_of(order: Order, start: int) -> int:
    """Return when what is ordered has ended. [local s]

    Raises:
        Unclear: If it has no meaning.
    """
    if order.fault is FaultKind.EXCHANGE:
        if order.until is not None:
            raise Unclear(f"{order.meter}: an exchange has no until")
        return start
    brief = order.fault is FaultKind.SPIKE
    end = second_of(order.until, otherwise=start + QUARTER_SECONDS if brief else FOR_GOOD)
    if end <= start:
        raise Unclear(f"{order.meter}: ends before it begins")
    return end
