from itertools import pairwise

import pytest

from hengneng.demo import city, memory, past, readings
from hengneng.protocol.records import DAY_SECONDS
from hengneng.sim import meters

FINE = 20_720
FIRST = FINE - 40

pytestmark = pytest.mark.usefixtures("no_series")


class TestRegisters:
    def test_show_one_midnight_a_day(self):
        unit = city.units()[0]
        found = [
            r for r in past.registers(unit, first=FIRST, last=FINE, fine=FINE) if "E1" in r.series
        ]

        assert [r.at for r in found] == [day * DAY_SECONDS for day in range(FIRST, FINE)]

    @pytest.mark.parametrize("unit", city.units(), ids=lambda unit: unit.code)
    def test_go_on_exactly_in_the_quarters_that_follow(self, unit):
        before = list(past.registers(unit, first=FIRST, last=FINE, fine=FINE))
        known = memory.of_the_beginning(unit, FINE, founded=FINE + 1)
        after = readings.registers(unit, known, FINE * DAY_SECONDS + 1).records

        for point in unit.points:
            meter = point.meter_of(unit.building, FINE)
            shown = [r.digits for r in [*before, *after] if r.series == point.key]
            used = [(b - a) % meter.capacity for a, b in pairwise(shown)]
            days = [meters.counts_of_day(meter, day) for day in range(FIRST, FINE)]
            assert used == (days if point.is_register else [])


class TestWholeDays:
    def test_are_what_the_meter_counts(self):
        unit = city.units()[1]
        point = unit.points[-1]
        found = list(past.whole_days(unit, first=FIRST, last=FIRST + 2, fine=FINE))
        meter = point.meter_of(unit.building, FINE)

        assert [(r.series, r.at, r.digits) for r in found] == [
            (f"N1:{point.data_code}", day * DAY_SECONDS, meters.counts_of_day(meter, day))
            for day in (FIRST, FIRST + 1)
        ]
