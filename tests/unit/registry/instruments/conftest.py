"""A point with its meter in November, and what tests of instruments ask for again and again."""

from datetime import UTC, date, datetime

import pytest

from hengneng.kernel import clock
from hengneng.kernel.facts.models import FactChange
from hengneng.kernel.policy.rules import Permission, Viewer
from hengneng.registry.instruments import operations
from hengneng.registry.points import operations as points

AT = datetime(2026, 11, 23, 8, tzinfo=UTC)  # a Monday, 16:00 in Shanghai
NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
TODAY = date(2026, 11, 23)
OFFICIAL = Viewer(account_id=7, city=frozenset({Permission.CONFIRM_CHANGE, Permission.VIEW_UNIT}))


@pytest.fixture
def at_noon(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: AT)


@pytest.fixture
def meter(unit):
    return operations.create_instrument(
        unit_id=unit.id, number="M-1", name="电能表", kind="ELECTRICITY_METER",
        accuracy_class="1", by=7, at=AT,
    )  # fmt: skip


@pytest.fixture
def place(unit, energy_types):
    """Make a point of the unit."""

    def make(code="E-01", **said):
        described = {
            "name": code, "energy_type_id": "ELECTRICITY", "level": "LEVEL_1", "kind": "REGISTER",
            "valid_from": NEW_YEAR,
        }  # fmt: skip
        return points.create_point(unit_id=unit.id, code=code, by=7, at=AT, **(described | said))

    return make


@pytest.fixture
def metered(place, meter):
    """A point that the meter feeds, as of the new year; nothing waits to be worked out."""
    point = place(key="R:OLD:total")
    operations.install(instrument_id=meter.id, point_id=point.id, valid_from=NEW_YEAR, by=7, at=AT)
    FactChange.objects.all().delete()
    return point


@pytest.fixture
def touched():
    """Tell which spans of which points wait to be worked out again."""
    return lambda: sorted(
        FactChange.objects.values_list("point_id", "changed_from", "changed_until"),
        key=lambda row: (row[1], row[0]),
    )
