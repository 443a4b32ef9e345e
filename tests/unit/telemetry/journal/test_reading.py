from datetime import date, timedelta

import pytest
from tests import waiting
from tests.unit.telemetry.journal.conftest import AT

from hengneng.telemetry.journal import operations as journal
from hengneng.telemetry.journal import queries
from hengneng.telemetry.journal.models import Rejection

DAY_10, DAY_11, DAY_12 = (date(1970, 1, n) for n in (11, 12, 13))


class TestUnitsBehind:
    def test_counts_a_unit_once_when_its_mark_is_two_minutes_old(self, db):
        for unit_id, age_s in ((1, 121), (1, 300), (2, 119), (3, 121)):
            waiting.mark(unit_id, DAY_10, marked_at=AT - timedelta(seconds=age_s))

        assert queries.units_behind([1, 2], at=AT) == 1
        assert queries.units_behind([1, 2, 3], at=AT) == 2
        assert queries.units_behind([], at=AT) == 0


class TestMessagesOfDays:
    def test_yields_each_message_once_in_order(self, db, keep, two_days_and_flaws):
        keep(b"both", content=two_days_and_flaws)
        keep(b"first day")
        keep(b"of another unit", unit_id=2)

        found = queries.messages_of_days(1, [DAY_11, DAY_10])

        assert [(m.sequence, m.body) for m in found] == [(1, b"both"), (2, b"first day")]
        assert list(queries.messages_of_days(1, [DAY_12])) == []

    def test_leaves_out_what_was_recorded_later(self, db, keep):
        first = keep(b"1")
        keep(b"2")

        found = queries.messages_of_days(1, [DAY_10], as_of=first.recorded_at)
        before = first.recorded_at - timedelta(microseconds=1)

        assert [m.sequence for m in found] == [1]
        assert list(queries.messages_of_days(1, [DAY_10], as_of=before)) == []

    def test_goes_on_beyond_one_fetch(self, db, keep):
        for n in range(queries.reading._AT_ONCE + 1):
            keep(b"%d" % n)

        assert len(list(queries.messages_of_days(1, [DAY_10]))) == 201


class TestLastDaysTouched:
    def test_is_the_last_of_the_days_that_anything_recorded_by_then_touches(
        self, db, keep, two_days_and_flaws
    ):
        first = keep(b"1")
        later = keep(b"2", content=two_days_and_flaws)
        keep(b"of another unit", unit_id=2, content=two_days_and_flaws)

        def asked(as_of, first=DAY_10, last=DAY_12):
            return queries.last_days_touched([1, 3], first=first, last=last, as_of=as_of)

        assert asked(later.recorded_at) == {1: DAY_11}
        assert asked(later.recorded_at, last=DAY_10) == {1: DAY_10}
        assert asked(first.recorded_at) == {1: DAY_10}
        assert asked(first.recorded_at, first=DAY_11) == {}
        assert asked(first.recorded_at - timedelta(microseconds=1)) == {}


class TestMarks:
    def test_the_unit_waiting_longest_comes_first(self, db):
        for unit_id in (7, 3, 7, 5):
            journal.mark(unit_id=unit_id, days=[DAY_10], at=AT)

        assert queries.stale_units(2) == [7, 3]

    def test_only_marks_that_were_read_are_cleared(self, db):
        journal.mark(unit_id=1, days=[DAY_11, DAY_10, DAY_11], at=AT)
        read = queries.marks_of(1)
        journal.mark(unit_id=1, days=[DAY_10], at=AT)
        journal.mark(unit_id=2, days=[DAY_10], at=AT)

        assert [day for _, day in read] == [DAY_11, DAY_10]
        assert journal.clear_marks(unit_id=1, ids=[mark for mark, _ in read]) == 2
        assert [day for _, day in queries.marks_of(1)] == [DAY_10]
        assert len(queries.marks_of(2)) == 1

    def test_nothing_read_clears_nothing(self, db):
        journal.mark(unit_id=1, days=[DAY_10], at=AT)

        assert journal.clear_marks(unit_id=1, ids=[]) == 0


def test_flawed_records_newest_first_page_by_page(db, keep, two_days_and_flaws):
    keep(b"1", content=two_days_and_flaws)
    keep(b"2", content=two_days_and_flaws)

    rows = queries.flawed_records(1)

    assert [(r.sequence, r.reason, r.positions) for r in rows] == [
        (2, "BAD_NUMBER", [2]), (2, "BAD_TIME", [1, 4]),
        (1, "BAD_NUMBER", [2]), (1, "BAD_TIME", [1, 4]),
    ]  # fmt: skip
    assert queries.flawed_records(1, offset=1, limit=2) == rows[1:3]
    assert queries.message_count(1) == 2


@pytest.mark.parametrize(("size", "kept"), [(65_536, 65_536), (65_537, 65_536)])
def test_a_rejection_keeps_the_first_64_kib(db, size, kept):
    journal.reject(endpoint="register", reason="NOT_JSON", body=b"x" * size, at=AT)

    row = queries.rejections().get()
    assert (len(row.body), row.size, row.source_address) == (kept, size, None)
    assert Rejection.objects.count() == 1
