import threading

import pytest

from hengneng.demo import city, memory, terminals
from hengneng.demo.living import Speaker
from hengneng.protocol import national
from hengneng.protocol.records import DAY_SECONDS

BEGINS = 20_720
NOON = BEGINS * DAY_SECONDS + 2 * DAY_SECONDS + DAY_SECONDS // 2

pytestmark = pytest.mark.usefixtures("no_series")


class Platform:
    """A line to a platform that receives everything, and may be told something meanwhile."""

    def __init__(self, meanwhile=lambda: None):
        self.bodies, self._meanwhile = [], meanwhile

    def post(self, _address, body):
        self.bodies.append(body)
        self._meanwhile()
        return national.write_answer(national.RECEIVED)


@pytest.fixture
def stop():
    return threading.Event()


@pytest.fixture
def speaker(stop):
    unit = city.units()[0]
    known = memory.of_the_beginning(unit, BEGINS, founded=BEGINS)
    return Speaker(unit, memory.with_device(known, "secret"), terminals.Addresses("/i", "/r"), stop)


class TestSpeaker:
    def test_sends_a_day_at_a_time(self, speaker, tmp_path):
        line = Platform()

        speaker.send_registers(line, tmp_path, NOON)

        assert len(line.bodies) == speaker.messages == 3
        assert memory.recall(tmp_path, speaker.unit).registers_at == NOON

    def test_is_silent_once_told(self, speaker, stop, tmp_path):
        line = Platform(meanwhile=stop.set)

        speaker.send_registers(line, tmp_path, NOON)
        speaker.send_increments(line, tmp_path, NOON)

        assert len(line.bodies) == 1
        assert memory.recall(tmp_path, speaker.unit).registers_at == (BEGINS + 1) * DAY_SECONDS

    def test_leaves_registers_to_the_gateway(self, speaker, tmp_path):
        speaker.leave_registers(tmp_path, NOON)

        assert memory.recall(tmp_path, speaker.unit).registers_at == NOON
        assert speaker.messages == 0
