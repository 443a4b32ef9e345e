from fractions import Fraction

import pytest

from hengneng.protocol.records import DAY_SECONDS
from hengneng.telemetry.consumption.rules.digest import Entry
from hengneng.telemetry.consumption.rules.registers import Stretch
from hengneng.telemetry.consumption.rules.told import increments_on, month_record
from hengneng.telemetry.consumption.rules.tracks import Track

CODE, OTHER, NOON = "N:0000000002330011", "N:0000000002330021", 43_200


def span(start, end, key=CODE, ratio=1):
    return Stretch(start, end, key, Fraction(ratio), None, 900)


def rows(*pairs, mark="M"):
    return [Entry(at, digits, 1, mark) for at, digits in pairs]


class TestIncrementsOfADay:
    window = {
        f"N0{CODE[1:]}": rows((0, 1), (NOON, 2)),
        f"N0{OTHER[1:]}": rows((0, 10), (NOON, 20)),
        f"N1{CODE[1:]}": rows((0, 3)),
    }

    def test_are_those_taken_while_their_code_fed_the_point(self):
        moved = Track(7, [span(0, NOON), span(NOON, None, OTHER)], ())

        realtime, records = increments_on(moved, self.window, 0, 60)

        assert [row.digits for row in realtime] == [1, 20]
        assert records == []

    def test_come_with_the_record_of_a_day_that_the_code_fed_whole(self):
        realtime, records = increments_on(Track(7, [span(0, None)], ()), self.window, 0, 60)

        assert [row.digits for row in realtime] == [1, 2]
        assert [row.digits for row in records] == [3]

    def test_are_none_while_a_meter_fed_the_point(self):
        metered = Track(7, [span(0, None, "R:M1:total")], ())

        assert increments_on(metered, self.window, 0, 60) == ([], [])


class TestALabelBeforeMidnight:
    @staticmethod
    def told(*pairs):
        """Return what the days before and after midnight are told: second and digits."""
        track, window = Track(7, [span(0, None)], ()), {f"N0{CODE[1:]}": rows(*pairs)}
        return [
            [(row.at, row.digits) for row in increments_on(track, window, day, 60)[0]]
            for day in (0, 1)
        ]

    def test_means_the_slot_behind_it(self):
        found = self.told((900, 5), (DAY_SECONDS - 5, 7))

        assert found == [[(900, 5)], [(DAY_SECONDS, 7)]]

    def test_goes_behind_the_label_on_midnight(self):
        found = self.told((DAY_SECONDS - 5, 7), (DAY_SECONDS, 9))

        assert found == [[], [(DAY_SECONDS, 9)]]

    def test_stays_where_its_own_slot_is_told_in_finer_parts(self):
        every_minute = [(DAY_SECONDS - 60 * n, 1) for n in range(15, 0, -1)]

        assert self.told(*every_minute) == [every_minute, []]


class TestTheRecordOfAMonth:
    @staticmethod
    def record(*spans, found):
        return month_record(Track(7, spans, ()), {f"N2{CODE[1:]}": found}, first=0, last=30)

    def test_is_the_last_valid_one_times_the_ratio(self):
        found = self.record(span(0, None, ratio=40), found=rows((0, 5), (0, 7)))

        assert (found.digits, found.scale) == (280, 1)

    @pytest.mark.parametrize("end", [31 * DAY_SECONDS - 1, 9])
    def test_is_none_where_the_code_did_not_feed_the_point_all_month(self, end):
        assert self.record(span(0, end), found=rows((0, 5))) is None

    def test_is_none_where_it_was_withdrawn(self):
        assert self.record(span(0, None), found=rows((0, 5), mark="R")) is None
