import json
import os
import signal
import subprocess
import sys

import pytest
from tests.unit.gateway import platforms
from tests.unit.gateway.conftest import device, modbus_server

from hengneng.gateway import __main__ as alone
from hengneng.gateway import batches
from hengneng.gateway.batches import Channel, Sender, State
from hengneng.gateway.decoding import Number
from hengneng.gateway.outbox import Outbox, Reading
from hengneng.protocol import times

FILE = """
unit_code = "91310000MA1K35X16E"
region = "310104"
platform = "{platform}"
retry_max_s = 1
upload_spread_s = 0
timeout_s = 1
attempts = 1
[[meters]]
name = "A-1"
host = "127.0.0.1"
port = {port}
[[meters.registers]]
address = 0
type = "uint32"
decimals = 2
"""


@pytest.fixture
def write(tmp_path):
    """Writes a gateway's file."""

    def written(port=502, platform="http://127.0.0.1:9/", more=""):
        path = tmp_path / "gateway.toml"
        path.write_text(more + FILE.format(port=port, platform=platform))
        return str(path)

    return written


class TestCheck:
    def test_says_that_a_file_is_fine(self, write, capsys):
        assert alone.main(["check", write()]) == 0

        assert "1 meters, 1 registers, every 900 s" in capsys.readouterr().out

    def test_names_faults_to_programs_too(self, write, capsys):
        assert alone.main(["check", "--json", write(more="colour = 1\n")]) == 1

        said = json.loads(capsys.readouterr().out)
        assert [fault["place"] for fault in said["faults"]] == ["colour"]

    def test_says_that_there_is_no_file(self, tmp_path, capsys):
        assert alone.main(["check", str(tmp_path / "absent.toml")]) == 1

        assert "No such file" in capsys.readouterr().err


class TestReadOnce:
    def test_shows_what_meters_say_and_keeps_nothing(self, write, capsys, tmp_path):
        with modbus_server(device(1, {0: [0, 12_345]})) as port:
            assert alone.main(["read-once", "--json", write(port)]) == 0

        assert json.loads(capsys.readouterr().out) == {
            "readings": [{"meter": "A-1", "register": "total", "value": "123.45", "is_good": True}],
            "failures": [],
        }
        assert not (tmp_path / "outbox").exists()

    def test_fails_where_a_meter_does(self, write, capsys):
        with modbus_server(device(1, {9: [0]})) as port:
            assert alone.main(["read-once", write(port)]) == 1

        assert "A-1 total  EXCEPTION_02" in capsys.readouterr().out


class TestBacklog:
    @pytest.fixture
    def refused(self, tmp_path):
        """An outbox of one refused reading and one that waits."""
        outbox = Outbox(tmp_path / "outbox")
        sender = Sender("secret", "91310000MA1K35X16E", Channel.REGISTERS, 900, {})
        for number in (1, 2):
            at = 1_795_190_400 + 900 * number
            outbox.keep([Reading("A-1", "total", at, Number(number, 0), "M", at)], [])
            if number == 1:
                batches.form(outbox, sender, at=at)
                batches.settle(outbox, batches.pending(outbox), State.REFUSED, "no", at=at)
        outbox.close()

    def test_shows_what_waits_and_what_was_refused(self, write, refused, capsys):
        assert alone.main(["backlog", "--json", write()]) == 0

        said = json.loads(capsys.readouterr().out)
        assert (said["waiting_readings"], said["refused_readings"]) == (1, 1)
        assert said["oldest_waiting"] == "2026-11-20 16:30:00"
        assert [one["said"] for one in said["refusals"]] == ["no"]

    def test_puts_back_what_was_refused(self, write, refused, capsys):
        assert alone.main(["backlog", "--json", "--retry-refused", write()]) == 0

        said = json.loads(capsys.readouterr().out)
        assert (said["waiting_readings"], said["refused_readings"]) == (2, 0)
        assert said["oldest_waiting"] == "2026-11-20 16:15:00"

    def test_says_that_there_is_none_yet(self, write, capsys):
        assert alone.main(["backlog", "--retry-refused", write()]) == 1

        assert "has the gateway run?" in capsys.readouterr().err

    def test_puts_nothing_back_while_the_gateway_runs(self, write, refused, tmp_path, capsys):
        running = Outbox(tmp_path / "outbox")
        try:
            assert alone.main(["backlog", "--retry-refused", write()]) == 1
        finally:
            running.close()

        assert "another process" in capsys.readouterr().err


class TestRun:
    def test_ends_in_order_when_told_and_goes_on_where_it_was_killed(self, write, tmp_path):
        with modbus_server(device(1, {0: [0, 7]})) as port, platforms.serving() as platform:
            path = write(port, platform.address, more="poll_period_s = 1\ntolerance_s = 0\n")
            first = self.started(path)
            platform.wait_for("registers")
            first.kill()
            first.communicate()
            again = self.started(path)
            platform.wait_for("registers", len(platform.bodies("registers")) + 2)
            again.send_signal(signal.SIGTERM)
            _, said = again.communicate(timeout=15)

        assert again.returncode == 0, said
        # The second had the id of the first: it registered once.
        assert len(platform.bodies("register")) == 1
        sent = [
            row["instant"]
            for body in dict.fromkeys(platform.bodies("registers"))
            for row in json.loads(body)["data"]
        ]
        assert len(sent) == len(set(sent))
        outbox = Outbox(tmp_path / "outbox")
        with outbox.looking() as connection:
            kept = connection.execute(
                "SELECT at, batch.state FROM reading LEFT JOIN batch ON batch.id = batch"
            ).fetchall()
        outbox.close()
        assert set(sent) <= {times.text_of(at) for at, _ in kept}
        assert {times.text_of(at) for at, state in kept if state == "ACKNOWLEDGED"} <= set(sent)

    def started(self, path):
        return subprocess.Popen(
            [sys.executable, "-m", "hengneng.gateway", "run", path],
            env=os.environ | {"PYTHONPATH": "src"},
            stderr=subprocess.PIPE,
            text=True,
        )


def test_stands_without_the_server(write):
    """Nothing of Django is loaded; what is not installed with [gateway] cannot be missed."""
    script = (
        "import sys; from hengneng.gateway import __main__ as alone;"
        f" alone.main(['check', {write()!r}]);"
        " print([name for name in ('django', 'psycopg', 'numpy') if name in sys.modules])"
    )
    said = subprocess.run(
        [sys.executable, "-c", script],
        env=os.environ | {"PYTHONPATH": "src"},
        capture_output=True,
        text=True,
        check=True,
    )

    assert said.stdout.endswith("[]\n")
