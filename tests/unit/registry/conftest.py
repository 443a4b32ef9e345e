"""A small city for the registry's tests: two districts, energy types, one unit."""

from datetime import UTC, datetime

import pytest

from hengneng.registry.bodies.models import District
from hengneng.registry.energy.models import EnergyType
from hengneng.registry.units.models import Unit

AT = datetime(2026, 11, 22, 8, tzinfo=UTC)


@pytest.fixture
def two_districts(db):
    for code, name in (("310101", "黄浦区"), ("310104", "徐汇区")):
        District.objects.create(
            code=code, name_zh=name, name_en=code, citation="a test", verified=False
        )


@pytest.fixture
def energy_types(db):
    for code, name, uom, class_code, variety in (
        ("ELECTRICITY", "电力", "kWh", "02", "3300"),
        ("NATURAL_GAS", "天然气", "m3", "01", "1500"),
        ("RAW_COAL", "原煤", "t", "01", "0100"),
    ):
        EnergyType.objects.create(
            code=code, name_zh=name, name_en=code, uom=uom, class_code=class_code,
            variety_code=variety, citation="a test", verified=False,
        )  # fmt: skip


@pytest.fixture
def unit(db):
    return Unit.objects.create(
        code="91310000MA1FL00016", name="甲饭店", name_en="Hotel A", created_at=AT
    )


@pytest.fixture
def other_unit(db):
    return Unit.objects.create(
        code="91310000MA1FL00024", name="乙商场", name_en="Mall B", created_at=AT
    )
