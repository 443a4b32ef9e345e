from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import connection
from tests.unit.telemetry.lake.conftest import (
    AT,
    DECEMBER,
    JANUARY,
    NOVEMBER,
    closed_readings,
    two_days_later,
)

from hengneng.kernel.audit.models import Entry
from hengneng.registry.units import operations as units
from hengneng.registry.units.models import Unit
from hengneng.telemetry.consumption.queries import figures
from hengneng.telemetry.consumption.rules import EDITION
from hengneng.telemetry.lake import jobs, operations, parquet, queries, store
from hengneng.telemetry.lake.operations import writing
from hengneng.telemetry.lake.rules.manifest import Sums

DECEMBER_11 = datetime(2025, 12, 11, 4, tzinfo=UTC)


def write(at=AT):
    return operations.write(by=None, at=at)


def files():
    return {(month.month, file.district): file for month, file in store.published().files()}


def rows_of(path, columns):
    with parquet._engine() as engine:
        found = engine.execute(f"SELECT {columns} FROM read_parquet(?)", [str(store.place(path))])
        return found.fetchall()


class TestWrite:
    def test_copies_each_closed_month_by_district(self, six_units):
        done = write()

        assert (done.edition, done.changed, done.readings) == (
            2,
            [DECEMBER, JANUARY],
            closed_readings(),
        )
        assert files().keys() == {
            (month, district) for month in (DECEMBER, JANUARY) for district in ("310101", "310104")
        }
        path = files()[JANUARY, "310104"].path
        assert path.startswith("data/month=2026-01/district=310104/")

    def test_holds_every_figure_exactly(self, two_days_of_24):
        write(DECEMBER_11)

        (file,) = files().values()
        point_id = two_days_of_24.points[0]
        first, second = figures.profiles_of(
            unit_id=two_days_of_24.unit_id, point_id=point_id,
            from_day=NOVEMBER, to_day=date(2025, 11, 30),
        )  # fmt: skip
        found = rows_of(
            file.path,
            'unit_id, point_id, energy_type, level, flow, day, slot_seconds, scale, "values",'
            " marks, methods, first_at, first_value, last_at, last_value, amount, known, basis",
        )
        unit = (two_days_of_24.unit_id, point_id, "ELECTRICITY", "LEVEL_1", "BOUGHT")
        day = (3600, 0, [1] * 24, "M" * 24, None)
        assert [row for row in found if row[1] == point_id] == [
            (*unit, first.day, *day, 0, 0, 82_800, 23, 24, 24, "REGISTERS"),
            (*unit, second.day, *day, 0, 24, 82_800, 47, 24, 24, "REGISTERS"),
        ]  # fmt: skip

    def test_tells_counts_sums_and_how_far_the_record_was_settled(self, two_days_of_24):
        write(DECEMBER_11)

        edition = store.published()
        (file,) = files().values()
        assert file.sums["ELECTRICITY"] == Sums(file.rows, 48, Decimal(48), Decimal(0), {"0": "48"})
        assert (file.district, file.edition, file.waiting) == ("unknown", 1, 0)
        assert file.arithmetic == EDITION
        assert file.settled_until is not None
        assert (edition.previous, edition.units.rows) == (None, Unit.objects.count())

    def test_leaves_what_did_not_change_alone(self, six_units):
        write()
        before = store.current()

        done = write()

        assert (done.changed, done.files, store.current()) == ([], 0, before)

    def test_waits_until_a_month_is_closed(self, two_days_of_24):
        too_early = write(datetime(2025, 12, 10, 15, 59, 59, tzinfo=UTC))

        assert too_early == operations.Written(None, 0, [], 0, 0, 0)
        assert write(datetime(2025, 12, 10, 16, tzinfo=UTC)).changed == [NOVEMBER]

    def test_records_the_editions_digest(self, two_days_of_24):
        write(DECEMBER_11)

        told = Entry.objects.get(action="lake.edition_made")
        assert told.subject == "lake:1"
        assert told.details["sha256"] == store.current().sha256

    def test_knows_of_a_month_in_which_nothing_was(self, two_days_of_24):
        write(datetime(2026, 3, 1, tzinfo=UTC))

        months = {one.month: len(one.files) for one in store.published().months}
        assert months == {NOVEMBER: 1, DECEMBER: 0, JANUARY: 0}
        assert store.published().edition == 2  # the empty months came together

    def test_of_a_city_without_a_reading_is_nothing(self, transactional_db, data_dir):
        assert write() == operations.Written(None, 0, [], 0, 0, 0)


