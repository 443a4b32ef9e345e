from decimal import Decimal
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.gaps import (
    CODE,
    COURSE,
    DAY,
    HOUR,
    LIMITS,
    REGISTER,
    RULE,
    digests_of,
    gap,
    hourly,
    track,
    worked,
)

from hengneng.protocol.records import DAY_SECONDS
from hengneng.telemetry.consumption.rules import gaps
from hengneng.telemetry.consumption.rules.day import Day
from hengneng.telemetry.consumption.rules.digest import Entry
from hengneng.telemetry.consumption.rules.gaps import Shapes, Wanted
from hengneng.telemetry.consumption.rules.methods import Method
from hengneng.telemetry.consumption.rules.registers import Stretch
from hengneng.telemetry.consumption.rules.stitch import stitch
from hengneng.telemetry.consumption.rules.tracks import Track


class TestAGapOfARegister:
    def test_follows_the_last_day_of_the_same_weekday(self, ruled):
        ((day,), asked) = worked(gap(8 * HOUR, 12 * HOUR, 72, more=hourly(DAY - 7)))

        assert day.profile.values[8:12] == [8, 16, 16, 32]
        assert day.profile.marks == "." * 8 + "EEEE" + "." * 12
        assert day.profile.methods == "." * 8 + "WWWW" + "." * 12
        assert len(asked) == 1

    def test_is_shared_by_seconds_where_no_day_is_wholly_measured_and_says_so(self, ruled):
        holed = hourly(DAY - 7)[:-2]

        ((day,), _) = worked(gap(8 * HOUR, 12 * HOUR, 72, more=holed))

        assert day.profile.values[8:12] == [18] * 4
        assert day.profile.methods[8:12] == "NNNN"

    def test_looks_back_to_the_last_week_of_the_rule_and_no_further(self, ruled):
        near = gap(8 * HOUR, 12 * HOUR, 72, more=hourly(DAY - 14))
        far = gap(8 * HOUR, 12 * HOUR, 72, more=hourly(DAY - 21))

        assert worked(near)[0][0].profile.methods[8:12] == "WWWW"
        assert worked(far)[0][0].profile.methods[8:12] == "NNNN"

    def test_takes_the_latest_of_several_days(self, ruled):
        flat = hourly(DAY - 14, [1] * 24)

        ((day,), _) = worked(gap(8 * HOUR, 12 * HOUR, 72, more=[*flat, *hourly(DAY - 7)]))

        assert day.profile.values[8:12] == [8, 16, 16, 32]

    def test_where_nothing_passed_on_the_like_day_is_shared_by_seconds(self, ruled):
        ((day,), _) = worked(gap(0, 4 * HOUR, 8, more=hourly(DAY - 7)))

        assert day.profile.values[:4] == [2] * 4
        assert day.profile.methods[:4] == "NNNN"

    def test_no_longer_than_the_bound_is_shared_by_seconds(self, ruled):
        at = worked(gap(8 * HOUR, 10 * HOUR, 12, more=hourly(DAY - 7)))
        past = worked(gap(8 * HOUR, 10 * HOUR + 1, 12, more=hourly(DAY - 7)))

        assert (at[0][0].profile.methods[8:10], at[1]) == ("LL", [])
        assert past[0][0].profile.methods[8:11] == "WWW"

    def test_longer_than_the_upper_bound_is_shared_by_seconds(self, ruled):
        days = [DAY, DAY + 1, DAY + 2]
        like = [*hourly(DAY - 7)[:-1], *hourly(DAY - 6, start=78)[:-1], *hourly(DAY - 5, start=156)]
        at = gap(HOUR, HOUR + 2 * DAY_SECONDS, 4_800, more=like)
        past = gap(HOUR, HOUR + 2 * DAY_SECONDS + 1, 4_800, more=like)

        assert {*"".join(one.profile.methods for one in worked(at, days)[0])} == {"W", "."}
        assert {*"".join(one.profile.methods for one in worked(past, days)[0])} == {"L", "."}

    def test_over_two_days_is_shared_between_them_by_their_shapes(self, ruled):
        busy, idle = [9] * 24, [1] * 24
        like = [*hourly(DAY - 7, busy)[:-1], *hourly(DAY - 6, idle, start=216)]
        digests = gap(0, 2 * DAY_SECONDS, 2_400, more=like)

        found, asked = worked(digests, [DAY, DAY + 1])

        assert [one.amount.amount for one in found] == [Decimal(2160), Decimal(240)]
        assert [one.amount.estimated for one in found] == [Decimal(2160), Decimal(240)]
        assert len(asked) == 1
        assert worked(digests, [DAY + 1])[0] == found[1:]

    def test_is_shared_by_the_rule_of_the_day_it_begins_on(self, ruled):
        like = [*hourly(DAY - 7)[:-1], *hourly(DAY - 6, start=78)]
        digests = gap(20 * HOUR, 34 * HOUR, 140, more=like)
        linear = RULE._replace(registers=(Method.LINEAR,))

        ruled(RULE._replace(first_day=0), linear._replace(first_day=DAY + 1))
        before = [one.profile.methods for one in worked(digests, [DAY, DAY + 1])[0]]
        ruled(RULE._replace(first_day=0), linear._replace(first_day=DAY))
        after = [one.profile.methods for one in worked(digests, [DAY, DAY + 1])[0]]

        assert before == ["." * 20 + "W" * 4, "W" * 10 + "." * 14]
        assert after == ["." * 20 + "L" * 4, "L" * 10 + "." * 14]

    def test_never_replaces_a_measured_value(self, ruled):
        ends = hourly(DAY, start=1000)
        digests = digests_of([*hourly(DAY - 7), *ends[:9], *ends[13:]])

        ((day,), _) = worked(digests)

        assert day.profile.values == COURSE
        assert day.profile.marks == "M" * 8 + "E" * 5 + "M" * 11
        assert day.profile.methods == "." * 8 + "W" * 5 + "." * 11

    def test_of_a_linear_rule_asks_for_no_other_day(self, ruled):
        ruled(RULE._replace(registers=(Method.LINEAR,)))

        ((day,), asked) = worked(gap(8 * HOUR, 12 * HOUR, 72, more=hourly(DAY - 7)))

        assert (day.profile.methods[8:12], asked) == ("LLLL", [])

    def test_does_not_follow_a_day_of_other_slots(self, ruled):
        halves = [
            Stretch(0, DAY * DAY_SECONDS, REGISTER, Fraction(1), None, HOUR // 2),
            Stretch(DAY * DAY_SECONDS, None, REGISTER, Fraction(1), None, HOUR),
        ]
        every_half = [Entry((DAY - 7) * DAY_SECONDS + n * HOUR // 2, n, 0, "M") for n in range(49)]

        ((day,), _) = worked(
            gap(8 * HOUR, 12 * HOUR, 72, more=every_half), the_track=Track(7, halves, ())
        )

        assert day.profile.methods[8:12] == "NNNN"


class TestADayRecordsRemainder:
    record = Entry(DAY * DAY_SECONDS, 100, 0, "M")

    def told(self, slots, rule, ruled):
        """Return a day of which some slots came, beside the like day's slots, all told."""
        ruled(rule)
        rows = [Entry((DAY - 7) * DAY_SECONDS + n * HOUR, one, 0, "M")
                for n, one in enumerate(COURSE)]  # fmt: skip
        rows += [Entry(DAY * DAY_SECONDS + n * HOUR, 1, 0, "M") for n in slots]
        digests = digests_of(rows, f"N0{CODE[1:]}")
        digests[DAY] = digests.get(DAY, {}) | {f"N1{CODE[1:]}": [self.record]}
        return worked(digests, the_track=track(CODE))[0][0]

    def test_follows_the_like_day(self, ruled):
        day = self.told([*range(9), *range(13, 24)], RULE, ruled)

        assert day.profile.values[9:13] == [13, 13, 27, 27]
        assert day.profile.methods == "." * 9 + "WWWW" + "." * 11
        assert day.amount.amount == Decimal(100)

    def test_of_no_more_slots_than_the_bound_is_shared_evenly(self, ruled):
        two = self.told([*range(10), *range(12, 24)], RULE, ruled)
        three = self.told([*range(10), *range(13, 24)], RULE, ruled)

        assert (two.profile.values[10:12], two.profile.methods[10:12]) == ([39, 39], "LL")
        assert three.profile.methods[10:13] == "WWW"

    def test_of_a_linear_rule_is_shared_evenly(self, ruled):
        rule = RULE._replace(increments=(Method.LINEAR,))

        assert self.told([*range(9), *range(13, 24)], rule, ruled).profile.values[9:13] == [20] * 4


class TestTakers:
    def test_reach_from_the_first_day_a_shape_can_go_to_to_the_last(self):
        rule = RULE._replace(at_most_s=DAY_SECONDS + 1, weeks=3)

        assert gaps.takers([rule], [100]) == set(range(100 - 1 + 7 - 2, 100 + 1 + 21 + 2 + 1))

    def test_of_a_sibling_are_the_days_around(self):
        beside = (Method.SIBLING, Method.LINEAR)
        rule = RULE._replace(registers=beside, increments=beside, at_most_s=2 * DAY_SECONDS)

        assert gaps.takers([rule], [100]) == set(range(97, 104))
        assert gaps.takers([rule, RULE], [100]) == set(range(97, 100 + 1 + 14 + 2 + 1))

    def test_are_none_where_every_rule_is_linear(self):
        linear = RULE._replace(registers=(Method.LINEAR,), increments=(Method.LINEAR,))

        assert gaps.takers([linear], [100]) == set()
        assert gaps.takers([linear, RULE], [100]) != set()


levels = st.lists(st.integers(0, 10**6), min_size=48, max_size=48)
ends = st.tuples(st.integers(0, 2 * DAY_SECONDS), st.integers(0, 2 * DAY_SECONDS)).filter(
    lambda pair: pair[0] < pair[1]
)


@settings(deadline=None)
@given(levels, ends, st.integers(0, 10**12), st.integers(0, 9), st.integers(0, 3))
def test_the_energy_of_a_gap_is_conserved_to_the_last_digit(course, span, energy, scale, other):
    """Whatever the shapes and their scales, and whichever of its days are worked out together."""
    first, last = (DAY * DAY_SECONDS + second for second in span)
    window = {REGISTER: [Entry(first, 5, scale, "M"), Entry(last, 5 + energy, scale, "M")]}
    shapes = Shapes([RULE])
    for n, scale_of in ((0, scale), (1, other)):
        values = course[24 * n : 24 * n + 24]
        shapes.take(
            {
                Wanted(7, DAY + n, HOUR, Method.SAME_WEEKDAY, 2): Day(
                    HOUR, scale_of, values, "M" * 24
                )
            }
        )
    days = [DAY, DAY + 1]

    found = stitch(track(), window, days=days, limits=LIMITS, shapes=shapes)
    apart = [
        one
        for day in days
        for one in stitch(track(), window, days=[day], limits=LIMITS, shapes=shapes)
    ]

    assert not shapes.wanted
    assert sum(one.amount.amount for one in found) == Decimal(energy).scaleb(-scale)
    assert apart == found


@given(st.integers(0, 10**9), levels, st.sets(st.integers(0, 23), min_size=1, max_size=23))
def test_a_day_records_remainder_is_conserved(energy, course, missing):
    rows = [Entry(DAY * DAY_SECONDS + n * HOUR, 0, 0, "M") for n in range(24) if n not in missing]
    window = {f"N0{CODE[1:]}": rows, f"N1{CODE[1:]}": [Entry(DAY * DAY_SECONDS, energy, 0, "M")]}
    shapes = Shapes([RULE])
    shapes.take({Wanted(7, DAY, HOUR, Method.SAME_WEEKDAY, 2): Day(HOUR, 0, course[:24], "M" * 24)})

    (day,) = stitch(track(CODE), window, days=[DAY], limits=LIMITS, shapes=shapes)

    assert sum(day.profile.values) == energy == day.amount.amount
    assert {n for n, mark in enumerate(day.profile.marks) if mark == "E"} == missing
