"""Noon of 10 March 2026 in the city, and a unit whose register ran 240 kWh the day before."""

from datetime import UTC, datetime

import pytest
from django.test import Client
from tests import ledger_samples, two_districts
from tests.worlds import World

from hengneng.kernel import clock
from hengneng.people.accounts.models import Membership
from hengneng.people.accounts.rules.roles import Role
from hengneng.protocol.records import DAY_SECONDS, Record
from hengneng.registry.instruments.models import Instrument

NOON = datetime(2026, 3, 10, 4, tzinfo=UTC)
YESTERDAY = 20_521 * DAY_SECONDS  # 2026-03-09, local seconds


@pytest.fixture(autouse=True)
def noon(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOON)


@pytest.fixture
def world(city) -> World:
    """A unit whose first point ran 10 kWh an hour, its readings missing from 8 to 12."""
    made = World.made()
    hours = [hour for hour in range(25) if not 8 < hour < 12]
    made.send([
        Record("R:M1:total", YESTERDAY + hour * 3600, 1000 + 100 * hour, 1, "M", 0)
        for hour in hours
    ])  # fmt: skip
    made.settle()
    return made


def signed_in(account) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(account)
    return client


@pytest.fixture
def manager(world) -> Client:
    """The energy manager of the unit that has data."""
    account = two_districts.stranger("a manager")
    Membership.objects.create(
        account=account, role="ENERGY_MANAGER", unit_id=world.unit_id, since_at=two_districts.SINCE
    )
    return signed_in(account)


@pytest.fixture
def empty_manager(city) -> Client:
    """The energy manager of a unit that has a point and no data."""
    return signed_in(two_districts.account(Role.ENERGY_MANAGER, city.own))


@pytest.fixture
def own(city):
    """The place whose energy manager tells."""
    return city.own


@pytest.fixture
def teller(city):
    """The own unit's energy manager."""
    return signed_in(two_districts.account(Role.ENERGY_MANAGER, city.own))


@pytest.fixture
def metered(own) -> Instrument:
    """The meter that stands at the own point."""
    return Instrument.objects.get(id=ledger_samples.instrument_of(own))


def at(own, path: str) -> str:
    return f"/portal/{own.unit.code}/{path}"
