"""What a unit is said to have consumed, and what it counts as by that."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from hengneng.registry.units import operations, queries
from hengneng.registry.units.models import ConsumptionLevel

AT = datetime(2026, 11, 22, 8, tzinfo=UTC)


def record(unit, year, tce, source="年度报告", **more):
    operations.record_level(unit_id=unit.id, year=year, tce=tce, source=source, by=7, at=AT, **more)


def test_each_year_has_one_and_its_classes(unit, proof):
    record(unit, 2024, Decimal("4999.9999"))
    record(unit, 2025, Decimal(12000), document_id=proof, is_verified=True)

    later, earlier = queries.levels_of(unit.id)
    assert later[:5] == (2025, Decimal(12000), "年度报告", proof, True)
    assert [c.code for c in later.classes] == ["CITY_KEY_UNIT", "TEN_THOUSAND", "KEY_UNIT"]
    assert (earlier.year, earlier.verified, earlier.classes) == (2024, False, ())


def test_a_later_statement_replaces_the_year_and_leaves_what_was_believed(unit):
    record(unit, 2025, Decimal(12000))
    before = ConsumptionLevel.objects.get().recorded_at
    record(unit, 2024, Decimal(1))
    record(unit, 2025, Decimal(13000))

    assert [row.tce for row in queries.levels_of(unit.id)] == [Decimal(13000), Decimal(1)]
    assert [row.tce for row in queries.levels_of(unit.id, as_of=before)] == [Decimal(12000)]


@pytest.mark.parametrize(
    "tce",
    [
        Decimal("-0.0001"),
        Decimal("0.00001"),
        Decimal(10) ** 12,
        Decimal("NaN"),
        Decimal("Infinity"),
        12000.0,
    ],
)
def test_refuses_what_is_no_exact_amount(unit, tce):
    with pytest.raises(operations.NotAnAmount):
        record(unit, 2025, tce)

    assert queries.levels_of(unit.id) == []


@pytest.mark.parametrize("tce", [Decimal(0), Decimal("999999999999.9999")])
def test_takes_the_least_and_the_most(unit, tce):
    record(unit, 2025, tce)

    assert queries.levels_of(unit.id)[0].tce == tce


def test_refuses_what_nobody_states(unit):
    with pytest.raises(operations.NoSource):
        record(unit, 2025, Decimal(1), source="")


def test_many_units_take_one_query(unit, other_unit, django_assert_num_queries):
    record(unit, 2025, Decimal(1))
    with django_assert_num_queries(1):
        found = queries.levels_by_unit([unit.id, other_unit.id])

    assert list(found) == [unit.id]
