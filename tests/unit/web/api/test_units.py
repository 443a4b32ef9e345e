"""Units and points by the open API."""

import pytest
from tests import two_districts


class TestUnits:
    def test_lists_what_the_account_reaches(self, city, energy_manager):
        told = energy_manager.get("/api/v1/units").json()

        assert [unit["code"] for unit in told["items"]] == [city.own.unit.code]
        assert (told["count"], told["page"], told["pages"]) == (1, 1, 1)

    def test_pages_by_code(self, city, city_official):
        told = city_official.get("/api/v1/units?page=2&page_size=1").json()

        assert [unit["code"] for unit in told["items"]] == [city.foreign.unit.code]
        assert (told["count"], told["page"], told["pages"]) == (2, 2, 2)

    def test_finds_by_part_of_a_name_and_by_district(self, city, city_official):
        for asked in ("q=商场", "q=00024", "district=310104"):
            told = city_official.get(f"/api/v1/units?{asked}").json()
            assert [unit["name"] for unit in told["items"]] == ["乙商场"]

    def test_a_page_beyond_the_last_is_empty(self, city, city_official):
        told = city_official.get("/api/v1/units?page=9").json()

        assert (told["items"], told["count"], told["pages"]) == ([], 2, 1)

    def test_costs_the_same_queries_for_one_unit_or_two(
        self, city, city_official, django_assert_max_num_queries
    ):
        with django_assert_max_num_queries(8):
            city_official.get("/api/v1/units")


class TestOneUnit:
    def test_says_where_it_lies_and_on_which_lists_it_stands(self, city, energy_manager):
        told = energy_manager.get(f"/api/v1/units/{city.own.unit.code}").json()

        assert told == {
            "code": "91310000MA1FL00016",
            "name": "甲饭店",
            "name_en": "Unit 91310000MA1FL00016",
            "sector": "",
            "address": "",
            "districts": [{"code": "310101", "name": "黄浦区", "name_en": "310101"}],
            "listings": [{"year": 2026, "kind": "KEY", "tier": "THOUSAND"}],
        }

    def test_a_foreign_unit_is_as_unknown_as_one_that_is_not(self, city, energy_manager):
        foreign = energy_manager.get(f"/api/v1/units/{city.foreign.unit.code}")
        nowhere = energy_manager.get("/api/v1/units/91310000MA1FL00032")

        assert foreign.status_code == nowhere.status_code == 404
        assert foreign.json()["error"]["code"] == "UNKNOWN_UNIT"
        assert foreign.json()["error"]["message"] == nowhere.json()["error"]["message"]


class TestPoints:
    def test_tells_code_source_and_description(self, city, energy_manager):
        told = energy_manager.get(f"/api/v1/units/{city.own.unit.code}/points").json()

        assert told["items"] == [
            {
                "id": city.own.point.id,
                "code": "E-01",
                "name": "总表 E-01",
                "energy_type": "ELECTRICITY",
                "uom": "kWh",
                "level": "LEVEL_1",
                "flow": "BOUGHT",
                "kind": "INCREMENT",
                "slot_seconds": 900,
                "data_code": "0000000002330011",
                "data_code_dashed": "00-00-0000-023300-11",
                "meter": None,
                "meter_register": None,
                "ratio": "1/1",
                "capacity": None,
                "site": None,
                "parent": None,
                "valid_from": "2026-01-01T00:00:00+08:00",
                "valid_until": None,
            }
        ]

    def test_a_register_is_told_by_meter_and_register(self, city, energy_manager):
        two_districts.point(
            city.own.unit, "E-02", "R:SH-0231:total", kind="REGISTER", level="LEVEL_2",
            ratio_numerator=40, ratio_denominator=3, capacity="1000000",
        )  # fmt: skip

        told = energy_manager.get(f"/api/v1/units/{city.own.unit.code}/points").json()

        second = told["items"][1]
        assert (second["meter"], second["meter_register"]) == ("SH-0231", "total")
        assert (second["data_code"], second["ratio"]) == (None, "40/3")
        assert second["capacity"] == "1000000"


class TestProposals:
    def test_lists_what_awaits_a_decision(self, city, energy_manager):
        told = energy_manager.get(f"/api/v1/units/{city.own.unit.code}/proposals").json()

        assert [(one["name"], one["data_code"]) for one in told["items"]] == [
            ("二号表", "0000000002330012")
        ]


class TestGate:
    def test_a_misspelt_parameter_is_refused(self, city, city_official):
        refusal = city_official.get("/api/v1/units?form=2026-03-01")

        assert refusal.status_code == 422
        assert refusal.json()["error"]["code"] == "UNKNOWN_PARAMETER"

    @pytest.mark.parametrize("asked", ["rollups?edition=%00", "rollups?by=unit&edition=a%00b"])
    def test_a_nul_is_refused_wherever_it_stands(self, city, city_official, asked):
        refusal = city_official.get(f"/api/v1/{asked}")

        assert refusal.status_code == 422
        assert refusal.json()["error"]["code"] == "BAD_PARAMETER"

    def test_an_unknown_token_is_refused(self, city, client):
        refusal = client.get("/api/v1/units", headers={"authorization": "Bearer nobody's"})

        assert refusal.status_code == 401
        assert refusal.json()["error"]["code"] == "UNKNOWN_TOKEN"

    def test_writing_is_refused(self, city, city_official):
        refusal = city_official.post("/api/v1/units")

        assert (refusal.status_code, refusal["Allow"]) == (405, "GET")

    def test_an_answer_is_kept_by_nobody(self, city, city_official):
        assert city_official.get("/api/v1/units")["Cache-Control"] == "no-store"

    def test_the_description_says_each_operations_permission(self, client):
        described = client.get("/api/v1/openapi.json").json()["paths"]

        named = {
            path: {operation["x-permission"] for operation in ways.values()}
            for path, ways in described.items()
        }
        imports = [path for path in named if path.startswith("/api/v1/imports")]
        assert [named.pop(path) for path in imports] == [{"EDIT_REGISTRY"}] * 7
        assert {path: next(iter(permissions)) for path, permissions in named.items()} == {
            "/api/v1/units": "VIEW_UNIT",
            "/api/v1/units/{code}": "VIEW_UNIT",
            "/api/v1/units/{code}/points": "VIEW_UNIT",
            "/api/v1/units/{code}/proposals": "VIEW_UNIT",
            "/api/v1/units/{code}/consumption": "VIEW_READINGS",
            "/api/v1/units/{code}/differences": "VIEW_READINGS",
            "/api/v1/rollups": "VIEW_READINGS",
            "/api/v1/points/{point_id}/profile": "VIEW_READINGS",
        }
