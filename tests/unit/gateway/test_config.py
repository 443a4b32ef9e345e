from pathlib import Path

import pytest

from hengneng.gateway import config
from hengneng.gateway.config import BadConfig
from hengneng.gateway.decoding import Number
from hengneng.gateway.tables import Fault

HOW_TO = Path(__file__).parents[3] / "docs" / "how-to"
EXAMPLE = HOW_TO / "gateway.example.toml"
SHORTEST = """
unit_code = "91310000MA1K35X16E"
region = "310104"
platform = "http://127.0.0.1:8000/"
[[meters]]
name = "A-1"
host = "10.0.0.1"
[[meters.registers]]
address = 0
type = "uint32"
"""


def read(tmp_path: Path, text: str) -> config.Config:
    path = tmp_path / "gateway.toml"
    path.write_text(text, encoding="utf-8")
    return config.read(path)


def faults(tmp_path: Path, text: str) -> list[Fault]:
    with pytest.raises(BadConfig) as refused:
        read(tmp_path, text)
    return refused.value.faults


class TestTheExample:
    def test_is_fine(self):
        found = config.read(EXAMPLE)

        assert [meter.name for meter in found.meters] == ["SH-0231", "SH-0232"]
        assert found.platform == "https://energy.example/nhjc/register"
        assert found.data_folder == HOW_TO / "outbox"

    def test_says_every_register_exactly(self):
        first, second = config.read(EXAMPLE).meters

        assert first.registers[0].factor == Number(1, 2)
        assert first.registers[0].capacity == Number(1_000_000, 0)
        assert first.registers[0].data_code == "0000000002330011"
        assert second.registers[0].name == "total"
        assert second.registers[0].factor == Number(80, 0)

    def test_is_what_the_docs_show(self):
        shown = (HOW_TO / "run-a-gateway.md").read_text(encoding="utf-8")

        assert f"```toml\n{EXAMPLE.read_text(encoding='utf-8')}```" in shown


class TestRead:
    def test_fills_in_what_most_gateways_want(self, tmp_path):
        found = read(tmp_path, SHORTEST)

        assert found.poll_period_s == 900
        assert found.utc_offset_s == 28_800
        assert found.status_port == 0
        assert found.data_folder == tmp_path / "outbox"
        assert (found.meters[0].port, found.meters[0].modbus_id) == (502, 1)

    def test_keeps_another_platforms_own_address(self, tmp_path):
        text = SHORTEST.replace('"http://127.0.0.1:8000/"', '"https://h:9244/enterprise/register"')

        assert read(tmp_path, text).platform == "https://h:9244/enterprise/register"

    def test_reads_decimals_exactly(self, tmp_path):
        found = read(tmp_path, SHORTEST + "multiplier = 0.1\ncapacity = 9999999.9\n")

        assert found.meters[0].registers[0].factor == Number(1, 1)
        assert found.meters[0].registers[0].capacity == Number(99999999, 1)

    @pytest.mark.parametrize("value", ["nan", "inf", "0", "-1", "true", "1e18", "0.0000000001"])
    @pytest.mark.parametrize("key", ["multiplier", "capacity"])
    def test_refuses_what_no_register_can_be_multiplied_with_or_hold(self, tmp_path, key, value):
        (fault,) = faults(tmp_path, f"{SHORTEST}{key} = {value}\n")

        assert fault.place == f'meters[1] "A-1".registers[1].{key}'

    def test_names_every_fault_with_its_place_and_what_to_do(self, tmp_path):
        text = """
            region = "Xuhui"
            platform = "http://energy.example/"
            poll_period_s = 700
            statusport = 8701
            [[meters]]
            name = "A:1"
            host = "10.0.0.1"
            modbus_id = 0
            [[meters.registers]]
            address = 65535
            type = "uint32"
            decimals = 2
            multiplier = 80
            data_code = "0233"
            [[meters]]
            name = "A-2"
            host = "10.0.0.1"
        """

        found = {fault.place: str(fault) for fault in faults(tmp_path, text)}

        assert set(found) == {
            "poll_period_s",
            "unit_code",
            "region",
            "platform",
            'meters[1] "A:1".name',
            'meters[1] "A:1".modbus_id',
            'meters[1] "A:1".registers[1].address',
            'meters[1] "A:1".registers[1].multiplier',
            'meters[1] "A:1".registers[1].data_code',
            'meters[2] "A-2".registers',
            "statusport",
        }
        assert found["unit_code"] == "unit_code: it is missing; write it as text in quotes"
        assert found['meters[1] "A:1".modbus_id'].endswith(
            "0 is out of bounds; write a number from 1 to 255"
        )

    @pytest.mark.parametrize(
        ("more", "place"),
        [
            ("ca_file", "ca_file"),
            ("client_key", "client_key"),
        ],
    )
    def test_misses_a_file_before_it_is_needed(self, tmp_path, more, place):
        found = faults(tmp_path, f'{more} = "absent.pem"\n{SHORTEST}')

        assert place in {fault.place for fault in found}

    def test_counts_no_energy_twice(self, tmp_path):
        text = SHORTEST + SHORTEST[SHORTEST.index("[[meters]]") :].replace("A-1", "A-2")

        assert [fault.problem for fault in faults(tmp_path, text)] == [
            'meters[1] "A-1" "total" reads the same address'
        ]

    def test_wants_names_and_data_codes_apart(self, tmp_path):
        code = 'data_code = "0000000002330011"\n'
        one = SHORTEST + code
        two = SHORTEST[SHORTEST.index("[[meters]]") :].replace("address = 0", "address = 2") + code

        assert [fault.problem for fault in faults(tmp_path, one + two)] == [
            "another meter has this name",
            'meters[1] "A-1" "total" has the same data code',
        ]

    def test_lets_plain_http_only_where_asked(self, tmp_path):
        text = SHORTEST.replace("127.0.0.1:8000", "10.1.1.1")

        assert [fault.place for fault in faults(tmp_path, text)] == ["platform"]
        assert read(tmp_path, "allow_plain_http = true\n" + text).platform.startswith("http://")

    @pytest.mark.parametrize("address", ["energy.example", "ftp://x/", "https://", "https://x:y/"])
    def test_refuses_what_is_no_address(self, tmp_path, address):
        text = SHORTEST.replace("http://127.0.0.1:8000/", address)

        assert [fault.place for fault in faults(tmp_path, text)] == ["platform"]

    def test_refuses_a_host_that_no_resolver_takes(self, tmp_path):
        (fault,) = faults(tmp_path, SHORTEST.replace("10.0.0.1", "meter..plant"))

        assert fault.place == 'meters[1] "A-1".host'

    def test_keeps_readings_no_shorter_than_half_a_year(self, tmp_path):
        assert [f.place for f in faults(tmp_path, "retention_days = 183\n" + SHORTEST)] == [
            "retention_days"
        ]
        assert read(tmp_path, "retention_days = 184\n" + SHORTEST).retention_days == 184

    def test_says_where_the_file_is_no_toml(self, tmp_path):
        (fault,) = faults(tmp_path, "unit_code = \n")

        assert "line 1" in fault.problem

    @pytest.mark.parametrize(
        ("text", "seconds"), [("+08:00", 28_800), ("-03:30", -12_600), ("+00:00", 0)]
    )
    def test_knows_the_citys_civil_time(self, tmp_path, text, seconds):
        assert read(tmp_path, f'utc_offset = "{text}"\n{SHORTEST}').utc_offset_s == seconds
