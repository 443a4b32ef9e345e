from datetime import UTC, datetime

import pytest

from hengneng.people.accounts import operations, queries
from hengneng.people.accounts.rules.roles import Role
from hengneng.registry.bodies import operations as bodies
from hengneng.registry.units.models import Unit

NOON = datetime(2020, 9, 30, 4, tzinfo=UTC)
UNIT_CODE = "91310000MA1FL0001X"


@pytest.fixture(autouse=True)
def quick_passwords(settings):
    """Real hashing is slow by design and has nothing to do with what is tested."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def no_remembered_tokens():
    queries._viewer_of_digest.cache_clear()


@pytest.fixture
def city(db):
    """The bodies that ship, and one unit."""
    bodies.load_city(by=None, at=NOON)
    return Unit.objects.create(code=UNIT_CODE, name="甲", created_at=NOON)


@pytest.fixture
def official(city):
    """The account ``li``, a city official."""
    return operations.create_account(
        name="li",
        password="Correct-Horse-1",
        role=Role.CITY_OFFICIAL,
        body_code="REGULATOR",
        by=None,
        at=NOON,
    )
