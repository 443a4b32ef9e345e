from datetime import UTC, datetime

import psycopg
import pytest
from django.db import connection
from psycopg.conninfo import make_conninfo

from hengneng.demo import calling, city, memory, settling, template
from hengneng.demo.memory import History
from hengneng.demo.plan import Ledger, plan_of
from hengneng.demo.settling import Held
from hengneng.registry.units import operations as units

AT = datetime(2026, 11, 23, 1, tzinfo=UTC)
OF_ANOTHER = "91310000MA1FL0000N"


@pytest.fixture
def server(transactional_db, monkeypatch):
    """The test run's database, as the environment names it."""
    settings = connection.settings_dict
    address = make_conninfo(
        "",
        dbname=settings["NAME"],
        user=settings["USER"],
        host=settings["HOST"],
        port=settings["PORT"] or None,
        **settings["OPTIONS"],
    )
    monkeypatch.setenv("HENGNENG_DATABASE_URL", address)
    return address


@pytest.fixture
def bare(server):
    """The address of a database without any tables."""
    with template._maintenance() as maintenance:
        template._drop(maintenance, "bare")
        template._make(maintenance, "bare")
        yield template.address_of("bare")
        template._drop(maintenance, "bare")


def enter(code):
    units.create_unit(code=code, name="单位", by=None, at=AT)


class TestWhatIsHeld:
    def test_a_database_without_units_and_people_holds_nothing(self, server):
        assert settling.what_is_held(server) is Held.NOTHING

    def test_one_with_the_demos_units_holds_the_demo(self, server):
        enter(city.units()[0].code)

        assert settling.what_is_held(server) is Held.DEMO

    def test_one_with_another_unit_holds_others(self, server):
        enter(city.units()[0].code)
        enter(OF_ANOTHER)

        assert settling.what_is_held(server) is Held.OTHERS

    def test_one_with_the_tables_of_something_else_holds_others(self, bare):
        with psycopg.connect(bare) as other:
            assert settling.what_is_held(bare) is Held.NOTHING
            other.execute("CREATE TABLE harvest (tonnes integer)")

        assert settling.what_is_held(bare) is Held.OTHERS


class TestSettle:
    def test_destroys_nothing_that_is_not_the_demos(self, server, tmp_path):
        enter(OF_ANOTHER)

        with pytest.raises(settling.HoldsOthers):
            settling.settle(AT, folder=tmp_path, days=60, anew=True)

        assert settling.what_is_held(server) is Held.OTHERS

    def test_refuses_a_city_whose_memory_is_lost(self, server, tmp_path):
        enter(city.units()[0].code)

        with pytest.raises(settling.MemoryLost):
            settling.settle(AT, folder=tmp_path, days=60)

    def test_leaves_a_city_that_stands_alone(self, server, tmp_path):
        enter(city.units()[0].code)
        calling.keep(tmp_path, calling.Calls({}, {}))

        assert settling.settle(AT, folder=tmp_path, days=60) is False

    def test_lets_no_old_terminal_speak_for_a_city_that_was_cut_short(
        self, server, tmp_path, monkeypatch
    ):
        def cut_short(*_):
            raise KeyboardInterrupt

        monkeypatch.setattr(template, "ensure", lambda *_, **__: "template")
        monkeypatch.setattr(template, "copy", cut_short)
        calling.keep(tmp_path, calling.Calls({}, {}))
        enter(city.units()[0].code)

        with pytest.raises(KeyboardInterrupt):
            settling.settle(AT, folder=tmp_path, days=60, anew=True)

        with pytest.raises(settling.MemoryLost):
            settling.settle(AT, folder=tmp_path, days=60)


class TestRemember:
    @pytest.fixture
    def remembered(self, tmp_path):
        (tmp_path / "gateways").mkdir()
        unit = city.units()[0]
        known = memory.of_the_beginning(unit, 20_720, founded=20_780)
        ledger = Ledger(
            plan_of(AT, days=60), {unit.code: "secret"}, {unit.code: known}, {"x": 7}, History(3, 9)
        )
        settling.remember(ledger, folder=tmp_path)
        return tmp_path, unit, known

    def test_gives_each_terminal_its_memory(self, remembered):
        folder, unit, known = remembered

        assert memory.recall(folder, unit) == known
        assert memory.history_of(folder) == History(3, 9)
        assert calling.path_in(folder).exists()

    def test_forgets_another_citys_gateways(self, remembered):
        folder, *_ = remembered

        assert not (folder / "gateways").exists()
