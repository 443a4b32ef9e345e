"""A unit with a terminal that may speak, and a client that speaks as one."""

import json
from datetime import UTC, datetime

import pytest
from django.test import Client

from hengneng.registry.terminals import operations, queries
from hengneng.registry.units.models import Unit
from hengneng.telemetry.journal import operations as journal

AT = datetime(2026, 11, 22, 8, tzinfo=UTC)
CODE, OTHER_CODE = "91310000MA1FL00016", "91310000MA1FL00024"


@pytest.fixture(autouse=True)
def only_this_front(settings):
    settings.ROOT_URLCONF = "hengneng.web.terminals.urls"
    settings.MIDDLEWARE = []


@pytest.fixture(scope="session", autouse=True)
def committer_ended_with_the_run():
    yield
    journal.stop()


@pytest.fixture
def unit(db):
    queries.forget()
    return Unit.objects.create(code=CODE, name="甲饭店", created_at=AT)


@pytest.fixture
def other_unit(db):
    return Unit.objects.create(code=OTHER_CODE, name="乙商场", created_at=AT)


@pytest.fixture
def post():
    """Post a body, or an object as JSON, and return the response."""
    client = Client(headers={"host": "city.example"}, REMOTE_ADDR="192.0.2.1")

    def send(path, body, **extra):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        return client.post(path, data, content_type="application/json", **extra)

    return send


@pytest.fixture
def device_id(unit):
    """The id of the unit's admitted terminal."""

    def ask():
        return operations.ask_to_register(
            unit_code=CODE, source_address="192.0.2.1", certificate_sha256=None, region="",
            device_id=None, at=AT,
        ).device_id  # fmt: skip

    ask()
    operations.admit(unit_code=CODE, by=None, at=AT)
    return ask()


@pytest.fixture
def record():
    return {
        "dataCode": "00-00-0000-023300-11", "dataValue": "12.5", "inputType": "4", "statType": "0",
        "statDate": "2026-11-21 00:15:00", "uploadDate": "2026-11-22 07:00:12", "scope": "1",
        "valid": "1",
    }  # fmt: skip


@pytest.fixture
def envelope(device_id, record):
    """An energy message with one good record; keywords replace its fields."""

    def make(**changes):
        return {"deviceId": device_id, "enterpriseCode": CODE, "data": [record]} | changes

    return make
