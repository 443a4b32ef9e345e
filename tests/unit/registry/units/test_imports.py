"""Rows of units and listings as operations."""

from datetime import UTC, datetime

import pytest

from hengneng.kernel.imports import operations
from hengneng.protocol import codes
from hengneng.registry.units import imports, queries
from hengneng.registry.units.models import Listing, Placement, Unit

AT = datetime(2026, 11, 22, 8, tzinfo=UTC)
BASE = "91310000MA1F00001"
CODE = BASE + codes.credit_check_character(BASE)
BEGINNING = datetime(1999, 12, 31, 16, tzinfo=UTC)  # 2000-01-01 in Shanghai
APRIL = datetime(2026, 3, 31, 16, tzinfo=UTC)


@pytest.fixture(autouse=True)
def own_data_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


def import_units(*lines):
    body = "\n".join(("code,name,sector,district,site_name,valid_from", *lines)).encode()
    report = operations.commit(
        importer=imports.UnitImporter(), name="units.csv", body=body, by=7, at=AT
    )
    return [o.change for o in report.outcomes] or [r.reason for r in report.refused]


def placements():
    believed = Placement.objects.filter(superseded_at=None).order_by("valid_from")
    return list(believed.values_list("district", "valid_from", "valid_until"))


class TestUnits:
    @pytest.mark.parametrize("district", ["310101", "黄浦区", "黄浦"])
    def test_a_district_places_the_first_site(self, two_districts, district):
        assert import_units(f"{CODE},甲,宾馆,{district},,") == ["NEW"]

        unit = Unit.objects.get()
        assert (unit.code, unit.name, unit.sector) == (CODE, "甲", "宾馆")
        assert placements() == [("310101", BEGINNING, None)]
        assert unit.sites.get().code == "1"

    def test_without_a_district_there_is_no_site(self, two_districts):
        import_units(f"{CODE},甲,,,,")

        assert placements() == []

    def test_a_history_of_two_rows_can_be_imported_again(self, two_districts):
        rows = (f"{CODE},甲,,黄浦,,", f"{CODE},甲,,徐汇,,2026-04-01")

        assert import_units(*rows) == ["NEW", "CHANGED"]
        assert import_units(*rows) == ["UNCHANGED", "UNCHANGED"]
        assert placements() == [("310101", BEGINNING, APRIL), ("310104", APRIL, None)]

    def test_a_blank_cell_leaves_what_is_known(self, two_districts):
        import_units(f"{CODE},甲,宾馆,,,")

        assert import_units(f"{CODE},甲公司,,,,") == ["CHANGED"]
        assert (Unit.objects.get().name, Unit.objects.get().sector) == ("甲公司", "宾馆")

    @pytest.mark.parametrize(
        ("row", "reason"),
        [
            (f"{CODE},甲,,静安,,", "no district 静安"),
            (f"{CODE},甲,,,东楼,", "a site is named without its district"),
            (f"{CODE},甲,,黄浦,,tomorrow", "valid_from: tomorrow is neither a date"),
        ],
    )
    def test_a_refused_row_leaves_nothing(self, two_districts, row, reason):
        (told,) = import_units(row)

        assert told.startswith(reason)
        assert Unit.objects.count() == 0


class TestListings:
    def import_listings(self, *lines):
        body = "\n".join(("unit_code,year,kind,tier", *lines)).encode()
        report = operations.commit(
            importer=imports.ListingImporter(), name="l.csv", body=body, by=7, at=AT
        )
        return [o.change for o in report.outcomes] or [r.reason for r in report.refused]

    def test_a_row_lists_a_unit_and_another_corrects_its_tier(self, unit):
        rows = (f"{unit.code},2026,KEY,", f"{unit.code},2026,重点用能单位,百家")

        assert self.import_listings(*rows) == ["NEW", "CHANGED"]
        assert self.import_listings(f"{unit.code},2026,key,") == ["UNCHANGED"]
        assert queries.listings_of(unit.id) == [(2026, "KEY", "HUNDRED")]

    @pytest.mark.parametrize(
        ("row", "reason"),
        [
            (f"{CODE},2026,KEY,", f"no unit {CODE}"),
            ("x,26,KEY,", "year: 26 is not between 1990 and 2200"),
            ("x,2026,BLACK,", "kind: BLACK is none of"),
        ],
    )
    def test_a_refused_row_lists_nothing(self, unit, row, reason):
        (told,) = self.import_listings(row)

        assert told.startswith(reason)
        assert Listing.objects.count() == 0
