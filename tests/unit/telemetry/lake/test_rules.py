from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengneng.telemetry.lake.rules import closing, manifest
from hengneng.telemetry.lake.rules.manifest import Edition, File, Month, Pointer, Sums, Units

DAYS = st.dates(date(2001, 1, 1), date(2099, 12, 31))


class TestClosedMonths:
    @pytest.mark.parametrize(
        ("today", "count"), [(date(2026, 2, 10), 0), (date(2026, 2, 11), 1), (date(2026, 3, 10), 1)]
    )
    def test_a_month_is_closed_when_its_days_have_passed(self, today, count):
        assert len(closing.closed_months(date(2026, 1, 31), today)) == count

    @given(DAYS, DAYS)
    def test_no_month_is_left_out(self, first, today):
        months = closing.closed_months(first, today)

        assert months == sorted(set(months))
        assert all(closing.is_closed(month, today) for month in months)
        following = closing.next_month(months[-1]) if months else first.replace(day=1)
        assert not closing.is_closed(following, today)

    def test_the_rule_says_that_it_is_our_own(self):
        rule = closing.closing_of(date(2026, 1, 1))

        assert (rule.days_after, rule.verified) == (10, False)


class TestManifest:
    SUMS = Sums(1, 2, Decimal("0.100000000"), Decimal(0), {"3": str(10**30)})
    EDITION = Edition(
        2, Pointer(1, "ab"), datetime(2026, 3, 1, tzinfo=UTC), 1, Units("units/a", "a", 1, 1),
        (Month(date(2026, 1, 1), (File("310101", "data/a", "a", 9, 1, {"ELECTRICITY": SUMS}, "s",
                                       1, None, 0, 2),)),
         Month(date(2026, 2, 1), ())),
    )  # fmt: skip

    def test_comes_back_as_it_was_to_the_last_digit(self):
        body = manifest.encode(self.EDITION)

        assert manifest.decode(body) == self.EDITION
        assert manifest.encode(manifest.decode(body)) == body
        assert b'"amount": "0.100000000"' in body

    def test_knows_an_empty_month_from_one_that_is_not_copied(self):
        assert self.EDITION.month(date(2026, 2, 1)) == Month(date(2026, 2, 1), ())
        assert self.EDITION.month(date(2026, 3, 1)) is None
