"""Working days: known answers of the year 2026, whose arrangement was read, and plain weeks."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengneng.kernel import workdays

DAYS = st.dates(date(2024, 1, 1), date(2030, 12, 31))


# SOURCE: State Council General Office, notice of 2025-11-04 on holidays in 2026.
@pytest.mark.parametrize(
    ("day", "is_one"),
    [
        (date(2026, 1, 2), False),  # Friday of the New Year's holiday
        (date(2026, 1, 4), True),  # Sunday on which people work
        (date(2026, 2, 14), True),
        (date(2026, 2, 15), False),
        (date(2026, 2, 23), False),
        (date(2026, 2, 24), True),
        (date(2026, 2, 28), True),
        (date(2026, 9, 20), True),
        (date(2026, 10, 7), False),
        (date(2026, 10, 8), True),
        (date(2026, 10, 10), True),
        (date(2026, 10, 11), False),
        (date(2026, 11, 20), True),
        (date(2026, 11, 21), False),
    ],
)
def test_days_of_2026(day, is_one):
    assert workdays.is_working_day(day) is is_one


def test_a_year_without_arrangement_counts_weekdays():
    assert not workdays.is_arranged(2030)
    assert workdays.is_arranged(2026)
    assert workdays.is_working_day(date(2030, 10, 1))
    assert not workdays.is_working_day(date(2030, 10, 5))


@pytest.mark.parametrize(
    ("day", "count", "last"),
    [
        (date(2026, 11, 19), 3, date(2026, 11, 24)),  # Thursday: Friday, Monday, Tuesday
        (date(2026, 11, 20), 1, date(2026, 11, 23)),
        (date(2026, 9, 30), 3, date(2026, 10, 10)),
        (date(2026, 2, 14), 1, date(2026, 2, 24)),
    ],
)
def test_so_many_working_days_later(day, count, last):
    assert workdays.working_days_after(day, count) == last


@given(DAYS, st.integers(1, 30))
def test_exactly_so_many_lie_between(day, count):
    last = workdays.working_days_after(day, count)

    between = [day + timedelta(days=i) for i in range(1, (last - day).days + 1)]
    assert sum(map(workdays.is_working_day, between)) == count
    assert workdays.is_working_day(last)


def test_none_at_all_is_refused():
    with pytest.raises(ValueError, match="0 working days"):
        workdays.working_days_after(date(2026, 11, 20), 0)
