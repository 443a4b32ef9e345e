"""The flow of a month in which a point was moved to another place in the tree."""

from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace
from xml.etree import ElementTree as ET

import pytest
from tests.unit.web.desk.test_ledger_tabs import SINCE, SVG, page, world

from hengneng.kernel import clock
from hengneng.registry.points import operations as points
from hengneng.registry.points.models import Point
from hengneng.telemetry.consumption.models import ConsumptionDay, ConsumptionMonth
from hengneng.web.desk import sheet

__all__ = ["world"]
MONTH = date(2025, 11, 1)
ASKED = SimpleNamespace(
    month=MONTH, month_end=date(2025, 11, 30), as_of=None, basis="CALORIFIC", edition=None
)


def amounts(amount, days):
    return dict.fromkeys(("late", "estimated", "manual", "supplied"), Decimal(0)) | {
        "amount": amount, "expected": 24 * days, "received": 24 * days, "known": 24 * days,
        "basis": "DAYS",
    }  # fmt: skip


@pytest.fixture
def moved(world):
    """E11 meters 1000 kWh a day and hangs on E1 until the 17th, on E2 from the 18th on."""
    e11 = Point.objects.get(unit_id=world.unit_id, code="E11").pk
    points.describe_point(
        point_id=e11, valid_from=clock.midnight(date(2025, 11, 18)), parent_id=world.points[1],
        by=None, at=SINCE,
    )  # fmt: skip
    of_unit = {"unit_id": world.unit_id, "point_id": e11}
    ConsumptionDay.objects.bulk_create(
        ConsumptionDay(**of_unit, day=MONTH + timedelta(days=n), **amounts(Decimal(1000), 1))
        for n in range(30)
    )
    ConsumptionMonth.objects.create(**of_unit, month=MONTH, **amounts(Decimal(30000), 30))
    return world, e11


def parts(world):
    lines = sheet.month_of(world.unit_id, ASKED).lines
    (line,) = [one for one in lines if one.amount is not None]
    found = sheet.parts_of_month(world.unit_id, ASKED, lines)
    return line, found


def test_each_day_goes_through_the_tree_of_that_day(moved):
    world, e11 = moved
    line, found = parts(world)

    assert line.tonnes
    assert list(found) == [e11]
    assert [(one.parent_id, one.tonnes) for one in found[e11]] == [
        (world.points[0], line.tonnes * 17 / 30),
        (world.points[1], line.tonnes * 13 / 30),
    ]


@pytest.mark.parametrize("day", ["2025-11-10", "2025-11-23"])
def test_the_page_draws_both_places_whatever_the_day(official, moved, day):
    world, _ = moved
    answer = page(official, world, "network", f"day={day}")

    root = ET.fromstring(str(answer.context["flow"]))
    texts = [text for one in root.iter(f"{SVG}title") if (text := one.text)]
    assert sum("<照明>" in text and "E1" in text for text in texts) >= 1
    assert sum("<照明>" in text and "E2" in text for text in texts) >= 1
    assert "drawn by day" in answer.text


def test_days_that_do_not_add_up_to_the_month_tell_no_part(moved):
    world, e11 = moved
    ConsumptionDay.objects.filter(day=MONTH).delete()

    assert [one.tonnes for one in parts(world)[1][e11]] == [None, None]


def test_where_nothing_moved_nothing_is_split(world):
    assert sheet.parts_of_month(world.unit_id, ASKED, []) == {}
