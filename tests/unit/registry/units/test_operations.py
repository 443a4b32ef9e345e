"""Entering, correcting, placing and listing units."""

from datetime import UTC, datetime

import pytest

from hengneng.kernel.audit.models import Entry
from hengneng.kernel.facts.models import FactChange
from hengneng.protocol import codes
from hengneng.registry.units import operations, queries
from hengneng.registry.units.models import Listing, Placement, Site, Unit

AT = datetime(2026, 11, 22, 8, tzinfo=UTC)
NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
JULY = datetime(2026, 7, 1, tzinfo=UTC)
BASE = "91310000MA1FL0005"
CODE = BASE + codes.credit_check_character(BASE)


class TestCreateUnit:
    def test_enters_the_unit_and_one_entry(self, db):
        unit = operations.create_unit(code=CODE, name="丙公司", by=7, at=AT)

        assert (unit.code, unit.name, unit.created_at) == (CODE, "丙公司", AT)
        entry = Entry.objects.get()
        assert (entry.action, entry.subject, entry.by) == ("unit.created", f"unit:{CODE}", 7)

    @pytest.mark.parametrize("code", [CODE[:-1] + "I", CODE[:-1], CODE.lower(), ""])
    def test_refuses_a_code_that_is_none(self, db, code):
        with pytest.raises(operations.BadCreditCode):
            operations.create_unit(code=code, name="丙公司", by=7, at=AT)

        assert Unit.objects.count() == 0

    def test_refuses_a_wrong_check_character(self, db):
        wrong = next(c for c in "0123456789" if c != CODE[-1])

        with pytest.raises(operations.BadCreditCode):
            operations.create_unit(code=BASE + wrong, name="丙公司", by=7, at=AT)

    def test_refuses_a_second_unit_of_the_code(self, db):
        operations.create_unit(code=CODE, name="丙公司", by=7, at=AT)

        with pytest.raises(operations.UnitExists):
            operations.create_unit(code=CODE, name="丁公司", by=7, at=AT)

        assert Unit.objects.get().name == "丙公司"

    def test_refuses_a_unit_without_a_name(self, db):
        with pytest.raises(operations.NoName):
            operations.create_unit(code=CODE, name="", by=7, at=AT)


class TestCorrectUnit:
    def test_changes_what_is_named_and_nothing_else(self, unit):
        operations.correct_unit(unit_id=unit.id, by=7, at=AT, name="甲宾馆")

        unit.refresh_from_db()
        assert (unit.name, unit.name_en) == ("甲宾馆", "Hotel A")
        assert Entry.objects.get().details == {
            "before": {"name": "甲饭店"},
            "after": {"name": "甲宾馆"},
        }

    def test_refuses_to_change_the_code(self, unit):
        with pytest.raises(operations.NotCorrectable):
            operations.correct_unit(unit_id=unit.id, by=7, at=AT, code=CODE)


class TestPlaceSite:
    def place(self, unit, district, valid_from):
        return operations.place_site(
            unit_id=unit.id,
            site_code="1",
            district_code=district,
            valid_from=valid_from,
            by=7,
            at=AT,
        )

    def test_makes_the_site_with_the_units_name(self, unit, two_districts):
        site = self.place(unit, "310101", NEW_YEAR)

        assert (site.code, site.name) == ("1", "甲饭店")
        assert list(Placement.objects.values_list("district", "valid_from", "valid_until")) == [
            ("310101", NEW_YEAR, None)
        ]
        assert list(FactChange.objects.values_list("unit_id", "changed_from", "changed_until")) == [
            (unit.id, NEW_YEAR, None)
        ]

    def test_a_move_keeps_the_history(self, unit, two_districts):
        self.place(unit, "310101", NEW_YEAR)
        self.place(unit, "310104", JULY)

        believed = Placement.objects.filter(superseded_at=None).order_by("valid_from")
        assert list(believed.values_list("district", "valid_from", "valid_until")) == [
            ("310101", NEW_YEAR, JULY),
            ("310104", JULY, None),
        ]
        assert Site.objects.count() == 1

    def test_refuses_a_district_the_city_does_not_have(self, unit, two_districts):
        with pytest.raises(operations.UnknownDistrict):
            self.place(unit, "310102", NEW_YEAR)

        assert Site.objects.count() == 0


class TestListUnit:
    def test_a_year_is_a_row_and_the_tier_can_be_corrected(self, unit):
        for year, tier in ((2025, "OTHER"), (2026, "OTHER"), (2026, "HUNDRED")):
            operations.list_unit(unit_id=unit.id, year=year, kind="KEY", tier=tier, by=7, at=AT)

        assert queries.listings_of(unit.id) == [
            (2026, "KEY", "HUNDRED"),
            (2025, "KEY", "OTHER"),
        ]

    def test_refuses_an_unknown_list(self, unit):
        with pytest.raises(operations.UnknownListing):
            operations.list_unit(unit_id=unit.id, year=2026, kind="BLACK", by=7, at=AT)

        assert Listing.objects.count() == 0
