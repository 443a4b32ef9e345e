"""Virtual meters on the wire: a Modbus TCP server for each bus, and the control."""

import asyncio
import threading
from collections.abc import Callable
from functools import partial

from pymodbus.constants import ExcCodes
from pymodbus.pdu import ExceptionResponse, ModbusPDU
from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

from hengneng.gateway.clock import Clock, from_environment
from hengneng.sim import faults, maps
from hengneng.sim.control import Running
from hengneng.sim.maps import Wired
from hengneng.sim.plans import Bus, SimPlan

LOOPBACK = "127.0.0.1"
_DEVICE_PLACE = 6  # of the unit id in a Modbus TCP frame, after transaction, protocol and length
_EXCEPTION = 0x80


class CannotListen(OSError):
    """An address of the virtual meters cannot be listened on."""


def serve(
    plan: SimPlan,
    stop: threading.Event,
    *,
    clock: Clock | None = None,
    ready: Callable[[], None] | None = None,
) -> None:
    """Let virtual meters answer until told to stop.

    Args:
        plan: Which meters there are and where they answer.
        stop: Ends it when set, from any thread.
        clock: What time it is for the meters; None: what the environment says.
        ready: Called once when all of them answer.

    Raises:
        CannotListen: If an address is taken.
        UnreadableClock: If ``HENGNENG_CLOCK`` has another form.
    """
    time = clock or from_environment()
    running = Running(plan, lambda: int(time.now() // 1) + plan.offset_s, plan.faults)
    asyncio.run(_serve(running, stop, ready))


async def _serve(running: Running, stop: threading.Event, ready: Callable[[], None] | None) -> None:
    """Start the servers, wait, end them."""
    servers = [_server(running, bus) for bus in running.plan.buses]
    control: asyncio.Server | None = None
    try:
        for server, bus in zip(servers, running.plan.buses, strict=True):
            await _listen(server, bus)
        if port := running.plan.control_port:
            control = await asyncio.start_server(partial(_converse, running), LOOPBACK, port)
        if ready is not None:
            ready()
        await asyncio.to_thread(stop.wait)
    finally:
        if control is not None:
            control.close()
        for server in servers:
            await server.shutdown()  # type: ignore[no-untyped-call]


async def _listen(server: ModbusTcpServer, bus: Bus) -> None:
    """Let a server listen.

    Raises:
        CannotListen: If its address is taken.
    """
    try:
        await server.serve_forever(background=True)
    except RuntimeError as error:
        raise CannotListen(f"{bus.host} port {bus.port} cannot be listened on") from error


def _server(running: Running, bus: Bus) -> ModbusTcpServer:
    """Return the server of a bus."""
    devices = [_device(running, wired) for wired in bus.meters]
    # Asked for a meter that is not there the library needs some device; ``conceal`` hides it.
    nobody = SimDevice(id=0, simdata=[SimData(0, values=0, datatype=DataType.REGISTERS)])
    numbers = {wired.device: wired.meter.number for wired in bus.meters}

    def conceal(sending: bool, pdu: ModbusPDU) -> ModbusPDU:
        """Answer for a device that is not there as a gateway to a serial line does.

        Source:
            MODBUS Application Protocol V1.1b3, 7: exception 11.
        """
        if not sending or pdu.dev_id in numbers:
            return pdu
        function = pdu.function_code % _EXCEPTION
        return ExceptionResponse(
            function, ExcCodes.GATEWAY_NO_RESPONSE, pdu.dev_id, pdu.transaction_id
        )

    def withhold(sending: bool, frame: bytes) -> bytes:
        """Send nothing for a meter that is out."""
        if not sending or len(frame) <= _DEVICE_PLACE:
            return frame
        number = numbers.get(frame[_DEVICE_PLACE], "")
        return b"" if faults.is_silent(running.faults, number, running.now()) else frame

    return ModbusTcpServer(
        [nobody, *devices],
        address=(bus.host, bus.port),
        trace_pdu=conceal,
        trace_packet=withhold,
    )


def _device(running: Running, wired: Wired) -> SimDevice:
    """Return a meter as the server asks it."""

    async def look(
        _function: int,
        first: int,
        address: int,
        count: int,
        held: list[int],
        _written: list[int] | list[bool] | None,
    ) -> ExcCodes | None:
        """Put into the asked registers what the meter shows at this instant."""
        words = maps.words_at(wired, running.faults, running.now())
        for place in range(address, address + count):
            held[place - first] = words[place]
        return None

    words = maps.words_at(wired, (), 0)
    blocks = [
        SimData(address, values=word, datatype=DataType.REGISTERS, readonly=True)
        for address, word in sorted(words.items())
    ]
    return SimDevice(id=wired.device, simdata=blocks, action=look)


async def _converse(
    running: Running, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    """Answer one caller of the control, line by line, until it hangs up."""
    try:
        while line := await reader.readline():
            writer.write(running.answer(line))
            await writer.drain()
    except (ConnectionError, ValueError):
        # ValueError: a line longer than any order. The caller is gone or talks nonsense.
        return
    finally:
        writer.close()
