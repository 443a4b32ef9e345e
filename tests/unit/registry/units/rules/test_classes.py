"""Both sides of each bound of the classes, and that each says whence it is."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengneng.registry.units.rules import classes

DAY = date(2025, 12, 31)
BIT = Decimal("0.0001")


def codes(tce, day=DAY):
    return {found.code for found in classes.classes_of(Decimal(tce), day)}


class TestKnownAnswers:
    # Energy Conservation Law, art. 52: 10,000 tce and more; 5,000 to 10,000 where designated.
    @pytest.mark.parametrize(
        ("tce", "expected"),
        [
            ("4999.9999", set()),
            ("5000", {"DESIGNATED_KEY_UNIT", "CITY_KEY_UNIT", "TEN_THOUSAND"}),
            ("9999.9999", {"DESIGNATED_KEY_UNIT", "CITY_KEY_UNIT", "TEN_THOUSAND"}),
            ("10000", {"KEY_UNIT", "CITY_KEY_UNIT", "TEN_THOUSAND"}),
            ("49999.9999", {"KEY_UNIT", "CITY_KEY_UNIT", "TEN_THOUSAND"}),
            ("50000", {"KEY_UNIT", "CITY_KEY_UNIT", "TEN_THOUSAND", "POSTS_REQUIRED"}),
            # 沪发改环资〔2018〕2号: 500,000 and 3,000,000 tce.
            ("500000", {"KEY_UNIT", "CITY_KEY_UNIT", "THOUSAND", "POSTS_REQUIRED"}),
            ("3000000", {"KEY_UNIT", "CITY_KEY_UNIT", "HUNDRED", "POSTS_REQUIRED"}),
        ],
    )
    def test_by_consumption(self, tce, expected):
        assert codes(tce) == expected

    def test_by_the_rules_of_the_day(self):
        assert codes("12000", date(2018, 10, 25)) == {"CITY_KEY_UNIT", "TEN_THOUSAND"}
        assert "KEY_UNIT" in codes("12000", date(2018, 10, 26))
        assert codes("12000", date(2009, 6, 30)) == set()


@given(st.sampled_from(classes.classes_on(DAY)))
def test_the_lower_bound_is_in_and_the_upper_is_not(record):
    assert record.code in codes(record.from_tce)
    assert record.code not in codes(record.from_tce - BIT)
    if record.below_tce is not None:
        assert record.code in codes(record.below_tce - BIT)
        assert record.code not in codes(record.below_tce)


def test_no_record_claims_to_be_verified():
    assert not any(record.verified for record in classes.classes_on(DAY))
    assert all(record.citation and record.clause for record in classes.classes_on(DAY))


def test_every_class_has_its_names_in_both_languages():
    for one in classes.classes_on(date(2026, 1, 1)):
        assert one.edition
        assert one.name_zh
        assert one.edition_en.isascii(), one.code
        assert one.name_en.isascii(), one.code
        # What is said of it in English is turned into Chinese where it is shown.
        assert one.clause.isascii(), one.code
        assert one.citation.isascii(), one.code
