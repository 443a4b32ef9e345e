"""New units that a district brings: its own are entered, others are refused with the reason."""

from datetime import UTC, datetime

import pytest
from tests.unit.web.desk.test_imports import START, brought, listing, number, tried

from hengneng.kernel.imports import operations
from hengneng.kernel.imports.models import Run
from hengneng.registry.units.models import Placement, Unit

AT = datetime(2026, 11, 23, 4, tzinfo=UTC)
# A trial shows its progress on a connection of its own, which sees only what is committed.
pytestmark = pytest.mark.django_db(transaction=True)
FOREIGN, FRESH = "91310000MA1FL00024", "91310000MA1FL00030"
HEAD = "统一社会信用代码,单位名称,所属区"


@pytest.fixture(autouse=True)
def own_data_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


def test_a_district_enters_new_units_of_its_own(city, district_official):
    body = listing(
        f"{FRESH},丙厂,{city.own.district.name_zh}",
        head=HEAD,
    )
    assert "may enter new ones too" in district_official.get(START).text
    address = brought(district_official, body=body)
    page = tried(district_official, address)
    assert page.context["counts"] | {} == {
        "refused": 0, "changed": 0, "new": 1, "unchanged": 0,
    }  # fmt: skip

    district_official.post(f"{address}/commit")
    operations.carry_out(run_id=number(address), at=AT)
    entered = Unit.objects.get(code=FRESH)
    placed = Placement.objects.filter(site__unit=entered).values_list("site__name", "district_id")
    assert list(placed) == [("丙厂", city.own.district.code)]


def test_a_new_unit_that_a_district_may_not_enter_is_told_why(city, district_official):
    own, other = city.own.district.name_zh, city.foreign.district.name_zh
    rows = [
        f"{FRESH[:-1]}1,丙厂,{own}",
        f"{FRESH},丙厂,{other}",
        f"{FRESH},丙厂,无此区",
        f"{FRESH},丙厂,",
        f"{FOREIGN},乙大商场,{own}",
    ]
    body = listing(*rows, head=HEAD)
    page = tried(district_official, brought(district_official, body=body))

    assert page.context["counts"]["refused"] == 5
    assert "its last character does not fit the others" in page.text
    assert f"the district {other} is none of yours" in page.text
    assert "no district 无此区" in page.text
    assert "a new unit needs its district, one of yours" in page.text
    assert "the unit is none of yours" in page.text


def test_only_a_list_of_units_enters_new_ones(district_official):
    body = listing(f"{FRESH},2026,KEY", head="统一社会信用代码,年度,名单类别")
    page = tried(district_official, brought(district_official, body=body, kind="listings"))
    assert "the unit is none of yours" in page.text


def test_nothing_goes_on_in_a_district_lost_meanwhile(city, district_official):
    body = listing(
        f"{FRESH},丙厂,{city.own.district.name_zh}",
        head=HEAD,
    )
    address = brought(district_official, body=body)
    tried(district_official, address)
    Run.objects.update(units=[], districts=[city.foreign.district.code])

    assert "bring it again" in district_official.post(f"{address}/commit", follow=True).text
