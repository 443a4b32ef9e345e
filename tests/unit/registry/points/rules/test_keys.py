"""What a key may feed, and what speaks against a proposed one."""

import pytest

from hengneng.registry.points import rules


@pytest.mark.parametrize(
    "code",
    [
        "0000000002330011",  # the whole unit
        "0100000002330011",  # a process
        "0101000002330011",  # a process unit
        "0101010102330011",  # equipment of a process unit
        "0100010102330011",  # equipment of a process without units
    ],
)
def test_zeros_that_agree_with_a_scope(code):
    rules.check_key(f"N:{code}", level=rules.level_of_key(f"N:{code}"), kind="INCREMENT")
    assert rules.doubts_about(f"N:{code}", {}) == ()


@pytest.mark.parametrize(
    ("code", "part"),
    [
        ("0001000002330011", "process"),  # a process unit of no process
        ("0000010102330011", "process"),  # equipment of no process
        ("0100010002330011", "equipment number"),
        ("0100000102330011", "equipment"),
    ],
)
def test_zeros_that_agree_with_none(code, part):
    with pytest.raises(rules.CodeDoesNotFit, match=f"below its {part}, which it leaves 00"):
        rules.check_key(f"N:{code}", level="OTHER", kind="INCREMENT")
    assert rules.doubts_about(f"N:{code}", {}) == ("ZEROS",)


@pytest.mark.parametrize(
    ("scope", "doubts"),
    [
        ("1", ()),
        (1, ()),
        (None, ()),
        ("", ()),
        ("2", ("SCOPE",)),
        (4, ("SCOPE",)),
        ("x", ("SCOPE",)),
    ],
)
def test_the_scope_called_must_be_the_codes(scope, doubts):
    assert rules.doubts_about("N:0000000002330011", {"scope": scope}) == doubts


class TestIndicators:
    @pytest.mark.parametrize("energy_class", ["04", "05", "06", "07", "08", "09", "10"])
    def test_a_key_of_their_classes_stands_at_no_level_of_energy(self, energy_class):
        key = f"N:00000000{energy_class}010030"

        assert rules.level_of_key(key) == "OTHER"
        rules.check_kind("INDICATOR", level="OTHER", key=key)
        with pytest.raises(rules.CodeDoesNotFit, match="names an indicator"):
            rules.check_kind("ENERGY", level="OTHER", key=key)

    @pytest.mark.parametrize("energy_class", ["01", "02", "03"])
    def test_a_key_of_energy_feeds_none(self, energy_class):
        key = f"N:00000000{energy_class}330011"

        assert rules.level_of_key(key) == "LEVEL_1"
        rules.check_kind("ENERGY", level="LEVEL_1", key=key)
        rules.check_kind("MEDIUM", level="LEVEL_1", key=key)
        with pytest.raises(rules.CodeDoesNotFit, match="names energy"):
            rules.check_kind("INDICATOR", level="OTHER", key=key)

    @pytest.mark.parametrize("level", ["LEVEL_1", "LEVEL_2", "LEVEL_3"])
    def test_no_indicator_stands_where_energy_is_counted(self, level):
        with pytest.raises(rules.BadDescription, match="an indicator's level is OTHER"):
            rules.check_kind("INDICATOR", level=level)
        rules.check_kind("ENERGY", level=level)

    def test_a_register_may_count_anything(self):
        rules.check_kind("INDICATOR", level="OTHER", key="R:counter:total")
