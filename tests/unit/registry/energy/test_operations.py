"""Loading rule records: once, whole, and never over one that says something else."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from hengneng.kernel.facts import operations as facts
from hengneng.kernel.files import queries as files
from hengneng.registry.energy import operations, queries
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


@pytest.fixture
def city_document(db, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    return operations.Document("guide.pdf", b"the city's guide")


def enter(document, /, **changed):
    asked = {
        "energy_type_id": "ELECTRICITY", "basis": "EQUIVALENT",
        "kgce_per_uom": Decimal("0.2880"), "edition": "the city's guide, 2026",
        "clause": "annex 1", "valid_from": date(2026, 1, 1), "valid_until": None,
        "citation": "a test", "verified": False, "document": document,
        "by": 1, "at": AT,
    }  # fmt: skip
    return operations.enter_local_factor(**asked | changed)


class TestEnterLocalFactor:
    def test_goes_before_the_national_one_of_the_same_standing(self, db, city_document):
        operations.load_rules(by=None, at=AT)

        enter(city_document)

        row = queries.factor_on("ELECTRICITY", "EQUIVALENT", date(2026, 1, 1))
        assert (row.scope, row.kgce_per_uom) == ("LOCAL", Decimal("0.2880"))
        assert files.read(row.document_id) == city_document.body
        earlier = queries.factor_on("ELECTRICITY", "EQUIVALENT", date(2025, 12, 31))
        assert (earlier.scope, earlier.kgce_per_uom) == ("NATIONAL", Decimal("0.3055"))

    def test_a_checked_national_one_goes_before_an_unchecked_local_one(self, db, city_document):
        operations.load(
            energy_types=ELECTRICITY, factors=FACTOR.format(value="0.1229"), by=1, at=AT
        )
        enter(city_document, basis="CALORIFIC", kgce_per_uom=Decimal("0.1230"))

        row = queries.factor_on("ELECTRICITY", "CALORIFIC", date(2026, 1, 1))
        assert row.kgce_per_uom == Decimal("0.1229")

        enter(
            city_document, basis="CALORIFIC", kgce_per_uom=Decimal("0.1231"),
            clause="annex 2", edition="checked", verified=True,
        )  # fmt: skip
        row = queries.factor_on("ELECTRICITY", "CALORIFIC", date(2026, 1, 1))
        assert row.kgce_per_uom == Decimal("0.1231")

    @pytest.mark.parametrize(
        ("changed", "error"),
        [
            ({"energy_type_id": "PEAT"}, operations.UnknownType),
            ({"energy_type_id": "PRODUCT_OUTPUT"}, operations.UnknownType),
            ({"kgce_per_uom": Decimal(0)}, operations.NotAFactor),
            ({"kgce_per_uom": Decimal("NaN")}, operations.NotAFactor),
            ({"kgce_per_uom": Decimal("0.00000000001")}, operations.NotAFactor),
            ({"document": operations.Document("guide.exe", b"1")}, operations.DocumentRefused),
            ({"document": operations.Document("guide.pdf", b"")}, operations.DocumentRefused),
            (
                {"document": operations.Document("a.pdf", b"1" * (20 * 1024 * 1024 + 1))},
                operations.DocumentRefused,
            ),
            ({"valid_until": date(2026, 1, 1)}, facts.EmptySpan),
        ],
    )
    def test_refuses_what_is_no_factor(self, db, city_document, changed, error):
        operations.load_rules(by=None, at=AT)

        with pytest.raises(error):
            enter(city_document, **changed)

        assert not Factor.objects.filter(scope="LOCAL").exists()

    def test_the_smallest_factor_and_a_single_day_are_kept(self, db, city_document):
        operations.load_rules(by=None, at=AT)

        enter(
            city_document, kgce_per_uom=Decimal("0.0000000001"), valid_until=date(2026, 1, 2)
        )  # fmt: skip

        row = queries.factor_on("ELECTRICITY", "EQUIVALENT", date(2026, 1, 1))
        assert row.kgce_per_uom == Decimal("1E-10")
        assert queries.factor_on("ELECTRICITY", "EQUIVALENT", date(2026, 1, 2)).scope == "NATIONAL"

    def test_the_same_document_says_it_once(self, db, city_document):
        operations.load_rules(by=None, at=AT)
        enter(city_document)

        with pytest.raises(operations.RuleChanged):
            enter(city_document, kgce_per_uom=Decimal("0.3"))


class TestWithdrawLocalFactor:
    def test_lets_the_national_one_serve_again_and_keeps_what_was_known(self, db, city_document):
        operations.load_rules(by=None, at=AT)
        factor = enter(city_document)
        before = facts.settle()

        operations.withdraw_local_factor(factor_id=factor.id, reason="a slip", by=1, at=AT)

        day, until = date(2026, 1, 1), date(2026, 1, 2)
        now = queries.factors_over("EQUIVALENT", day, until)[day]["ELECTRICITY"]
        then = queries.factors_over("EQUIVALENT", day, until, as_of=before)[day]["ELECTRICITY"]
        assert (now.scope, then.scope) == ("NATIONAL", "LOCAL")

    def test_it_can_be_entered_anew(self, db, city_document):
        operations.load_rules(by=None, at=AT)
        factor = enter(city_document)
        operations.withdraw_local_factor(factor_id=factor.id, reason="a slip", by=1, at=AT)

        again = enter(city_document, kgce_per_uom=Decimal("0.2890"))

        row = queries.factor_on("ELECTRICITY", "EQUIVALENT", date(2026, 1, 1))
        assert (row.id, row.kgce_per_uom) == (again.id, Decimal("0.2890"))

    def test_refuses_a_national_one_and_one_without_a_reason(self, db, city_document):
        operations.load_rules(by=None, at=AT)
        national, local = Factor.objects.first(), enter(city_document)

        with pytest.raises(operations.NotTheCitys):
            operations.withdraw_local_factor(factor_id=national.id, reason="x", by=1, at=AT)
        with pytest.raises(operations.NoReason):
            operations.withdraw_local_factor(factor_id=local.id, reason=" ", by=1, at=AT)

        assert not Factor.objects.filter(superseded_at__isnull=False).exists()


@pytest.mark.parametrize(
    "range_of",
    [
        'lowest = "0.1230"\nhighest = "0.1300"',
        'lowest = "0.1000"\nhighest = "0.1228"',
        'lowest = "0.1000"',
        'highest = "0.2000"',
        "rivals = [0.1]",
        'heat_value_kj = "1.0000001"',
        'basis = "BOTH"',
    ],
)
def test_a_factor_outside_its_range_or_with_half_of_one_is_refused(range_of):
    text = FACTOR.format(value="0.1229").replace('basis = "CALORIFIC"\n', "")
    if "basis" not in range_of:
        range_of = f'basis = "CALORIFIC"\n{range_of}'

    with pytest.raises(records.UnreadableRule):
        records.read_factors(text + range_of)


@pytest.mark.parametrize(("lowest", "highest"), [("0.1229", "0.13"), ("0.1", "0.1229")])
def test_a_factor_at_the_end_of_its_range_is_inside_it(lowest, highest):
    text = FACTOR.format(value="0.1229")

    (row,) = records.read_factors(f'{text}lowest = "{lowest}"\nhighest = "{highest}"\n')

    assert (row.lowest, row.highest) == (Decimal(lowest), Decimal(highest))


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
