from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest

from hengneng.demo import city, faults, memory, readings
from hengneng.demo.faults import FaultKind
from hengneng.protocol.records import DAY_SECONDS
from hengneng.sim import meters

BEGINS = date(2026, 9, 24).toordinal() - date(1970, 1, 1).toordinal()
DAYS = 60
END = (BEGINS + DAYS) * DAY_SECONDS


pytestmark = pytest.mark.usefixtures("no_series")


def unit_with(kind):
    (fault,) = (fault for fault in faults.faults() if fault.kind is kind)
    unit = city.unit_of(fault.unit)
    points = [point for point in unit.points if point.code == fault.point]
    return fault, unit, points[0] if points else None


def everything(unit, until, channel=readings.registers):
    """Every record of a channel from the beginning, and what the terminal knows then."""
    known, records = memory.of_the_beginning(unit, BEGINS, founded=BEGINS + DAYS), []
    while (batch := channel(unit, known, until)) is not None:
        records += batch.records
        known = batch.memory
    return records, known


class TestRegisters:
    @pytest.mark.parametrize("unit", city.units(), ids=lambda unit: unit.code)
    def test_integrate_the_load(self, unit):
        _, known = everything(unit, END)

        for point in unit.points:
            if point.is_register and not faults.of_point(unit.code, point.code, FaultKind.EXCHANGE):
                meter = point.meter_of(unit.building, BEGINS)
                used = sum(meters.energy_of(meter, BEGINS + d) for d in range(DAYS))
                went = known.counts[point.code] - meter.start
                assert went % meter.capacity * meter.step == used

    def test_read_each_quarter_and_send_a_minute_later(self):
        records, known = everything(city.units()[0], BEGINS * DAY_SECONDS + 1801)
        first = [r for r in records if r.series == "R:HN01-E1:total"]

        assert [r.at - BEGINS * DAY_SECONDS for r in first] == [0, 900, 1800]
        assert [r.sent_at - r.at for r in first] == [60, 60, 60]
        assert first[0].digits == city.units()[0].points[0].meter_of("b5", BEGINS).start
        assert known.registers_at == BEGINS * DAY_SECONDS + 2700

    def test_a_batch_holds_one_day(self):
        unit = city.units()[0]
        batch = readings.registers(
            unit, memory.of_the_beginning(unit, BEGINS, founded=BEGINS + DAYS), END
        )

        assert {record.at // DAY_SECONDS for record in batch.records} == {BEGINS}
        assert batch.memory.registers_at == (BEGINS + 1) * DAY_SECONDS

    def test_nothing_is_due_before_the_next_quarter(self):
        unit = city.units()[0]
        _, known = everything(unit, END)

        assert readings.registers(unit, known, END) is None

    def test_cut_anywhere_say_the_same(self):
        unit = city.units()[1]
        whole, _ = everything(unit, (BEGINS + 2) * DAY_SECONDS)
        known, pieces = memory.of_the_beginning(unit, BEGINS, founded=BEGINS + DAYS), []
        for until in range(BEGINS * DAY_SECONDS + 1, (BEGINS + 2) * DAY_SECONDS + 5000, 5000):
            while (
                batch := readings.registers(unit, known, min(until, (BEGINS + 2) * DAY_SECONDS))
            ) is not None:
                pieces += batch.records
                known = batch.memory

        assert sorted(pieces) == sorted(whole)


class TestFaults:
    def test_an_outage_leaves_its_readings_out(self):
        fault, unit, point = unit_with(FaultKind.OUTAGE)
        records, _ = everything(unit, END)
        instants = [r.at for r in records if r.series == f"R:{point.meter}:total"]
        gaps = [(b - a, a % DAY_SECONDS) for a, b in pairwise(instants) if b - a != 900]

        assert gaps == [(fault.end - fault.start + 900, fault.start - 900)]

    def test_an_exchange_begins_at_zero_and_is_remembered(self):
        fault, unit, point = unit_with(FaultKind.EXCHANGE)
        records, known = everything(unit, END)
        happened = (BEGINS + fault.day) * DAY_SECONDS + fault.start
        shown = [r for r in records if r.series == f"R:{point.meter}:total"]
        last = max((r for r in shown if r.at < happened), key=lambda r: r.at)
        next_ = min((r for r in shown if r.at > happened), key=lambda r: r.at)
        slot = last.at % DAY_SECONDS // 900
        counts = meters.counts_of(point.meter_of(unit.building, BEGINS), BEGINS + fault.day)

        assert known.exchanges == (
            memory.PendingExchange(
                point.code, happened, Decimal(last.digits).scaleb(-point.places), Decimal(0)
            ),
        )
        assert next_.digits == counts[slot]

    def test_a_register_goes_round_once(self):
        _, unit, point = unit_with(FaultKind.ROLL_OVER)
        records, _ = everything(unit, END)
        shown = [r.digits for r in records if r.series == f"R:{point.meter}:total"]

        assert sum(later < earlier for earlier, later in pairwise(shown)) == 1
        assert max(shown) < point.meter_of(unit.building, BEGINS).capacity

    def test_none_comes_after_the_founding(self):
        _, unit, point = unit_with(FaultKind.OUTAGE)
        known, records = memory.of_the_beginning(unit, BEGINS, founded=BEGINS), []
        while (batch := readings.registers(unit, known, END)) is not None:
            records += batch.records
            known = batch.memory

        instants = [r.at for r in records if r.series == f"R:{point.meter}:total"]
        assert {b - a for a, b in pairwise(instants)} == {900}


class TestIncrements:
    def test_the_day_is_the_sum_of_its_hours(self):
        unit = city.units()[1]
        records, _ = everything(unit, END + 1, readings.increments)
        code = unit.points[-1].data_code
        days = [record for record in records if record.series == f"N1:{code}"]

        assert len(days) == DAYS
        for record in days:
            hours = [
                r.digits
                for r in records
                if r.series == f"N0:{code}" and r.at // DAY_SECONDS == record.at // DAY_SECONDS
            ]
            assert len(hours) == 24
            assert record.digits == sum(hours)

    def test_an_hour_is_due_when_it_has_ended(self):
        unit = city.units()[1]
        start = BEGINS * DAY_SECONDS
        none, _ = everything(unit, start + 3600, readings.increments)
        one, _ = everything(unit, start + 3601, readings.increments)

        assert none == []
        assert [(r.at, r.sent_at) for r in one] == [(start, start + 3660)]

    def test_a_record_is_withdrawn_three_hours_later(self):
        _, unit, _ = unit_with(FaultKind.WITHDRAWN)
        records, _ = everything(unit, END + 1, readings.increments)
        (withdrawn,) = (record for record in records if record.mark == "R")
        (first,) = (
            r for r in records if (r.series, r.at, r.mark) == (withdrawn.series, withdrawn.at, "M")
        )

        assert withdrawn.sent_at - first.sent_at == 3 * 3600

    def test_four_hours_are_entered_by_hand(self):
        fault, unit, _ = unit_with(FaultKind.BY_HAND)
        records, _ = everything(unit, END + 1, readings.increments)
        by_hand = [record.at % DAY_SECONDS for record in records if record.mark == "H"]

        assert by_hand == list(range(fault.start, fault.end, 3600))

    def test_a_code_without_a_point_arrives_from_its_day_on(self):
        fault, unit, _ = unit_with(FaultKind.WITHOUT_POINT)
        records, _ = everything(unit, END + 1, readings.increments)
        strange = [r for r in records if r.series == f"N0:{fault.data_code}"]

        assert len(strange) == (DAYS - fault.day) * 24
        assert (strange[0].at // DAY_SECONDS - BEGINS, strange[0].digits) == (fault.day, 40)


class TestMemory:
    def test_comes_back_as_it_was_kept(self, tmp_path):
        _, unit, _ = unit_with(FaultKind.EXCHANGE)
        _, known = everything(unit, END)

        memory.keep(tmp_path, unit, known)

        assert memory.recall(tmp_path, unit) == known

    def test_is_for_its_owners_eyes_alone(self, tmp_path):
        unit = city.units()[0]

        memory.keep(tmp_path, unit, memory.of_the_beginning(unit, BEGINS, founded=BEGINS + DAYS))

        (path,) = (tmp_path / "terminals").iterdir()
        assert path.stat().st_mode & 0o777 == 0o600

    def test_a_new_terminal_has_none(self, tmp_path):
        assert memory.recall(tmp_path, city.units()[0]) is None
