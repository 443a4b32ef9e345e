"""What a unit owes, from its consumers, its points and the edition of the day."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from hengneng.kernel import clock
from hengneng.registry.equipment import operations as equipment
from hengneng.registry.points import operations, queries
from hengneng.registry.units.models import Listing

AT = datetime(2026, 11, 22, 8, tzinfo=UTC)
JANUARY = datetime(2026, 1, 15, tzinfo=UTC)


@pytest.fixture(autouse=True)
def november(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: AT)


@pytest.fixture
def need(make_consumer):
    def make(code, kw, **changes):
        consumer = make_consumer(code, **changes)
        equipment.set_demand(
            consumer_id=consumer.id,
            energy_type_id="ELECTRICITY",
            measure="kW",
            amount=Decimal(kw),
            valid_from=datetime(2026, 1, 1, tzinfo=UTC),
            by=7,
            at=AT,
        )
        return consumer

    return make


def told(unit, **asked):
    owing = queries.owed_points(unit.id, **asked)
    return [(row.level, row.consumer_code, row.ground) for row in owing.rows]


class TestByTheEditionOf2006:
    def test_main_consumers_and_the_boundary(self, unit, need):
        need("CH-01", "1400")
        need("P-01", "99.999")

        assert told(unit, at=JANUARY) == [
            ("LEVEL_1", "", "BOUNDARY"),
            ("LEVEL_3", "CH-01", "MAIN"),
        ]

    def test_at_the_threshold_it_is_owed(self, unit, need, make_point):
        make_point()
        need("P-01", "100")
        need("AREA", "10", kind="SUB_UNIT")

        assert told(unit, at=JANUARY) == [
            ("LEVEL_2", "AREA", "MAIN"),
            ("LEVEL_3", "P-01", "MAIN"),
        ]

    def test_a_point_that_meters_it_settles_it_since_it_does(self, unit, need, make_point):
        make_point()
        chiller = need("CH-01", "1400")
        point = make_point("E-11", level="LEVEL_3")
        operations.describe_point(
            point_id=point.id, feeds_id=chiller.id, valid_from=JANUARY, by=7, at=AT
        )

        assert told(unit, at=JANUARY) == []
        assert told(unit, at=datetime(2026, 1, 14, tzinfo=UTC)) == [("LEVEL_3", "CH-01", "MAIN")]

    def test_a_meter_that_stands_for_several_settles_all(self, unit, need, make_point):
        make_point()
        plant = need("PLANT", "5000", kind="SUB_UNIT")
        for number in (1, 2):
            need(f"CH-0{number}", "1400", metered_with_id=plant.id)

        assert told(unit, at=JANUARY) == [("LEVEL_2", "PLANT", "MAIN")]
        make_point("E-11", level="LEVEL_2", feeds_id=plant.id)
        assert told(unit, at=JANUARY) == []

    def test_says_by_which_rules(self, unit, need):
        owing = queries.owed_points(unit.id, at=JANUARY)

        assert (owing.edition, owing.verified, owing.is_empty) == ("GB 17167-2006", False, False)
        assert owing.citation


class TestByTheEditionOf2025:
    def test_nothing_is_decided_and_it_says_so(self, unit, need, make_point):
        make_point()
        need("CH-01", "1400")

        owing = queries.owed_points(unit.id)

        assert (owing.edition, owing.is_empty) == ("GB 17167-2025", True)
        assert [(row.consumer_code, row.ground) for row in owing.rows] == [("CH-01", "UNDECIDED")]


def test_before_any_edition_no_consumer_is_judged(unit, need):
    owing = queries.owed_points(unit.id, at=datetime(2006, 6, 1, tzinfo=UTC))

    assert owing == queries.Owing([], "", "", verified=False, is_empty=True)


@pytest.mark.parametrize(
    ("year", "kind", "on_line"),
    [
        (2025, "KEY", True),
        (2026, "KEY", True),
        (2024, "KEY", False),
        (2026, "DISTRICT_MONITORED", False),
    ],
)
def test_a_key_unit_uploads_its_boundary(unit, need, year, kind, on_line):
    need("CH-01", "1400")
    Listing.objects.create(unit=unit, year=year, kind=kind)

    rows = queries.owed_points(unit.id).rows

    assert [(row.level, row.on_line) for row in rows] == [("LEVEL_1", on_line), ("LEVEL_3", False)]


def test_seven_queries_for_any_number_of_consumers(
    unit, need, make_point, django_assert_num_queries
):
    for number in range(4):
        make_point(f"E-{number}")
        need(f"CH-{number}", "1400")

    with django_assert_num_queries(7):
        assert len(queries.owed_points(unit.id).rows) == 4
