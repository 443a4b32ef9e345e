"""A unit with a boundary meter, a workshop below it, a site and a chiller; an official."""

from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest

from hengneng.kernel import clock
from hengneng.kernel.facts.models import FactChange
from hengneng.kernel.policy.rules import Permission, Viewer
from hengneng.registry.declarations import operations, queries
from hengneng.registry.declarations.rules import HeatValue, NewPoint, PointChange, Standing
from hengneng.registry.energy.operations import Document
from hengneng.registry.equipment import operations as equipment
from hengneng.registry.points import operations as points
from hengneng.registry.units import operations as units
from hengneng.registry.units import queries as unit_queries

AT = datetime(2026, 11, 23, 8, tzinfo=UTC)  # a Monday, 16:00 in Shanghai
NEW_YEAR = datetime(2025, 12, 31, 16, tzinfo=UTC)  # 2026-01-01, 00:00 in Shanghai
MARCH = date(2026, 3, 1)
OFFICIAL = Viewer(account_id=7, city=frozenset({Permission.EDIT_REGISTRY}))
PAPER = Document("检测报告.pdf", b"%PDF-1.7 a report")
RENAMED = PointChange("E-02", MARCH, name="二车间")
FROM_MARCH = clock.midnight(MARCH)
JUNE = datetime(2026, 5, 31, 16, tzinfo=UTC)
JULY = datetime(2026, 6, 30, 16, tzinfo=UTC)
NEW = NewPoint(
    "E-03", "三车间", "ELECTRICITY", "LEVEL_2", "REGISTER", MARCH, ratio=Fraction(80), site="S1",
    parent="E-01", feeds="CH-01", key="R:E-03:total",
)  # fmt: skip
CLOSED = Standing("CLOSED", MARCH, reason="搬迁")
COAL = HeatValue("RAW_COAL", Decimal("20934000"), MARCH, date(2026, 5, 1), "R-1", "检测")


def confirm(there):
    return operations.confirm(declaration_id=there.pk, seen_at=there.declared_at, by=7, at=AT)


def send_back(there, reason="请附图"):
    return operations.send_back(
        declaration_id=there.pk, seen_at=there.declared_at, reason=reason, by=7, at=AT
    )


def touched():
    return list(FactChange.objects.values_list("point_id", "changed_from", "changed_until"))


def runs(unit, *instants):
    return [bool(unit_queries.facilities_of(unit.id, at=at)) for at in instants]


def row_of(there):
    return queries.declaration_by_id(OFFICIAL, Permission.EDIT_REGISTRY, there.pk)


@pytest.fixture(autouse=True)
def at_noon(monkeypatch, settings, tmp_path):
    monkeypatch.setattr(clock, "now", lambda: AT)
    settings.DATA_DIR = tmp_path


@pytest.fixture
def ledger(unit, energy_types, two_districts):
    """The unit's ledger, of which nothing waits to be worked out; its points by code."""
    since = {"valid_from": NEW_YEAR, "by": None, "at": AT}
    units.place_site(unit_id=unit.id, site_code="S1", district_code="310101", name="总部", **since)
    equipment.create_consumer(unit_id=unit.id, code="CH-01", name="冷机", kind="EQUIPMENT", **since)
    made = {}
    for code, level, parent in (("E-01", "LEVEL_1", None), ("E-02", "LEVEL_2", "E-01")):
        made[code] = points.create_point(
            unit_id=unit.id, code=code, name=code, energy_type_id="ELECTRICITY", level=level,
            kind="REGISTER", key=f"R:{code}:total",
            parent_id=made[parent].id if parent else None, **since,
        )  # fmt: skip
    FactChange.objects.all().delete()
    return made


@pytest.fixture
def declare(unit, ledger):
    """Let the unit declare."""

    def make(content=RENAMED, **more):
        return operations.declare(unit_id=unit.id, content=content, by=9, at=AT, **more)

    return make
