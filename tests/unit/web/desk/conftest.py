import pytest
from django.test import Client
from tests import two_districts

from hengneng.people.accounts.rules.roles import Role


def signed_in(role: Role, city) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(two_districts.account(role, city.own))
    return client


@pytest.fixture
def official(city) -> Client:
    """A city official."""
    return signed_in(Role.CITY_OFFICIAL, city)


@pytest.fixture
def district_official(city) -> Client:
    """An official of the own district."""
    return signed_in(Role.DISTRICT_OFFICIAL, city)


@pytest.fixture
def manager(city) -> Client:
    """The own unit's energy manager."""
    return signed_in(Role.ENERGY_MANAGER, city)
