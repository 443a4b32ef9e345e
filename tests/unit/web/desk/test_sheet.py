"""What a unit's pages gather."""

from datetime import date
from decimal import Decimal
from types import SimpleNamespace

from hengneng.web.desk import sheet


def test_a_day_that_stands_on_its_day_record_says_so():
    line = SimpleNamespace(
        period=date(2025, 11, 8),
        span=SimpleNamespace(level="LEVEL_1"),
        amount=SimpleNamespace(basis="DAY_RECORD", estimated=Decimal(0), received=0),
        expected=24,
        factor=None,
    )
    total = SimpleNamespace(period=line.period, tonnes=Decimal(1), is_complete=True)

    (day,) = sheet.day_totals(SimpleNamespace(lines=[line], totals=[total]))
    received = sheet.received_of([line], date(2025, 11, 9))

    assert (day.recorded, day.estimated_tonnes) == (1, Decimal(0))
    assert (received.received, received.expected, received.recorded) == (0, 24, 1)
