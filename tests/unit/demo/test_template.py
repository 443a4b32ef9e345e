import psycopg
import pytest
from tests import inside

from hengneng.demo import template


@pytest.fixture
def server(db, monkeypatch):
    """The test run's server, as the environment names it."""
    monkeypatch.setenv("HENGNENG_DATABASE_URL", inside.address_of_tests())


class TestShape:
    def test_is_the_same_again(self):
        assert template.shape(60) == template.shape(60)
        assert len(template.shape(60)) == 12

    def test_other_days_make_another_city(self):
        assert template.shape(60) != template.shape(30)


class TestAddressOf:
    def test_names_another_database_of_the_server(self, monkeypatch):
        monkeypatch.setenv("HENGNENG_DATABASE_URL", "postgresql://me@there:5555/mine")

        assert template.address_of("other") == "user=me dbname=other host=there port=5555"
        assert template.database_name() == "mine"


class TestCopy:
    def test_puts_the_copy_in_place_of_what_stood_there(self, server):
        with template._maintenance() as maintenance:
            for name in ("copied_from", "copied_to"):
                template._drop(maintenance, name)
                template._make(maintenance, name)
        with psycopg.connect(template.address_of("copied_from")) as one:
            one.execute("CREATE TABLE city AS SELECT 640 AS units")

        template.copy("copied_from", "copied_to")

        with psycopg.connect(template.address_of("copied_to")) as other:
            assert other.execute("SELECT units FROM city").fetchall() == [(640,)]
        with template._maintenance() as maintenance:
            for name in ("copied_from", "copied_to"):
                template._drop(maintenance, name)

    def test_leaves_what_stood_there_where_no_copy_can_be_made(self, server):
        with template._maintenance() as maintenance:
            template._drop(maintenance, "copied_to")
            template._make(maintenance, "copied_to")

            with pytest.raises(psycopg.errors.InvalidCatalogName):
                template.copy("not_there", "copied_to")

            assert template._databases(maintenance, "copied_to") == ["copied_to"]
            template._drop(maintenance, "copied_to")


class TestDropping:
    def test_takes_what_an_interrupted_attempt_left(self, server, tmp_path):
        prefix = template._prefix(tmp_path)
        path = template._ledger_path(tmp_path, f"{prefix}old")
        path.parent.mkdir()
        path.with_suffix(".plan").touch()
        with template._maintenance() as maintenance:
            template._make(maintenance, f"{prefix}old")

            template._drop_others(maintenance, template._databases(maintenance, prefix), tmp_path)

            assert template._databases(maintenance, prefix) == []
        assert list(path.parent.iterdir()) == []


class TestFitting:
    TODAY = 20_780
    STEM = "hengneng_demo_abc"

    def fitting(self, tmp_path, *days):
        names = [f"{self.STEM}_{day}" for day in days]
        for name in names:
            path = template._ledger_path(tmp_path, name)
            path.parent.mkdir(exist_ok=True)
            path.touch()
        return template._fitting(names, tmp_path, self.STEM, self.TODAY)

    def test_is_the_newest(self, tmp_path):
        assert self.fitting(tmp_path, "20261120", "20261122").endswith("20261122")

    def test_is_no_older_than_a_fortnight(self, tmp_path):
        assert self.fitting(tmp_path, "20261108") is None
        assert self.fitting(tmp_path, "20261109").endswith("20261109")

    def test_one_without_a_ledger_is_not_whole(self, tmp_path):
        assert template._fitting([f"{self.STEM}_20261122"], tmp_path, self.STEM, self.TODAY) is None
