from collections import Counter
from fractions import Fraction

import pytest

from hengneng.demo import city, faults
from hengneng.demo.faults import FaultKind
from hengneng.protocol import codes
from hengneng.registry.points import rules as point_rules
from hengneng.sim.loads import weeks
from hengneng.sim.loads.weeks import Energy

POINTS = [(unit, point) for unit in city.units() for point in unit.points]
DISTRICTS = {unit.district for unit in city.units()}


class TestUnits:
    def test_are_twenty_six(self):
        assert len(city.units()) == 26

    def test_have_codes_of_nobody_with_the_right_check_character(self):
        for unit in city.units():
            assert codes.is_credit_code(unit.code)
            assert unit.code[8:12] == "DEM0"

    def test_differ_in_everything_that_names_them(self):
        for field in ("code", "name", "name_en", "building"):
            assert len({getattr(unit, field) for unit in city.units()}) == 26

    def test_play_every_building_once(self):
        assert {unit.building for unit in city.units()} == set(weeks.buildings())

    def test_are_spread_over_sixteen_districts_and_the_airports(self):
        assert len(DISTRICTS) == 17
        assert "SH-AIRPORT" in DISTRICTS

    def test_have_an_address_and_a_sector(self):
        assert all(unit.address and unit.sector and unit.name_en for unit in city.units())

    def test_an_unknown_code_is_none_of_them(self):
        with pytest.raises(KeyError):
            city.unit_of("91310000MA1FL00000")


class TestPoints:
    def test_are_two_to_five_a_unit_with_codes_of_their_own(self):
        for unit in city.units():
            names = [point.code for point in unit.points]
            assert 2 <= len(names) <= 5
            assert len(set(names)) == len(names)

    def test_begin_with_a_boundary_of_electricity(self):
        for unit in city.units():
            first = unit.points[0]
            assert (first.energy, first.level, first.is_register) == (
                Energy.ELECTRICITY,
                "LEVEL_1",
                True,
            )

    @pytest.mark.parametrize(("unit", "point"), POINTS, ids=lambda one: one.code)
    def test_can_be_fed_by_their_key(self, unit, point):
        point_rules.check_key(point.key, level=point.level, kind=point.kind)

    @pytest.mark.parametrize(("unit", "point"), POINTS, ids=lambda one: one.code)
    def test_count_in_whole_watt_hours_or_litres(self, unit, point):
        assert point.meter_of("b5", 0).step == point.ratio * Fraction(1000, 10**point.places)

    def test_have_meters_of_their_own(self):
        meters = Counter(point.meter for _, point in POINTS if point.is_register)
        assert set(meters.values()) == {1}

    def test_hang_on_a_point_that_stands_before_them(self):
        for unit in city.units():
            for place, point in enumerate(unit.points):
                above = [other.code for other in unit.points[:place]]
                assert (point.parent in above) == (point.level == "LEVEL_2")


class TestFaults:
    def test_there_is_one_of_each_kind(self):
        assert Counter(fault.kind for fault in faults.faults()) == Counter(FaultKind)

    def test_concern_points_of_the_city(self):
        for fault in faults.faults():
            points = {point.code for point in city.unit_of(fault.unit).points}
            assert fault.point in points or fault.kind is FaultKind.WITHOUT_POINT

    def test_the_code_without_a_point_feeds_none(self):
        (fault,) = (f for f in faults.faults() if f.kind is FaultKind.WITHOUT_POINT)
        keys = {point.key for point in city.unit_of(fault.unit).points}

        assert f"N:{codes.canonical(fault.data_code)}" not in keys

    def test_lie_within_sixty_days(self):
        assert all(0 <= fault.day < 60 for fault in faults.faults())
