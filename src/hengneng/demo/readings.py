"""What a demo terminal has to send: the records of a stretch of one day, and what it then knows.

Each record is dated as if it had been sent a minute after its reading, so nothing of the history
is late.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

import msgspec

from hengneng.demo import faults
from hengneng.demo.city import PointPlan, UnitPlan
from hengneng.demo.faults import FaultKind
from hengneng.demo.memory import Memory, PendingExchange
from hengneng.protocol.records import DAY_SECONDS, Record
from hengneng.sim import meters
from hengneng.sim.loads.days import QUARTER_SECONDS

SENT_AFTER_SECONDS = 60
HOUR_SECONDS = 3600
WITHDRAWN_AFTER_SECONDS = 3 * HOUR_SECONDS


class Batch(NamedTuple):
    """One message to send, and what the terminal knows once it is received."""

    records: list[Record]
    memory: Memory


def registers(unit: UnitPlan, memory: Memory, until: int) -> Batch | None:
    """Return the registers to send next, of one day at most.

    Args:
        unit: The unit.
        memory: What its terminal knows.
        until: Instants before this one are due. [local s]

    Returns:
        The batch; None where nothing is due.
    """
    start = memory.registers_at
    end = min(until, (start // DAY_SECONDS + 1) * DAY_SECONDS)
    instants = range(start, end, QUARTER_SECONDS)
    points = [point for point in unit.points if point.is_register]
    if not instants or not points:
        return None
    records: list[Record] = []
    counts, exchanges = dict(memory.counts), list(memory.exchanges)
    for point in points:
        records += _read(unit, point, memory, instants, counts, exchanges)
    known = msgspec.structs.replace(
        memory,
        registers_at=instants[-1] + QUARTER_SECONDS,
        counts=counts,
        exchanges=tuple(exchanges),
    )
    return Batch(records, known)


def increments(unit: UnitPlan, memory: Memory, until: int) -> Batch | None:
    """Return the hours of gas to send next, of one day at most, with the day when it has ended.

    Args:
        unit: The unit.
        memory: What its terminal knows.
        until: Hours that have ended before this instant are due. [local s]

    Returns:
        The batch; None where nothing is due.
    """
    start = memory.increments_at
    end = min((until - 1) // HOUR_SECONDS * HOUR_SECONDS, (start // DAY_SECONDS + 1) * DAY_SECONDS)
    hours = range(start, end, HOUR_SECONDS)
    points = [point for point in unit.points if not point.is_register]
    if not hours or not points:
        return None
    records = [record for point in points for record in _hours(unit, point, memory, hours)]
    records += _without_point(unit, memory.begins, hours)
    return Batch(records, msgspec.structs.replace(memory, increments_at=end))


def _read(
    unit: UnitPlan,
    point: PointPlan,
    memory: Memory,
    instants: range,
    counts: dict[str, int],
    exchanges: list[PendingExchange],
) -> Iterator[Record]:
    """Yield a register's readings and leave what it shows afterwards."""
    day = instants[0] // DAY_SECONDS
    history_day = _history_day(memory, day)
    meter = point.meter_of(unit.building, memory.begins)
    used = meters.counts_by_slot(meter, day, slot_s=point.slot_seconds)
    outages = faults.of_point(unit.code, point.code, FaultKind.OUTAGE)
    exchanged = faults.of_point(unit.code, point.code, FaultKind.EXCHANGE)
    series, capacity = f"R:{point.meter}:total", meter.capacity
    for at in instants:
        second = at % DAY_SECONDS
        shown = counts[point.code]
        if not any(outage.holds(history_day, second) for outage in outages):
            sent_at = at + SENT_AFTER_SECONDS
            yield Record(series, at, shown, point.places, "M", sent_at)
        for fault in exchanged:
            if fault.day == history_day and second <= fault.start < second + QUARTER_SECONDS:
                # Disconnected since the last reading: the old meter shows what it showed then.
                before = Decimal(shown).scaleb(-point.places)
                happened = day * DAY_SECONDS + fault.start
                exchanges.append(PendingExchange(point.code, happened, before, Decimal(0)))
                shown = 0
        counts[point.code] = (shown + used[second // QUARTER_SECONDS]) % capacity


def _hours(unit: UnitPlan, point: PointPlan, memory: Memory, hours: range) -> Iterator[Record]:
    """Yield a point's hours, and its day where the last of them ends it."""
    day = hours[0] // DAY_SECONDS
    history_day = _history_day(memory, day)
    meter = point.meter_of(unit.building, memory.begins)
    used = meters.counts_by_slot(meter, day, slot_s=point.slot_seconds)
    by_hand = faults.of_point(unit.code, point.code, FaultKind.BY_HAND)
    withdrawn = faults.of_point(unit.code, point.code, FaultKind.WITHDRAWN)
    for at in hours:
        second = at % DAY_SECONDS
        mark = "H" if any(fault.holds(history_day, second) for fault in by_hand) else "M"
        record = Record(
            f"N0:{point.data_code}",
            at,
            used[second // HOUR_SECONDS],
            point.places,
            mark,
            at + HOUR_SECONDS + SENT_AFTER_SECONDS,
        )
        yield record
        if any(fault.holds(history_day, second) for fault in withdrawn):
            yield record._replace(mark="R", sent_at=record.sent_at + WITHDRAWN_AFTER_SECONDS)
    if hours[-1] + HOUR_SECONDS == (day + 1) * DAY_SECONDS:
        sent_at = (day + 1) * DAY_SECONDS + SENT_AFTER_SECONDS
        total, start = sum(used), day * DAY_SECONDS
        yield Record(f"N1:{point.data_code}", start, total, point.places, "M", sent_at)


def _history_day(memory: Memory, day: int) -> int:
    """Return a day of the history by its place, from 0; -1 after it, when nothing is planned."""
    return day - memory.begins if day < memory.faults_until else -1


def _without_point(unit: UnitPlan, begins: int, hours: range) -> Iterator[Record]:
    """Yield the hours of a code that feeds no point."""
    for fault in faults.of_unit(unit.code, FaultKind.WITHOUT_POINT):
        for at in hours:
            if at // DAY_SECONDS - begins >= fault.day:
                # Heat in GJ, a little more by day than by night: 0.40 to 0.63.
                amount = 40 + at % DAY_SECONDS // HOUR_SECONDS
                sent_at = at + HOUR_SECONDS + SENT_AFTER_SECONDS
                yield Record(f"N0:{fault.data_code}", at, amount, 2, "M", sent_at)
