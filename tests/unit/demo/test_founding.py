import shutil
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from hengneng.demo import city, founding, memory, people
from hengneng.kernel import clock
from hengneng.people.accounts import queries as accounts
from hengneng.people.accounts.rules.roles import Role
from hengneng.protocol.records import DAY_SECONDS
from hengneng.registry.bodies import operations as bodies
from hengneng.registry.energy import operations as energy
from hengneng.registry.instruments import queries as instruments
from hengneng.registry.points import queries as points

AT = datetime(2026, 11, 23, 1, tzinfo=UTC)
BEGINS = clock.day_number(clock.date_of(clock.local_second(AT) // DAY_SECONDS)) - 60

pytestmark = pytest.mark.django_db


@pytest.fixture
def ready_city(db):
    """Rules and bodies loaded, as every platform has them."""
    energy.load_rules(by=None, at=AT)
    bodies.load_city(by=None, at=AT)


@pytest.fixture
def founded(ready_city, tmp_path):
    """The demo city, entered; its folder."""
    founding.found_city(tmp_path, days=60, at=AT)
    return tmp_path


class TestFoundCity:
    def test_enters_every_unit_with_its_points(self, founded):
        for unit in city.units():
            unit_id = founding.unit_id_of(unit)
            assert sorted(founding.point_ids(unit_id)) == sorted(p.code for p in unit.points)

    def test_describes_a_point_since_the_history_begins(self, founded):
        unit = city.units()[0]
        timelines = {t.code: t for t in points.timelines(founding.unit_id_of(unit))}
        (span,) = timelines["E-1"].spans

        assert clock.local_second(span.valid_from) == BEGINS * DAY_SECONDS
        assert (span.valid_until, span.key) == (None, "R:HN01-E1:total")
        assert (span.ratio, span.capacity, span.slot_seconds) == (6000, Decimal(1_000_000), 900)

    def test_gives_each_terminal_a_memory_of_the_beginning(self, founded):
        for unit in city.units():
            assert memory.recall(founded, unit) == memory.of_the_beginning(unit, BEGINS)

    def test_enters_nothing_twice(self, founded):
        assert founding.found_city(founded, days=60, at=AT) == 0

    def test_keeps_what_the_terminals_remember(self, founded):
        unit = city.units()[3]
        known = memory.Memory(BEGINS, 5, 6, {"E-1": 7}, "secret")
        memory.keep(founded, unit, known)

        founding.found_city(founded, days=60, at=AT)

        assert memory.recall(founded, unit) == known

    def test_refuses_a_city_whose_memory_is_lost(self, founded):
        shutil.rmtree(founded / "terminals")

        with pytest.raises(founding.MemoryLost):
            founding.found_city(founded, days=60, at=AT)


class TestRecordExchange:
    def test_tells_the_ledger_once(self, founded):
        unit = city.units()[9]
        at = (BEGINS + 38) * DAY_SECONDS + 37_200
        exchange = memory.PendingExchange("E-1", at, Decimal("1234.50"), Decimal(0))

        founding.record_exchange(unit, exchange, at=AT)
        founding.record_exchange(unit, exchange, at=AT)

        (row,) = instruments.exchanges_of(founding.unit_id_of(unit))
        assert clock.local_second(row.happened_at) == at
        assert (row.before_value, row.after_value) == (Decimal("1234.50"), Decimal(0))


class TestInvite:
    def test_makes_a_person_for_each_role(self, founded):
        invited = people.invite(founded, at=AT)

        assert sorted(person.role for person in invited) == sorted(Role)
        for person in invited:
            assert accounts.account_by_name(person.name).check_password(person.password)

    def test_keeps_the_passwords_for_the_owner_alone(self, founded):
        people.invite(founded, at=AT)

        assert (founded / "people.json").stat().st_mode & 0o777 == 0o600

    def test_invites_nobody_twice(self, founded):
        first = people.invite(founded, at=AT)

        assert people.invite(founded, at=AT) == first
