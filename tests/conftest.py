"""What every test may ask for: a database server, the running product, a browser."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.product import Platform

from hengneng.kernel.postgres import operations as postgres

RUN_FOLDER = "HENGNENG_TEST_FOLDER"
GIVEN = os.environ.get("HENGNENG_TEST_DATABASE_URL") or os.environ.get("HENGNENG_DATABASE_URL")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let CI repeat on another server only what a server can change."""
    parser.addoption("--database-only", action="store_true", help="only tests of the database")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out tests that do not use the database, where so asked."""
    if config.getoption("--database-only"):
        kept = [item for item in items if uses_database(item)]
        config.hook.pytest_deselected(items=[item for item in items if item not in kept])
        items[:] = kept


def uses_database(item: pytest.Item) -> bool:
    """Answer whether Django's test database is made for this test."""
    fixtures = {"db", "transactional_db", "live_server"} & set(getattr(item, "fixturenames", ()))
    return bool(fixtures) or item.get_closest_marker("django_db") is not None


def pytest_configure(config: pytest.Config) -> None:
    """Make the run's folder, which its workers inherit by the environment."""
    if not hasattr(config, "workerinput"):
        # Not under pytest's own folder: that one is closed to the account that runs PostgreSQL.
        folder = Path(tempfile.mkdtemp(prefix="hengneng-test-"))
        folder.chmod(0o755)
        os.environ[RUN_FOLDER] = str(folder)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove the run's folder."""
    if not hasattr(config, "workerinput"):
        shutil.rmtree(os.environ.pop(RUN_FOLDER))


@pytest.fixture(scope="session")
def database_server() -> Iterator[str]:
    """Return the address of the run's server: the one given, else one made for this run.

    All workers of a run join one embedded server; whoever ends last stops it. It is not durable:
    journeys that kill processes start the product, which has its own.
    """
    if GIVEN:
        yield GIVEN
        return
    with postgres.serving(data_dir=Path(os.environ[RUN_FOLDER]), durable=False) as address:
        yield address


@pytest.fixture(scope="session")
def django_db_modify_db_settings(request: pytest.FixtureRequest, database_server: str) -> None:
    """Point Django at the run's server before it makes the test database."""
    from django.db import connections

    from hengneng import settings

    os.environ["HENGNENG_DATABASE_URL"] = database_server
    connections.settings["default"].update(settings._database())
    request.getfixturevalue("django_db_modify_db_settings_parallel_suffix")


@pytest.fixture(scope="session")
def platform() -> Iterator[Platform]:
    """Return the product as it runs, started once for the journeys that leave it whole."""
    with Platform.started() as running:
        yield running


@pytest.fixture
def own_platform() -> Iterator[Platform]:
    """Return the product started for this test alone, which may kill its processes."""
    with Platform.started() as running:
        yield running
