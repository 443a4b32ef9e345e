from collections import Counter
from fractions import Fraction

import pytest

from hengneng.demo import city
from hengneng.demo.further import catalogue, units
from hengneng.demo.further.catalogue import Manner
from hengneng.protocol import codes
from hengneng.registry.energy import queries as energy
from hengneng.registry.energy.operations import load_rules
from hengneng.registry.points import rules as point_rules

ALL = units.units()
KNOWN = catalogue.catalogue()


class TestUnits:
    def test_are_six_hundred_and_fourteen(self):
        assert len(ALL) == 614

    def test_are_the_same_again(self):
        units.units.cache_clear()

        assert units.units() == ALL

    def test_have_codes_of_nobody_with_the_right_check_character(self):
        for unit in ALL:
            assert codes.is_credit_code(unit.code)
            assert unit.code[8:12] == "DEM0"

    def test_a_known_code_stays(self):
        assert ALL[0].code == "91310112DEM0002765"

    def test_differ_from_each_other_and_from_the_review_units(self):
        everyone = [*ALL, *city.units()]

        for field in ("code", "name"):
            assert len({getattr(unit, field) for unit in everyone}) == 640

    def test_lie_in_every_district_and_at_the_airports(self):
        assert {unit.district for unit in ALL} == {unit.district for unit in city.units()}

    def test_are_spread_unevenly(self):
        counted = Counter(unit.district for unit in ALL).most_common()

        assert (counted[0], counted[-1]) == (("310115", 111), ("310151", 12))

    def test_stand_on_the_list_that_fits_their_size(self):
        for unit in ALL:
            assert (unit.listing == "KEY") == (unit.tce >= units.KEY_TCE)

    @pytest.mark.parametrize(
        ("tce", "tier"),
        [(9_999, "OTHER"), (10_000, "THOUSAND"), (199_999, "THOUSAND"), (200_000, "HUNDRED")],
    )
    def test_tier(self, tce, tier):
        assert ALL[0]._replace(tce=tce).tier == tier

    def test_misbehave_as_often_as_the_catalogue_says(self):
        counted = Counter(unit.manner for unit in ALL)
        del counted[Manner.PUNCTUAL]

        assert counted == {found.manner: found.units for found in KNOWN.misbehaviours}


class TestPoints:
    def test_can_be_fed_by_their_code(self):
        for unit in ALL:
            for point in unit.points:
                point_rules.check_key(point.key, level=point.level, kind="INCREMENT")

    def test_have_codes_of_their_own(self):
        for unit in ALL:
            for field in ("code", "data_code"):
                assert len({getattr(p, field) for p in unit.points}) == len(unit.points)

    def test_hang_on_a_point_of_the_same_energy_that_stands_before_them(self):
        for unit in ALL:
            for place, point in enumerate(unit.points):
                assert (point.parent is None) == (point.level == "LEVEL_1")
                if point.parent is not None:
                    assert point.parent < place
                    assert unit.points[point.parent].energy_type == point.energy_type

    def test_have_every_level_flow_and_energy_type(self):
        found = [point for unit in ALL for point in unit.points]

        assert {p.level for p in found} == {"LEVEL_1", "LEVEL_2", "LEVEL_3"}
        assert {p.flow for p in found} == {
            "BOUGHT", "GENERATED", "STORED", "SUPPLIED_OUT", "CONVERSION_OUTPUT"
        }  # fmt: skip
        assert {p.energy_type for p in found} == KNOWN.energy.keys()

    def test_leave_something_to_the_point_above(self):
        for unit in ALL:
            below = Counter[int]()
            for point in unit.points:
                if point.parent is not None:
                    below[point.parent] += point.share
            assert all(share < 1000 for share in below.values())


class TestCatalogue:
    @pytest.mark.django_db
    def test_has_energy_types_that_are_loaded_with_their_national_codes(self):
        from datetime import UTC, datetime

        load_rules(by=None, at=datetime(2026, 11, 23, tzinfo=UTC))
        rows = {row.code: row for row in energy.energy_types()}

        assert KNOWN.energy.keys() <= rows.keys()
        for name, kind in KNOWN.energy.items():
            assert kind.code[:2] == rows[name].class_code
            if rows[name].variety_code:
                assert kind.code[2:] == rows[name].variety_code

    def test_says_how_much_makes_a_ton(self):
        assert KNOWN.energy["RAW_COAL"].per_tce == Fraction(7, 5)

    def test_has_no_point_that_no_sector_has(self):
        used = {key for s in KNOWN.sectors for variant in s.variants for key, _ in variant}

        assert used == KNOWN.points.keys()
