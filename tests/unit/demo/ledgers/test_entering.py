from datetime import UTC, datetime

import pytest

from hengneng.demo import city, founding, loading, people, plan
from hengneng.demo.ledgers import entering, outfit, subjects
from hengneng.kernel import clock
from hengneng.protocol.records import DAY_SECONDS
from hengneng.registry.bodies import operations as bodies
from hengneng.registry.energy import operations as energy
from hengneng.registry.equipment import operations as equipment_writes
from hengneng.registry.equipment import queries as equipment
from hengneng.registry.equipping import queries as equipping
from hengneng.registry.instruments import operations as instrument_writes
from hengneng.registry.instruments import queries as instruments
from hengneng.registry.points import queries as points
from hengneng.registry.units.models import Contact, Facility, Particulars

AT = datetime(2026, 11, 23, 1, tzinfo=UTC)
PLAN = plan.plan_of(AT, days=60)

pytestmark = pytest.mark.django_db


@pytest.fixture
def founded(few_units):
    """The demo city with few of its further units, entered as of its first day."""
    with loading.clock_at(PLAN.begins * DAY_SECONDS, latest=AT) as at:
        energy.load_rules(by=None, at=at)
        equipment_writes.load_shipped(by=None, at=at)
        instrument_writes.load_rules(by=None, at=at)
        bodies.load_city(by=None, at=at)
        founding.found(PLAN, at=at)
    return {unit.code: founding.unit_id_of(unit.code) for unit in subjects.subjects()}


class TestEntering:
    def test_the_ledger_stands_when_the_history_begins(self, founded):
        begins = clock.instant(PLAN.begins * DAY_SECONDS)
        unit = subjects.subjects()[0]
        held = instruments.instruments_of(founded[unit.code], at=begins)

        assert [row.number for row in held] == sorted(one.number for one in outfit.of_unit(unit))
        assert {row.point_code for row in held} - {None} == {place.code for place in unit.places}
        assert all(row.kind and row.condition for row in held)

    def test_a_point_says_what_it_feeds(self, founded):
        unit_id = founded[people.plant().code]
        fed = {row.id: row for row in equipment.consumers_of(unit_id, at=AT)}

        kinds = {
            (row.level, fed[row.feeds_id].kind if row.feeds_id else None)
            for row in points.points_of(unit_id, at=AT)
        }
        assert kinds == {("LEVEL_1", None), ("LEVEL_2", "SUB_UNIT"), ("LEVEL_3", "EQUIPMENT")}

    def test_a_unit_is_judged_by_what_it_has(self, founded):
        before = datetime(2026, 1, 15, tzinfo=UTC)
        judged = equipping.equipping_of(founded[people.plant().code], at=before, as_of=AT)

        by_level = {
            row.level: (row.need, row.have, row.verdict)
            for row in judged.requirements
            if row.energy_type_id == "ELECTRICITY"
        }
        assert judged.rule_set.edition == "GB 17167-2006"
        assert by_level["LEVEL_1"][:2] == (1, 1)
        assert by_level["LEVEL_2"][:2] == (1, 1)

    def test_units_have_cards(self, founded):
        believed = Particulars.objects.filter(superseded_at=None)
        assert not believed.filter(legal_person=None).exists()
        assert not believed.filter(industry_code="").exists()
        assert Facility.objects.filter(unit_id=founded[city.units()[0].code]).exists()
        assert Contact.objects.filter(unit_id=founded[city.units()[0].code]).exists()

    def test_nothing_that_is_entered_was_verified_later(self, founded):
        rows = instruments.instruments_by_unit(list(founded.values()), at=AT)
        first = clock.date_of(PLAN.begins)
        given = [r.certificate.verified_on for held in rows.values() for r in held if r.certificate]
        assert max(given) < first

    def test_planted_is_a_gas_meter_at_the_boundary(self, founded):
        code, point = entering.planted()
        unit = next(unit for unit in subjects.subjects() if unit.code == code)
        place = next(place for place in unit.places if place.code == point)
        assert (place.energy_type, place.level) == ("NATURAL_GAS", "LEVEL_1")
