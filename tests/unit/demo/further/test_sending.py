import msgspec
import pytest

from hengneng.demo.further import sending, units
from hengneng.demo.further.catalogue import Manner
from hengneng.demo.further.sending import Event
from hengneng.kernel import clock
from hengneng.protocol import codes, national
from hengneng.protocol.records import DAY_SECONDS

TODAY = 20_780  # 2026-11-23
BEGINS = TODAY - 366
TWO_HOURS = 7200


def in_manner(manner):
    return next(unit for unit in units.units() if unit.manner is manner)


def events(manner):
    return list(sending.events(in_manner(manner), begins=BEGINS, today=TODAY))


class TestEvents:
    def test_a_year_comes_by_the_month_and_fifteen_days_by_the_day(self):
        found = events(Manner.PUNCTUAL)

        assert [event.is_hourly for event in found] == [False] * 13 + [True] * 15
        assert found[0] == Event((BEGINS + 9) * DAY_SECONDS + TWO_HOURS, BEGINS, BEGINS + 9, False)
        assert found[-1] == Event(TODAY * DAY_SECONDS + TWO_HOURS, TODAY - 1, TODAY, True)

    def test_leave_no_day_out(self):
        found = events(Manner.PUNCTUAL)
        days = [day for event in found for day in range(event.first, event.last)]

        assert days == list(range(BEGINS, TODAY))

    def test_a_silent_unit_ends_on_its_day(self):
        unit, found = in_manner(Manner.SILENT), events(Manner.SILENT)

        assert found[-1].last == sending.silent_from(unit, TODAY)
        assert 2 <= TODAY - found[-1].last <= 40

    def test_a_late_unit_is_three_days_behind(self):
        found = events(Manner.LATE)

        assert found[-1] == Event(TODAY * DAY_SECONDS + TWO_HOURS, TODAY - 4, TODAY - 3, True)

    @pytest.mark.parametrize("manner", [Manner.NEVER, Manner.WAITING])
    def test_a_unit_without_a_terminal_says_nothing(self, manner):
        assert events(manner) == []


class TestBodyOf:
    def read(self, manner, *, is_hourly=True):
        unit = in_manner(manner)
        event = Event(0, TODAY - 3, TODAY, is_hourly)
        content = national.read_energy(sending.body_of(unit, "secret", event)).content
        return unit, content

    def test_tells_days_and_hours_of_every_point(self):
        unit, content = self.read(Manner.PUNCTUAL)

        assert len(content.records) == len(unit.points) * 3 * 25
        assert content.flaws == []

    def test_tells_days_alone_of_long_ago(self):
        unit, content = self.read(Manner.PUNCTUAL, is_hourly=False)

        assert {record.series[:2] for record in content.records} == {"N1"}
        assert len(content.records) == len(unit.points) * 3

    def test_a_days_hours_add_up_to_it(self):
        unit, content = self.read(Manner.PUNCTUAL)
        code, day = unit.points[0].data_code, TODAY - 2
        rows = [r for r in content.records if r.at // DAY_SECONDS == day and code in r.series]
        (whole,) = [r.digits for r in rows if r.series[:2] == "N1"]

        assert sum(r.digits for r in rows if r.series[:2] == "N0") == whole

    def test_a_late_record_says_that_it_is_sent_three_days_later(self):
        _, content = self.read(Manner.LATE)
        hour = next(record for record in content.records if record.series[:2] == "N0")

        assert hour.sent_at - hour.at == 3600 + 60 + 3 * DAY_SECONDS

    def test_an_incomplete_unit_loses_hours(self):
        unit, content = self.read(Manner.INCOMPLETE)

        assert 0 < len(content.records) < len(unit.points) * 3 * 25

    def test_records_that_cannot_count_are_sent_every_third_day(self):
        unit = in_manner(Manner.REJECTED)
        flaws = [
            len(
                national.read_energy(
                    sending.body_of(unit, "x", Event(0, d, d + 1, True))
                ).content.flaws
            )
            for d in range(TODAY - 3, TODAY)
        ]

        assert sorted(flaws) == [0, 0, 2]

    def test_a_stray_code_feeds_no_point(self):
        unit, content = self.read(Manner.WITHOUT_POINT)
        strange = {record.series[3:] for record in content.records} - {
            p.data_code for p in unit.points
        }

        assert strange == {"0000000002320011"}


class TestProposed:
    def test_is_a_point_that_the_unit_has_not_got(self):
        unit = in_manner(Manner.PROPOSED)
        (item,) = sending.proposed(unit)

        assert item.code not in {point.data_code for point in unit.points}
        assert codes.canonical(item.code) == item.code

    def test_others_propose_nothing(self):
        assert sending.proposed(in_manner(Manner.PUNCTUAL)) == []


def test_flawed_bodies_stay_json():
    unit = in_manner(Manner.REJECTED)
    day = next(d for d in range(TODAY, TODAY + 3) if d % 3 == 0)
    body = sending.body_of(unit, "x", Event(0, day, day + 1, True))

    assert msgspec.json.decode(body)["data"][-2]["dataValue"] == "NaN"


def test_months_are_the_calendars():
    found = events(Manner.PUNCTUAL)[1]

    assert clock.date_of(found.first).day == 1
    assert clock.date_of(found.last).day == 1
