"""Days and months of a point: an amount, and how much of it is not measured."""

from collections.abc import Iterable
from decimal import Context, Decimal, Inexact, InvalidOperation
from enum import StrEnum
from functools import reduce
from typing import NamedTuple

from hengneng.protocol.records import DAY_SECONDS
from hengneng.telemetry.consumption.rules import marks
from hengneng.telemetry.consumption.rules.day import Day
from hengneng.telemetry.consumption.rules.digest import Entry
from hengneng.telemetry.consumption.rules.increments import record_value


class Basis(StrEnum):
    """What an amount stands on; never several summed (ARCHITECTURE 5.3)."""

    REGISTERS = "REGISTERS"
    DAY_RECORD = "DAY_RECORD"
    REALTIME = "REALTIME"
    MONTH_RECORD = "MONTH_RECORD"
    DAYS = "DAYS"


class Amount(NamedTuple):
    """A consumption in the point's unit of measure.

    Attributes:
        amount: The consumption; None where nothing is known.
        late: The part measured and sent late.
        estimated: The part estimated.
        manual: The part entered by hand.
        supplied: The part from a supplier's data.
        expected: Slots the period has. [count]
        received: Slots measured, entered or supplied. [count]
        known: Slots known in full, estimates too. [count]
        basis: What it stands on.
    """

    amount: Decimal | None
    late: Decimal
    estimated: Decimal
    manual: Decimal
    supplied: Decimal
    expected: int
    received: int
    known: int
    basis: Basis


ZERO = Decimal(0)
# Amounts have 40 digits; far more are allowed here, and rounding is an error, not an answer.
_EXACT = Context(prec=100, traps=[Inexact, InvalidOperation])


def amount_of_day(day: Day, *, basis: Basis, record: Entry | None = None) -> Amount:
    """Return a day's consumption: its valid day record, else the sum of its slots."""
    received = sum(map(day.marks.count, marks.RECEIVED))
    known = received + day.marks.count(marks.ESTIMATED)
    parts = _parts(day) if record is None else _parts_of_record(record)
    total = day.total if record is None else record_value(record)
    return Amount(total, *parts, DAY_SECONDS // day.slot_seconds, received, known, basis)


def _parts(day: Day) -> tuple[Decimal, Decimal, Decimal, Decimal]:
    return (
        day.total_marked(marks.LATE),
        day.total_marked(marks.ESTIMATED),
        day.total_marked(marks.MANUAL),
        day.total_marked(marks.SUPPLIED),
    )


def _parts_of_record(record: Entry) -> tuple[Decimal, Decimal, Decimal, Decimal]:
    """Return the parts of a record: it is one figure with one mark, whatever its slots bear."""
    value = record_value(record)
    late, manual, supplied = (
        value if record.mark == mark else ZERO
        for mark in (marks.LATE, marks.MANUAL, marks.SUPPLIED)
    )
    return late, ZERO, manual, supplied


def amount_of_month(days: Iterable[Amount], *, expected: int, record: Entry | None) -> Amount:
    """Return a month's consumption: its valid month record, else the sum of its days.

    Args:
        days: The days of the month that have a figure.
        expected: Slots the whole month has. [count]
        record: The month record of an increment point, where a valid one came.
    """
    rows = list(days)
    known = [row.amount for row in rows if row.amount is not None]
    received, slots = sum(row.received for row in rows), sum(row.known for row in rows)
    if record is not None:
        parts = _parts_of_record(record)
        value = record_value(record)
        return Amount(value, *parts, expected, received, slots, Basis.MONTH_RECORD)
    return Amount(
        _sum(known) if known else None,
        _sum(row.late for row in rows),
        _sum(row.estimated for row in rows),
        _sum(row.manual for row in rows),
        _sum(row.supplied for row in rows),
        expected,
        received,
        slots,
        Basis.DAYS,
    )


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    """Return the exact sum, to the last digit."""
    return reduce(_EXACT.add, amounts, ZERO)