class TestLateData:
    def test_makes_a_new_edition_beside_the_old(self, two_days_of_24):
        write(DECEMBER_11)
        old = store.published()

        two_days_later(two_days_of_24)
        done = write(DECEMBER_11)

        assert (done.edition, done.changed) == (2, [NOVEMBER])
        (file,) = files().values()
        assert file.sums["ELECTRICITY"].amount == Decimal(48 + 96)
        assert [one.edition for one in store.editions()] == [2, 1]
        assert store.digest_of(store.place(old.months[0].files[0].path)) == (
            old.months[0].files[0].sha256
        )

    def test_writes_only_the_district_that_changed(self, six_units):
        write()
        before = files()
        in_huangpu = six_units[0][0]
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE consumption_consumptionday SET amount = amount + 1"
                " WHERE unit_id = %s AND day = '2026-01-15'",
                [in_huangpu],
            )
            cursor.execute(
                "UPDATE consumption_revision SET revision = revision + 1"
                " WHERE unit_id = %s AND day = '2026-01-15'",
                [in_huangpu],
            )

        assert write().files == 1

        after = files()
        assert [key for key in after if after[key] != before[key]] == [(JANUARY, "310101")]

    def test_follows_a_site_that_moved_to_another_district(self, six_units):
        write()
        was = files()[JANUARY, "310101"].rows, files()[JANUARY, "310104"].rows
        units.place_site(
            unit_id=six_units[0][0], site_code="S1", district_code="310104",
            valid_from=datetime(2026, 1, 20, 16, tzinfo=UTC), by=None, at=AT,
        )  # fmt: skip

        assert write().changed == [JANUARY]

        moved = 11 * 3  # days from the 21st on, three points
        now = files()[JANUARY, "310101"].rows, files()[JANUARY, "310104"].rows
        assert now == (was[0] - moved, was[1] + moved)

    def test_of_a_units_field_of_work_makes_an_edition_without_new_months(self, six_units):
        write()
        Unit.objects.filter(id=six_units[0][0]).update(sector="机场")

        done = write()

        assert (done.edition, done.changed) == (3, [])
        assert all(one.agrees for one in queries.ask())


def test_units_names_are_copied_as_they_are(six_units):
    names = ['甲"乙,丙', "a\nb\tc\\N", "", "\\N", "'x'"]
    for (unit_id, _), name in zip(six_units[::3], names, strict=False):
        Unit.objects.filter(id=unit_id).update(name=name)
    write()

    found = dict(rows_of(store.published().units.path, "unit_id, name"))

    assert found == dict(Unit.objects.values_list("id", "name"))


class TestRefusals:
    def test_one_writer_at_a_time(self, two_days_of_24):
        with store.writing(), pytest.raises(store.Busy):
            write(DECEMBER_11)

    def test_a_copy_that_differs_is_not_published(self, two_days_of_24, monkeypatch):
        held = parquet.sums_of
        monkeypatch.setattr(parquet, "sums_of", lambda path: (held(path)[0] + 1, held(path)[1]))

        with pytest.raises(writing.CopyDiffers):
            write(DECEMBER_11)

        assert store.current() is None

    def test_a_figure_that_is_too_wide_is_not_rounded(self, two_days_of_24):
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE consumption_consumptionday SET amount = 1e30 WHERE unit_id = %s",
                [two_days_of_24.unit_id],
            )

        with pytest.raises(parquet.NotExact):
            write(DECEMBER_11)

        assert store.current() is None

    def test_goes_on_from_no_edition_that_is_broken(self, two_days_of_24):
        write(DECEMBER_11)
        path = store.manifest_path(1)
        path.write_bytes(path.read_bytes().replace(b"unknown", b"310101"))

        with pytest.raises(store.BrokenEdition, match="is not what was published"):
            write(DECEMBER_11)


def test_copy_closed_months_run_twice_finds_the_same(six_units, monkeypatch):
    monkeypatch.setattr("hengneng.kernel.clock.now", lambda: AT)
    jobs.copy_closed_months(timestamp=0)
    before = store.current()

    jobs.copy_closed_months(timestamp=0)

    assert store.current() == before
