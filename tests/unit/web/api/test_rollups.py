"""Months of all units in reach, gathered by district, sector and unit."""

from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest

from hengneng.insight.statistics import queries as statistics
from hengneng.kernel import clock
from hengneng.kernel.facts import operations as facts
from hengneng.registry.units.models import Particulars
from hengneng.telemetry.consumption.models import ConsumptionMonth, Revision
from hengneng.telemetry.consumption.queries import retold

MONTH = date(2026, 3, 1)
EVER = datetime(2020, 1, 1, tzinfo=UTC)
ASKED = "/api/v1/rollups?from=2026-03-01&to=2026-03-31"


def keep_month(place, amount, estimated):
    ConsumptionMonth.objects.create(
        unit_id=place.unit.id, month=MONTH, point_id=place.point.id, amount=amount, late=0,
        estimated=estimated, manual=0, supplied=0, expected=2976, received=2232, known=2976,
        basis="DAYS",
    )  # fmt: skip


@pytest.fixture
def two_months(city):
    """1000 kWh of which a quarter is estimated, and 3000 kWh of which nothing is."""
    keep_month(city.own, "1000", "250")
    keep_month(city.foreign, "3000", "0")
    Particulars.objects.create(unit=city.own.unit, sector="酒店", valid_from=EVER, recorded_at=EVER)
    return city


def by_key(answer, name):
    return {row["key"]: row[name] for row in answer.json()["items"]}


def by_key_of(told):
    return [row["key"] for row in told["items"]]


def test_the_whole_says_what_of_it_is_estimated_and_how_complete_it_is(city_official, two_months):
    (row,) = city_official.get(ASKED).json()["items"]

    # 4000 kWh × 0.1229 kgce/kWh ÷ 1000; 250 of the 4000 are estimated.
    assert (row["tce"], row["estimated_tce"], row["estimated_share"], row["completeness"]) == (
        "0.4916", "0.030725", "0.0625", "0.75",
    )  # fmt: skip
    (kind,) = row["energy"]
    assert (kind["amount"], kind["estimated"], kind["estimated_share"]) == (
        "4000", "250", "0.0625",
    )  # fmt: skip


def test_by_district_sector_and_unit_every_level_says_it_of_itself(city_official, two_months):
    own, foreign = two_months.own, two_months.foreign

    assert by_key(city_official.get(f"{ASKED}&by=district"), "estimated_share") == {
        own.district.code: "0.25", foreign.district.code: "0",
    }  # fmt: skip
    assert by_key(city_official.get(f"{ASKED}&by=sector"), "estimated_share") == {
        "酒店": "0.25", None: "0",
    }  # fmt: skip
    assert by_key(city_official.get(f"{ASKED}&by=unit"), "tce") == {
        own.unit.code: "0.1229", foreign.unit.code: "0.3687",
    }  # fmt: skip


def test_counted_is_what_the_account_reaches(energy_manager, two_months):
    assert by_key(energy_manager.get(f"{ASKED}&by=unit"), "tce") == {
        two_months.own.unit.code: "0.1229"
    }


def test_without_a_span_the_last_twelve_months(city_official, two_months):
    told = city_official.get("/api/v1/rollups").json()

    assert told["count"] == 12


def test_a_span_inside_a_month_says_that_all_of_it_is_counted(city_official, two_months):
    told = city_official.get("/api/v1/rollups?from=2026-02-22&to=2026-03-02").json()

    assert (told["period"], told["first"], told["last"]) == ("month", "2026-02-01", "2026-03-31")
    assert [row["period"] for row in told["items"]] == ["2026-02-01", "2026-03-01"]


def test_units_in_no_sum_are_named_by_whether_asking_again_helps(
    city_official, two_months, monkeypatch
):
    facts.settle()
    own, foreign = two_months.own.unit, two_months.foreign.unit
    for unit in (own, foreign):
        Revision.objects.create(unit_id=unit.id, day=MONTH, revision=1, computed_at=clock.now())
    monkeypatch.setattr(retold, "_kept", {})
    monkeypatch.setattr(retold, "_beyond", lambda *_args, **_span: frozenset([own.id]))
    hour_ago = f"{clock.now() - timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}"
    monkeypatch.setattr(statistics, "as_reported", partial(statistics.as_reported, most=0))
    pending = city_official.get(f"{ASKED}&by=unit&as_of={hour_ago}").json()
    monkeypatch.undo()
    monkeypatch.setattr(retold, "_beyond", lambda *_args, **_span: frozenset([own.id]))
    done = city_official.get(f"{ASKED}&by=unit&as_of={hour_ago}").json()

    assert (pending["pending"], pending["beyond"]) == ([foreign.code], [own.code])
    assert (done["pending"], done["beyond"]) == ([], [own.code])
    assert by_key_of(pending) == []
    assert by_key_of(done) == [foreign.code]


def test_it_is_refused_without_a_token(client, city):
    assert client.get(ASKED).status_code == 401
