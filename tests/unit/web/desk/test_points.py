"""A unit's points on the desk: the tree they form, what stands at them, their old address."""

import csv
from io import StringIO

import pytest
from tests import two_districts
from tests.worlds import World

from hengneng.kernel import clock
from hengneng.registry.instruments import operations as instruments
from hengneng.registry.points.models import Description


@pytest.fixture
def world(city) -> World:
    """A unit of two points."""
    return World.made()


def told(answer) -> list[list[str]]:
    """The rows of a file."""
    return list(csv.reader(StringIO(answer.content.decode("utf-8-sig"))))


class TestPoints:
    def test_stand_under_the_point_above(self, city, official):
        above, unit = city.own.point, city.own.unit
        two_districts.point(unit, "E-03", None, level="LEVEL_3")
        under = two_districts.point(unit, "E-02", None, level="LEVEL_2", parent=above)
        Description.objects.filter(point__code="E-03").update(parent=under)
        found = official.get(f"/desk/units/{unit.code}/network").context["tree"]
        assert [(one.point.code, one.depth) for one in found] == [
            ("E-01", 0), ("E-02", 1), ("E-03", 2),
        ]  # fmt: skip

    def test_in_a_ring_are_shown_all_the_same(self, city, official):
        first, unit = city.own.point, city.own.unit
        second = two_districts.point(unit, "E-02", None, parent=first)
        Description.objects.filter(point=first).update(parent=second)
        answer = official.get(f"/desk/units/{unit.code}/network")
        found = answer.context["tree"]
        assert [(one.point.code, one.depth) for one in found] == [("E-01", 0), ("E-02", 0)]
        assert "Some points hang on one another in a ring" in answer.text
        drawing = official.get(f"/desk/units/{unit.code}/network?format=svg&list=network")
        assert drawing.status_code == 404

    def test_name_their_instruments(self, world, official):
        at = clock.now()
        made = instruments.create_instrument(
            unit_id=world.unit_id, number="M-7", name="Meter", accuracy_class="0.5S", by=None, at=at
        )
        instruments.install(
            instrument_id=made.id, point_id=world.points[0], valid_from=at, by=None, at=at
        )
        answer = official.get(f"/desk/units/{world.code}/network")
        assert [[one.number for one in b.instruments] for b in answer.context["tree"]] == [
            ["M-7"], [],
        ]  # fmt: skip
        rows = told(official.get(f"/desk/units/{world.code}/network?format=csv"))
        assert [(row[0], row[-1]) for row in rows[1:]] == [("E1", "M-7"), ("E2", "")]

    @pytest.mark.parametrize(
        ("asked", "there"),
        [
            ("", "network"),
            ("?day=2025-11-08&format=csv", "network?day=2025-11-08&format=csv"),
            ("?format=csv&list=instruments", "instruments?format=csv&list="),
        ],
    )
    def test_are_found_at_their_old_address(self, world, official, asked, there):
        answer = official.get(f"/desk/units/{world.code}/points{asked}")
        assert answer.status_code == 301
        assert answer["Location"] == f"/desk/units/{world.code}/{there}"
        assert official.get(answer["Location"]).status_code == 200
