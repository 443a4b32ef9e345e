"""Files stay exactly as they came, and say so when they do not."""

import hashlib
from datetime import UTC, datetime

import pytest

from hengneng.kernel.audit.models import Entry
from hengneng.kernel.files import operations, queries
from hengneng.kernel.files.models import KeptFile

AT = datetime(2026, 11, 22, 8, tzinfo=UTC)
BODY = "序号,名称\n1,电表\n".encode()


@pytest.fixture(autouse=True)
def own_data_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


def keep(body=BODY, name="表具.csv"):
    return operations.keep(name=name, body=body, media_type="text/csv", by=7, at=AT)


class TestKeep:
    def test_the_exact_bytes_come_back(self, db):
        kept = keep()

        assert queries.read(kept.id) == BODY
        assert (kept.name, kept.size, kept.kept_by) == ("表具.csv", len(BODY), 7)
        assert Entry.objects.get().details["sha256"] == hashlib.sha256(BODY).hexdigest()

    def test_the_same_bytes_are_stored_once_and_both_acts_are_kept(self, db, tmp_path):
        keep()
        keep(name="again.csv")

        assert KeptFile.objects.count() == 2
        assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 1

    @pytest.mark.parametrize("name", ["../../etc/passwd", r"C:\files\passwd"])
    def test_folders_before_the_name_are_left_out(self, db, name):
        assert keep(name=name).name == "passwd"

    def test_what_is_known_of_some_comes_in_one_query(self, db, django_assert_num_queries):
        first, second = keep(), keep(b"12", name="b.csv")

        with django_assert_num_queries(1):
            told = queries.kept([first.id, second.id, 999])
        assert told == {
            first.id: (first.id, "表具.csv", len(BODY), "text/csv", 7),
            second.id: (second.id, "b.csv", 2, "text/csv", 7),
        }

    def test_an_empty_file_is_a_file(self, db):
        assert queries.read(keep(body=b"").id) == b""

    def test_a_write_that_fails_leaves_nothing(self, db, tmp_path, monkeypatch):
        def no_space(handle):
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(operations.os, "fsync", no_space)

        with pytest.raises(OSError, match="No space left"):
            keep()

        assert not [path for path in tmp_path.rglob("*") if path.is_file()]
        assert KeptFile.objects.count() == 0


class TestRead:
    def test_a_changed_byte_is_told(self, db):
        kept = keep()
        place = queries.place_of(bytes(kept.sha256))
        place.write_bytes(BODY.replace(b"1", b"2"))

        with pytest.raises(queries.FileDamaged, match=f"file {kept.id} is not what was kept"):
            queries.read(kept.id)

    def test_a_missing_file_is_told(self, db):
        kept = keep()
        queries.place_of(bytes(kept.sha256)).unlink()

        with pytest.raises(queries.FileDamaged, match=f"file {kept.id} is missing"):
            queries.read(kept.id)

    def test_a_file_nobody_kept_is_unknown(self, db):
        with pytest.raises(queries.UnknownFile):
            queries.read(1)
