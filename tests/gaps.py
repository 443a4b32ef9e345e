"""Days with a gap, and the days and points beside it whose course it may follow."""

from datetime import date
from fractions import Fraction

from hengneng.protocol.records import DAY_SECONDS
from hengneng.telemetry.consumption.queries import shapes
from hengneng.telemetry.consumption.rules.digest import Entry
from hengneng.telemetry.consumption.rules.gaps import Rule
from hengneng.telemetry.consumption.rules.methods import Method
from hengneng.telemetry.consumption.rules.registers import Limits, Stretch
from hengneng.telemetry.consumption.rules.tracks import Track

HOUR = 3600
DAY = (date(2026, 11, 16) - date(1970, 1, 1)).days  # a Monday
REGISTER, CODE = "R:M1:total", "N:0000000002330011"
LIMITS = Limits(tolerance_s=60, rollover_share=Fraction(1, 2))
LIKE_WEEKDAY = (Method.SAME_WEEKDAY, Method.LINEAR)
RULE = Rule(0, LIKE_WEEKDAY, LIKE_WEEKDAY, 2 * HOUR, 2 * DAY_SECONDS, 2, verified=False)
# By the hour: nothing at night, most at noon.
COURSE = [0] * 6 + [1, 2, 4, 8, 8, 16, 16, 8, 8, 4, 2, 1] + [0] * 6


def track(key=REGISTER, **changes):
    return Track(7, [Stretch(0, None, key, Fraction(1), None, HOUR)._replace(**changes)], ())


def hourly(day, course=COURSE, scale=0, start=0):
    """Return a day's registers at every hour's edge, both midnights included."""
    opening = day * DAY_SECONDS
    registers = [start + sum(course[:hour]) for hour in range(25)]
    return [Entry(opening + n * HOUR, one, scale, "M") for n, one in enumerate(registers)]


def digests_of(entries, series=REGISTER):
    found = {}
    for entry in entries:
        found.setdefault(entry.at // DAY_SECONDS, {}).setdefault(series, []).append(entry)
    return found


class Source:
    """Digests at hand, and how often they were asked for."""

    unit_id, as_of = 1, None

    def __init__(self, digests):
        self.known, self.asked = digests, []

    def digests(self, days, *, kind=""):
        self.asked.append(set(days))
        return {day: self.known[day] for day in days if day in self.known}


def gap(first, last, energy, *, more=(), series=REGISTER):
    """Return digests of a gap between two seconds of the day, beside those of other days."""
    ends = [Entry(DAY * DAY_SECONDS + first, 1000, 0, "M"),
            Entry(DAY * DAY_SECONDS + last, 1000 + energy, 0, "M")]  # fmt: skip
    return digests_of([*more, *ends], series)


def worked(digests, days=(DAY,), the_track=None):
    """Return the days as the queries work them out, and what they read of other days."""
    source = Source(digests)
    one = the_track or track()
    window = {}
    for day in sorted(digests):
        if day >= DAY:
            for series, rows in digests[day].items():
                window.setdefault(series, []).extend(rows)
    found = shapes.work_out(source, [shapes.Task(one, window, list(days), LIMITS)])
    return [day for _, day in found], source.asked
