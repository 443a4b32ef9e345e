from decimal import Decimal
from fractions import Fraction

import pytest
from tests.gaps import (
    CODE,
    COURSE,
    DAY,
    HOUR,
    LIMITS,
    REGISTER,
    digests_of,
    hourly,
    track,
)

from hengneng.protocol.records import DAY_SECONDS
from hengneng.telemetry.consumption.rules.day import Day
from hengneng.telemetry.consumption.rules.digest import Entry
from hengneng.telemetry.consumption.rules.registers import Exchange, Stretch
from hengneng.telemetry.consumption.rules.shapes import shape_of
from hengneng.telemetry.consumption.rules.tracks import Track


class TestAShape:
    def shape(self, entries, key=REGISTER, **changes):
        series = key if key[0] == "R" else f"N0{key[1:]}"
        digests = digests_of(entries, series)
        return shape_of(track(key, **changes), digests, day=DAY, limits=LIMITS)

    def test_is_the_day_as_measured(self):
        assert self.shape(hourly(DAY)) == Day(HOUR, 0, COURSE, "M" * 24)

    def test_may_be_read_a_little_off_the_slots_edges(self):
        drifted = [row._replace(at=row.at + 5) for row in hourly(DAY)]
        before = Entry(DAY * DAY_SECONDS - HOUR + 5, 0, 0, "M")

        assert self.shape([before, *drifted]) is not None
        assert self.shape(drifted) is None

    @pytest.mark.parametrize("mark", "SHR")
    def test_is_of_measured_slots_alone(self, mark):
        rows = hourly(DAY)

        assert self.shape([*rows[:5], rows[5]._replace(mark=mark), *rows[6:]]) is None

    def test_does_not_follow_from_facts_of_days_far_away(self):
        """An edit there would mark only the days near it."""
        opening = DAY * DAY_SECONDS
        spiked = [*hourly(DAY)[:-1], Entry(opening + 23 * HOUR + 1800, 99_999, 0, "M"),
                  hourly(DAY)[-1]]  # fmt: skip
        far = opening + 30 * DAY_SECONDS
        here = [
            Stretch(0, far, REGISTER, Fraction(1), None, HOUR),
            Stretch(far, None, "R:M2:total", Fraction(1), None, HOUR),
        ]

        def shape(spans, exchanges=()):
            the_track = Track(7, spans, exchanges)
            return shape_of(the_track, digests_of(spiked), day=DAY, limits=LIMITS)

        whole = track().spans
        assert shape(here) == shape(whole)
        assert shape(whole, [Exchange(far, Decimal(1), Decimal(0))]) == shape(whole)

    def test_is_never_below_zero(self):
        slots = [Entry(DAY * DAY_SECONDS + n * HOUR, 1, 0, "M") for n in range(24)]

        assert self.shape(slots, CODE).values == [1] * 24
        assert self.shape([*slots[:9], slots[9]._replace(digits=-1), *slots[10:]], CODE) is None
