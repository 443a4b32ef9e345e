from datetime import UTC, datetime

import pytest

from hengneng.demo import calling, city, memory, settling
from hengneng.demo.memory import History
from hengneng.demo.plan import Ledger, plan_of

AT = datetime(2026, 11, 23, 1, tzinfo=UTC)


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
