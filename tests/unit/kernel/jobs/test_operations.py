"""A progress from its beginning to its end."""

from datetime import UTC, datetime, timedelta

import pytest

from hengneng.kernel.jobs import operations, queries

pytestmark = pytest.mark.django_db

NOON = datetime(2020, 9, 30, 12, tzinfo=UTC)


@pytest.fixture
def import_of_two_hundred() -> int:
    return operations.start(kind="import.points", total=200, by=7, at=NOON)


class TestAdvance:
    def test_tells_when_it_will_be_done(self, import_of_two_hundred):
        operations.advance(progress_id=import_of_two_hundred, count=50)

        row = queries.progress(import_of_two_hundred, at=NOON + timedelta(minutes=10))
        assert (row.done, row.total) == (50, 200)
        assert row.expected_at == NOON + timedelta(minutes=40)
        assert row.finished_at is None

    def test_cannot_tell_before_anything_is_done(self, import_of_two_hundred):
        row = queries.progress(import_of_two_hundred, at=NOON + timedelta(minutes=10))

        assert row.expected_at is None


class TestFinish:
    def test_counts_everything_as_done(self, import_of_two_hundred):
        operations.finish(progress_id=import_of_two_hundred, at=NOON + timedelta(hours=1))

        row = queries.progress(import_of_two_hundred, at=NOON + timedelta(hours=2))
        assert row.done == 200
        assert row.finished_at == NOON + timedelta(hours=1)
        assert row.expected_at is None
        assert row.failed_reason == ""

    def test_refuses_to_end_twice(self, import_of_two_hundred):
        operations.finish(progress_id=import_of_two_hundred, at=NOON)

        with pytest.raises(operations.AlreadyFinished):
            operations.fail(progress_id=import_of_two_hundred, reason="late", at=NOON)

        assert queries.progress(import_of_two_hundred, at=NOON).failed_reason == ""


class TestFail:
    def test_keeps_the_reason_and_what_was_done(self, import_of_two_hundred):
        operations.advance(progress_id=import_of_two_hundred, count=3)
        operations.fail(progress_id=import_of_two_hundred, reason="row 4: no code", at=NOON)

        row = queries.progress(import_of_two_hundred, at=NOON)
        assert (row.done, row.failed_reason) == (3, "row 4: no code")
        assert row.finished_at == NOON


def test_work_that_begins_again_counts_from_nothing():
    made = operations.start(kind="import.points", total=0, by=7, at=NOON)
    operations.begin(progress_id=made, total=4, at=NOON)
    operations.advance(progress_id=made, count=4)

    operations.begin(progress_id=made, total=8, at=NOON + timedelta(hours=1))
    operations.advance(progress_id=made, count=2)

    seen = queries.progress(made, at=NOON + timedelta(hours=2))
    assert (seen.done, seen.total, seen.started_at) == (2, 8, NOON + timedelta(hours=1))
    assert seen.expected_at == NOON + timedelta(hours=5)


def test_work_that_has_ended_does_not_begin_again():
    made = operations.start(kind="import.points", total=1, by=7, at=NOON)
    operations.finish(progress_id=made, at=NOON)

    with pytest.raises(operations.AlreadyFinished):
        operations.begin(progress_id=made, total=1, at=NOON)
