"""Which factor and which weights are in force on a day."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from hengneng.registry.energy import operations, queries
from hengneng.registry.points.models import Flow

AT = datetime(2026, 11, 22, 8, tzinfo=UTC)


@pytest.fixture
def shipped_rules(db):
    operations.load_rules(by=None, at=AT)


class TestFactorOn:
    @pytest.mark.parametrize(
        ("day", "edition"),
        [
            (date(2008, 6, 1), "GB/T 2589-2008"),
            (date(2021, 3, 31), "GB/T 2589-2008"),
            (date(2021, 4, 1), "GB/T 2589-2020"),
            (date(2026, 11, 22), "GB/T 2589-2020"),
        ],
    )
    def test_the_edition_of_the_day(self, shipped_rules, day, edition):
        row = queries.factor_on("ELECTRICITY", "CALORIFIC", day)

        assert (row.edition, row.kgce_per_uom) == (edition, Decimal("0.1229"))

    def test_water_changed_with_the_edition(self, shipped_rules):
        values = [
            queries.factor_on("WATER", "CALORIFIC", day).kgce_per_uom
            for day in (date(2021, 3, 31), date(2021, 4, 1))
        ]

        assert values == [Decimal("0.0857"), Decimal("0.2571")]

    def test_the_equivalent_value_is_another(self, shipped_rules):
        row = queries.factor_on("ELECTRICITY", "EQUIVALENT", date(2021, 3, 31))

        assert row.kgce_per_uom == Decimal("0.4040")

    def test_none_before_the_first_edition(self, shipped_rules):
        assert queries.factor_on("ELECTRICITY", "CALORIFIC", date(2008, 5, 31)) is None

    def test_none_where_no_value_is_known(self, shipped_rules):
        assert queries.factor_on("COOLING", "CALORIFIC", date(2026, 1, 1)) is None

    def test_a_verified_one_goes_before(self, shipped_rules):
        operations.load(
            factors="""
[[edition]]
edition = "GB/T 2589-2020, printed text"
clause = "table A.1"
valid_from = 2021-04-01
[[edition.factor]]
energy_type = "DIESEL"
basis = "CALORIFIC"
kgce_per_uom = "1457.2"
citation = "a test"
verified = true
""",
            by=1,
            at=AT,
        )

        row = queries.factor_on("DIESEL", "CALORIFIC", date(2021, 4, 1))
        assert (row.kgce_per_uom, row.verified) == (Decimal("1457.2"), True)


@pytest.mark.parametrize(
    ("class_code", "variety", "energy_type"),
    [
        ("02", "3300", "ELECTRICITY"),
        ("01", "1500", "NATURAL_GAS"),
        ("01", "0104", "RAW_COAL"),
        ("04", "3300", None),
        ("01", "9900", None),
        ("03", "0000", None),
    ],
)
def test_the_energy_type_of_a_national_code(shipped_rules, class_code, variety, energy_type):
    assert queries.energy_type_of_code(class_code, variety) == energy_type


def test_every_flow_has_a_weight(shipped_rules):
    assert queries.balance_on(date(2026, 11, 22)) == {
        Flow.BOUGHT: 1,
        Flow.SUPPLIED_OUT: -1,
        Flow.CONVERSION_OUTPUT: -1,
        Flow.GENERATED: 0,
        Flow.STORED: 0,
    }
    assert queries.balance_on(date(2008, 5, 31)) == {}


def test_every_factor_cites_and_converts_a_known_type(shipped_rules):
    known = {row.code for row in queries.energy_types()}

    assert len(known) == 49
    assert {row.energy_type_id for row in queries.factors()} <= known
    assert all(row.citation for row in queries.factors())
