"""Against pymodbus's own server, which is not ours."""

import asyncio
import socket
import struct

import pytest
from pymodbus.simulator import DataType, SimData, SimDevice
from tests.unit.gateway.conftest import a_meter, a_register, device, modbus_server

from hengneng.gateway.decoding import KINDS, Number
from hengneng.gateway.drivers.lines import Silent
from hengneng.gateway.drivers.modbus_tcp import Block, ModbusTcp, blocks

PLAIN = Number(1, 0)
# What pymodbus itself makes of values, so that it and we must agree on the words.
THEIRS = {
    "uint16": (DataType.UINT16, 65535, Number(65535, 0)),
    "int16": (DataType.INT16, 32767, Number(32767, 0)),
    "uint32": (DataType.UINT32, 4_000_000_000, Number(4_000_000_000, 0)),
    "int32": (DataType.INT32, 2_000_000_000, Number(2_000_000_000, 0)),
    "uint64": (DataType.UINT64, 1 << 40, Number(1 << 40, 0)),
    "int64": (DataType.INT64, (1 << 62) + 1, Number((1 << 62) + 1, 0)),
    "float32": (DataType.FLOAT32, 123.456, Number(123456, 3)),
    "float64": (DataType.FLOAT64, 123.456, Number(123456, 3)),
}
# Forms that pymodbus has no name for: their words.
OURS = {
    "uint48": ([1, 2, 3], Number((1 << 32) + (2 << 16) + 3, 0)),
    "bcd16": ([0x9876], Number(9876, 0)),
    "bcd32": ([0x1234, 0x5678], Number(12345678, 0)),
    "bcd48": ([0x0000, 0x0012, 0x3456], Number(123456, 0)),
    "bcd64": ([0, 0, 0x1234, 0x5678], Number(12345678, 0)),
    "mod10k32": ([1234, 5678], Number(12345678, 0)),
    "mod10k48": ([1, 2, 3], Number(100020003, 0)),
    "mod10k64": ([0, 0, 1, 2], Number(10002, 0)),
}


def read(meter, port, timeout_s=1.0):
    """One reading of a meter, over a line of its own."""

    async def reading():
        line = ModbusTcp("127.0.0.1", port, timeout_s)
        await line.open()
        try:
            return await line.read(meter)
        finally:
            line.close()

    return asyncio.run(reading())


@pytest.mark.parametrize("table", ["holding", "input"])
def test_every_kind_comes_through_in_one_meter(table):
    address, data, registers, expected = 0, [], [], {}
    for kind, said in (THEIRS | OURS).items():
        values, type_ = (said[1], said[0]) if kind in THEIRS else (said[0], DataType.REGISTERS)
        data.append(SimData(address, values=values, datatype=type_))
        registers.append(a_register(kind, address=address, type=kind, table=table, factor=PLAIN))
        expected[kind] = said[-1]
        address += KINDS[kind].words + 1  # a hole that the server refuses to read

    with modbus_server(SimDevice(id=7, simdata=data)) as port:
        answers = read(a_meter("A-1", *registers, modbus_id=7), port)

    assert {one.register: one.number for one in answers} == expected
    assert set(expected) == set(KINDS)


def test_every_order_comes_through():
    value = struct.pack(">I", 0x01020304)
    orders = {
        ("big", "big"): ">HH",
        ("big", "little"): "<HH",
    }
    words = {
        (word, byte): list(struct.unpack(orders["big", byte], value))[:: 1 if word == "big" else -1]
        for word in ("big", "little")
        for byte in ("big", "little")
    }
    registers = [
        a_register(f"{w} {b}", address=10 * n, word_order=w, byte_order=b, factor=PLAIN)
        for n, (w, b) in enumerate(words)
    ]
    holding = {10 * n: one for n, one in enumerate(words.values())}

    with modbus_server(device(1, holding)) as port:
        answers = read(a_meter("A-1", *registers), port)

    assert [one.number for one in answers] == [Number(0x01020304, 0)] * 4


def test_neighbours_share_a_request_and_a_hole_is_not_read():
    asked = []

    async def note(function, _start, address, count, _registers, _values):
        asked.append((function, address, count))

    registers = [
        a_register("a", address=0),
        a_register("b", address=2),
        a_register("c", address=5),
        a_register("d", address=0, table="input"),
    ]
    with modbus_server(device(1, {0: [0, 1, 0, 2], 5: [0, 3]}, action=note)) as port:
        answers = read(a_meter("A-1", *registers), port)

    assert {one.register: one.number for one in answers} == {
        "a": Number(1, 2),
        "b": Number(2, 2),
        "c": Number(3, 2),
        "d": Number(1, 2),
    }
    assert asked == [(3, 0, 4), (3, 5, 2), (4, 0, 2)]


