import subprocess
import sys

import pytest

from hengneng.bench import gateway
from hengneng.gateway import batches, config
from hengneng.gateway.batches import Channel, Sender, State
from hengneng.gateway.decoding import Number
from hengneng.gateway.outbox import Failure, Outbox, Reading

AT = 900 * 1_994_656


@pytest.fixture
def outbox(tmp_path):
    opened = Outbox(tmp_path)
    yield opened
    opened.close()


def keep(outbox, at, meters=gateway.METERS):
    outbox.keep([Reading(f"M-{n}", "total", at, Number(1, 2), "M", at) for n in range(meters)], [])
    batches.form(outbox, Sender("bench", "UNIT", Channel.REGISTERS, 900, {}), at=at)


def test_its_gateway_is_configured_without_fault(tmp_path):
    path = tmp_path / "gateway.toml"
    path.write_text(gateway._toml({"meters": range(1, gateway.METERS + 1), "platform": 8000}))

    found = config.read(path)

    assert len({(meter.host, meter.port) for meter in found.meters}) == gateway.METERS == 200
    assert found.poll_period_s == 900


class TestCount:
    def test_a_round_counts_once_all_of_it_is_acknowledged(self, outbox, tmp_path):
        keep(outbox, AT)
        assert gateway._count(tmp_path) == 0

        batches.settle(outbox, batches.pending(outbox), State.ACKNOWLEDGED, "", at=AT)

        assert gateway._count(tmp_path) == 1

    def test_a_round_with_a_meter_missing_is_none(self, outbox, tmp_path):
        keep(outbox, AT, meters=gateway.METERS - 1)
        batches.settle(outbox, batches.pending(outbox), State.ACKNOWLEDGED, "", at=AT)

        assert gateway._count(tmp_path) == 0

    def test_without_an_outbox_there_is_none(self, tmp_path):
        assert gateway._count(tmp_path / "absent") == 0


class TestCheck:
    def test_a_failure_makes_the_figures_worthless(self, outbox, tmp_path):
        outbox.keep([], [Failure("M-1", "", AT, "NO_ANSWER", "")])

        with pytest.raises(gateway.NotMeasured, match="1 readings failed and 0 were late"):
            gateway._check(tmp_path)

    def test_so_does_a_late_reading(self, outbox, tmp_path):
        outbox.keep([Reading("M-1", "total", AT + 5, Number(1, 2), "M", AT + 5)], [])

        with pytest.raises(gateway.NotMeasured, match="0 readings failed and 1 were late"):
            gateway._check(tmp_path)


def test_the_other_side_ends_with_its_input():
    field = subprocess.run(
        [sys.executable, "-m", "hengneng.bench.field", "2"],
        env={"PYTHONPATH": "src"},
        input="",
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )

    assert field.stdout.startswith('{"meters": [')
