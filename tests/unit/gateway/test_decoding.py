import struct
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengneng.gateway import decoding
from hengneng.gateway.decoding import Number, Undecodable


def value_of(words, kind, word_order="big", byte_order="big", factor=Number(1, 0)):  # noqa: B008
    return decoding.value_of(
        words, kind=kind, word_order=word_order, byte_order=byte_order, factor=factor
    )


@pytest.mark.parametrize(
    ("kind", "words", "number"),
    [
        ("uint16", [0xFFFF], Number(65535, 0)),
        ("uint32", [0x0001, 0xE240], Number(123456, 0)),
        ("uint48", [1, 0, 0], Number(1 << 32, 0)),
        ("uint64", [0, 0x00FF, 0xFFFF, 0xFFFF], Number((1 << 40) - 1, 0)),
        ("int16", [0x7FFF], Number(32767, 0)),
        ("int32", [0x7FFF, 0xFFFF], Number((1 << 31) - 1, 0)),
        ("int64", [0x7FFF, 0xFFFF, 0xFFFF, 0xFFFF], Number((1 << 63) - 1, 0)),
        ("float32", [0x42F6, 0xE979], Number(123456, 3)),  # 123.456
        ("float64", [0x405E, 0xDD2F, 0x1A9F, 0xBE77], Number(123456, 3)),
        ("bcd16", [0x9876], Number(9876, 0)),
        ("bcd32", [0x1234, 0x5678], Number(12345678, 0)),
        ("bcd48", [0x1234, 0x5678, 0x9012], Number(123456789012, 0)),
        ("bcd64", [0, 0, 0, 0x0042], Number(42, 0)),
        ("mod10k32", [12, 345], Number(120345, 0)),
        ("mod10k48", [1, 0, 9999], Number(100009999, 0)),
        ("mod10k64", [0, 1, 2, 3], Number(100020003, 0)),
    ],
)
def test_every_kind_is_read(kind, words, number):
    assert value_of(words, kind) == number
    assert len(words) == decoding.KINDS[kind].words


def test_no_kind_is_left_out_above():
    (mark,) = test_every_kind_is_read.pytestmark
    assert {case[0] for case in mark.args[1]} == set(decoding.KINDS)


@pytest.mark.parametrize(
    ("words", "word_order", "byte_order"),
    [
        ([0x0102, 0x0304], "big", "big"),  # ABCD
        ([0x0304, 0x0102], "little", "big"),  # CDAB
        ([0x0201, 0x0403], "big", "little"),  # BADC
        ([0x0403, 0x0201], "little", "little"),  # DCBA
    ],
)
def test_every_order_is_read(words, word_order, byte_order):
    assert value_of(words, "uint32", word_order, byte_order) == Number(0x01020304, 0)


@pytest.mark.parametrize(
    ("kind", "words", "reason"),
    [
        ("bcd16", [0x12A4], "BAD_BCD"),
        ("mod10k32", [0, 10000], "BAD_BCD"),
        ("int16", [0xFFFF], "NEGATIVE"),
        ("float32", [0xC2F6, 0xE979], "NEGATIVE"),
        ("float32", [0x7FC0, 0x0000], "NOT_A_NUMBER"),
        ("float32", [0x7F80, 0x0000], "NOT_A_NUMBER"),
        ("float64", [0x7FF8, 0, 0, 0], "NOT_A_NUMBER"),
        ("uint64", [0xFFFF, 0, 0, 0], "TOO_LARGE"),
        ("float64", [0x7FEF, 0xFFFF, 0xFFFF, 0xFFFF], "TOO_LARGE"),
        ("float32", [0x7F7F, 0xFFFF], "TOO_LARGE"),
    ],
)
def test_what_is_no_reading_says_why(kind, words, reason):
    with pytest.raises(Undecodable) as refused:
        value_of(words, kind)

    assert refused.value.reason == reason


def test_a_factor_multiplies_exactly():
    assert value_of([0, 12345], "uint32", factor=Number(80, 0)) == Number(987600, 0)
    assert value_of([0, 12345], "uint32", factor=Number(5, 1)) == Number(61725, 1)


def test_a_float_with_more_decimals_than_nine_is_rounded_half_to_even():
    words = struct.unpack(">4H", struct.pack(">d", 0.30000000000000004))

    assert value_of(words, "float64") == Number(3, 1)


@given(st.floats(min_value=0, max_value=1e9, width=32))
def test_a_float32_is_taken_as_what_comes_back_as_the_same_float(value):
    bits = struct.pack(">f", value)

    number = decoding.KINDS["float32"].read(bits)

    assert struct.pack(">f", float(Decimal(number.digits).scaleb(-number.scale))) == bits


@given(st.integers(0, 9999_9999))
def test_packed_decimals_come_back(value):
    text = f"{value:08}"

    assert value_of([int(text[:4], 16), int(text[4:], 16)], "bcd32") == Number(value, 0)
