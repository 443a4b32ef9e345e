from pathlib import Path

import pytest
from tests.unit.sim.virtual import UNIT, plan_on

from hengneng.gateway import config
from hengneng.gateway.decoding import Number
from hengneng.sim import gateways


@pytest.fixture
def read(tmp_path: Path):
    """What a gateway reads of the file that is written for it."""
    path = tmp_path / "gateway.toml"
    settings = {
        "region": "310101",
        "platform": "http://127.0.0.1:8000",
        "poll_period_s": 3600,
        "status_port": 8621,
    }
    path.write_text(gateways.gateway_toml(plan_on(8620), UNIT, settings), encoding="utf-8")
    return config.read(path)


class TestGatewayToml:
    def test_is_read_by_the_gateway(self, read):
        assert (read.unit_code, read.region) == (UNIT, "310101")
        assert (read.poll_period_s, read.status_port) == (3600, 8621)
        assert read.utc_offset_s == 28_800

    def test_names_every_meter_where_it_answers(self, read):
        wired = [(one.name, one.host, one.port, one.modbus_id) for one in read.meters]

        assert wired == [
            ("E-fine", "127.0.0.1", 8620, 1),
            ("E-main", "127.0.0.1", 8620, 2),
            ("G-1", "127.0.0.1", 8620, 7),
        ]

    def test_says_how_each_register_is_kept(self, read):
        kept = [one.registers[0] for one in read.meters]

        assert [(one.address, one.type, one.word_order) for one in kept] == [
            (0, "uint32", "big"),
            (0, "uint64", "little"),
            (0, "uint32", "big"),
        ]
        assert [one.factor for one in kept] == [Number(1, 2), Number(1, 4), Number(1, 2)]
        assert [one.capacity for one in kept] == [Number(1_000_000, 0)] * 3

    def test_of_a_unit_without_meters_there_is_none(self):
        with pytest.raises(LookupError):
            gateways.gateway_toml(plan_on(8620), "91310104DEM000022M", {})
