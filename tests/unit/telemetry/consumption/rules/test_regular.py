from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from hengneng.protocol.records import DAY_SECONDS
from hengneng.telemetry.consumption.rules import stitch as general
from hengneng.telemetry.consumption.rules.digest import Entry
from hengneng.telemetry.consumption.rules.increments import increment_day
from hengneng.telemetry.consumption.rules.registers import Limits, Stretch
from hengneng.telemetry.consumption.rules.regular import regular_day, regular_increments
from hengneng.telemetry.consumption.rules.tracks import Track

LIMITS = Limits(tolerance_s=60, rollover_share=Fraction(1, 2))
DAY = 20_000
OPENING = DAY * DAY_SECONDS
KEY = "R:M1:total"
STRETCH = Stretch(0, None, KEY, Fraction(40), None, 3600)


def hourly(count, first=0):
    return [Entry(OPENING + (first + n) * 3600, 1000 + n * 7, 2, "M") for n in range(count)]


def regular(rows, stretch=STRETCH):
    return regular_day(rows, [row.at for row in rows], stretch, day=DAY)


class TestRegularDay:
    def test_is_found_where_every_slot_was_read(self):
        day = regular(hourly(25))

        assert day.values == [280] * 24
        assert day.marks == "M" * 24

    def test_may_begin_and_end_inside_the_day(self):
        assert regular(hourly(3, first=2)).marks == "..MM" + "." * 20

    def test_is_not_claimed_across_a_gap(self):
        rows = hourly(25)
        del rows[5]

        assert regular(rows) is None

    def test_is_not_claimed_where_a_register_falls(self):
        rows = hourly(25)
        rows[5] = rows[5]._replace(digits=0)

        assert regular(rows) is None

    def test_is_not_claimed_where_the_night_before_was_not_closed(self):
        before = Entry(OPENING - 60, 990, 2, "M")

        assert regular([before, *hourly(25, first=1)[:24]]) is None


@given(
    st.lists(
        st.tuples(
            st.integers(-2, 27), st.sampled_from([0, 0, 0, 0, 0, 0, 7]),
            st.integers(0, 500), st.sampled_from("MMMMMMLH"), st.sampled_from([2, 2, 2, 2, 3]),
        ),
        max_size=30, unique_by=lambda row: row[0],
    ),
    st.booleans(),
    st.sampled_from([Fraction(1), Fraction(40), Fraction(1, 3)]),
)  # fmt: skip
def test_the_short_way_gives_what_the_general_way_gives(rows, is_whole, ratio):
    """Readings with and without gaps, odd seconds, late, by hand, falling now and then."""
    register, readings = 0, []
    hours = {row[0]: row for row in rows}
    for hour in range(-2, 28):
        if hour in hours or is_whole:
            _, second, step, mark, scale = hours.get(hour, (hour, 0, 5, "M", 2))
            register += step if step < 499 else -register // 2
            readings.append(Entry(OPENING + hour * 3600 + second, register, scale, mark))
    track = Track(1, [STRETCH._replace(ratio=ratio)], [])
    short = general.stitch(track, {KEY: readings}, days=[DAY], limits=LIMITS)

    # Two spans that say the same keep the short way out.
    halves = [
        STRETCH._replace(ratio=ratio, end=OPENING - 10 * DAY_SECONDS),
        STRETCH._replace(ratio=ratio, start=OPENING - 10 * DAY_SECONDS),
    ]
    long = general.stitch(Track(1, halves, []), {KEY: readings}, days=[DAY], limits=LIMITS)
    assert short == long


class TestRegularIncrements:
    def test_is_found_where_every_slot_was_told(self):
        day = regular_increments(hourly(24), slot_seconds=3600)

        assert day.values == [1000 + n * 7 for n in range(24)]
        assert day.marks == "M" * 24
        assert day.scale == 2

    def test_may_begin_and_end_inside_the_day(self):
        day = regular_increments(hourly(3, first=2), slot_seconds=3600)

        assert day.marks == "..MMM" + "." * 19

    def test_is_not_claimed_across_a_gap(self):
        rows = hourly(24)
        del rows[5]

        assert regular_increments(rows, slot_seconds=3600) is None

    def test_is_not_claimed_where_a_record_was_rejected(self):
        rows = hourly(24)
        rows[5] = Entry(rows[5].at, 0, 0, "R")

        assert regular_increments(rows, slot_seconds=3600) is None


@given(
    st.integers(0, 20),
    st.lists(
        st.tuples(
            st.integers(-5, 2**63), st.sampled_from([2, 2, 2, 2, 2, 3]),
            st.sampled_from("MMMMMMLHR"), st.sampled_from([0, 0, 0, 0, 0, 7]),
        ),
        max_size=4,
    ),
    st.booleans(),
)  # fmt: skip
def test_the_short_way_gives_what_increments_give(first, told, has_gap):
    """Records on and off their slots, of several scales and marks, too large, with a gap."""
    rows = [
        Entry(OPENING + (first + n + (has_gap and n > 1)) * 3600 + off, digits, scale, mark)
        for n, (digits, scale, mark, off) in enumerate(told)
    ]
    rows = [row for row in rows if row.at < OPENING + DAY_SECONDS]
    short = regular_increments(rows, slot_seconds=3600)

    assert short in (None, increment_day(rows, [], slot_seconds=3600, tolerance_s=60).day)
