"""Which registers fall, in columns as entry by entry."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from hengneng.protocol.records import DAY_SECONDS
from hengneng.telemetry.consumption.rules import columns, falls
from hengneng.telemetry.consumption.rules.digest import Entry

DAY = 20_000
NAMES = ["N0:0000000000000001", "R:M1:total", "R:M2:total"]

rows = st.lists(
    st.tuples(st.integers(0, 23), st.integers(0, 3), st.integers(0, 1), st.sampled_from("MMMR")),
    max_size=6, unique_by=lambda row: row[0],
)  # fmt: skip
days = st.lists(st.dictionaries(st.sampled_from(NAMES), rows), max_size=3)


def day_of(number, told):
    opening = (DAY + number) * DAY_SECONDS
    return {
        name: [Entry(opening + hour * 3600, *rest) for hour, *rest in sorted(some)]
        for name, some in told.items()
        if some
    }


@settings(deadline=None)
@given(days)
def test_falls_are_found_within_days_and_across_them(told):
    some = [day_of(number, one) for number, one in enumerate(told)]
    expected = set()
    for name in NAMES[1:]:
        good = [row for day in some for row in day.get(name, ()) if row.mark != "R"]
        for one, two in pairwise(good):
            if one.scale != two.scale or two.digits < one.digits:
                expected.add(name)

    assert falls.falling(map(falls.ends_of, map(columns.of_entries, some))) == expected


def early(second, name=NAMES[0]):
    entries = {name: [Entry(DAY * DAY_SECONDS + second, 1, 0, "M")], "R:M9:total": []}
    return falls.has_early(columns.of_entries({k: v for k, v in entries.items() if v}), 60)


def test_a_label_is_early_within_the_tolerance_before_midnight():
    assert early(DAY_SECONDS - 60)
    assert not early(DAY_SECONDS - 61)
    assert not early(0)


def test_a_register_is_never_early():
    assert not early(DAY_SECONDS - 1, "R:M1:total")
