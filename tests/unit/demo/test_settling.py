from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from tests import inside

from hengneng.demo import calling, city, memory, plan, settling, template
from hengneng.demo.memory import History
from hengneng.demo.plan import Ledger
from hengneng.demo.settling import Held
from hengneng.registry.units import operations as units
from hengneng.registry.units.models import Naming, Particulars, Unit

AT = datetime(2026, 11, 23, 1, tzinfo=UTC)
OF_ANOTHER = "91310000MA1FL0000N"
FIRST = city.units()[0]
KNOWN = memory.of_the_beginning(FIRST, 20_720, founded=20_780)
LEDGER = Ledger(
    plan.plan_of(AT, days=60), {FIRST.code: "secret"}, {FIRST.code: KNOWN}, {"x": 7}, History(3, 9)
)


@pytest.fixture
def server(transactional_db, monkeypatch):
    """The test run's database, as the environment names it."""
    address = inside.address_of_tests()
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
        enter(OF_ANOTHER)

        assert settling.what_is_held(server) is Held.OTHERS

    def test_one_with_another_unit_beside_the_demos_holds_both(self, server):
        enter(city.units()[0].code)
        enter(OF_ANOTHER)

        assert settling.what_is_held(server) is Held.BOTH

    def test_one_with_the_tables_of_something_else_holds_others(self, bare):
        with psycopg.connect(bare) as other:
            assert settling.what_is_held(bare) is Held.NOTHING
            other.execute("CREATE TABLE harvest (tonnes integer)")

        assert settling.what_is_held(bare) is Held.OTHERS


class TestSettle:
    @pytest.mark.parametrize("demos", [[], [city.units()[0].code]], ids=["alone", "beside"])
    def test_destroys_nothing_that_is_not_the_demos(self, server, tmp_path, demos):
        for code in [OF_ANOTHER, *demos]:
            enter(code)
        held = settling.what_is_held(server)

        with pytest.raises(settling.HoldsOthers):
            settling.settle(AT, folder=tmp_path, days=60, anew=True)

        assert settling.what_is_held(server) is held

    def test_refuses_a_city_whose_memory_is_lost(self, server, tmp_path):
        enter(city.units()[0].code)

        with pytest.raises(settling.MemoryLost):
            settling.settle(AT, folder=tmp_path, days=60)

    @pytest.mark.parametrize("others", [[], [OF_ANOTHER]], ids=["by itself", "beside others"])
    def test_leaves_a_city_that_stands_alone(self, server, tmp_path, others):
        for code in [city.units()[0].code, *others]:
            enter(code)
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


class TestSettleInPlace:
    """The account may make no databases."""

    @pytest.fixture(autouse=True)
    def _may_not(self, server, monkeypatch):
        def refuse(*_, **__):
            raise template.NotAllowed

        monkeypatch.setattr(template, "ensure", refuse)

    @pytest.fixture
    def started(self, monkeypatch):
        """What the builder was started with; it leaves a ledger and a unit, or is cut short."""
        started = []

        def start(words, *_):
            started.append(words)
            if words:
                plan.keep(Path(words[1]), LEDGER)
                enter(city.units()[0].code)
            if len(started) == 1:
                raise KeyboardInterrupt

        monkeypatch.setattr(template, "_start", start)
        return started

    def test_goes_on_where_it_was_cut_short_while_days_were_worked_out(self, tmp_path, started):
        with pytest.raises(KeyboardInterrupt):
            settling.settle(AT, folder=tmp_path, days=60)

        assert settling.settle(AT, folder=tmp_path, days=60) is True

        assert [bool(words) for words in started] == [True, False]
        assert memory.history_of(tmp_path) == History(3, 9)
        assert settling.settle(AT, folder=tmp_path, days=60) is False

    def test_begins_again_in_another_database(self, tmp_path, started):
        with pytest.raises(KeyboardInterrupt):
            settling.settle(AT, folder=tmp_path, days=60)
        for model in (Naming, Particulars, Unit):
            model.objects.all().delete()  # as if the address named another one now

        assert settling.settle(AT, folder=tmp_path, days=60) is True

        assert [bool(words) for words in started] == [True, True]

    def test_cannot_put_another_in_place(self, tmp_path):
        enter(city.units()[0].code)

        with pytest.raises(settling.HoldsOthers, match="may not make databases"):
            settling.settle(AT, folder=tmp_path, days=60, anew=True)


class TestRemember:
    @pytest.fixture
    def remembered(self, tmp_path):
        (tmp_path / "gateways").mkdir()
        settling.remember(LEDGER, folder=tmp_path)
        return tmp_path, FIRST, KNOWN

    def test_gives_each_terminal_its_memory(self, remembered):
        folder, unit, known = remembered

        assert memory.recall(folder, unit) == known
        assert memory.history_of(folder) == History(3, 9)
        assert calling.path_in(folder).exists()

    def test_forgets_another_citys_gateways(self, remembered):
        folder, *_ = remembered

        assert not (folder / "gateways").exists()
