"""The words of a meter's registers as exact decimal numbers.

Integers and decimal forms are exact. A float register is not: it is taken as the shortest decimal
that the meter's own float stands for, at most nine decimals, and what the float had already lost
stays lost (docs/how-to/run-a-gateway.md).
"""

import math
import struct
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import NamedTuple

from hengneng.protocol.records import DIGITS_MAX, SCALE_MAX

_FLOAT32_DIGITS = 9  # enough for every 32-bit float
_TEN_THOUSAND = 10_000


class Undecodable(ValueError):
    """These words are no reading.

    Attributes:
        reason: ``BAD_BCD``, ``NOT_A_NUMBER``, ``NEGATIVE``, ``TOO_LARGE``.
    """

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


class Number(NamedTuple):
    """An exact decimal: ``digits`` times ten to the minus ``scale``."""

    digits: int
    scale: int


class Kind(NamedTuple):
    """A form in which meters keep a number.

    Attributes:
        words: Registers it takes. [16-bit words]
        read: Makes the number of its bytes, the most significant first.
    """

    words: int
    read: Callable[[bytes], Number]


def value_of(
    words: Sequence[int], *, kind: str, word_order: str, byte_order: str, factor: Number
) -> Number:
    """Return the reading that a register's words say.

    Args:
        words: 16-bit words in address order. Shape (n,), n as ``KINDS[kind].words``.
        kind: Key of ``KINDS``.
        word_order: ``big``: the first word is the most significant; ``little``: the last.
        byte_order: ``big``: as Modbus sends them; ``little``: the bytes of each word swapped.
        factor: What the number is multiplied by.

    Raises:
        Undecodable: If they say none, or one that a cumulative register cannot hold.

    >>> value_of([0x0001, 0xE240], kind="uint32", word_order="big", byte_order="big",
    ...          factor=Number(1, 2))
    Number(digits=123456, scale=2)
    """
    ordered = words if word_order == "big" else list(reversed(words))
    ends = ">" if byte_order == "big" else "<"
    read = KINDS[kind].read(struct.pack(f"{ends}{len(words)}H", *ordered))
    if read.digits < 0:
        raise Undecodable("NEGATIVE", "a cumulative register cannot be negative")
    return _fitting(read.digits * factor.digits, read.scale + factor.scale)


def decimal_number(value: Decimal) -> Number:
    """Return a finite decimal as digits and a scale that is not negative.

    >>> decimal_number(Decimal("1.5E3"))
    Number(digits=1500, scale=0)
    """
    sign, digits, exponent = value.as_tuple()
    if not isinstance(exponent, int):
        raise Undecodable("NOT_A_NUMBER", f"{value} is no number")
    whole = int("".join(map(str, digits))) * (-1 if sign else 1)
    return Number(whole * 10**exponent, 0) if exponent > 0 else Number(whole, -exponent)


def _integer(*, is_signed: bool) -> Callable[[bytes], Number]:
    return lambda bytes_: Number(int.from_bytes(bytes_, "big", signed=is_signed), 0)


def _bcd(bytes_: bytes) -> Number:
    """Return what packed decimal digits say: four bits each."""
    shown = bytes_.hex()
    if not shown.isdecimal():
        raise Undecodable("BAD_BCD", f"{shown} has digits beyond 9")
    return Number(int(shown), 0)


def _ten_thousands(bytes_: bytes) -> Number:
    """Return what words of four decimal digits each, 0 to 9999, say."""
    words = struct.unpack(f">{len(bytes_) // 2}H", bytes_)
    if max(words) >= _TEN_THOUSAND:
        raise Undecodable("BAD_BCD", f"{bytes_.hex()} has a word beyond 9999")
    return Number(int("".join(f"{word:04}" for word in words)), 0)


def _float32(bytes_: bytes) -> Number:
    (value,) = struct.unpack(">f", bytes_)
    _check_finite(value)
    # Python shows 64-bit floats; the shortest text of a 32-bit one is the first that comes back.
    texts = (f"{value:.{digits}g}" for digits in range(1, _FLOAT32_DIGITS + 1))
    shortest = next(text for text in texts if _packs_to(text, bytes_))
    return decimal_number(Decimal(shortest))


def _packs_to(text: str, bytes_: bytes) -> bool:
    """Answer whether a text is read as this 32-bit float; one rounded beyond the range is not."""
    try:
        return struct.pack(">f", float(text)) == bytes_
    except OverflowError:
        return False


def _float64(bytes_: bytes) -> Number:
    (value,) = struct.unpack(">d", bytes_)
    _check_finite(value)
    return decimal_number(Decimal(repr(value)))


def _check_finite(value: float) -> None:
    if not math.isfinite(value):
        raise Undecodable("NOT_A_NUMBER", f"the register holds {value}")


def _fitting(digits: int, scale: int) -> Number:
    """Return the number with at most nine decimals; only a float can have had more."""
    if scale > SCALE_MAX:
        cut = 10 ** (scale - SCALE_MAX)
        whole, rest = divmod(digits, cut)
        # Half to even, so that rounding leans neither way.
        whole += rest * 2 > cut or (rest * 2 == cut and whole % 2 == 1)
        digits, scale = whole, SCALE_MAX
        while scale and digits % 10 == 0:
            digits, scale = digits // 10, scale - 1
    if digits > DIGITS_MAX:
        raise Undecodable("TOO_LARGE", "the reading passes 64 bits")
    return Number(digits, scale)


_UNSIGNED, _SIGNED = _integer(is_signed=False), _integer(is_signed=True)
KINDS = {
    "uint16": Kind(1, _UNSIGNED),
    "uint32": Kind(2, _UNSIGNED),
    "uint48": Kind(3, _UNSIGNED),
    "uint64": Kind(4, _UNSIGNED),
    "int16": Kind(1, _SIGNED),
    "int32": Kind(2, _SIGNED),
    "int64": Kind(4, _SIGNED),
    "float32": Kind(2, _float32),
    "float64": Kind(4, _float64),
    # Packed decimal digits, as DL/T 645 meters keep them.
    "bcd16": Kind(1, _bcd),
    "bcd32": Kind(2, _bcd),
    "bcd48": Kind(3, _bcd),
    "bcd64": Kind(4, _bcd),
    # Four decimal digits in each word, 0 to 9999.
    "mod10k32": Kind(2, _ten_thousands),
    "mod10k48": Kind(3, _ten_thousands),
    "mod10k64": Kind(4, _ten_thousands),
}
