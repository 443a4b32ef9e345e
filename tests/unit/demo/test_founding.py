from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from hengneng.demo import city, founding, memory, people, plan
from hengneng.demo.further import units as further
from hengneng.demo.further.catalogue import Manner
from hengneng.kernel import clock
from hengneng.people.accounts import queries as accounts
from hengneng.people.accounts.rules.roles import Role
from hengneng.protocol.records import DAY_SECONDS
from hengneng.registry.bodies import operations as bodies
from hengneng.registry.energy import operations as energy
from hengneng.registry.instruments import queries as instruments
from hengneng.registry.points import queries as points
from hengneng.registry.terminals import queries as terminals
from hengneng.registry.units import queries as units

AT = datetime(2026, 11, 23, 1, tzinfo=UTC)
PLAN = plan.plan_of(AT, days=60)

pytestmark = pytest.mark.django_db


@pytest.fixture
def ready_city(db):
    """Rules and bodies loaded, as every platform has them."""
    energy.load_rules(by=None, at=AT)
    bodies.load_city(by=None, at=AT)


@pytest.fixture
def founded(few_units, ready_city):
    """The demo city with few of its further units, entered; its terminals' ids."""
    return founding.found(PLAN, at=AT)


def in_manner(manner):
    return [unit for unit in further.units() if unit.manner is manner]


class TestFound:
    def test_enters_every_unit(self, founded):
        assert sorted(units.ids_by_code()) == sorted(unit.code for unit in founding.everyone())

    def test_there_are_640_of_them(self):
        assert len(founding.everyone()) == 640

    def test_enters_every_point_of_a_unit(self, founded):
        for unit in (city.units()[0], people.plant()):
            unit_id = founding.unit_id_of(unit.code)
            assert sorted(founding.point_ids(unit_id)) == sorted(p.code for p in unit.points)

    def test_describes_a_point_since_the_year_begins(self, founded):
        unit_id = founding.unit_id_of(city.units()[0].code)
        timelines = {t.code: t for t in points.timelines(unit_id)}
        (span,) = timelines["E-1"].spans

        assert clock.local_second(span.valid_from) == PLAN.begins * DAY_SECONDS
        assert (span.valid_until, span.key) == (None, "R:HN01-E1:total")
        assert (span.ratio, span.capacity, span.slot_seconds) == (6000, Decimal(1_000_000), 900)

    def test_hangs_a_further_point_below_another(self, founded):
        unit = people.plant()
        rows = {row.code: row for row in points.points_of(founding.unit_id_of(unit.code))}
        below = next(point for point in unit.points if point.level == "LEVEL_3")

        assert rows[below.code].parent_id == rows[unit.points[below.parent].code].id

    def test_lists_a_unit_in_both_years_of_its_history(self, founded):
        unit_id = founding.unit_id_of(city.units()[0].code)

        assert sorted(row.year for row in units.listings_of(unit_id)) == [2025, 2026]

    def test_gives_an_id_to_every_connected_terminal(self, founded):
        silent = {unit.code for unit in in_manner(Manner.NEVER) + in_manner(Manner.WAITING)}

        assert founded.keys() == {unit.code for unit in founding.everyone()} - silent
        known = terminals.terminal_by_secret(founded[city.units()[0].code])
        assert known.unit_code == city.units()[0].code

    def test_lets_some_wait_for_admission(self, founded):
        founding.ask_for_admission(at=AT)
        founding.ask_for_admission(at=AT)

        for unit in in_manner(Manner.WAITING):
            (row,) = terminals.terminals_of(founding.unit_id_of(unit.code))
            assert row.state == "PENDING"


class TestRecordExchange:
    def test_tells_the_ledger_once(self, founded):
        unit = city.units()[9]
        at = (PLAN.fine + 38) * DAY_SECONDS + 37_200
        exchange = memory.PendingExchange("E-1", at, Decimal("1234.50"), Decimal(0))

        founding.record_exchange(unit, exchange, at=AT)
        founding.record_exchange(unit, exchange, at=AT)

        (row,) = instruments.exchanges_of(founding.unit_id_of(unit.code))
        assert clock.local_second(row.happened_at) == at
        assert (row.before_value, row.after_value) == (Decimal("1234.50"), Decimal(0))

    def test_puts_a_verified_meter_in_its_place(self, founded):
        unit = city.units()[9]
        at = (PLAN.fine + 38) * DAY_SECONDS + 37_200
        exchange = memory.PendingExchange("E-1", at, Decimal("1234.50"), Decimal(0))

        founding.record_exchange(unit, exchange, at=AT)

        held = instruments.instruments_of(founding.unit_id_of(unit.code), at=AT)
        (standing,) = [row for row in held if row.point_code == "E-1"]
        meter = next(point.meter for point in unit.points if point.code == "E-1")
        assert standing.number == f"{meter}-2"
        assert standing.certificate.verified_on == clock.day_of(clock.instant(at)) - timedelta(12)
        assert standing.condition == "QUALIFIED"


class TestInvite:
    def test_makes_a_person_for_each_role(self, founded, tmp_path):
        invited = people.invite(tmp_path, at=AT)

        assert {person.role for person in invited} == set(Role)
        for person in invited:
            assert accounts.account_by_name(person.name).check_password(person.password)

    def test_keeps_the_passwords_for_the_owner_alone(self, founded, tmp_path):
        people.invite(tmp_path, at=AT)

        assert (tmp_path / "people.json").stat().st_mode & 0o777 == 0o600

    def test_invites_nobody_twice(self, founded, tmp_path):
        first = people.invite(tmp_path, at=AT)

        assert people.invite(tmp_path, at=AT) == first

    def test_a_plants_manager_sees_every_level(self):
        assert {p.level for p in people.plant().points} == {"LEVEL_1", "LEVEL_2", "LEVEL_3"}
