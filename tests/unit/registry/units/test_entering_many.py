from datetime import UTC, datetime

import pytest

from hengneng.kernel.audit.models import Entry
from hengneng.protocol import codes
from hengneng.registry.bodies import operations as bodies
from hengneng.registry.units import operations, queries

AT = datetime(2026, 11, 23, 1, tzinfo=UTC)
SINCE = datetime(2025, 11, 22, 16, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def row(number, **changes):
    base = f"91310000MA{number:07d}"
    said = operations.NewUnit(
        code=base + codes.credit_check_character(base),
        name=f"单位{number}",
        name_en="",
        sector="商业零售",
        address="某路1号",
        site_code="MAIN",
        district_code="310101",
        valid_from=SINCE,
        listings=((2026, "KEY", "THOUSAND"),),
    )
    return said._replace(**changes)


@pytest.fixture
def districts(db):
    bodies.load_city(by=None, at=AT)


@pytest.mark.usefixtures("districts")
class TestEnterUnits:
    def test_enters_them_with_site_and_list(self):
        made = operations.enter_units(rows=[row(1), row(2)], by=None, at=AT)

        assert queries.ids_by_code() == {row(n).code: made[n - 1].unit_id for n in (1, 2)}
        (site,) = queries.sites_of(made[1].unit_id)
        assert (site.id, site.code, site.district_id) == (made[1].site_id, "MAIN", "310101")
        (listing,) = queries.listings_of(made[0].unit_id)
        assert (listing.year, listing.kind, listing.tier) == (2026, "KEY", "THOUSAND")

    def test_enters_what_they_are_and_run(self):
        said = {"industry_code": "6110", "industry_name": "旅游饭店", "department": "文旅局"}
        (made,) = operations.enter_units(
            rows=[row(1, **said, facilities=("HOTEL", "HOTEL"))], by=None, at=AT
        )

        known = queries.particulars_of(made.unit_id, whole=False, at=AT)
        assert (known.industry_code, known.industry_name, known.department) == tuple(said.values())
        assert (known.sector, known.address) == ("商业零售", "某路1号")
        assert [one.kind for one in queries.facilities_of(made.unit_id, at=AT)] == ["HOTEL"]
        assert [one.name for one in queries.names_of(made.unit_id)] == ["单位1"]

    def test_records_one_entry(self):
        before = Entry.objects.count()

        operations.enter_units(rows=[row(1), row(2)], by=None, at=AT)

        (entry,) = Entry.objects.order_by("sequence")[before:]
        assert (entry.action, entry.details["codes"]) == (
            "units.entered",
            [row(1).code, row(2).code],
        )

    @pytest.mark.parametrize(
        ("wrong", "error"),
        [
            ({"code": "91310000MA0000002X"}, operations.BadCreditCode),
            ({"name": ""}, operations.NoName),
            ({"code": row(1).code}, operations.UnitExists),
            ({"district_code": "999999"}, operations.UnknownDistrict),
            ({"facilities": ("CASINO",)}, operations.UnknownFacility),
            ({"listings": ((2026, "KEY", "MIDDLING"),)}, operations.UnknownListing),
        ],
    )
    def test_enters_none_where_one_is_wrong(self, wrong, error):
        with pytest.raises(error):
            operations.enter_units(rows=[row(1), row(2, **wrong)], by=None, at=AT)

        assert queries.ids_by_code() == {}

    def test_refuses_a_unit_that_stands_there(self):
        operations.enter_units(rows=[row(1)], by=None, at=AT)

        with pytest.raises(operations.UnitExists):
            operations.enter_units(rows=[row(1)], by=None, at=AT)
