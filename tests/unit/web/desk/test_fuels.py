"""A unit's fuels by papers as an official sees them."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from tests import ledger_samples as samples

from hengneng.kernel.facts import operations as facts
from hengneng.registry.energy.models import EnergyType
from hengneng.registry.fuels import operations as fuels
from hengneng.registry.fuels import queries
from hengneng.web.parts import fuels as fuel_pages

AT = datetime(2026, 2, 22, 8, tzinfo=UTC)


@pytest.fixture(autouse=True)
def papers(settings, tmp_path):
    settings.DATA_DIR = tmp_path


@pytest.fixture
def coal_unit(city):
    """A unit that took stock at both ends of 2025 and bought 100 t of coal."""
    EnergyType.objects.create(
        code="RAW_COAL", name_zh="原煤", name_en="Raw coal", uom="t", class_code="01",
        variety_code="0100", citation="a test", verified=False,
    )  # fmt: skip
    said = {
        "unit_id": city.own.unit.id, "energy_type_id": "RAW_COAL", "measure": "t", "by": None,
        "at": AT,
    }  # fmt: skip
    for day, amount in ((date(2024, 12, 31), 10), (date(2025, 12, 31), 30)):
        fuels.record_stock(**said, day=day, amount=Decimal(amount), determined_by="GAUGED")
    fuels.record_purchase(
        **said, paper="F-1", supplier="甲", day=date(2025, 3, 1), amount=Decimal(100)
    )
    return city.own.unit


def test_the_tab_tells_the_year_and_what_it_stands_on(coal_unit, official):
    answer = official.get(f"/desk/units/{coal_unit.code}/fuels?year=2025")

    (row,) = answer.context["years"]
    assert row.derived.used == Decimal(80)
    assert "Entered by hand" in answer.text
    assert "gauged in the tank" in answer.text
    assert "F-1" in answer.text


def test_as_known_before_a_correction_the_old_figure_stands(coal_unit, official):
    before = facts.settle()
    (bought,) = queries.purchases_of(coal_unit.id)
    fuels.withdraw_purchase(
        unit_id=coal_unit.id, purchase_id=bought.id, reason="a slip", by=None, at=AT
    )
    page = f"/desk/units/{coal_unit.code}/fuels"

    now = official.get(page, {"year": "2025"}).context["years"][0]
    then = official.get(page, {"year": "2025", "as_of": before.isoformat()}).context["years"][0]

    assert (now.derived.used, then.derived.used) == (None, Decimal(80))


def test_the_history_of_facts_tells_each_stock_and_paper(coal_unit, official):
    page = official.get(f"/desk/units/{coal_unit.code}/facts").text

    assert "Raw coal · 2024-12-31" in page
    assert "Raw coal · F-1" in page


def test_each_list_has_pages_and_its_file_has_every_row(coal_unit, official, monkeypatch):
    monkeypatch.setattr(fuel_pages, "PAGE_SIZE", 1)
    page = f"/desk/units/{coal_unit.code}/fuels"

    first, second = official.get(page), official.get(f"{page}?stocks=2")

    assert [row.day.year for row in first.context["takings"]] == [2025]
    assert [row.day.year for row in second.context["takings"]] == [2024]
    file = official.get(f"{page}?list=stocks&format=csv")
    assert len(file.content.decode("utf-8-sig").splitlines()) == 3


def test_a_unit_without_papers_says_so(city, official):
    answer = official.get(f"/desk/units/{city.own.unit.code}/fuels?year=2025")

    assert "No paper speaks of a fuel in 2025." in answer.text


@pytest.mark.parametrize(("asked", "shown"), [("1999", 2000), ("2000", 2000), ("x", None)])
def test_a_year_that_is_none_is_another(city, official, asked, shown):
    answer = official.get(f"/desk/units/{city.own.unit.code}/fuels?year={asked}")

    assert answer.context["year"] == (shown or answer.context["asked"].today.year)


def test_a_foreign_unit_s_paper_is_not_there(city, district_official):
    own, foreign = samples.fuel_paper_of(city.own), samples.fuel_paper_of(city.foreign)
    page = f"/desk/units/{city.own.unit.code}/fuels/papers"

    assert district_official.get(f"{page}/{own}").status_code == 200
    assert district_official.get(f"{page}/{foreign}").status_code == 404


@pytest.mark.parametrize(("day", "is_told"), [("2025-12-31", True), ("2023-12-31", False)])
def test_the_consumption_says_that_papers_are_not_in_its_sums(coal_unit, official, day, is_told):
    page = official.get(f"/desk/units/{coal_unit.code}/consumption?day={day}").text

    assert ("are not in these sums; form B.10 joins both." in page) is is_told
