"""What ``bench lake`` writes is a city whose months can be copied and whose answers agree."""

from datetime import date

import pytest

from hengneng.bench import lake
from hengneng.bench.plan import LakePlan
from hengneng.kernel import clock
from hengneng.registry.bodies import operations as bodies
from hengneng.registry.energy import operations as energy
from hengneng.telemetry.consumption.operations import recompute
from hengneng.telemetry.consumption.queries import figures, stale
from hengneng.telemetry.lake import operations, queries


@pytest.fixture
def a_closed_month(transactional_db, settings, tmp_path, monkeypatch, no_series):
    """Two units with a month of loads that repeat every five days."""
    settings.DATA_DIR = tmp_path
    monkeypatch.setattr(lake, "PLAYED", 5)
    monkeypatch.setattr(lake, "MONTHS", 1)
    monkeypatch.setattr(stale, "waiting_units", waiting_worked_off(stale.waiting_units))
    at = clock.now()
    bodies.load_city(by=None, at=at)
    energy.load_rules(by=None, at=at)
    lake._make_city(LakePlan(2, 1, 60, ""), tell=lambda _: None)
    return lake._span(clock.day_of(at))


def waiting_worked_off(waiting):
    """Work off what waits, as the platform's own worker does beside the bench."""

    def asked(limit):
        for unit_id in waiting(limit):
            recompute.recompute(unit_id=unit_id, at=clock.now())
        return waiting(limit)

    return asked


def test_copies_hold_every_quarter_and_answers_agree(a_closed_month):
    first, last = a_closed_month
    done = operations.write(by=None, at=clock.now())

    assert done.changed == [first]
    assert done.readings == 6 * 96 * ((last - first).days + 1)
    assert queries.check().is_whole
    assert all(one.agrees for one in queries.ask())


def test_a_days_quarters_lie_between_its_registers(a_closed_month):
    first, _ = a_closed_month
    unit_id, point_id = first_point()
    one, following = figures.profiles_of(
        unit_id=unit_id, point_id=point_id, from_day=first, to_day=first.replace(day=2)
    )

    assert sum(one.values) == following.first_value - one.first_value
    assert one.last_value == following.first_value - one.values[-1]


def first_point():
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT unit_id, min(point_id) FROM consumption_profile GROUP BY 1 LIMIT 1")
        return cursor.fetchone()


def test_the_span_is_of_closed_months_alone():
    assert lake._span(date(2026, 3, 10)) == (date(2025, 2, 1), date(2026, 1, 31))
    assert lake._span(date(2026, 3, 11)) == (date(2025, 3, 1), date(2026, 2, 28))
