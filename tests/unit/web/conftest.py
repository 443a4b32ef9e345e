"""The city of two districts for every front."""

import pytest
from django.test import Client
from tests import two_districts
from tests.two_districts import City

from hengneng.people.accounts.rules.roles import Role


@pytest.fixture(autouse=True)
def no_collected_assets(settings, tmp_path):
    """Let WhiteNoise find a folder and pages name their assets; no test of these reads one."""
    settings.STATIC_ROOT = tmp_path
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": plain}


@pytest.fixture
def city(db) -> City:
    return two_districts.build()


@pytest.fixture
def city_official(city) -> Client:
    """A client whose requests bear a city official's token."""
    holder = two_districts.account(Role.CITY_OFFICIAL, city.own)
    return Client(headers={"authorization": f"Bearer {two_districts.token(holder)}"})


@pytest.fixture
def energy_manager(city) -> Client:
    """A client whose requests bear the token of the own unit's energy manager."""
    holder = two_districts.account(Role.ENERGY_MANAGER, city.own)
    return Client(headers={"authorization": f"Bearer {two_districts.token(holder)}"})


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
