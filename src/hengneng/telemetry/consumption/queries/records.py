"""A kept message's records, by its channel."""

from hengneng.kernel import clock
from hengneng.protocol import national, registers
from hengneng.protocol.records import Record
from hengneng.telemetry.journal import queries as journal
from hengneng.telemetry.journal.rules import Channel


def records_of(message: journal.StoredMessage) -> list[Record]:
    """Return the usable records of a message; configuration has none."""
    if message.channel == Channel.NATIONAL:
        return national.read_energy(message.body).content.records
    if message.channel == Channel.REGISTERS:
        return registers.read_registers(message.body, offset_s=clock.offset_s()).content.records
    return []
