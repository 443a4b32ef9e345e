"""What every test may ask for: a database server, the running product, a browser."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from hengneng.kernel.postgres import operations as postgres
from tests.platform import Platform

GIVEN = os.environ.get("HENGNENG_TEST_DATABASE_URL") or os.environ.get("HENGNENG_DATABASE_URL")


@pytest.fixture(scope="session")
def database_server(testrun_uid: str) -> Iterator[str]:
    """Return the address of the run's server: the one given, else one made for this run.

    All workers of a run join one embedded server; whoever ends last stops it. It is not durable:
    journeys that kill processes start the product, which has its own.
    """
    if GIVEN:
        yield GIVEN
        return
    # Not under pytest's own folder: that one is closed to the account that runs PostgreSQL.
    folder = Path(tempfile.gettempdir()) / f"hengneng-test-{testrun_uid}"
    with postgres.serving(data_dir=folder, durable=False) as address:
        yield address
    if not (folder / "postgres" / "postmaster.pid").exists():
        shutil.rmtree(folder)


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
