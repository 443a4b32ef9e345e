"""Modbus TCP: cumulative registers from holding and input tables."""

import logging
from collections.abc import Sequence
from typing import NamedTuple

from pymodbus.client import AsyncModbusTcpClient
from pymodbus.exceptions import ModbusException
from pymodbus.pdu import ExceptionResponse, ModbusPDU

from hengneng.gateway import decoding
from hengneng.gateway.drivers.lines import Answer, Silent
from hengneng.gateway.meters import Meter, Register

# SOURCE: MODBUS Application Protocol V1.1b3, 6.3 and 6.4: at most 125 registers a request.
WORDS_MAX = 125
_FUNCTIONS = {"holding": 3, "input": 4}
# What it would say of a silent meter stands in our own record of failures.
logging.getLogger("pymodbus").setLevel(logging.CRITICAL)


class Block(NamedTuple):
    """Neighbouring registers that one request reads.

    Attributes:
        table: ``holding`` or ``input``.
        address: The first.
        words: How many. [16-bit words]
        registers: What lies in them.
    """

    table: str
    address: int
    words: int
    registers: tuple[Register, ...]


def blocks(registers: Sequence[Register]) -> list[Block]:
    """Return the requests that read these registers.

    Only registers that touch or overlap share one: many meters refuse an address between them that
    they do not have.
    """
    found: list[Block] = []
    for register in sorted(registers, key=lambda one: (one.table, one.address)):
        last = found[-1] if found else None
        end = register.address + register.words
        if (
            last is not None
            and last.table == register.table
            and register.address <= last.address + last.words
            and end - last.address <= WORDS_MAX
        ):
            count = max(last.words, end - last.address)
            found[-1] = last._replace(words=count, registers=(*last.registers, register))
        else:
            found.append(Block(register.table, register.address, register.words, (register,)))
    return found


class ModbusTcp:
    """A line to one host and port."""

    def __init__(self, host: str, port: int, timeout_s: float) -> None:
        """Remember where; nothing is opened yet."""
        self._host, self._port, self._timeout_s = host, port, timeout_s
        self._client: AsyncModbusTcpClient | None = None
        self._blocks: dict[str, list[Block]] = {}

    async def open(self) -> None:
        """Connect where not connected; see ``Line``."""
        if self._client is not None and self._client.connected:
            return
        self.close()
        # Attempts are counted by who polls; the library would repeat them behind our back.
        client = AsyncModbusTcpClient(
            self._host, port=self._port, timeout=self._timeout_s, retries=0, reconnect_delay=0
        )
        if not await client.connect():
            client.close()
            raise Silent("UNREACHABLE", f"{self._host}:{self._port} takes no connection")
        self._client = client

    async def read(self, meter: Meter) -> list[Answer]:
        """Return an answer for each of the meter's registers; see ``Line``."""
        if meter.name not in self._blocks:
            self._blocks[meter.name] = blocks(meter.registers)
        answers: list[Answer] = []
        for block in self._blocks[meter.name]:
            answers += _answers(block, await self._ask(meter, block))
        return answers

    def close(self) -> None:
        """Let the connection go."""
        if self._client is not None:
            self._client.close()
            self._client = None

    async def _ask(self, meter: Meter, block: Block) -> ModbusPDU:
        """Return what the meter answers to one request.

        Raises:
            Silent: If it does not answer.
        """
        if self._client is None:
            raise Silent("UNREACHABLE", f"{self._host}:{self._port} is not open")
        tables = {
            "holding": self._client.read_holding_registers,
            "input": self._client.read_input_registers,
        }
        try:
            said = await tables[block.table](
                block.address, count=block.words, device_id=meter.modbus_id
            )
        except ModbusException as error:
            self.close()
            raise Silent("NO_ANSWER", str(error)) from error
        if not isinstance(said, ExceptionResponse) and (
            said.function_code != _FUNCTIONS[block.table] or len(said.registers) != block.words
        ):
            self.close()
            detail = f"function {said.function_code} with {len(said.registers)} words"
            raise Silent("GARBLED", f"asked for {block.words} words at {block.table}, got {detail}")
        return said


def _answers(block: Block, said: ModbusPDU) -> list[Answer]:
    """Return a block's registers as answers."""
    if isinstance(said, ExceptionResponse):
        code = said.exception_code
        detail = f"the meter refuses {block.words} words at {block.table} {block.address}: {code}"
        return [Answer(one.name, None, f"EXCEPTION_{code:02}", detail) for one in block.registers]
    return [_answer(one, said.registers[one.address - block.address :]) for one in block.registers]


def _answer(register: Register, words: Sequence[int]) -> Answer:
    """Return one register's answer from the words that begin with it."""
    try:
        number = decoding.value_of(
            words[: register.words],
            kind=register.type,
            word_order=register.word_order,
            byte_order=register.byte_order,
            factor=register.factor,
        )
    except decoding.Undecodable as error:
        return Answer(register.name, None, error.reason, str(error))
    return Answer(register.name, number)
