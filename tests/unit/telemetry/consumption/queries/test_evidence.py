"""The readings around days that energy depends on."""

from hengneng.protocol.records import DAY_SECONDS
from hengneng.telemetry.consumption.queries import evidence
from hengneng.telemetry.consumption.rules.digest import Entry

ONE, OTHER = "R:M1:total", "R:M2:total"


def entry(day):
    return Entry(day * DAY_SECONDS, day, 0, "M")


class Digests:
    """Digests at hand: by series the days with one good reading."""

    def __init__(self, **days):
        self.days = {ONE: days["one"], OTHER: days["other"]}

    def digests(self, days, *, kind=""):
        return {day: {s: [entry(day)] for s in self.days if day in self.days[s]} for day in days}

    def nearest(self, series, *, before=None, after=None):
        if before is not None:
            there = {s: [day for day in self.days[s] if day < before] for s in series}
            return {s: max(days) for s, days in there.items() if days}
        there = {s: [day for day in self.days[s] if day > after] for s in series}
        return {s: min(days) for s, days in there.items() if days}


def test_outward_leaves_out_no_day_of_a_series_where_another_has_been_already():
    digests = Digests(one=[11, 12, 13], other=[12, 13, 14])

    found = list(evidence.outward(digests, [ONE, OTHER], after=10))

    assert [rows for rows, _ in found] == [
        {ONE: [entry(11)], OTHER: [entry(12)]},
        {ONE: [entry(12)], OTHER: [entry(13)]},
        {ONE: [entry(13)], OTHER: [entry(14)]},
        {},
    ]
