from datetime import date
from decimal import Decimal
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from hengneng.protocol.records import DAY_SECONDS
from hengneng.telemetry.consumption.rules.digest import Entry
from hengneng.telemetry.consumption.rules.outliers import CONTEXT, REACH_DAYS
from hengneng.telemetry.consumption.rules.registers import Exchange, Limits, Stretch
from hengneng.telemetry.consumption.rules.stitch import stitch
from hengneng.telemetry.consumption.rules.tracks import Track

LIMITS = Limits(tolerance_s=60, rollover_share=Fraction(1, 2))
DAY = (date(2026, 11, 2) - date(1970, 1, 1)).days
OPENING = DAY * DAY_SECONDS
REGISTER, CODE = "R:M1:total", "N:0000000002330011"


def track(key=REGISTER, exchanges=(), **changes):
    whole = Stretch(0, None, key, Fraction(1), None, 900)._replace(**changes)
    return Track(7, [whole], exchanges)


def readings(*pairs):
    return {REGISTER: [Entry(OPENING + s, digits, 2, "M") for s, digits in pairs]}


def stitched(window, the_track=None, days=(DAY,)):
    return stitch(the_track or track(), window, days=days, limits=LIMITS)


class TestRegisterDay:
    def test_is_whole_between_midnights(self):
        every_slot = readings(*((slot * 900, slot * 25) for slot in range(97)))

        (day,) = stitched(every_slot)

        assert day.profile.values == [25] * 96
        assert day.profile.marks == "M" * 96
        assert day.amount.amount == Decimal("24.00")
        assert (day.amount.received, day.amount.expected) == (96, 96)

    def test_of_ten_closed_by_one_register_shares_the_energy_by_day(self):
        gap = readings((0, 0), (10 * DAY_SECONDS, 96_000))

        found = stitched(gap, days=range(DAY, DAY + 10))

        assert [one.amount.amount for one in found] == [Decimal("96.00")] * 10
        assert all(one.profile.marks == "E" * 96 for one in found)
        assert all(one.amount.estimated == one.amount.amount for one in found)

    def test_does_not_depend_on_which_days_are_worked_out_together(self):
        gap = readings((500, 7), (3 * DAY_SECONDS + 100, 96_011))

        together = stitched(gap, days=range(DAY, DAY + 4))
        apart = [one for day in range(DAY, DAY + 4) for one in stitched(gap, days=[day])]

        assert together == apart

    def test_says_where_only_a_part_of_a_slot_is_known(self):
        (day,) = stitched(readings((400, 0), (900, 5)))

        assert day.profile.marks == "P" + "." * 95
        assert day.amount.amount == Decimal("0.05")
        assert day.amount.received == 0

    def test_of_which_nothing_is_known_is_no_row_and_no_zero(self):
        assert stitched(readings((0, 100))) == []

    def test_keeps_a_falling_register_out_and_says_so(self):
        (day,) = stitched(readings((0, 1000), (900, 10), (1800, 30)))

        assert day.profile.values[:3] == [None, 20, None]
        assert day.profile.marks[:3] == "RM."
        assert day.amount.amount == Decimal("0.20")

    def test_keeps_what_int64_cannot_hold_out(self):
        (day,) = stitched(readings((0, 0), (900, 2**62)), track(ratio=Fraction(10)))

        assert day.profile.values[0] is None
        assert day.profile.marks[0] == "R"
        assert day.amount.amount is None

    def test_with_an_exchange_conserves_both_meters_energy(self):
        exchange = Exchange(OPENING + 1000, Decimal("10.40"), Decimal("3.00"))

        (day,) = stitched(readings((900, 1030), (1800, 305)), track(exchanges=[exchange]))

        assert day.amount.amount == Decimal("0.15")


def increments(**series):
    return {
        f"{letter}{CODE[1:]}": [Entry(OPENING + s, digits, 1, mark) for s, digits, mark in rows]
        for letter, rows in series.items()
    }


