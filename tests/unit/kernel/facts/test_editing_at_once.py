"""Two edits of one fact at the same time: one after the other, neither lost."""

import threading
from datetime import UTC, datetime

import pytest
from django.db import connection

from hengneng.kernel.facts import operations
from hengneng.registry.energy.models import EnergyType
from hengneng.registry.points.models import Description, Point
from hengneng.registry.units.models import Unit

NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
APRIL = datetime(2026, 4, 1, tzinfo=UTC)
JULY = datetime(2026, 7, 1, tzinfo=UTC)


@pytest.mark.django_db(transaction=True)
def test_the_second_waits_for_the_first_and_builds_on_it():
    unit = Unit.objects.create(code="91310000MA1FL00016", name="甲", created_at=NEW_YEAR)
    EnergyType.objects.create(
        code="ELECTRICITY", name_zh="电力", name_en="Electricity", uom="kWh", class_code="02",
        variety_code="3300", citation="a test", verified=False,
    )  # fmt: skip
    point = Point.objects.create(unit=unit, code="E-01")
    began = threading.Event()

    def replace(start, name):
        operations.replace(
            model=Description,
            identity={"point_id": point.id},
            valid_from=start,
            valid_until=None,
            values={
                "name": name,
                "energy_type_id": "ELECTRICITY",
                "level": "LEVEL_1",
                "kind": "REGISTER",
            },
        )

    def second():
        began.set()
        try:
            replace(JULY, "second")
        finally:
            connection.close()

    replace(NEW_YEAR, "old")
    waiting = threading.Thread(target=second)
    with operations.edit():
        waiting.start()
        began.wait()
        waiting.join(timeout=0.3)
        assert waiting.is_alive()  # held back by the first edit, which has written nothing yet
        replace(APRIL, "first")
    waiting.join()

    believed = Description.objects.filter(superseded_at=None).order_by("valid_from")
    assert list(believed.values_list("name", "valid_from", "valid_until")) == [
        ("old", NEW_YEAR, APRIL),
        ("first", APRIL, JULY),
        ("second", JULY, None),
    ]
