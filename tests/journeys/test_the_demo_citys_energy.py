"""The demo city's energy: what 26 units' meters counted is what the platform says, to the digit.

The history goes through the real endpoints; the truth is the integral of the loads, worked out
here from the table alone. The planted faults are among it.
"""

import json
import time
import urllib.request
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from tests.product import Platform

from hengneng.demo import city, faults
from hengneng.demo.faults import FaultKind
from hengneng.sim import meters
from hengneng.sim.loads import series

DAYS = 60
SECONDS = 300
EPOCH = date(1970, 1, 1).toordinal()


class City:
    """The running demo city, read over the open API as the city's official."""

    def __init__(self, product):
        self.product = product
        self.result = wait_for_result(product)
        began = json.loads(
            (product.data_dir / "demo/terminals" / f"{first_unit()}.json").read_text()
        )
        self.begins = began["begins"]
        self.token = product.run("token", "create", "--account", "demo-city").stdout.strip()

    def get(self, path):
        request = urllib.request.Request(
            f"{self.product.base_url}/api/v1/{path}",
            headers={"Authorization": f"Bearer {self.token}"},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def date_of(self, day):
        return date.fromordinal(EPOCH + self.begins + day).isoformat()

    def consumption(self, unit):
        span = f"from={self.date_of(0)}&to={self.date_of(DAYS - 1)}&period=day&page_size=500"
        return self.get(f"units/{unit.code}/consumption?{span}")

    def marks(self, fault):
        """Return the marks of a fault's point on its day, slot by slot."""
        (point,) = (
            row
            for row in self.get(f"units/{fault.unit}/points")["items"]
            if row["code"] == fault.point
        )
        day = self.date_of(fault.day)
        (told,) = self.get(f"points/{point['id']}/profile?from={day}&to={day}")["items"]
        return [slot["mark"] for slot in told["slots"]]


def first_unit():
    return city.units()[0].code


def wait_for_result(product):
    until, path = time.monotonic() + SECONDS, product.data_dir / "demo" / "result.json"
    while not path.exists():
        assert time.monotonic() < until, f"no history:\n{product.log}"
        time.sleep(0.2)
    return json.loads(path.read_text())


def true_amount(unit, point, day):
    """Return what a point's meter counted in a day, in kWh or m³."""
    return Decimal(meters.energy_of(point.meter_of(unit.building, day), day)) / 1000


@pytest.fixture(scope="module")
def living_city():
    # Product and truth play the same loads: the real series where they are, else the table.
    played = str(series.folder() or "")
    with Platform.started(verb="demo", HENGNENG_METERS_DIR=played) as product:
        yield City(product)


def test_every_units_energy_is_the_true_one_to_the_digit(living_city):
    for unit in city.units():
        items = living_city.consumption(unit)["items"]
        told = {(item["code"], item["period"]): item["amount"] for item in items}
        assert len(items) == DAYS * len(unit.points)
        for point in unit.points:
            for day in range(DAYS):
                amount = Decimal(told[point.code, living_city.date_of(day)])
                true = true_amount(unit, point, living_city.begins + day)
                assert amount == true, f"{unit.name} {point.code} on day {day}"


def test_every_unit_sums_its_boundary_alone(living_city):
    for unit in city.units():
        totals = living_city.consumption(unit)["totals"]
        summed = sum(
            Decimal(energy["amount"])
            for total in totals
            for energy in total["energy"]
            if energy["energy_type"] == "ELECTRICITY"
        )
        true = sum(
            true_amount(unit, point, living_city.begins + day)
            for point in unit.points
            if point.level == "LEVEL_1" and point.energy_type == "ELECTRICITY"
            for day in range(DAYS)
        )
        assert summed == true, unit.name


@pytest.mark.parametrize(
    ("kind", "estimated", "manual"),
    [(FaultKind.OUTAGE, 25, 0), (FaultKind.WITHDRAWN, 1, 0), (FaultKind.BY_HAND, 0, 4)],
)
def test_a_fault_is_marked(living_city, kind, estimated, manual):
    (fault,) = (fault for fault in faults.faults() if fault.kind is kind)

    marks = living_city.marks(fault)

    assert (marks.count("E"), marks.count("H")) == (estimated, manual)
    assert len(marks) - marks.count("M") == estimated + manual


def test_nothing_of_the_history_is_late(living_city):
    for unit in city.units():
        assert {Decimal(item["late"]) for item in living_city.consumption(unit)["items"]} == {0}


def test_a_live_reading_is_seen_within_ten_seconds(living_city):
    assert living_city.result["first_visible_s"] < 10


def test_the_city_says_what_it_did(living_city):
    today = datetime.now(ZoneInfo("Asia/Shanghai")).date().toordinal() - EPOCH
    result = living_city.result

    assert (result["units"], result["points"]) == (26, 72)
    assert 26 * DAYS <= result["unit_days"] <= 26 * (today - living_city.begins + 1)
    assert result["readings"] > 300_000
