from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest

from hengneng.kernel.audit.models import Entry
from hengneng.kernel.facts import queries as facts
from hengneng.protocol import codes
from hengneng.registry.bodies import operations as bodies
from hengneng.registry.energy import operations as energy
from hengneng.registry.points import operations, queries, rules
from hengneng.registry.units import operations as units

AT = datetime(2026, 11, 23, 1, tzinfo=UTC)
SINCE = datetime(2025, 11, 22, 16, tzinfo=UTC)
CODE, OTHER_CODE = "N:0000000002330011", "N:0000000001150011"

pytestmark = pytest.mark.django_db


@pytest.fixture
def two_units(db):
    """Two units with a site each."""
    energy.load_rules(by=None, at=AT)
    bodies.load_city(by=None, at=AT)
    bases = [f"91310000MA{number:07d}" for number in (1, 2)]
    rows = [
        units.NewUnit(
            base + codes.credit_check_character(base), "单位", "", "", "", "MAIN", "310101", SINCE
        )
        for base in bases
    ]
    return units.enter_units(rows=rows, by=None, at=AT)


def row(unit, code="E-1", **changes):
    said = operations.NewPoint(
        unit_id=unit.unit_id,
        code=code,
        name="总进线",
        energy_type_id="ELECTRICITY",
        level="LEVEL_1",
        kind="INCREMENT",
        valid_from=SINCE,
        site_id=unit.site_id,
        key=CODE,
    )
    return said._replace(**changes)


def below(unit, **changes):
    said = {"level": "LEVEL_2", "key": "N:0100000002330011", "parent_code": "E-1"}
    return row(unit)._replace(code="E-11", **said)._replace(**changes)


class TestCreatePoints:
    def test_makes_them_with_all_that_they_are(self, two_units):
        one, other = two_units

        made = operations.create_points(
            rows=[row(one), below(one, ratio=Fraction(1, 3)), row(other)], by=None, at=AT
        )

        rows = queries.points_of(one.unit_id)
        assert [(r.id, r.code, r.parent_id) for r in rows] == [
            (made[0], "E-1", None),
            (made[1], "E-11", made[0]),
        ]
        (span,) = queries.spans_of_point(made[1])
        assert (span.valid_from, span.valid_until) == (SINCE, None)
        assert (span.ratio, span.key, span.level) == (
            Fraction(1, 3),
            "N:0100000002330011",
            "LEVEL_2",
        )

    def test_leaves_word_for_telemetry(self, two_units):
        one, other = two_units

        made = operations.create_points(rows=[row(one), row(other)], by=None, at=AT)

        (change,) = facts.changes_of(other.unit_id)
        assert (change.point_id, change.changed_from, change.changed_until) == (
            made[1],
            SINCE,
            None,
        )

    def test_records_one_entry(self, two_units):
        before = Entry.objects.count()

        made = operations.create_points(rows=[row(one) for one in two_units], by=None, at=AT)

        (entry,) = Entry.objects.order_by("sequence")[before:]
        assert entry.action == "points.created"
        assert [point[0] for point in entry.details["points"]] == made

    @pytest.mark.parametrize(
        ("wrong", "error"),
        [
            ({"level": "LEVEL_9"}, rules.BadDescription),
            ({"energy_type_id": "PEAT"}, operations.UnknownEnergyType),
            ({"parent_code": "E-9"}, operations.ForeignPlace),
            ({"site_id": 0}, operations.ForeignPlace),
            ({"key": "N:1"}, rules.BadKey),
            ({"key": OTHER_CODE}, rules.CodeDoesNotFit),
            ({"code": "E-1"}, operations.PointExists),
        ],
    )
    def test_makes_none_where_one_is_wrong(self, two_units, wrong, error):
        one = two_units[0]

        with pytest.raises(error):
            operations.create_points(rows=[row(one), below(one, **wrong)], by=None, at=AT)

        assert queries.points_of(one.unit_id) == []

    def test_refuses_another_units_site(self, two_units):
        one, other = two_units

        with pytest.raises(operations.ForeignPlace):
            operations.create_points(rows=[row(one, site_id=other.site_id)], by=None, at=AT)

    def test_refuses_a_point_that_stands_there(self, two_units):
        operations.create_points(rows=[row(two_units[0])], by=None, at=AT)

        with pytest.raises(operations.PointExists):
            operations.create_points(rows=[row(two_units[0], key=None)], by=None, at=AT)

    def test_refuses_a_key_that_feeds_another_point(self, two_units):
        one = two_units[0]
        operations.create_points(rows=[row(one)], by=None, at=AT)

        with pytest.raises(operations.KeyTaken):
            operations.create_points(rows=[row(one, "E-2")], by=None, at=AT)
        with pytest.raises(operations.KeyTaken):
            operations.create_points(
                rows=[row(one, "E-3", key=OTHER_CODE), row(one, "E-4", key=OTHER_CODE)],
                by=None,
                at=AT,
            )

    def test_takes_a_key_that_fed_another_point_before(self, two_units):
        one, turn = two_units[0], SINCE + timedelta(days=30)
        rows = [row(one, valid_until=turn), row(one, "E-2", valid_from=turn)]

        made = operations.create_points(rows=rows, by=None, at=AT)

        assert [queries.spans_of_point(point)[0].key for point in made] == [CODE, CODE]
