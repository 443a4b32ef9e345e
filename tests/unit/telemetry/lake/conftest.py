"""Closed months to copy: a set-wise city, and a unit whose readings came by message."""

from datetime import UTC, date, datetime

import pytest
from django.db import connection
from tests import two_districts
from tests.worlds import OPENING, REGISTER, World

from hengneng.bench import history
from hengneng.kernel.facts import operations as facts
from hengneng.protocol.records import DAY_SECONDS, Record
from hengneng.registry.energy.models import EnergyType
from hengneng.telemetry.journal import operations as journal

# Run by a process of its own, where Spark is: this one may not have it.
collect_ignore = ["asks_spark.py"]
# The city's history ends on this noon: December and January are closed then, February is not.
AT = datetime(2026, 3, 5, 4, tzinfo=UTC)
DECEMBER, JANUARY, NOVEMBER = date(2025, 12, 1), date(2026, 1, 1), date(2025, 11, 1)


@pytest.fixture
def data_dir(settings, tmp_path):
    """An empty data folder."""
    settings.DATA_DIR = tmp_path
    return tmp_path


@pytest.fixture
def six_units(transactional_db, data_dir):
    """Six units in three districts with curves from late December to early March."""
    two_districts.build()
    EnergyType.objects.create(
        code="NATURAL_GAS", name_zh="天然气", name_en="Natural gas", uom="m3", class_code="01",
        variety_code="1500", citation="a test", verified=False,
    )  # fmt: skip
    fed = history.enter_ledger(6, first=date(2025, 12, 1), at=AT)
    history.write_figures(fed, days=70, at=AT, profile_days=70)
    facts.settle()
    return fed


@pytest.fixture
def two_days_of_24(transactional_db, data_dir):
    """A unit whose register counted one unit an hour for two days of November."""
    world = World.made()
    world.send([Record(REGISTER, OPENING + n * 3600, n, 0, "M", 0) for n in range(49)])
    world.settle()
    yield world
    journal.stop()


def two_days_later(world):
    """Let two more days come for the unit."""
    start = OPENING + 2 * DAY_SECONDS
    world.send([Record(REGISTER, start + n * 3600, 48 + 2 * n, 0, "M", 0) for n in range(1, 49)])
    world.settle()


def closed_readings():
    """Return the slots known by the end of January, by PostgreSQL; gaps depend on units' ids."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT sum(known) FROM consumption_consumptionday WHERE day < '2026-02-01'")
        return cursor.fetchone()[0]
