"""The open API under made-up requests: no failure of ours, every answer as its description says.

schemathesis makes requests from the published description, right and wrong ones; each is sent as
made, and once more at a unit and days that there are, so that the answers hold figures.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Any

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, given, settings
from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks
from tests import two_districts

from hengneng.kernel.imports import operations as imports
from hengneng.people.accounts.rules.roles import Role
from hengneng.web.api.urls import document

# Not among them: that whatever has the right form is answered. A span of 500 days is refused.
HOLDS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]
DAYS = {"from": "2026-03-01", "to": "2026-03-02"}
LIST = "统一社会信用代码,单位名称\n91310000MA1FL00016,甲饭店\n"


@cache
def handler() -> WSGIHandler:
    """Return the application, made once a test has given it a folder of assets."""
    return WSGIHandler()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    return handler()(environ, start_response)


DESCRIBED = schemathesis.openapi.from_dict(document())
DESCRIBED.app = application
OPERATIONS = [found.ok() for found in DESCRIBED.get_all_operations()]
every_operation = pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.label)
both_ways = pytest.mark.parametrize("mode", GenerationMode)


@pytest.fixture
def on_the_tests_connection() -> Iterator[None]:
    """Keep the server from closing its connection around each request: the test lives on it."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def there(db, on_the_tests_connection, tmp_path, settings) -> dict[str, Any]:
    """What there is to be asked for, in a city of two districts, and a token that reaches it."""
    settings.STATIC_ROOT = settings.DATA_DIR = tmp_path
    city = two_districts.build()
    official = two_districts.account(Role.CITY_OFFICIAL, city.own)
    run = imports.receive(
        kind="units", name="a.csv", body=LIST.encode(), by=official.id, at=two_districts.SINCE
    )
    return {
        "code": city.own.unit.code,
        "point_id": city.own.point.id,
        "import_id": run.pk,
        "token": two_districts.token(official),
    }


def send(case: Case, there: dict[str, Any]) -> None:
    """Send a request as it was made, then one at what is there; hold both answers."""
    headers = {"Authorization": f"Bearer {there['token']}"}
    case.call_and_validate(headers=headers, checks=HOLDS)
    case.path_parameters = {name: there[name] for name in case.path_parameters or ()}
    if any(parameter.name == "from" for parameter in case.operation.query):
        case.query = dict(case.query or {}) | DAYS
    case.call_and_validate(headers=headers, checks=HOLDS)


def fuzz(operation: APIOperation, mode: GenerationMode, there: dict[str, Any], count: int) -> None:
    """Send so many made-up requests, the same ones every time."""

    @settings(
        max_examples=count,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def hold(case: Case) -> None:
        send(case, there)

    hold()


def test_every_operation_is_fuzzed():
    described = [(path, way) for path, ways in document()["paths"].items() for way in ways]

    assert [(one.path, one.method) for one in OPERATIONS] == described


@every_operation
@both_ways
def test_a_few_requests(operation: APIOperation, mode: GenerationMode, there: dict[str, Any]):
    fuzz(operation, mode, there, 15)


@pytest.mark.long
@every_operation
@both_ways
def test_many_requests(operation: APIOperation, mode: GenerationMode, there: dict[str, Any]):
    fuzz(operation, mode, there, 300)
