"""Two edits of the tree at the same time cannot close a circle between them."""

import threading
from datetime import UTC, datetime

import pytest
from django.db import connection

from hengneng.registry.energy.models import EnergyType
from hengneng.registry.points import operations, queries
from hengneng.registry.units.models import Unit

AT = datetime(2026, 11, 22, 8, tzinfo=UTC)
NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)


def point(unit, code):
    return operations.create_point(
        unit_id=unit.id, code=code, name=code, energy_type_id="ELECTRICITY", level="LEVEL_2",
        kind="REGISTER", valid_from=NEW_YEAR, by=7, at=AT,
    )  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_one_of_two_is_refused():
    unit = Unit.objects.create(code="91310000MA1FL00016", name="甲", created_at=NEW_YEAR)
    EnergyType.objects.create(
        code="ELECTRICITY", name_zh="电力", name_en="Electricity", uom="kWh", class_code="02",
        variety_code="3300", citation="a test", verified=False,
    )  # fmt: skip
    one, other = point(unit, "E-01"), point(unit, "E-02")
    together, told = threading.Barrier(2), []

    def hang(child, parent):
        try:
            together.wait()
            operations.describe_point(
                point_id=child.id, parent_id=parent.id, valid_from=NEW_YEAR, by=7, at=AT
            )
            told.append("hung")
        except operations.ForeignPlace:
            told.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=hang, args=pair) for pair in ((one, other), (other, one))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(told) == ["hung", "refused"]
    parents = [row.parent_id for row in queries.points_of(unit.id, at=AT)]
    assert sorted(parent is None for parent in parents) == [False, True]
