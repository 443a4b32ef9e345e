import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

from hengneng.gateway.config import Config
from hengneng.gateway.decoding import Number
from hengneng.gateway.meters import Meter, Register
from hengneng.gateway.outbox import Outbox
from hengneng.gateway.posting import Said
from hengneng.protocol import national


def a_register(name="total", **said) -> Register:
    """A boring register: two big words of hundredths at 0."""
    usual = {
        "address": 0,
        "table": "holding",
        "type": "uint32",
        "word_order": "big",
        "byte_order": "big",
        "factor": Number(1, 2),
        "capacity": None,
        "data_code": None,
    }
    return Register(name=name, **(usual | said))


def a_meter(name="A-1", *registers, host="127.0.0.1", port=502, modbus_id=1) -> Meter:
    """A boring meter."""
    return Meter(name, "modbus-tcp", host, port, modbus_id, registers or (a_register(),))


def a_config(folder: Path, *meters: Meter, **said) -> Config:
    """A boring gateway."""
    usual = {
        "unit_code": "91310000MA1K35X16E",
        "region": "310104",
        "platform": "http://127.0.0.1:9/nhjc/register",
        "data_folder": folder,
        "upload_spread_s": 0,
        "timeout_s": 1,
    }
    return Config(meters=meters or (a_meter(),), **(usual | said))


@pytest.fixture
def outbox(tmp_path) -> Iterator[Outbox]:
    opened = Outbox(tmp_path / "outbox")
    yield opened
    opened.close()


@contextmanager
def modbus_server(*devices: SimDevice) -> Iterator[int]:
    """pymodbus's own server on a free port, in a thread of its own."""
    started, port, loop = threading.Event(), [], asyncio.new_event_loop()

    async def begin() -> ModbusTcpServer:
        server = ModbusTcpServer(list(devices), address=("127.0.0.1", 0))
        await server.listen()
        port.append(server.transport.sockets[0].getsockname()[1])
        return server

    def serve() -> None:
        server = loop.run_until_complete(begin())
        started.set()
        loop.run_forever()
        loop.run_until_complete(server.shutdown())
        loop.close()

    thread = threading.Thread(target=serve)
    thread.start()
    assert started.wait(10), "pymodbus's server does not start"
    try:
        yield port[0]
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)


def device(number: int, holding: dict[int, list[int]], **more) -> SimDevice:
    """A Modbus device of pymodbus's with words at addresses of the shared tables."""
    data = [
        SimData(address, values=words, datatype=DataType.REGISTERS)
        for address, words in holding.items()
    ]
    return SimDevice(id=number, simdata=data, **more)


ADDRESSES = {
    "version_url": "http://127.0.0.1:9/nhjc/versionCheck",
    "data_url": "http://127.0.0.1:9/nhjc/uploadEnergyData",
    "registers_url": "http://127.0.0.1:9/devices/v1/registers",
}


class Platform:
    """What answers, as a test needs it: by operation, a list in turn or one for ever."""

    def __init__(self):
        self.heard: list[tuple[str, bytes]] = []
        self.registration = self.register()
        self.versions = national.Versions("0", "RECEIVE SUCCESS", "1", "1")
        self.uploads = national.RECEIVED
        self.is_refused = lambda _body: False

    def register(self, device_id="secret", **addresses):
        told = ADDRESSES | addresses
        return national.RegistrationAnswer("0", "RECEIVE SUCCESS", device_id=device_id, **told)

    def post(self, url, body):
        name = url.rpartition("/")[2]
        self.heard.append((name, body))
        if name == "register":
            return self._said(self.registration, national.write_registration_answer)
        if name == "versionCheck":
            return self._said(self.versions, national.write_versions)
        if self.is_refused(body):
            return Said(200, national.write_answer(national.Answer("1", "no")))
        return self._said(self.uploads, national.write_answer)

    def _said(self, said, write):
        one = (said.pop(0) if said[1:] else said[0]) if isinstance(said, list) else said
        if isinstance(one, Exception):
            raise one
        return one if isinstance(one, Said) else Said(200, write(one))

    def bodies(self, name):
        return [body for heard, body in self.heard if heard == name]


@pytest.fixture
def platform():
    return Platform()