def test_a_refused_address_costs_its_own_registers_alone():
    registers = [a_register("good"), a_register("absent", address=500)]

    with modbus_server(device(1, {0: [0, 9]})) as port:
        good, absent = read(a_meter("A-1", *registers), port)

    assert good.number == Number(9, 2)
    assert (absent.number, absent.reason) == (None, "EXCEPTION_02")
    assert "holding 500" in absent.detail


def test_words_that_are_no_reading_say_why():
    with modbus_server(device(1, {0: [0x12A4]})) as port:
        (answer,) = read(a_meter("A-1", a_register(type="bcd16")), port)

    assert (answer.number, answer.reason) == (None, "BAD_BCD")


def test_nobody_at_the_address():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: nobody else can take it meanwhile
        with pytest.raises(Silent) as silent:
            read(a_meter(), taken.getsockname()[1])

    assert silent.value.reason == "UNREACHABLE"


def test_a_late_answer_is_never_taken_for_anothers():
    """The line is closed after a time-out; what is read next comes over a new one."""
    delays = {1: 0.6, 2: 0.0}

    def slow(number):
        async def wait(_function, _start, _address, _count, _registers, _values):
            await asyncio.sleep(delays[number])

        return wait

    async def reading(port):
        line = ModbusTcp("127.0.0.1", port, 0.2)
        await line.open()
        with pytest.raises(Silent) as silent:
            await line.read(a_meter("slow", modbus_id=1))
        await asyncio.sleep(0.5)  # its answer has come by now, to nobody
        await line.open()
        answers = await line.read(a_meter("quick", modbus_id=2))
        line.close()
        return silent.value.reason, answers

    one = device(1, {0: [0, 1]}, action=slow(1))
    two = device(2, {0: [0, 2]}, action=slow(2))
    with modbus_server(one, two) as port:
        reason, (answer,) = asyncio.run(reading(port))

    assert reason == "NO_ANSWER"
    assert answer.number == Number(2, 2)


ANSWERS = {
    "nonsense": lambda _asked: b"\xff" * 40,
    "text": lambda _asked: b"HTTP/1.1 400 Bad Request\r\n\r\n",
    "nothing, and goes": lambda _asked: b"",
    "another's transaction": lambda asked: b"\x7f\x7f" + asked[2:4] + b"\0\x07\1\3\4\0\1\0\2",
    "another device": lambda asked: asked[:4] + b"\0\x07\x63\3\4\0\1\0\2",
    "too few words": lambda asked: asked[:4] + b"\0\5\1\3\2\0\1",
    "too many words": lambda asked: asked[:4] + b"\0\x09\1\3\6\0\1\0\2\0\3",
    "a length that is none": lambda asked: asked[:4] + b"\0\x07\1\3\xff\0\1\0\2",
    "another function": lambda asked: asked[:4] + b"\0\x07\1\4\4\0\1\0\2",
    "half an answer": lambda asked: asked[:4] + b"\0\x07\1\3",
}


@pytest.mark.parametrize("answers", ANSWERS.values(), ids=ANSWERS)
def test_what_is_no_answer_is_never_a_reading(answers, caplog):
    async def reading():
        async def answer(reader, writer):
            writer.write(answers(await reader.read(64)))
            await writer.drain()
            writer.close()

        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        async with server:
            line = ModbusTcp("127.0.0.1", server.sockets[0].getsockname()[1], 0.3)
            await line.open()
            try:
                return await line.read(a_meter())
            finally:
                line.close()

    with pytest.raises(Silent):
        asyncio.run(reading())


class TestBlocks:
    def test_end_at_125_words(self):
        registers = [a_register(str(n), address=4 * n, type="uint64") for n in range(32)]

        found = blocks(registers)

        assert [(one.address, one.words) for one in found] == [(0, 124), (124, 4)]

    def test_overlapping_registers_are_read_once(self):
        wide, inside = a_register("wide", type="uint64"), a_register("inside", address=1)

        assert blocks([inside, wide]) == [Block("holding", 0, 4, (wide, inside))]
