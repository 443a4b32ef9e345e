"""The demo city's energy: what 26 units' meters counted is what the platform says, to the digit.

The history goes through the journal; the truth is the integral of the loads, worked out here from
the table alone. The planted faults are among it. Live readings come from virtual meters by gateway.
"""

import json
import time
import urllib.request
from datetime import date
from decimal import Decimal

import pytest
from tests.product import Platform

from hengneng.demo import city, faults
from hengneng.demo.faults import FaultKind
from hengneng.sim import meters
from hengneng.sim.loads import series

# Played once: all of it tells of one story.
pytestmark = pytest.mark.xdist_group("demo")
DAYS = 60
YEAR = 366
SECONDS = 600
LIVE_SECONDS = 180
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

    def consumption(self, unit, first=0):
        span = f"from={self.date_of(first)}&to={self.date_of(DAYS - 1)}&period=day&page_size=500"
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


def wait_for_life(product):
    """Return how long the first live reading took to be seen, once one was."""
    until, path = time.monotonic() + LIVE_SECONDS, product.data_dir / "demo" / "result.json"
    while (seen := json.loads(path.read_text())["first_visible_s"]) is None:
        assert time.monotonic() < until, f"no live reading:\n{product.log}"
        time.sleep(0.5)
    return seen


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


def test_the_days_before_are_the_true_ones_too(living_city):
    unit = city.units()[0]
    items = living_city.consumption(unit, first=DAYS - YEAR)["items"]
    told = {(item["code"], item["period"]): item["amount"] for item in items}

    for point in unit.points:
        for day in range(DAYS - YEAR, 0):
            true = true_amount(unit, point, living_city.begins + day)
            assert Decimal(told[point.code, living_city.date_of(day)]) == true


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


def test_a_live_reading_is_seen_within_thirty_seconds(living_city):
    assert wait_for_life(living_city.product) < 30


def test_the_city_says_what_it_did(living_city):
    result = living_city.result

    assert (result["units"], result["points"]) == (640, 1875)
    # All but the sixteen that were never connected, and what silent and late ones left out.
    assert result["unit_days"] > 620 * YEAR
    assert result["readings"] > 1_000_000
