import os
import signal
import subprocess
import sys
from pathlib import Path

from pymodbus.client import ModbusTcpClient
from tests.product import free_port

from hengneng.sim import __main__ as process

ROOT = Path(__file__).parents[3]
PLAN = """
[[buses]]
unit = "91310101DEM000014F"
port = {port}
[[buses.meters]]
number = "E-1"
device = 3
energy = "ELECTRICITY"
building = "b5"
load_permille = 1000
begins = "2026-03-01"
start = "123.45"
"""
# Its clock stands before the day on which the meter begins.
STANDING = {"HENGNENG_CLOCK": "2026-02-01T00:00:00+08:00@1"}


class TestTheProcess:
    def test_answers_until_told_to_stop(self, tmp_path):
        port = free_port()
        path = tmp_path / "meters.toml"
        path.write_text(PLAN.format(port=port), encoding="utf-8")
        meters = subprocess.Popen(
            [sys.executable, "-m", "hengneng.sim", str(path)],
            env=os.environ | STANDING | {"PYTHONPATH": str(ROOT / "src")},
            stdout=subprocess.PIPE,
            text=True,
        )
        said = meters.stdout.readline()
        client = ModbusTcpClient("127.0.0.1", port=port, timeout=5)
        client.connect()
        words = client.read_holding_registers(0, count=2, device_id=3).registers
        client.close()
        meters.send_signal(signal.SIGTERM)
        rest, _ = meters.communicate(timeout=10)

        assert said == f"1 virtual meters answer at port {port}\n"
        assert words == [0, 12345]
        assert (rest, meters.returncode) == ("", 0)

    def test_says_what_is_wrong_with_its_plan(self, tmp_path, capsys):
        (tmp_path / "meters.toml").write_text("buses = 3\n", encoding="utf-8")

        code = process.main([str(tmp_path / "meters.toml")])

        assert code == 1
        assert "the plan has 1 fault(s)" in capsys.readouterr().err

    def test_says_how_it_is_started(self, capsys):
        assert process.main([]) == 2
        assert "python -m hengneng.sim PLAN.toml" in capsys.readouterr().err
