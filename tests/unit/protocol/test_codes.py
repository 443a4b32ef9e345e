import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengneng.protocol import codes

CODES = st.from_regex(r"[0-9]{8}(?!00)[0-9]{8}", fullmatch=True)


@given(CODES)
def test_dashes_change_nothing(code):
    assert codes.canonical(code) == codes.canonical(codes.dashed(code)) == code


@given(CODES)
def test_the_parts_make_the_code(code):
    assert "".join(codes.parts_of(code)) == code


@pytest.mark.parametrize(
    "code",
    [
        "", "000000000233001", "00000000023300111", "00-00-0000-0233-00-11", "00-00-0000-023300-1",
        "00 00 0000 023300 11", "000000000233001a", "００00000002330011", "0000000000330011",
        "0000-0000-023300-11",
    ],
)  # fmt: skip
def test_is_no_code(code):
    with pytest.raises(codes.BadCode):
        codes.canonical(code)


@pytest.mark.parametrize(
    ("code", "scope"),
    [
        ("0000000002330011", 1),
        ("0200000002330011", 2),
        ("0202000002330011", 3),
        ("0002000002330011", 3),
        ("0202010102330011", 4),
        ("0000000102330011", 4),
    ],
)
def test_scope_follows_from_the_zeros(code, scope):
    assert codes.scope_of(code) == scope


class TestCreditCode:
    def test_the_check_character(self):
        # By hand: 9·1 + 1·3 + 3·9 + 1·27 = 66, the zeros add nothing; 31 − 66 mod 31 = 27: U.
        assert codes.credit_check_character("91310000000000000") == "U"

    def test_the_standards_worked_example(self):
        # GB 32100-2015, as public renderings give it: sum 1640, 1640 mod 31 = 28, 31 - 28 = 3.
        assert codes.credit_check_character("91350100M000100Y4") == "3"

    @pytest.mark.parametrize(
        ("code", "fault"),
        [
            ("91350100M000100Y43", None),
            ("91350100M000100Y4", codes.CreditFault.LENGTH),
            ("91350100M000100Y430", codes.CreditFault.LENGTH),
            ("91350100M000100Y4Z", codes.CreditFault.CHARACTER),
            ("91350100m000100Y43", codes.CreditFault.CHARACTER),
            ("91350100M000100Y44", codes.CreditFault.CHECK),
        ],
    )
    def test_says_what_is_wrong(self, code, fault):
        assert codes.credit_fault_of(code) is fault

    def test_is_recognised(self):
        assert codes.is_credit_code("91310000000000000U")

    @pytest.mark.parametrize(
        "code",
        ["91310000000000000T", "9131000000000000U", "91310000000000000UU", "9131000000000000IU"],
    )
    def test_is_not(self, code):
        assert not codes.is_credit_code(code)

    @given(st.text("0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=17, max_size=17), st.data())
    def test_any_one_wrong_character_is_found(self, base, data):
        code = base + codes.credit_check_character(base)
        place = data.draw(st.integers(0, 17))
        other = data.draw(st.sampled_from("0123456789ABCDEFGHJKLMNPQRTUWXY"))
        changed = code[:place] + other + code[place + 1 :]

        assert codes.is_credit_code(code)
        assert codes.is_credit_code(changed) == (changed == code)

    def test_the_base_has_seventeen_characters(self):
        with pytest.raises(ValueError, match="17 characters"):
            codes.credit_check_character("9131")


@pytest.mark.parametrize(
    ("code", "holes"),
    [
        ("0000000002330011", []),
        ("0100000002330011", []),
        ("0001000002330011", ["process"]),
        ("0101000002330011", []),
        ("0101010102330011", []),
        ("0100010102330011", []),
        ("0001010102330011", ["process"]),
        ("0101010002330011", ["equipment_number"]),
        ("0101000102330011", ["equipment"]),
        ("0000000102330011", ["process", "equipment"]),
    ],
)
def test_a_code_fills_what_its_deeper_parts_need(code, holes):
    assert codes.holes_in(code) == holes
