from dataclasses import replace

from django.db import connection
from tests.unit.telemetry.lake.conftest import AT, JANUARY, closed_readings

from hengneng.telemetry.lake import operations, queries, store


def january_of(district):
    found = {(month.month, file.district): file for month, file in store.published().files()}
    return found[JANUARY, district]


class TestCheck:
    def test_finds_nothing_broken(self, six_units):
        operations.write(by=None, at=AT)

        found = queries.check()

        assert found.is_whole
        assert (found.edition, found.editions, found.files) == (2, 2, 5)
        assert (found.rows, found.readings, found.changed) == (666, closed_readings(), [])

    def test_names_the_file_in_which_a_bit_is_flipped(self, six_units):
        operations.write(by=None, at=AT)
        path = january_of("310104").path
        body = bytearray(store.place(path).read_bytes())
        body[len(body) // 2] ^= 1
        store.place(path).write_bytes(body)

        assert queries.check().broken == [f"{path} is not what was published"]

    def test_names_a_file_that_is_missing(self, six_units):
        operations.write(by=None, at=AT)
        path = january_of("310101").path
        store.place(path).unlink()

        assert queries.check().broken == [f"{path} is missing"]

    def test_names_a_manifest_that_was_edited(self, six_units):
        operations.write(by=None, at=AT)
        path = store.manifest_path(1)
        path.write_bytes(path.read_bytes().replace(b'"310101"', b'"310104"', 1))

        assert queries.check().broken == ["editions/000001.json is not what was published"]

    def test_names_a_pointer_that_points_nowhere(self, six_units):
        operations.write(by=None, at=AT)
        store.manifest_path(2).unlink()

        assert queries.check().broken == ["editions/000002.json is missing"]

    def test_tells_a_pointer_that_cannot_be_read(self, six_units):
        operations.write(by=None, at=AT)
        (store.root() / "CURRENT").write_bytes(b"{")

        assert queries.check().broken[0].startswith("CURRENT: ")

    def test_finds_figures_that_changed_without_being_worked_out(self, six_units):
        operations.write(by=None, at=AT)
        change_a_slot(six_units[0][0])

        (broken,) = queries.check().broken

        assert broken.startswith(f"{january_of('310101').path} holds 279 days, PostgreSQL 279")

    def test_tells_what_changed_since_from_what_is_broken(self, six_units):
        operations.write(by=None, at=AT)
        change_a_slot(six_units[0][0])
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE consumption_revision SET revision = 2 WHERE unit_id = %s"
                " AND day = '2026-01-15'",
                [six_units[0][0]],
            )

        found = queries.check()

        assert (found.broken, found.changed) == ([], ["2026-01, district 310101"])

    def test_of_nothing_finds_nothing(self, transactional_db, data_dir):
        assert queries.check() == replace(queries.check(), edition=None)


def change_a_slot(unit_id):
    with connection.cursor() as cursor:
        cursor.execute(
            'UPDATE consumption_profile SET "values"[40] = 7 WHERE unit_id = %s'
            " AND day = '2026-01-15'",
            [unit_id],
        )
