"""A point of the unit, described and fed since the new year; what it may feed."""

from datetime import UTC, datetime

import pytest

from hengneng.registry.energy.models import EnergyType
from hengneng.registry.equipment import operations as equipment
from hengneng.registry.points import operations

AT = datetime(2026, 11, 22, 8, tzinfo=UTC)
NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def make_point(unit, energy_types):
    def make(code="E-01", **changes):
        return operations.create_point(
            **{
                "unit_id": unit.id,
                "code": code,
                "name": "总进线",
                "energy_type_id": "ELECTRICITY",
                "level": "LEVEL_1",
                "kind": "INCREMENT",
                "valid_from": NEW_YEAR,
                "by": 7,
                "at": AT,
            }
            | changes
        )

    return make


@pytest.fixture
def fed_point(make_point):
    return make_point(key="N:0000000002330011")


@pytest.fixture
def make_consumer(unit, energy_types):
    def make(code="CH-01", **changes):
        return equipment.create_consumer(
            **{
                "unit_id": unit.id,
                "code": code,
                "name": "冷水机组",
                "kind": "EQUIPMENT",
                "valid_from": NEW_YEAR,
                "by": 7,
                "at": AT,
            }
            | changes
        )

    return make


@pytest.fixture
def output_type(energy_types):
    return EnergyType.objects.create(
        code="PRODUCT_OUTPUT", kind="INDICATOR", name_zh="产品产量", name_en="Output", uom="t",
        class_code="04", variety_code="", citation="a test", verified=False,
    )  # fmt: skip