class TestIncrementDay:
    def test_without_a_day_record_is_the_sum_of_what_came(self):
        (day,) = stitched(increments(N0=[(0, 15, "M"), (1800, 5, "M")]), track(CODE))

        assert day.profile.values[:3] == [15, None, 5]
        assert day.profile.marks[:3] == "M.M"
        assert (day.amount.amount, day.amount.basis) == (Decimal("2.0"), "REALTIME")

    def test_is_the_day_record_and_fills_the_gaps_from_what_it_leaves(self):
        window = increments(N0=[(0, 15, "M")], N1=[(0, 110, "M")])

        (day,) = stitched(window, track(CODE))

        assert day.profile.values == [15, *[1] * 95]
        assert day.profile.marks == "M" + "E" * 95
        assert (day.amount.amount, day.amount.basis) == (Decimal("11.0"), "DAY_RECORD")

    def test_is_its_realtime_where_that_goes_first_and_is_whole(self):
        whole = increments(N0=[(slot * 900, 2, "M") for slot in range(96)], N1=[(0, 110, "M")])
        holed = increments(N0=[(slot * 900, 2, "M") for slot in range(95)], N1=[(0, 195, "M")])
        limits = LIMITS._replace(realtime_first=True)

        (one,) = stitch(track(CODE), whole, days=[DAY], limits=limits)
        (two,) = stitch(track(CODE), holed, days=[DAY], limits=limits)

        assert (one.amount.amount, one.amount.basis) == (Decimal("19.2"), "REALTIME")
        assert (two.amount.amount, two.amount.basis) == (Decimal("19.5"), "DAY_RECORD")
        assert two.profile.values[95] == 5

    def test_does_without_a_day_record_where_the_ratio_changed_in_the_day(self):
        spans = [
            Stretch(0, OPENING + 43_200, CODE, Fraction(1), None, 900),
            Stretch(OPENING + 43_200, None, CODE, Fraction(2), None, 900),
        ]
        window = increments(N0=[(0, 15, "M"), (43_200, 15, "M")], N1=[(0, 30, "M")])

        (day,) = stitched(window, Track(7, spans, ()))

        assert (day.amount.amount, day.amount.basis) == (Decimal("4.5"), "REALTIME")

    def test_fills_nothing_where_the_realtime_exceeds_the_day(self):
        window = increments(N0=[(0, 150, "M")], N1=[(0, 110, "M")])

        (day,) = stitched(window, track(CODE))

        assert day.profile.values[1] is None
        assert day.amount.amount == Decimal("11.0")

    def test_shows_a_withdrawn_record_as_rejected_not_as_zero(self):
        (day,) = stitched(increments(N0=[(0, 0, "R")]), track(CODE))

        assert day.profile.values[0] is None
        assert day.profile.marks[0] == "R"
        assert day.amount.amount is None

    def test_takes_a_label_within_the_tolerance_for_its_slot(self):
        (day,) = stitched(increments(N0=[(840, 15, "M"), (1860, 7, "M")]), track(CODE))

        assert day.profile.values[:3] == [None, 15, 7]

    def test_does_not_count_a_drifted_label_beside_the_exact_one(self):
        (day,) = stitched(increments(N0=[(880, 15, "M"), (900, 16, "M")]), track(CODE))

        assert day.amount.amount == Decimal("1.6")

    def test_adds_up_records_finer_than_its_slots(self):
        (day,) = stitched(increments(N0=[(0, 1, "M"), (300, 2, "M"), (600, 3, "M")]), track(CODE))

        assert day.profile.values[0] == 6

    def test_loses_none_of_records_as_fine_as_its_tolerance(self):
        every_minute = [(60 * minute, 1, "M") for minute in range(1440)]

        (day,) = stitched(increments(N0=every_minute), track(CODE))

        assert day.profile.values == [15] * 96
        assert day.profile.marks == "M" * 96

    def test_may_be_negative(self):
        (day,) = stitched(increments(N0=[(0, -15, "M")]), track(CODE))

        assert day.amount.amount == Decimal("-1.5")

    def test_is_multiplied_by_the_points_ratio(self):
        window = increments(N0=[(0, 15, "M")], N1=[(0, 110, "M")])

        (day,) = stitched(window, track(CODE, ratio=Fraction(40)))

        assert day.profile.values[0] == 600
        assert day.amount.amount == Decimal("440.0")

    def test_keeps_what_int64_cannot_hold_out(self):
        window = increments(N0=[(0, 2**61, "M")], N1=[(0, 2**61, "M")])

        (day,) = stitched(window, track(CODE, ratio=Fraction(10**9)))

        assert day.profile.marks[0] == "R"
        assert day.amount.amount is None


