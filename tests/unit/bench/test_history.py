from datetime import UTC, date, datetime

import pytest
from tests import two_districts

from hengneng.bench import history
from hengneng.insight.statistics import queries as statistics
from hengneng.kernel.policy.rules import Permission, Viewer
from hengneng.registry.energy.models import EnergyType
from hengneng.telemetry.consumption.queries import figures
from hengneng.telemetry.journal import queries as journal

AT = datetime(2026, 3, 12, 4, 20, tzinfo=UTC)  # twenty past noon in the city
CITY = Viewer(account_id=1, city=frozenset({Permission.VIEW_READINGS}))


@pytest.fixture
def four_units(db):
    two_districts.build()
    EnergyType.objects.create(
        code="NATURAL_GAS", name_zh="天然气", name_en="Natural gas", uom="m3", class_code="01",
        variety_code="1500", citation="a test", verified=False,
    )  # fmt: skip
    fed = history.enter_ledger(4, first=date(2026, 3, 1), at=AT)
    history.write_figures(fed, days=10, at=AT)
    return fed


def test_a_days_slots_add_up_to_its_amount(four_units):
    for unit_id, point_id in four_units:
        amounts = {
            row.day: row.amount
            for row in figures.days_of(
                unit_id=unit_id, from_day=date(2026, 3, 4), to_day=date(2026, 3, 12)
            )
            if row.point_id == point_id
        }
        profiles = figures.profiles_of(
            unit_id=unit_id, point_id=point_id, from_day=min(amounts), to_day=max(amounts)
        )
        assert [one.day for one in profiles] == list(amounts)
        for one in profiles:
            known = [value for value in one.values if value is not None]
            assert sum(known) == amounts[one.day].amount
            assert len(known) == amounts[one.day].known
            assert one.marks.count("M") == amounts[one.day].received


def test_the_last_day_is_today_so_far(four_units):
    found = statistics.outlook(viewer=CITY, at=AT, basis="CALORIFIC", days=8)

    assert found.days[-1].period == date(2026, 3, 12)
    assert found.live.yesterday.elapsed == (len(four_units) + 2) * 49
    units = {unit_id for unit_id, _ in four_units}
    assert journal.latest_messages(units, at=AT).keys() == {u for u in units if u % 97}
