"""What a further unit's terminal says, and when: whole days by the month, then day by day.

Its records are dated as if each had been sent when it was due: months are only how the demo's
history is handed over.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any, NamedTuple

import msgspec

from hengneng.demo.further import amounts, chance
from hengneng.demo.further.catalogue import Manner
from hengneng.demo.further.units import FurtherUnit
from hengneng.kernel import clock
from hengneng.protocol import codes, national
from hengneng.protocol.national import CollectItem
from hengneng.protocol.records import DAY_SECONDS, Record

HOUR_SECONDS = 3600
HOURS = 24
SENT_AFTER_SECONDS = 60
LATE_SECONDS = 3 * DAY_SECONDS
# Days before the newest of which hours are told too; of the others whole days only.
HOURLY_DAYS = 15
# When a message of days or months arrives: after the last record in it was due.
_ARRIVES_SECONDS = 2 * HOUR_SECONDS
_SILENT_DAYS = (2, 40)
_LOST_PERMILLE, _WHOLE = 300, 1000
_DAY_LOST_OF = 9
_FLAWED_OF = 3
# Heat of a code that feeds none of the unit's points; a point that the terminal proposes.
_STRAY_CODE = "0000000002320011"
_PROPOSED_CODE, _PROPOSED_NAME = "0300000002330011", "新增充电桩群"
_CONNECTED = frozenset(Manner) - {Manner.NEVER, Manner.WAITING}


class Event(NamedTuple):
    """A message that is handed over in one go.

    Attributes:
        at: When it arrives. [local s]
        first: First day it speaks of, days since 1970-01-01.
        last: Day after the last one.
        is_hourly: Whether it tells hours too.
    """

    at: int
    first: int
    last: int
    is_hourly: bool


def is_connected(unit: FurtherUnit) -> bool:
    """Answer whether the unit's terminal was ever admitted."""
    return unit.manner in _CONNECTED


def delay_of(unit: FurtherUnit) -> int:
    """Return how late the terminal sends. [s]"""
    return LATE_SECONDS if unit.manner is Manner.LATE else 0


def silent_from(unit: FurtherUnit, today: int) -> int | None:
    """Return the first day of which a unit says nothing; None where it speaks.

    Args:
        unit: The unit.
        today: The day on which the city was founded, days since 1970-01-01.
    """
    if unit.manner is not Manner.SILENT:
        return None
    least, most = _SILENT_DAYS
    return today - least - chance.number(f"{unit.code} silent", most - least + 1)


def events(unit: FurtherUnit, *, begins: int, today: int) -> Iterator[Event]:
    """Yield what the unit's terminal has said by the morning of the founding, in order.

    Args:
        unit: The unit.
        begins: First day of the history, days since 1970-01-01.
        today: The day of the founding, of which nothing is told yet.
    """
    if not is_connected(unit):
        return
    ends = min(today, silent_from(unit, today) or today)
    for event in spread(begins, max(begins, today - HOURLY_DAYS), ends):
        at = event.at + delay_of(unit)
        if at <= today * DAY_SECONDS + _ARRIVES_SECONDS:
            yield event._replace(at=at)


def spread(begins: int, hourly: int, ends: int) -> Iterator[Event]:
    """Yield the messages of a history: by the month at first, then by the day.

    Args:
        begins: First day, days since 1970-01-01.
        hourly: First day that is told by hours.
        ends: Day after the last one.
    """
    days = ((day, day + 1) for day in range(hourly, ends))
    for first, last in [*_months(begins, min(hourly, ends)), *days]:
        yield Event(last * DAY_SECONDS + _ARRIVES_SECONDS, first, last, first >= hourly)


def _months(first: int, last: int) -> Iterator[tuple[int, int]]:
    """Yield the parts of a span of days by months."""
    while first < last:
        begun = clock.date_of(first)
        following = (begun.replace(day=1) + timedelta(days=32)).replace(day=1)
        until = min(last, clock.day_number(following))
        yield first, until
        first = until


def body_of(unit: FurtherUnit, device_id: str, event: Event) -> bytes:
    """Return an event's message as the terminal writes it."""
    records: list[Record] = []
    for day in range(event.first, event.last):
        if event.is_hourly:
            records += hours(unit, day, range(HOURS))
        records += whole_day(unit, day)
    body = national.write_energy(device_id, unit.code, records)
    return with_flaws(unit, body, event.first) if event.is_hourly else body


def whole_day(unit: FurtherUnit, day: int) -> Iterator[Record]:
    """Yield the unit's day records, due when the day has ended."""
    if unit.manner is Manner.INCOMPLETE and (day + len(unit.name)) % _DAY_LOST_OF == 0:
        return
    sent_at = (day + 1) * DAY_SECONDS + SENT_AFTER_SECONDS + delay_of(unit)
    for point, count in zip(unit.points, amounts.of_day(unit, day), strict=True):
        series = f"N1:{point.data_code}"
        yield Record(series, day * DAY_SECONDS, count, point.places, "M", sent_at)


def hours(unit: FurtherUnit, day: int, which: Sequence[int]) -> Iterator[Record]:
    """Yield the unit's hours of one day.

    Args:
        unit: The unit.
        day: The day, days since 1970-01-01.
        which: The hours, each due when it has ended. [0 to 23]
    """
    counts = amounts.of_hours(unit, day)
    for hour in which:
        if unit.manner is Manner.INCOMPLETE and _is_lost(unit, day, hour):
            continue
        at = day * DAY_SECONDS + hour * HOUR_SECONDS
        sent_at = at + HOUR_SECONDS + SENT_AFTER_SECONDS + delay_of(unit)
        for point, of_day in zip(unit.points, counts, strict=True):
            yield Record(f"N0:{point.data_code}", at, of_day[hour], point.places, "M", sent_at)
        if unit.manner is Manner.WITHOUT_POINT:
            yield Record(f"N0:{_STRAY_CODE}", at, 40 + hour, 2, "M", sent_at)


def _is_lost(unit: FurtherUnit, day: int, hour: int) -> bool:
    return chance.number(f"{unit.code} {day} {hour} lost", _WHOLE) < _LOST_PERMILLE


def with_flaws(unit: FurtherUnit, body: bytes, day: int) -> bytes:
    """Return the message with records that cannot count, where the unit sends such on that day."""
    if unit.manner is not Manner.REJECTED or day % _FLAWED_OF:
        return body
    wire: dict[str, Any] = msgspec.json.decode(body)
    if wire["data"]:
        first = wire["data"][0]
        wire["data"] += [first | {"dataValue": "NaN"}, first | {"scope": "4"}]
    return msgspec.json.encode(wire)


def proposed(unit: FurtherUnit) -> list[CollectItem]:
    """Return what the unit's terminal describes in its configuration beyond its points."""
    if unit.manner is not Manner.PROPOSED:
        return []
    fields = {"inputType": "4", "statType": "0", "scope": str(codes.scope_of(_PROPOSED_CODE))}
    return [CollectItem(_PROPOSED_CODE, _PROPOSED_NAME, fields)]
