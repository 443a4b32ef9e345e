"""Consumption and profiles by the open API, to the digit."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from tests import two_districts

from hengneng.registry.energy.models import Factor
from hengneng.registry.points.models import Point
from hengneng.registry.units.models import Unit
from hengneng.telemetry.consumption.models import (
    ConsumptionDay,
    ConsumptionMonth,
    Profile,
    Revision,
)

DAY = date(2026, 3, 1)
PARTS = {"late": 0, "estimated": 0, "manual": 0, "supplied": 0}


def keep_day(unit: Unit, point: Point, amount: str | None, **figures) -> None:
    """Keep a day of 96 slots, all received unless told otherwise."""
    words = PARTS | {"expected": 96, "received": 96, "known": 96, "basis": "REALTIME"} | figures
    ConsumptionDay.objects.create(
        unit_id=unit.id, day=DAY, point_id=point.id, amount=amount, **words
    )


@pytest.fixture
def two_boundary_points(city):
    """One bought 1250.5 kWh of which a part is estimated; of the other nothing is known."""
    other = two_districts.point(city.own.unit, "E-02", "N:0000000002330012")
    keep_day(city.own.unit, city.own.point, "1250.500000000", estimated="0.25", received=95)
    return city.own.point, other


@pytest.fixture
def of_the_unit(city) -> str:
    return f"/api/v1/units/{city.own.unit.code}/consumption"


class TestConsumption:
    def test_is_restated_by_a_chosen_edition(
        self, two_boundary_points, of_the_unit, energy_manager
    ):
        Factor.objects.create(
            energy_type_id="ELECTRICITY", basis="CALORIFIC", kgce_per_uom="0.4040",
            edition="older", clause="1", valid_from=date(2000, 1, 1),
            valid_until=date(2001, 1, 1), citation="a test", verified=False,
            recorded_at=datetime(2026, 1, 1, tzinfo=UTC),
        )  # fmt: skip

        told = energy_manager.get(f"{of_the_unit}?from=2026-03-01&to=2026-03-01&edition=older")

        item = told.json()["items"][0]
        # 1250.5 kWh × 0.4040 kgce/kWh ÷ 1000.
        assert (item["tce"], item["factor"]["edition"]) == ("0.505202", "older")

    def test_the_sums_say_what_of_them_is_estimated(
        self, two_boundary_points, of_the_unit, energy_manager
    ):
        (total,) = energy_manager.get(f"{of_the_unit}?from=2026-03-01&to=2026-03-01").json()[
            "totals"
        ]

        # 0.25 of 1250.5 kWh; × 0.1229 kgce/kWh ÷ 1000.
        assert (total["estimated_tce"], total["estimated_share"]) == ("0.000030725", "0.0002")
        (kind,) = total["energy"]
        assert (kind["estimated"], kind["estimated_share"]) == ("0.25", "0.0002")

    def test_a_days_amount_with_its_coal_and_factor(
        self, two_boundary_points, of_the_unit, energy_manager
    ):
        told = energy_manager.get(f"{of_the_unit}?from=2026-03-01&to=2026-03-01").json()

        assert told["items"][0] == {
            "period": "2026-03-01",
            "point": two_boundary_points[0].id,
            "code": "E-01",
            "level": "LEVEL_1",
            "flow": "BOUGHT",
            "energy_type": "ELECTRICITY",
            "uom": "kWh",
            "amount": "1250.5",
            "late": "0",
            "estimated": "0.25",
            "manual": "0",
            "supplied": "0",
            "expected": 96,
            "received": 95,
            "known": 96,
            "complete": True,
            "basis": "REALTIME",
            "tce": "0.15368645",
            "factor": {
                "value": "0.1229",
                "unit": "kgce/kWh",
                "basis": "CALORIFIC",
                "edition": "GB/T 2589-2020",
                "clause": "annex A",
                "citation": "a test",
                "scope": "NATIONAL",
                "verified": False,
            },
        }

    def test_nothing_known_is_null_never_zero(
        self, two_boundary_points, of_the_unit, energy_manager
    ):
        told = energy_manager.get(f"{of_the_unit}?from=2026-03-01&to=2026-03-01").json()

        missing = told["items"][1]
        assert (missing["code"], missing["amount"], missing["tce"]) == ("E-02", None, None)
        assert (missing["expected"], missing["known"], missing["complete"]) == (96, 0, False)
        assert missing["basis"] is None

    def test_the_total_says_what_is_missing(self, two_boundary_points, of_the_unit, energy_manager):
        told = energy_manager.get(f"{of_the_unit}?from=2026-03-01&to=2026-03-02").json()

        first, second = told["totals"]
        assert (first["tce"], first["complete"]) == ("0.15368645", False)
        assert {key: first["energy"][0][key] for key in ("amount", "points", "points_missing")} == {
            "amount": "1250.5",
            "points": 2,
            "points_missing": 1,
        }
        assert (second["tce"], second["energy"][0]["amount"]) == (None, None)

    def test_level_2_lies_behind_the_boundary_and_is_not_added(
        self, city, of_the_unit, energy_manager
    ):
        behind = two_districts.point(city.own.unit, "E-11", None, level="LEVEL_2")
        keep_day(city.own.unit, city.own.point, "100")
        keep_day(city.own.unit, behind, "40")

        told = energy_manager.get(f"{of_the_unit}?from=2026-03-01&to=2026-03-01").json()

        assert [item["amount"] for item in told["items"]] == ["100", "40"]
        assert told["totals"][0]["energy"][0]["amount"] == "100"
        assert told["totals"][0]["complete"] is True

    def test_what_is_passed_on_is_taken_off(self, city, of_the_unit, energy_manager):
        passed_on = two_districts.point(city.own.unit, "E-09", None, flow="SUPPLIED_OUT")
        keep_day(city.own.unit, city.own.point, "100")
        keep_day(city.own.unit, passed_on, "0.000000001")

        told = energy_manager.get(f"{of_the_unit}?from=2026-03-01&to=2026-03-01").json()

        assert told["totals"][0]["energy"][0]["amount"] == "99.999999999"

    def test_without_a_factor_coal_is_not_known(self, city, of_the_unit, energy_manager):
        keep_day(city.own.unit, city.own.point, "100")

        told = energy_manager.get(
            f"{of_the_unit}?from=2026-03-01&to=2026-03-01&basis=EQUIVALENT"
        ).json()

        assert (told["items"][0]["factor"], told["items"][0]["tce"]) == (None, None)
        assert (told["totals"][0]["tce"], told["totals"][0]["complete"]) == (None, False)

    def test_months_are_whole(self, city, of_the_unit, energy_manager):
        words = PARTS | {"expected": 2976, "received": 0, "known": 0, "basis": "MONTH_RECORD"}
        ConsumptionMonth.objects.create(
            unit_id=city.own.unit.id, month=DAY, point_id=city.own.point.id, amount="31000", **words
        )

        told = energy_manager.get(
            f"{of_the_unit}?period=month&from=2026-02-28&to=2026-03-01"
        ).json()

        items = [(item["period"], item["amount"], item["complete"]) for item in told["items"]]
        assert items == [("2026-02-01", None, False), ("2026-03-01", "31000", True)]
        assert told["items"][0]["expected"] == 28 * 96

    def test_a_page_holds_whole_periods(self, two_boundary_points, of_the_unit, energy_manager):
        told = energy_manager.get(
            f"{of_the_unit}?from=2026-03-01&to=2026-03-03&page=2&page_size=2"
        ).json()

        assert [item["period"] for item in told["items"]] == ["2026-03-03"] * 2
        assert [total["period"] for total in told["totals"]] == ["2026-03-03"]
        assert (told["count"], told["page"], told["pages"]) == (3, 2, 2)

    def test_a_page_beyond_the_last_is_empty(self, city, of_the_unit, energy_manager):
        told = energy_manager.get(f"{of_the_unit}?from=2026-03-01&to=2026-03-03&page=2").json()

        assert (told["items"], told["totals"], told["count"]) == ([], [], 3)

    def test_a_point_is_not_there_before_its_time(self, city, of_the_unit, energy_manager):
        told = energy_manager.get(f"{of_the_unit}?from=2025-12-31&to=2026-01-01").json()

        assert [item["period"] for item in told["items"]] == ["2026-01-01"]

    def test_more_than_400_days_are_refused_with_a_sentence(
        self, city, of_the_unit, energy_manager
    ):
        refusal = energy_manager.get(f"{of_the_unit}?from=2025-01-01&to=2026-02-05")

        assert refusal.status_code == 422
        assert refusal.json()["error"]["message"] == (
            "A span holds at most 400 days; 2025-01-01 to 2026-02-05 is longer."
        )

    def test_400_days_cost_no_more_queries_than_one(
        self, two_boundary_points, of_the_unit, energy_manager, django_assert_max_num_queries
    ):
        with django_assert_max_num_queries(12):
            answer = energy_manager.get(
                f"{of_the_unit}?from=2026-01-01&to=2027-02-04&page_size=400"
            )

        assert len(answer.json()["totals"]) == 400


class TestProfile:
    @pytest.fixture
    def a_day_with_a_gap(self, city):
        """Slots 1, 2.5, unknown, then 0.125 each and estimated."""
        keep_day(city.own.unit, city.own.point, "15.125", basis="REGISTERS")
        Profile.objects.create(
            unit_id=city.own.unit.id, day=DAY, point_id=city.own.point.id, slot_seconds=900,
            scale=3, values=[1000, 2500, None, *[125] * 93], marks="ML." + "E" * 93,
            methods="..." + "W" + "L" * 91 + "N",
            first_at=60, first_value=Decimal("700.5"), last_at=86_340, last_value=Decimal(701),
        )  # fmt: skip
        Revision.objects.create(
            unit_id=city.own.unit.id, day=DAY, revision=1,
            computed_at=datetime(2026, 3, 2, 1, tzinfo=UTC),
        )  # fmt: skip

    @pytest.fixture
    def of_the_point(self, city) -> str:
        return f"/api/v1/points/{city.own.point.id}/profile"

    def test_slots_registers_and_marks(self, a_day_with_a_gap, of_the_point, energy_manager):
        told = energy_manager.get(f"{of_the_point}?from=2026-03-01&to=2026-03-01").json()

        day = told["items"][0]
        assert len(day["slots"]) == 96
        assert day["slots"][:4] == [
            {"start": "2026-03-01T00:00:00+08:00", "value": "1", "mark": "M",
             "meaning": "MEASURED", "method": None},
            {"start": "2026-03-01T00:15:00+08:00", "value": "2.5", "mark": "L", "meaning": "LATE",
             "method": None},
            {"start": "2026-03-01T00:30:00+08:00", "value": None, "mark": ".",
             "meaning": "NOTHING", "method": None},
            {"start": "2026-03-01T00:45:00+08:00", "value": "0.125", "mark": "E",
             "meaning": "ESTIMATED", "method": "SAME_WEEKDAY"},
        ]  # fmt: skip
        last = [slot["method"] for slot in day["slots"][-2:]]
        assert last == ["LINEAR", "LINEAR_WITHOUT_SHAPE"]
        assert day["gap_rule_verified"] is False
        assert (day["uom"], day["basis"]) == ("kWh", "REGISTERS")
        assert day["first_register"] == {"at": "2026-03-01T00:01:00+08:00", "value": "700.5"}
        assert day["last_register"] == {"at": "2026-03-01T23:59:00+08:00", "value": "701"}
        assert day["computed_at"] == "2026-03-02T09:00:00+08:00"
        assert told["as_of"] is None

    def test_a_day_of_which_nothing_is_known_has_empty_slots(
        self, city, of_the_point, energy_manager
    ):
        told = energy_manager.get(f"{of_the_point}?from=2025-12-31&to=2026-01-01").json()

        assert [day["day"] for day in told["items"]] == ["2026-01-01"]
        assert {slot["mark"] for slot in told["items"][0]["slots"]} == {"."}
        assert {slot["value"] for slot in told["items"][0]["slots"]} == {None}

    def test_as_of_an_instant_before_the_readings_nothing_was_known(
        self, a_day_with_a_gap, of_the_point, energy_manager
    ):
        told = energy_manager.get(
            f"{of_the_point}?from=2026-03-01&to=2026-03-01&as_of=2026-01-01T08:00:00%2B08:00"
        ).json()

        assert told["as_of"] == "2026-01-01T08:00:00+08:00"
        assert {slot["value"] for slot in told["items"][0]["slots"]} == {None}
        assert told["items"][0]["computed_at"] is None

    def test_as_of_ahead_is_refused(self, city, of_the_point, energy_manager):
        refusal = energy_manager.get(f"{of_the_point}?as_of=2190-01-01T00:00:00Z")

        assert refusal.status_code == 422
        assert refusal.json()["error"]["code"] == "BAD_INSTANT"

    def test_more_than_92_days_are_refused(self, city, of_the_point, energy_manager):
        refusal = energy_manager.get(f"{of_the_point}?from=2026-01-01&to=2026-04-03")

        assert refusal.status_code == 422
        assert refusal.json()["error"]["code"] == "BAD_SPAN"

    def test_a_foreign_point_is_unknown(self, city, energy_manager):
        refusal = energy_manager.get(f"/api/v1/points/{city.foreign.point.id}/profile")

        assert refusal.status_code == 404
        assert refusal.json()["error"]["code"] == "UNKNOWN_POINT"

    def test_92_days_cost_no_more_queries_than_one(
        self, a_day_with_a_gap, of_the_point, energy_manager, django_assert_max_num_queries
    ):
        with django_assert_max_num_queries(12):
            answer = energy_manager.get(f"{of_the_point}?from=2026-01-01&to=2026-04-02")

        assert answer.json()["count"] == 92
