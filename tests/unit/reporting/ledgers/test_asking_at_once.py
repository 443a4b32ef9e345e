"""Two people ask for the same package in the same instant: it is made once."""

from datetime import UTC, date, datetime

import pytest
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob
from tests import at_once

from hengneng.registry.units.models import Unit
from hengneng.reporting.ledgers import operations
from hengneng.reporting.ledgers.models import Package

NOW = datetime(2026, 11, 23, 4, tzinfo=UTC)


@pytest.fixture
def no_job_left(transactional_db):
    """Take the jobs away afterwards: the queue's own tables are not emptied with the others."""
    yield
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")


@pytest.mark.usefixtures("no_job_left")
def test_the_same_package_is_asked_for_once():
    unit = Unit.objects.create(code="91310000MA1FL00016", name="甲饭店", created_at=NOW)

    def ask():
        operations.ask_for_package(unit_id=unit.id, on=date(2026, 11, 23), year=2025, by=7, at=NOW)

    raised = at_once.together(ask, ask, ask)

    kinds = sorted(type(error).__name__ for error in raised)
    assert kinds == ["NoneType", "UnderWay", "UnderWay"]
    package = Package.objects.get()
    assert ProcrastinateJob.objects.filter(args={"package_id": package.pk}).count() == 1
