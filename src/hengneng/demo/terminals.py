"""The demo's terminals: they reach the platform over HTTP only, as anybody's would."""

import http.client
import time
from typing import NamedTuple
from urllib.parse import urljoin, urlsplit

from hengneng.demo import memory as memories
from hengneng.demo.city import UnitPlan
from hengneng.demo.further.units import FurtherUnit
from hengneng.demo.readings import Batch
from hengneng.protocol import national
from hengneng.protocol import registers as native
from hengneng.protocol.national import Registration, RegistrationAnswer

REGISTER_PATH = "/nhjc/register"
# The platform may still be starting, or be started again.
_PATIENCE_SECONDS = 120.0
_PAUSE_SECONDS = 0.5
_TIMEOUT_SECONDS = 60


class NotReceived(Exception):
    """The platform did not take what a demo terminal sent."""


class Refused(NotReceived):
    """The platform took note of what a demo terminal sent, and refused it."""


class Addresses(NamedTuple):
    """Where the platform said that data go."""

    increments: str
    registers: str


class Line:
    """A terminal's connection to the platform; one thread's own."""

    def __init__(self, base_url: str) -> None:
        """Remember where the platform is, ``http://127.0.0.1:8000``."""
        self._base_url = base_url
        self._connection = http.client.HTTPConnection(
            urlsplit(base_url).netloc, timeout=_TIMEOUT_SECONDS
        )

    def post(self, address: str, body: bytes) -> bytes:
        """Return the platform's answer; sends again while it is away or too busy.

        Raises:
            NotReceived: If it does not answer within two minutes.
        """
        path = urlsplit(urljoin(self._base_url, address)).path
        said, until = "no time", time.monotonic() + _PATIENCE_SECONDS
        while time.monotonic() < until:
            try:
                self._connection.request("POST", path, body, {"Content-Type": "application/json"})
                answer = self._connection.getresponse()
                content = answer.read()
            except (OSError, http.client.HTTPException) as error:
                self._connection.close()
                said = str(error)
            else:
                if answer.status < http.client.INTERNAL_SERVER_ERROR:
                    return content
                said = f"{answer.status} {content[:200].decode(errors='replace')}"
            time.sleep(_PAUSE_SECONDS)
        raise NotReceived(f"{path}: {said}")

    def close(self) -> None:
        """Hang up."""
        self._connection.close()


def register(line: Line, unit: UnitPlan | FurtherUnit, device_id: str | None) -> RegistrationAnswer:
    """Return what the platform answers to a terminal that wants to speak for a unit."""
    asked = Registration(unit.code, unit.district, device_id)
    body = line.post(REGISTER_PATH, national.write_registration(asked))
    return national.read_registration_answer(body)


def addresses(line: Line, unit: UnitPlan, device_id: str) -> Addresses:
    """Return where a terminal's data go, as the platform says to one that shows its id.

    Args:
        line: Its connection.
        unit: The unit it speaks for.
        device_id: The id it holds.

    Raises:
        NotReceived: If the platform does not know the id.
    """
    answer = register(line, unit, device_id)
    if answer.device_id != device_id or answer.data_url is None or answer.registers_url is None:
        raise NotReceived(f"register for {unit.code}: {answer.response_message}")
    return Addresses(answer.data_url, answer.registers_url)


def send_registers(line: Line, address: str, unit: UnitPlan, batch: Batch) -> None:
    """Send registers over the native channel.

    Raises:
        NotReceived: If the platform refuses them.
    """
    device_id = _id_in(batch.memory)
    send(line, address, native.write_registers(device_id, unit.code, batch.records))


def send_increments(line: Line, address: str, unit: UnitPlan, batch: Batch) -> None:
    """Send increments in the national flavour.

    Raises:
        NotReceived: If the platform refuses them.
    """
    device_id = _id_in(batch.memory)
    send(line, address, national.write_energy(device_id, unit.code, batch.records))


def send(line: Line, address: str, body: bytes) -> None:
    """Send a message and read the answer.

    Raises:
        Refused: If it is not the answer "received".
        NotReceived: If the platform is away.
    """
    answer = national.read_answer(line.post(address, body))
    if not answer.is_success:
        raise Refused(f"{address}: {answer.response_message}")


def _id_in(memory: memories.Memory) -> str:
    """Return the terminal's id.

    Raises:
        NotReceived: If it has none.
    """
    if memory.device_id is None:
        raise NotReceived("a terminal that is not admitted cannot send")
    return memory.device_id
