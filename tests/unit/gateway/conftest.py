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
