"""What workers do in columns is what the rules do entry by entry."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hengneng.protocol import numbers
from hengneng.protocol.records import DAY_SECONDS, DIGITS_MAX, Record
from hengneng.telemetry.consumption.rules import columns, digest, texts

DAY = 20_000
OPENING = DAY * DAY_SECONDS
LATE = {"R:": 3600, "N0": 7200}

# Few instants and values, so that rivals meet.
records = st.builds(
    Record,
    st.sampled_from(["R:M1:total", "R:M2:total", "N0:0000000002330011", "N1:0000000002330011"]),
    st.integers(-2, 9).map(lambda quarter: OPENING + quarter * 21_600),
    st.one_of(st.integers(-3, 3), st.sampled_from([DIGITS_MAX, -DIGITS_MAX, DIGITS_MAX // 2])),
    st.integers(0, 2),
    st.sampled_from("MMMHSRW"),
    st.sampled_from([0, OPENING, OPENING + 30_000, OPENING + 200_000]),
)


def said(rows):
    names = sorted({row.series for row in rows})
    number = {name: place for place, name in enumerate(names)}
    columns_of = list(zip(*rows, strict=True)) or [()] * 6
    ints = [np.asarray(cells, np.int64) for cells in columns_of[1:4] + columns_of[5:]]
    letters = np.frombuffer("".join(columns_of[4]).encode(), np.uint8)
    series = np.asarray([number[name] for name in columns_of[0]], np.int64)
    return columns.Said(names, series, *ints[:3], letters, ints[3])


def unfolded(found):
    return {name: list(rows) for name, rows in columns.Unfolded(found).items()}


@settings(deadline=None)
@given(st.lists(records, max_size=40))
def test_digests_are_those_of_the_rules(rows):
    days = [DAY - 1, DAY, DAY + 1]
    worked = columns.digest_days(said(rows), days=days, late_after=LATE)

    for day in days:
        entries = digest.digest_day(rows, day=day, late_after=LATE)
        assert unfolded(worked[day]) == entries
        assert columns.encode(worked[day]) == digest.encode(entries)
        assert columns.series_ids(worked[day]) == digest.series_ids(entries)


@settings(deadline=None)
@given(st.lists(records, max_size=40))
def test_bytes_come_back_as_columns(rows):
    entries = digest.digest_day(rows, day=DAY, late_after=LATE)

    assert unfolded(columns.decode(digest.encode(entries))) == entries


@settings(deadline=None)
@given(st.lists(records, max_size=40))
def test_days_join_in_order_of_time(rows):
    days = [DAY - 1, DAY, DAY + 1]
    parts = [digest.digest_day(rows, day=day, late_after=LATE) for day in days]
    whole: dict = {}
    for part in parts:
        for name, some in part.items():
            whole.setdefault(name, []).extend(some)

    assert unfolded(columns.joined(list(map(columns.of_entries, parts)))) == whole


class TestRows:
    rows = columns.of_entries(
        {"R:M1:total": [digest.Entry(OPENING + n, n, 0, "M") for n in range(5)]}
    ).rows(0)

    def test_are_made_one_by_one_or_in_slices(self):
        assert self.rows[-1] == digest.Entry(OPENING + 4, 4, 0, "M")
        assert [row.digits for row in self.rows[1:4]] == [1, 2, 3]
        assert [row.digits for row in self.rows[::-1]] == [4, 3, 2, 1, 0]

    def test_end_where_they_end(self):
        with pytest.raises(IndexError):
            self.rows[5]


plain_texts = st.decimals(0, 10**12, places=2).map(str)
odd_values = st.one_of(
    st.text("0123456789.-+eE, ", max_size=22),
    st.sampled_from(["", ".", "1.", ".5", "007.10", "1.2.3", "９", "9" * 18, "9" * 19, "1e3"]),
    st.integers(-(2**65), 2**65), st.none(), st.booleans(), st.lists(st.integers(), max_size=1),
)  # fmt: skip


@settings(deadline=None)
@given(st.lists(st.one_of(plain_texts, plain_texts, odd_values), max_size=8))
def test_numbers_are_read_as_by_the_protocol(values):
    found = texts.parse(values)

    for place, value in enumerate(values):
        try:
            expected = (*numbers.parse(value), True)
        except numbers.BadNumber:
            expected = (0, 0, False)
        assert (
            found.digits[place], found.scales[place], bool(found.is_number[place])
        ) == expected  # fmt: skip