@given(
    st.lists(
        st.tuples(st.integers(0, 4 * DAY_SECONDS), st.integers(0, 10**6)),
        min_size=2,
        max_size=40,
        unique_by=lambda pair: pair[0],
    )
)
def test_days_add_up_to_the_difference_of_the_registers(pairs):
    """However the readings fall, the days together hold exactly what the meter counted."""
    seconds = sorted(second for second, _ in pairs)
    register, rows = 0, []
    for second, (_, step) in zip(seconds, pairs, strict=True):
        register += step
        rows.append((second, register))

    found = stitched(readings(*rows), days=range(DAY, DAY + 5))

    total = sum(one.amount.amount or 0 for one in found)
    assert total == Decimal(rows[-1][1] - rows[0][1]).scaleb(-2)


class TestAnOutlier:
    def test_too_low_does_not_inflate_the_day(self):
        rows = [(slot * 900, slot * 25) for slot in range(97)]
        rows[40] = (40 * 900, 0)

        (day,) = stitched(readings(*rows))

        assert day.amount.amount == Decimal("24.00")
        assert day.profile.marks == "M" * 39 + "EE" + "M" * 55

    def test_too_high_does_not_inflate_the_day(self):
        rows = [(slot * 900, slot * 25) for slot in range(97)]
        rows[40] = (40 * 900, 10**6)

        (day,) = stitched(readings(*rows))

        assert day.amount.amount == Decimal("24.00")
        assert day.profile.marks == "M" * 39 + "EE" + "M" * 55

    def test_leaves_the_time_beside_it_unknown_until_the_next_reading_tells(self):
        (day,) = stitched(readings((0, 100), (900, 9000), (1800, 150)))

        assert day.profile.values[:3] == [None, None, None]
        assert day.profile.marks[:3] == "RR."


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 40), st.sampled_from([3, 3, 3, 3, -500, 4000])),
        min_size=2,
        max_size=30,
        unique_by=lambda pair: pair[0],
    ),
    st.one_of(st.none(), st.just(Decimal(100))),
)
def test_a_day_depends_on_no_more_than_its_context(pairs, capacity):
    """With the few readings around it a day is what it is with all there are."""
    register, rows = 0, []
    for eighth, step in sorted(pairs):
        register = max(0, register + step)
        rows.append((eighth * DAY_SECONDS // 8, register))
    window = readings(*rows)
    whole = stitched(window, track(capacity=capacity), days=range(DAY, DAY + 6))

    alone = []
    for day in range(DAY, DAY + 6):
        near = range(day - REACH_DAYS, day + REACH_DAYS + 1)
        before = [e for e in window[REGISTER] if e.at // DAY_SECONDS < day][-CONTEXT:]
        inside = [e for e in window[REGISTER] if e.at // DAY_SECONDS in near]
        after = [e for e in window[REGISTER] if e.at // DAY_SECONDS > day][:CONTEXT]
        around = {REGISTER: sorted({*before, *inside, *after})}
        alone += stitched(around, track(capacity=capacity), days=[day])

    assert alone == whole


QUARTER = 900
TRUE = [(slot * QUARTER, 100_000 + slot * 25) for slot in range(-96, 192)]


def nonsense(shape, place, length, size):
    """Return what a meter shows for a while instead of the truth, by its true value."""
    return {
        "zero": lambda n, true: 0,
        "low": lambda n, true: (7919 * (n + 1)) % size,
        "high": lambda n, true: true + size + 7919 * (n + 1) % size,
        "shifted up": lambda n, true: true * 10,
        "shifted down": lambda n, true: true // 10,
        "stuck high": lambda n, true: 10**9,
    }[shape]


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["zero", "low", "high", "shifted up", "shifted down", "stuck high"]),
            st.integers(1, 40), st.integers(30_000, 50_000),
        ),
        min_size=1, max_size=2,
    ),
    st.integers(0, 12), st.booleans(),
)  # fmt: skip
def test_nonsense_between_good_registers_changes_no_total(faults, place, has_gap):
    """However long a meter shows nonsense within a day, what it counted is what is shown."""
    rows = dict(TRUE)
    seconds = [second for second, _ in TRUE]
    first = 96 + place
    for shape, length, size in faults:
        show = nonsense(shape, place, length, size)
        for n, second in enumerate(seconds[first : first + length]):
            rows[second] = show(n, rows[second])
        first += length + 13
    if has_gap:
        for second in seconds[210:225]:
            del rows[second]

    found = stitched(readings(*sorted(rows.items())), days=range(DAY - 1, DAY + 2))

    assert [one.amount.amount for one in found[:2]] == [Decimal("24.00")] * 2
    assert found[2].amount.amount == Decimal("23.75")
    assert not any("R" in one.profile.marks for one in found)


class TestTheLastReadingOfASource:
    def test_counts_where_the_point_ends(self):
        rows = readings((0, 0), (900, 25), (1800, 50), (2700, 90))

        (day,) = stitched(rows, track(end=OPENING + 1800))

        assert day.profile.values[:3] == [25, 25, None]
        assert day.amount.amount == Decimal("0.50")

    def test_counts_where_another_takes_over_and_nothing_of_the_other_does(self):
        spans = [
            Stretch(0, OPENING + 1800, REGISTER, Fraction(1), None, 900),
            Stretch(OPENING + 1800, None, "R:M2:total", Fraction(1), None, 900),
        ]
        window = readings((0, 0), (900, 25), (1800, 50), (2700, 90))
        window["R:M2:total"] = [Entry(OPENING + s, v, 2, "M") for s, v in ((1800, 7), (2700, 9))]

        (day,) = stitched(window, Track(7, spans, ()))

        assert day.profile.values[:4] == [25, 25, 2, None]

    def test_is_no_other_where_the_source_goes_on(self):
        spans = [
            Stretch(0, OPENING + 1800, REGISTER, Fraction(1), None, 900),
            Stretch(OPENING + 1800, None, REGISTER, Fraction(2), None, 900),
        ]

        (day,) = stitched(readings((0, 0), (1800, 50), (3600, 90)), Track(7, spans, ()))

        assert day.amount.amount == Decimal("1.30")


class TestAReset:
    def test_is_no_nonsense_though_it_passes_its_old_value_soon(self):
        before = [(slot * QUARTER, 400 + slot * 100) for slot in range(5)]
        behind = [((slot + 5) * QUARTER, slot * 100) for slot in range(20)]

        (day,) = stitched(readings(*before, *behind))

        assert day.profile.values[:6] == [100, 100, 100, 100, None, 100]
        assert day.profile.marks[:6] == "MMMMRM"
        assert day.amount.amount == Decimal("23.00")

    def test_beside_a_later_spike_stays_one(self):
        before = [(slot * QUARTER, 5000 + slot * 10) for slot in range(5)]
        behind = [((slot + 5) * QUARTER, slot * 10) for slot in range(20)]
        behind[12] = (behind[12][0], 9000)

        (day,) = stitched(readings(*before, *behind))

        assert day.profile.marks[:6] == "MMMMRM"
        assert day.amount.amount == Decimal("2.30")
