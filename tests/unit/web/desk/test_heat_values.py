"""Measured heat values and restated months on a unit's page."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from hengneng.registry.energy import operations as energy
from hengneng.registry.energy.models import EnergyType
from hengneng.registry.fuels.models import HeatValue

AT = datetime(2026, 2, 22, 8, tzinfo=UTC)
GAS = {
    "energy_type_id": "NATURAL_GAS", "first": "2026-02", "last": "2026-03",
    "heat_value_kj": "35544", "report": "G-1", "laboratory": "lab",
}  # fmt: skip


@pytest.fixture
def gas(city):
    EnergyType.objects.create(
        code="NATURAL_GAS", name_zh="天然气", name_en="Natural gas", uom="m3", class_code="01",
        variety_code="1500", citation="a test", verified=False,
    )  # fmt: skip
    return f"/desk/units/{city.own.unit.code}/heat-values"


class TestHeatValues:
    def test_are_recorded_for_whole_months(self, gas, official, city):
        answer = official.post(gas, GAS, follow=True)

        assert "The heat value is recorded" in answer.text
        (row,) = answer.context["heat_values"]
        assert (row.first, row.until) == (date(2026, 2, 1), date(2026, 4, 1))
        assert row.heat_value_kj == Decimal(35544)
        assert "2026-02 – 2026-03" in answer.text

    def test_are_withdrawn_again(self, gas, official):
        official.post(gas, GAS)
        sent = {"energy_type_id": "NATURAL_GAS", "first": "2026-02", "reason": "a slip"}

        answer = official.post(f"{gas}/withdraw", sent, follow=True)

        assert answer.context["heat_values"] == []
        assert "No fuel of this unit was measured." in answer.text

    @pytest.mark.parametrize(
        ("changed", "field"),
        [
            ({"energy_type_id": "ELECTRICITY"}, "energy_type_id"),
            ({"heat_value_kj": "0"}, "heat_value_kj"),
            ({"first": "2026-13"}, "first"),
            ({"last": "2026-01"}, "__all__"),
            ({"report": ""}, "report"),
        ],
    )
    def test_what_cannot_be_is_refused(self, gas, official, changed, field):
        answer = official.post(gas, GAS | changed)

        assert answer.status_code == 422
        assert set(answer.context["form"].errors) == {field}
        assert not HeatValue.objects.exists()

    def test_of_another_unit_are_out_of_reach(self, gas, district_official, city):
        foreign = f"/desk/units/{city.foreign.unit.code}/heat-values"

        assert district_official.post(foreign, GAS).status_code == 404
        assert not HeatValue.objects.exists()

    def test_stand_in_the_history_of_facts(self, gas, official, city):
        official.post(gas, GAS)

        page = official.get(f"/desk/units/{city.own.unit.code}/facts").text

        assert "Measured heat value" in page
        assert "G-1" in page


class TestRestating:
    @pytest.fixture
    def page(self, city):
        energy.load(
            factors="""
[[edition]]
edition = "older"
clause = "1"
valid_from = 2000-01-01
valid_until = 2001-01-01
[[edition.factor]]
energy_type = "ELECTRICITY"
basis = "CALORIFIC"
kgce_per_uom = "0.4040"
citation = "a test"
verified = false
""",
            by=1,
            at=AT,
        )
        return f"/desk/units/{city.own.unit.code}/consumption?day=2026-03-01"

    def test_says_that_the_figures_are_restated(self, page, official):
        answer = official.get(f"{page}&edition=older")

        assert answer.context["asked"].edition == "older"
        assert {line.factor.edition for line in answer.context["month"]} == {"older"}
        assert "Restated by older" in answer.text

    def test_without_a_choice_each_month_has_its_own(self, page, official):
        answer = official.get(page)

        assert {line.factor.edition for line in answer.context["month"]} == {"GB/T 2589-2020"}
        assert "Restated by" not in answer.text

    def test_an_unknown_edition_is_said_to_be_none(self, page, official):
        answer = official.get(f"{page}&edition=1990")

        assert answer.context["asked"].edition is None
        assert "There is no such edition" in answer.text

    def test_no_other_tab_restates_unsaid(self, page, official, city):
        answer = official.get(f"/desk/units/{city.own.unit.code}?day=2026-03-01&edition=older")

        assert answer.context["asked"].edition is None
