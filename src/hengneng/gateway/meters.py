"""What a gateway reads: meters and their registers, as its configuration names them."""

import msgspec

from hengneng.gateway.decoding import KINDS, Number


class Register(msgspec.Struct, frozen=True):
    """One cumulative register of a meter.

    Attributes:
        name: The register's name at the platform; ``total`` where the meter has one.
        address: First address, from 0, as the request has it (not 40001).
        table: ``holding`` or ``input``.
        type: How the number is kept: a key of ``decoding.KINDS``.
        word_order: ``big``: first word most significant; ``little``: last word.
        byte_order: ``big``: as Modbus sends; ``little``: bytes swapped in each word.
        factor: What the raw number is multiplied by: ``decimals`` 2 is one hundredth.
        capacity: Where the register starts again at zero, in units after the factor; None: unknown.
        data_code: 16 digits under which increments go to a platform without native registers.
    """

    name: str
    address: int
    table: str
    type: str
    word_order: str
    byte_order: str
    factor: Number
    capacity: Number | None
    data_code: str | None

    @property
    def words(self) -> int:
        """Addresses it takes. [16-bit words]"""
        return KINDS[self.type].words


class Meter(msgspec.Struct, frozen=True):
    """One meter.

    Attributes:
        name: The meter's name at the platform, which makes its series ``R:name:register``.
        protocol: Which driver reads it: a key of ``drivers.kinds.DRIVERS``.
        host: Address of the meter, or of the converter it hangs on.
        port: TCP port.
        modbus_id: The Modbus unit id behind that address. [1 to 255]
        registers: What is read.
    """

    name: str
    protocol: str
    host: str
    port: int
    modbus_id: int
    registers: tuple[Register, ...]
