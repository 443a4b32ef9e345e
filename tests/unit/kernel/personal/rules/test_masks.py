import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengneng.kernel.personal.rules.masks import Field, masked


@pytest.mark.parametrize(
    ("field", "text", "left"),
    [
        (Field.NAME, "王", "王*"),
        (Field.NAME, "李小明", "李**"),
        (Field.PHONE, "13812345678", "138****5678"),
        (Field.PHONE, "1381234567", "********67"),  # one digit short of a mobile number
        (Field.PHONE, "021-12345678", "021*****5678"),
        (Field.PHONE, "119", "***"),
        (Field.EMAIL, "li@example.com", "l***@example.com"),
        (Field.EMAIL, "not an address", "***"),
        (Field.CERTIFICATE, "2026沪001234", "*******1234"),
        (Field.CERTIFICATE, "1234567", "*******"),
        (Field.PHONE, "", ""),
    ],
)
def test_leaves_a_little(field, text, left):
    assert masked(field, text) == left


@given(st.sampled_from([Field.PHONE, Field.CERTIFICATE]), st.text("0123456789", min_size=1))
def test_hides_four_digits_of_a_number_or_all_but_two(field, text):
    left = masked(field, text)

    hidden = left.count("*")
    assert len(left) == len(text)
    assert hidden >= min(4, len(text)) or len(left) - hidden <= 2
