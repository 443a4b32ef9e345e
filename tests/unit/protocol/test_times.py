from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengneng.protocol import times

FIRST, LAST = times.local_seconds("2000-01-01"), times.local_seconds("2100-12-31 23:59:59")


@given(st.integers(FIRST, LAST))
def test_what_is_written_is_read(at):
    assert times.local_seconds(times.text_of(at)) == at


@given(st.integers(FIRST, LAST))
def test_agrees_with_the_calendar(at):
    instant = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=at)

    assert times.text_of(at) == f"{instant:%Y-%m-%d %H:%M:%S}"


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("2026-11-21T00:15:00", "2026-11-21 00:15:00"),
        ("2026-11-21", "2026-11-21 00:00:00"),
        ("2024-02-29", "2024-02-29 00:00:00"),
        ("2000-01-01", "2000-01-01 00:00:00"),
        ("2100-12-31T23:59:59", "2100-12-31 23:59:59"),
    ],
)
def test_is_read_as(text, same):
    assert times.text_of(times.local_seconds(text)) == same


@pytest.mark.parametrize(
    "text",
    [
        "", "2026", "2026-11", "2026-1-1", "20261121", "2026/11/21 00:00:00", "2026-11-21 00:00",
        "2026-11-21 24:00:00", "2026-11-21 00:60:00", "2026-11-21 00:00:60", "2026-11-31",
        "2026-02-29", "2026-00-10", "2026-13-10", "2026-10-00", "1999-12-31 23:59:59", "2101-01-01",
        "0000-00-00 00:00:00", " 2026-11-21", "2026-11-21 00:00:00 ", "２０２６-11-21",
    ],
)  # fmt: skip
def test_is_no_time(text):
    with pytest.raises(times.BadTime):
        times.local_seconds(text)


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-21T00:15:00+08:00", "2026-11-21 00:15:00+0800", "2026-11-20T16:15:00Z",
        "2026-11-20T16:15:00.999999999Z", "2026-11-20T10:45:00-05:30", "2026-11-21 00:15:00",
    ],
)  # fmt: skip
def test_instants_are_told_in_the_citys_time(text):
    assert times.text_of(times.instant_seconds(text, 28_800)) == "2026-11-21 00:15:00"


@pytest.mark.parametrize(
    "text",
    ["2026-11-21", "2026-11-21T00:15Z", "2026-11-21T00:15:00+8", "2026-11-21T00:15:00 Z",
     "2026-11-21T00:15:00.Z", "2026-11-21T00:15:00.0", "2026-11-20T16:15:00.9999999999Z"],
)  # fmt: skip
def test_is_no_instant(text):
    with pytest.raises(times.BadTime):
        times.instant_seconds(text, 28_800)


@pytest.mark.parametrize(
    ("text", "seconds"), [("+08:00", 28_800), ("-03:30", -12_600), ("+14:59", 53_940)]
)
def test_offset_is_what_people_write(text, seconds):
    assert times.offset_s(text) == seconds


@pytest.mark.parametrize("text", ["", "8", "08:00", "+8:00", "+15:00", "+08:60", "+08:00 "])
def test_another_form_is_no_offset(text):
    with pytest.raises(times.BadTime):
        times.offset_s(text)
