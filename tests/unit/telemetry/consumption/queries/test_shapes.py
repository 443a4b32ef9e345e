from datetime import date
from fractions import Fraction

import pytest
from tests.gaps import (
    DAY,
    HOUR,
    REGISTER,
    RULE,
    digests_of,
    gap,
    hourly,
    track,
    worked,
)

from hengneng.protocol.records import DAY_SECONDS
from hengneng.telemetry.consumption.queries import shapes as queries
from hengneng.telemetry.consumption.rules.digest import Entry
from hengneng.telemetry.consumption.rules.methods import Method
from hengneng.telemetry.consumption.rules.registers import Stretch
from hengneng.telemetry.consumption.rules.tracks import Track


class TestAGapBesideSiblings:
    """Of the point 7 with a gap, beside 8 and 9, which are siblings where the test says so."""

    BESIDE = (Method.SIBLING, Method.LINEAR)
    RULE = RULE._replace(registers=BESIDE, weeks=0)
    GAP = 8 * HOUR, 12 * HOUR, 72

    @pytest.fixture
    def shared(self, ruled, monkeypatch):
        """Return how the gap was shared: its values and letters."""

        def share(more, *, siblings=((7, 8, 9),), rule=self.RULE, slots=HOUR, over=None):
            ruled(rule)
            tracks = [
                Track(n, [Stretch(0, None, f"R:M{n}:total", Fraction(1), None, slots)], ())
                for n in (8, 9)
            ]
            monkeypatch.setattr(queries.tracks, "tracks_of", lambda *_, **__: [track(), *tracks])
            beside = {one: set(group) - {one} for group in siblings for one in group}
            groups = {date(2026, 11, 16 + n): beside for n in range(2)}
            monkeypatch.setattr(queries.points, "siblings_on", lambda *_, **__: groups)
            digests = gap(*(over or self.GAP))
            for series, rows in more.items():
                for day, found in digests_of(rows, series).items():
                    digests[day] = digests.get(day, {}) | found
            found, _ = worked(digests, (DAY, DAY + 1) if over else (DAY,))
            if over:
                return [one.amount.amount for one in found]
            return found[0].profile.values[8:12], found[0].profile.methods[8:12]

        return share

    def test_follows_what_was_measured_beside_it(self, shared):
        assert shared({"R:M8:total": hourly(DAY)}) == ([8, 16, 16, 32], "BBBB")

    def test_follows_all_of_them_together_whatever_their_scales(self, shared):
        flat = hourly(DAY, [80] * 24, scale=1)  # 8 an hour

        found = shared({"R:M8:total": hourly(DAY), "R:M9:total": flat})

        assert found == ([13, 17, 17, 25], "BBBB")  # by 12, 16, 16 and 24

    def test_leaves_out_one_that_was_not_wholly_measured(self, shared):
        holed = hourly(DAY, [1] * 24)[:-2]

        assert shared({"R:M8:total": hourly(DAY), "R:M9:total": holed})[0] == [8, 16, 16, 32]

    def test_without_one_is_shared_by_seconds_and_says_so(self, shared):
        assert shared({}) == ([18] * 4, "NNNN")
        assert shared({"R:M8:total": hourly(DAY)}, siblings=((7,), (8, 9))) == ([18] * 4, "NNNN")
        assert shared({"R:M8:total": hourly(DAY)}, siblings=()) == ([18] * 4, "NNNN")

    def test_does_not_follow_slots_of_another_length(self, shared):
        halves = [Entry(DAY * DAY_SECONDS + n * HOUR // 2, n, 0, "M") for n in range(49)]

        assert shared({"R:M8:total": halves}, slots=HOUR // 2)[1] == "NNNN"

    def test_over_midnight_follows_those_alone_that_were_measured_on_both_days(self, shared):
        flat = [*hourly(DAY, [1] * 24)[:-1], *hourly(DAY + 1, [1] * 24, start=24)]
        large = [*hourly(DAY, [99] * 24)[:-1], *hourly(DAY + 1, [99] * 24, start=99 * 24)]
        holed = [row for row in large if row.at != DAY * DAY_SECONDS + 3 * HOUR]
        over = 12 * HOUR, 36 * HOUR, 2_400

        assert shared({"R:M8:total": flat, "R:M9:total": large}, over=over) == [1_200, 1_200]
        assert shared({"R:M8:total": flat, "R:M9:total": holed}, over=over) == [1_200, 1_200]

    def test_takes_the_first_method_of_the_order_that_can(self, shared):
        like = {REGISTER: hourly(DAY - 7, [1] * 24), "R:M8:total": hourly(DAY)}
        both = (Method.SAME_WEEKDAY, Method.SIBLING, Method.LINEAR)
        turned = (Method.SIBLING, Method.SAME_WEEKDAY, Method.LINEAR)
        rule = self.RULE._replace(weeks=2)

        assert shared(like, rule=rule._replace(registers=both)) == ([18] * 4, "WWWW")
        assert shared(like, rule=rule._replace(registers=turned)) == ([8, 16, 16, 32], "BBBB")
        assert shared({REGISTER: like[REGISTER]}, rule=rule._replace(registers=turned))[1] == "WWWW"
