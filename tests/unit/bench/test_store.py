import pytest
from django.db import connection, transaction

from hengneng.bench import rows, store
from hengneng.protocol.records import Content, Record


def lines(digits, sent_at):
    return rows.copy_lines(7, Content([Record("R:M1:total", 900, digits, 2, "M", sent_at)], []))


@pytest.mark.django_db
class TestRows:
    @pytest.fixture(autouse=True)
    def table(self):
        store.make_rows_table()
        rows.make_twin()
        yield
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE new_reading")

    def upsert(self, block):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("TRUNCATE new_reading")
            with cursor.copy(rows.COPY_TWIN) as copy:
                copy.write(block)
            cursor.execute(rows.UPSERT)

    def digits(self):
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT digits FROM {rows.TABLE}")
            return [digits for (digits,) in cursor.fetchall()]

    def test_the_later_sent_reading_stands(self):
        self.upsert(lines(100, sent_at=960))
        self.upsert(lines(200, sent_at=970))
        self.upsert(lines(300, sent_at=960))

        assert self.digits() == [200]
        assert store.row_count() == 1


@pytest.mark.django_db
def test_nothing_is_behind_on_an_empty_platform():
    assert store.is_behind() is False
    assert store.oldest_mark() is None
    assert store.message_count() == 0


@pytest.mark.django_db
def test_messages_alone_take_pages_of_their_own():
    assert store.last_sequence() == 0
    assert store.bytes_alone(after=0) == store.bytes_alone(after=0) > 0  # empty indexes
