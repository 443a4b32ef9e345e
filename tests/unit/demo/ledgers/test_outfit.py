from collections import Counter

from hengneng.demo.further.chance import Dice
from hengneng.demo.ledgers import outfit, subjects
from hengneng.registry.instruments.rules.kinds import kinds

EVERY = {unit.code: outfit.of_unit(unit) for unit in subjects.subjects()}


class TestOfUnit:
    def test_the_city_has_some_twelve_thousand_instruments(self):
        assert sum(map(len, EVERY.values())) == 11_922

    def test_they_are_of_kinds_that_the_registry_knows(self):
        assert {one.gear.kind for held in EVERY.values() for one in held} <= set(kinds())

    def test_electricity_gas_water_steam_heat_oil_and_weights_are_measured(self):
        counted = Counter(one.gear.kind for held in EVERY.values() for one in held)
        wanted = (
            "ELECTRICITY_METER",
            "INSTRUMENT_TRANSFORMER",
            "FLOW_METER_TURBINE",
            "GAS_METER_DISPLACEMENT",
            "WATER_METER",
            "FLOW_METER_VORTEX",
            "HEAT_METER",
            "FLOW_METER_DISPLACEMENT",
            "FLOW_METER_MASS",
            "LEVEL_TANK",
            "FUEL_DISPENSER",
            "SCALE",
            "BELT_SCALE",
            "RAIL_SCALE",
            "PRESSURE_GAUGE",
            "THERMOMETER",
        )
        assert [kind for kind in wanted if not counted[kind]] == []

    def test_a_unit_gives_no_number_twice(self):
        for held in EVERY.values():
            numbers = [one.number for one in held]
            assert len(numbers) == len(set(numbers))

    def test_one_stands_at_every_point(self):
        for unit in subjects.subjects():
            standing = [one.point for one in EVERY[unit.code] if one.point is not None]
            assert standing == [place.code for place in unit.places]

    def test_a_meter_that_is_read_bears_its_number(self):
        unit = subjects.subjects()[0]
        place = unit.places[0]

        assert outfit.of_unit(unit)[0].number == f"{place.meter}-1"
        assert outfit.at_point(unit, place, 2).serial_number == f"{place.meter}-0002"

    def test_the_same_is_drawn_each_time(self):
        unit = subjects.subjects()[40]
        assert outfit.of_unit(unit) == outfit.of_unit(unit)


class TestDice:
    def test_draws_below_each_bound(self):
        dice = Dice("a name")
        assert all(dice.below(6) in range(6) for _ in range(40))
        assert Dice("a name").below(1) == 0
