import pytest

from hengneng.demo import calling
from hengneng.demo.further import units
from hengneng.demo.further.catalogue import Manner
from hengneng.protocol.records import DAY_SECONDS

DAY = 20_780
MIDNIGHT = DAY * DAY_SECONDS
UNIT = next(unit for unit in units.units() if unit.manner is Manner.PUNCTUAL)
LATE = next(unit for unit in units.units() if unit.manner is Manner.LATE)


class TestDueRecords:
    def test_tells_the_hours_of_a_stretch(self):
        found = calling.due_records(UNIT, MIDNIGHT + 3600, MIDNIGHT + 3 * 3600)

        assert {r.series[:2] for r in found} == {"N0"}
        assert sorted({r.at for r in found}) == [MIDNIGHT + 3600, MIDNIGHT + 7200]
        assert len(found) == 2 * len(UNIT.points)

    def test_tells_a_day_when_its_last_hour_is_told(self):
        found = calling.due_records(UNIT, MIDNIGHT + 23 * 3600, MIDNIGHT + 25 * 3600)

        days = [r for r in found if r.series[:2] == "N1"]
        assert {r.at for r in days} == {MIDNIGHT}
        assert len(found) == 3 * len(UNIT.points)

    def test_cut_anywhere_tells_the_same(self):
        end = MIDNIGHT + 30 * 3600
        whole = calling.due_records(UNIT, MIDNIGHT, end)
        cut = [
            record
            for first in range(MIDNIGHT, end, 5 * 3600)
            for record in calling.due_records(UNIT, first, first + 5 * 3600)
        ]

        assert sorted(cut) == sorted(whole)


class TestEnded:
    def test_an_hour_is_sent_some_minutes_after_its_end(self):
        assert calling.ended(UNIT, MIDNIGHT + 3600 + 59) == MIDNIGHT
        assert calling.ended(UNIT, MIDNIGHT + 3600 + 360) == MIDNIGHT + 3600

    def test_a_late_unit_sends_it_three_days_later(self):
        at = MIDNIGHT + 3600 + 360

        assert calling.ended(LATE, at) == MIDNIGHT + 3600 - 3 * DAY_SECONDS


@pytest.fixture
def kept(tmp_path):
    calling.keep(tmp_path, calling.Calls({UNIT.code: "secret"}, {UNIT.code: MIDNIGHT}))
    return tmp_path


def test_the_terminals_secrets_are_for_their_owners_eyes_alone(kept):
    assert calling.path_in(kept).stat().st_mode & 0o777 == 0o600
