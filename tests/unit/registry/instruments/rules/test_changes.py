from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengneng.registry.instruments.rules import changes
from hengneng.registry.instruments.rules.changes import Said

NUMBERS = st.none() | st.decimals(0, 10**12, places=3)
TEXTS = st.just("") | st.text(min_size=1, max_size=20)
EXCHANGED = Said(before_value=Decimal(9), after_value=Decimal(0))


@given(
    st.builds(
        Said,
        before_value=NUMBERS,
        after_value=NUMBERS,
        ratio=st.none() | st.fractions(min_value=1, max_value=10**6),
        **dict.fromkeys(
            ("new_key", "new_number", "new_name", "new_model", "new_maker", "new_serial_number",
             "new_class", "new_point_code", "new_place", "remark"),
            TEXTS,
        ),
    )
)  # fmt: skip
def test_what_is_told_is_kept_to_the_digit(said):
    assert changes.read(changes.plain(said)) == said


@pytest.mark.parametrize(
    ("kind", "said", "has_point", "has_instrument"),
    [
        ("EXCHANGE", EXCHANGED, False, True),
        ("EXCHANGE", EXCHANGED._replace(before_value=None), True, True),
        ("EXCHANGE", EXCHANGED._replace(after_value=Decimal(-1)), True, True),
        ("EXCHANGE", EXCHANGED._replace(before_value=Decimal("NaN")), True, True),
        ("RATIO", Said(), True, False),
        ("RATIO", Said(ratio=Fraction(40)), False, True),
        ("RATIO", Said(ratio=Fraction(0)), True, False),
        ("MOVE", Said(), False, True),
        ("MOVE", Said(new_place="配电间"), True, False),
        ("STOP", Said(), True, False),
        ("STOP", Said(remark="x" * 201), False, True),
    ],
)
def test_what_is_incomplete_is_refused(kind, said, has_point, has_instrument):
    with pytest.raises(changes.IncompleteChange):
        changes.check(kind, said, has_point=has_point, has_instrument=has_instrument)


@pytest.mark.parametrize(
    ("kind", "said", "has_point", "has_instrument"),
    [
        ("EXCHANGE", EXCHANGED, True, False),
        ("RATIO", Said(ratio=Fraction(1, 3)), True, False),
        ("MOVE", Said(new_place="配电间"), False, True),
        ("MOVE", Said(new_point_code="E-02"), False, True),
        ("STOP", Said(remark="x" * 200), False, True),
    ],
)
def test_what_is_whole_is_taken(kind, said, has_point, has_instrument):
    changes.check(kind, said, has_point=has_point, has_instrument=has_instrument)


@pytest.mark.parametrize("kept", [{"ratio": "a"}, {"before_value": "1,5"}, {"nothing": "1"}])
def test_what_cannot_be_read_is_said(kept):
    with pytest.raises(changes.IncompleteChange):
        changes.read(kept)
