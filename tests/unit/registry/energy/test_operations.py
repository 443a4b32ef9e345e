"""Loading rule records: once, whole, and never over one that says something else."""

from datetime import UTC, datetime

import pytest

from hengneng.registry.energy import operations
from hengneng.registry.energy.models import BalanceWeight, EnergyType, Factor
from hengneng.registry.energy.rules import records

AT = datetime(2026, 11, 22, 8, tzinfo=UTC)
ELECTRICITY = """
[[energy_type]]
code = "ELECTRICITY"
name_zh = "电力"
name_en = "Electricity"
uom = "kWh"
class_code = "02"
variety_code = "3300"
citation = "a test"
verified = false
"""
FACTOR = """
[[edition]]
edition = "official"
clause = "table A.1"
valid_from = 2021-04-01
[[edition.factor]]
energy_type = "ELECTRICITY"
basis = "CALORIFIC"
kgce_per_uom = "{value}"
citation = "a test"
verified = true
"""


class TestLoadRules:
    def test_loads_what_ships(self, db):
        loaded = operations.load_rules(by=None, at=AT)

        assert loaded == (49, 69, 10, 2)
        assert (EnergyType.objects.count(), Factor.objects.count()) == (49, 69)
        assert BalanceWeight.objects.count() == 10

    def test_a_second_time_changes_nothing(self, db):
        operations.load_rules(by=None, at=AT)

        assert operations.load_rules(by=None, at=AT) == (0, 0, 0, 0)
        assert Factor.objects.count() == 69

    def test_nothing_ships_as_verified(self, db):
        operations.load_rules(by=None, at=AT)

        assert not EnergyType.objects.filter(verified=True).exists()
        assert not Factor.objects.filter(verified=True).exists()
        assert not BalanceWeight.objects.filter(verified=True).exists()


class TestLoad:
    def test_an_official_text_is_loaded_beside_the_shipped_one(self, db):
        operations.load_rules(by=None, at=AT)

        loaded = operations.load(factors=FACTOR.format(value="0.1229"), by=None, at=AT)

        assert loaded == (0, 1, 0, 0)

    def test_refuses_another_value_under_the_same_key(self, db):
        operations.load(
            energy_types=ELECTRICITY, factors=FACTOR.format(value="0.1229"), by=1, at=AT
        )

        with pytest.raises(operations.RuleChanged, match="differs in kgce_per_uom"):
            operations.load(factors=FACTOR.format(value="0.1230"), by=1, at=AT)

        assert str(Factor.objects.get().kgce_per_uom) == "0.1229000000"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"02"', "2"),
        ("verified = false", ""),
        ('citation = "a test"', 'citation = ""'),
        ("[[energy_type]]", "[[energy_type"),
    ],
)
def test_an_energy_type_without_its_form_is_refused(old, new):
    with pytest.raises(records.UnreadableRule):
        records.read_energy_types(ELECTRICITY.replace(old, new))


@pytest.mark.parametrize("value", ["", "0,12", "-1", "NaN", "0.12345678901"])
def test_a_factor_that_is_no_exact_number_is_refused(value):
    with pytest.raises(records.UnreadableRule):
        records.read_factors(FACTOR.format(value=value))
