"""The text of a cell: what is taken and what is refused."""

from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction

import pytest

from hengneng.kernel.imports import cells


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2000/5*10000/100", Fraction(40_000)),
        ("40", Fraction(40)),
        ("40/1", Fraction(40)),
        ("1/3", Fraction(1, 3)),
        ("2000/5 × 100", Fraction(40_000)),
        ("1.5x2", Fraction(3)),
    ],
)
def test_ratios(text, value):
    assert cells.ratio(text) == value


@pytest.mark.parametrize("text", ["0", "40/0", "-40", "2000:5", "1e3", "/5", "5*", "", "四十"])
def test_what_is_no_ratio(text):
    with pytest.raises(ValueError, match=r"ratio|zero"):
        cells.ratio(text)


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-01-31", datetime(2026, 1, 30, 16, tzinfo=UTC)),
        ("2026/1/31", datetime(2026, 1, 30, 16, tzinfo=UTC)),
        ("2026年1月31日", datetime(2026, 1, 30, 16, tzinfo=UTC)),
        ("2026-01-31 08:30", datetime(2026, 1, 31, 0, 30, tzinfo=UTC)),
        ("2026-01-31T08:30:15", datetime(2026, 1, 31, 0, 30, 15, tzinfo=UTC)),
    ],
)
def test_local_moments(text, instant):
    assert cells.moment(text) == instant


@pytest.mark.parametrize("text", ["2026-02-30", "31.01.2026", "2026-01-31 25:00", "46053", "now"])
def test_what_is_no_moment(text):
    with pytest.raises(ValueError, match="date"):
        cells.moment(text)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("2026-13-05", "there is no month 13"),
        ("2026-00-05", "there is no month 0"),
        ("2026-02-29", "the month has no day 29"),
        ("20260431", "the month has no day 31"),
        ("0000-01-01", "there is no year 0"),
        ("2026-01-31 24:00", "there is no such time of day"),
    ],
)
def test_an_impossible_date_says_what_of_it_is_wrong(text, why):
    with pytest.raises(ValueError, match=f"^{text} is no date: {why}$"):
        cells.moment(text)


# The numbers that a spreadsheet shows for these days when they are formatted as numbers.
@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("36526", "2000-01-01"),
        ("46053", "2026-01-31"),
        ("46053.5", "2026-01-31"),
        ("73050", "2099-12-31"),
    ],
)
def test_a_spreadsheets_number_for_a_date_is_named_and_not_read(text, day):
    with pytest.raises(ValueError, match=f"^{text} looks like .* for the date {day}; format"):
        cells.moment(text)


@pytest.mark.parametrize("text", ["36525", "73051", "2026", "460530"])
def test_other_numbers_are_no_dates_of_a_spreadsheet(text):
    with pytest.raises(ValueError, match="is neither a date like"):
        cells.moment(text)


@pytest.mark.parametrize(("text", "value"), [("1,000.50", "1000.50"), ("0", "0"), ("1e3", "1E+3")])
def test_numbers(text, value):
    assert cells.number(text) == Decimal(value)


@pytest.mark.parametrize("text", ["one", "NaN", "Infinity", "1 000"])
def test_what_is_no_number(text):
    with pytest.raises(ValueError, match="not a number"):
        cells.number(text)


def test_bounds():
    year = cells.whole(1990, 2200)

    assert [year("1990"), year("2200")] == [1990, 2200]
    for text in ("1989", "2201", "-1990", "2000.0", "二〇二六"):
        with pytest.raises(ValueError, match=r"whole number|between"):
            year(text)


def test_the_longest_text():
    assert cells.text(2)("电表") == "电表"
    with pytest.raises(ValueError, match="longer than 2"):
        cells.text(2)("电能表")
