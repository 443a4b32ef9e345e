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
        Flow.CONVERSION_OUTPUT: 0,
        Flow.GENERATED: 0,
        Flow.STORED: 0,
    }
    assert queries.balance_on(date(2008, 5, 31)) == {}


def test_every_factor_cites_and_converts_a_known_type(shipped_rules):
    known = {row.code for row in queries.energy_types()}

    assert len(known) == 49
    assert {row.energy_type_id for row in queries.factors()} <= known
    assert all(row.citation for row in queries.factors())


class TestBasis:
    def test_a_fuel_and_a_medium_have_one_value_for_both(self, shipped_rules):
        for kind in ("NATURAL_GAS", "DIESEL", "WATER"):
            day = date(2026, 1, 1)
            assert queries.factor_on(kind, "EQUIVALENT", day) == queries.factor_on(
                kind, "CALORIFIC", day
            )

    def test_heat_has_no_equivalent_value_where_none_is_loaded(self, shipped_rules):
        assert queries.factor_on("HEAT", "EQUIVALENT", date(2026, 1, 1)) is None
        assert queries.factor_on("HEAT", "CALORIFIC", date(2026, 1, 1)) is not None


def test_a_range_and_rival_values_are_told(shipped_rules):
    gas = queries.factor_on("NATURAL_GAS", "CALORIFIC", date(2026, 1, 1))
    water = queries.factor_on("WATER", "CALORIFIC", date(2026, 1, 1))

    # GB/T 2589-2020 gives a range for natural gas (facts, standards.md 3.1, a recollection).
    assert (gas.lowest, gas.highest) == (Decimal("1.1000"), Decimal("1.3300"))
    assert water.rivals == (Decimal("0.0857"),)


def test_heat_values_of_the_table_stand_near_the_factors(shipped_rules):
    known = [row for row in queries.factors() if row.heat_value_kj is not None]

    assert len(known) == 18
    for row in known:
        # 1 kgce is 29 307 kJ; tables are rounded to four places a kilogram or cubic metre.
        assert abs(row.heat_value_kj / 29307 / row.kgce_per_uom - 1) < Decimal("0.0005"), row


def test_energy_media_and_indicators_are_told_apart(shipped_rules):
    kinds = {row.code: row.kind for row in queries.energy_types()}

    assert (kinds["NATURAL_GAS"], kinds["WATER"], kinds["VALUE_ADDED"]) == (
        "ENERGY", "MEDIUM", "INDICATOR",
    )  # fmt: skip
    by_class = {row.kind: {r.class_code for r in queries.energy_types() if r.kind == row.kind}
                for row in queries.energy_types()}  # fmt: skip
    assert by_class == {
        "ENERGY": {"01", "02"}, "MEDIUM": {"03"},
        "INDICATOR": {"04", "05", "06", "07", "08", "09", "10"},
    }  # fmt: skip
    with_factor = {row.energy_type_id for row in queries.factors()}
    assert not with_factor & {code for code, kind in kinds.items() if kind == "INDICATOR"}


def test_what_can_be_measured_is_a_fuel(shipped_rules):
    codes = {row.code for row in queries.measurable_types()}

    assert {"NATURAL_GAS", "RAW_COAL"} <= codes
    assert not codes & {"ELECTRICITY", "HEAT", "STEAM", "COOLING", "WATER", "PRODUCT_OUTPUT"}
