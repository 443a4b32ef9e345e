from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hengneng.protocol import numbers

INT64 = 2**63 - 1


@given(st.integers(-INT64, INT64), st.integers(0, 9))
@example(INT64, 9)
@example(-INT64, 0)
def test_what_is_written_is_read(digits, scale):
    assert numbers.parse(numbers.text_of(digits, scale)) == (digits, scale)


@given(
    st.decimals(allow_nan=False, allow_infinity=False, places=9).filter(lambda d: abs(d) < 10**9)
)
def test_any_decimal_keeps_its_value(value):
    digits, scale = numbers.parse(f"{value:f}")

    assert Decimal(digits).scaleb(-scale) == value


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("0", (0, 0)),
        ("-0.00", (0, 2)),
        ("12.50", (1250, 2)),
        ("+7", (7, 0)),
        (" 7 ", (7, 0)),
        (".5", (5, 1)),
        ("5.", (5, 0)),
        ("007", (7, 0)),
        ("1e3", (1000, 0)),
        ("1.5E-3", (15, 4)),
        ("1.25e1", (125, 1)),
        ("0e99", (0, 0)),
        ("0.000000001", (1, 9)),
        # Ten decimals of a reference terminal: zeros alone are dropped.
        ("1234.5000000000", (12345, 1)),
        ("9223372036854775807.0", (INT64, 0)),
        ("9223372036854775807", (INT64, 0)),
        ("-9223372036854775807", (-INT64, 0)),
        (INT64, (INT64, 0)),
        (-5, (-5, 0)),
    ],
)
def test_is_read_exactly(value, expected):
    assert numbers.parse(value) == expected


@pytest.mark.parametrize(
    "value",
    [
        "", " ", ".", "+", "-", "e3", "1e", "NaN", "nan", "Infinity", "-inf", "1,5", "1_000",
        "0x10", "--1", "1.2.3", "１２", "²", "1e12345", "1" * 65,
        "0.0000000001", "9223372036854775808", "-9223372036854775808", "1e19",
        INT64 + 1, -INT64 - 1, True, False, None, 1.5, [], {},
    ],
)  # fmt: skip
def test_is_no_number_that_can_be_kept(value):
    with pytest.raises(numbers.BadNumber):
        numbers.parse(value)
