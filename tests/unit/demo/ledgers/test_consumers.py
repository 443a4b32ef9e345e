import pytest

from hengneng.demo.ledgers import consumers, subjects
from hengneng.registry.equipment.rules.consumers import Hung, check_demand, tree_faults


def of(pick):
    return next((unit, consumers.of_unit(unit)) for unit in subjects.subjects() if pick(unit))


def has(unit, energy_type, level):
    return any((p.energy_type, p.level) == (energy_type, level) for p in unit.places)


class TestOfUnit:
    def test_every_units_consumers_hang_as_consumers_can(self):
        for unit in subjects.subjects():
            held = consumers.of_unit(unit)
            ids = {one.code: number for number, one in enumerate(held, start=1)}
            assert len(ids) == len(held)
            hung = [
                Hung(
                    ids[one.code],
                    one.kind,
                    ids[one.parent] if one.parent else None,
                    ids[one.metered_with] if one.metered_with else None,
                )
                for one in held
            ]
            assert tree_faults(hung) == []

    def test_every_demand_can_be(self):
        for unit in subjects.subjects():
            for one in consumers.of_unit(unit):
                check_demand(one.measure, one.amount)

    @pytest.mark.parametrize(("level", "kind"), [("LEVEL_2", "SUB_UNIT"), ("LEVEL_3", "EQUIPMENT")])
    def test_what_a_point_below_the_first_level_meters_is_a_consumer(self, level, kind):
        unit, held = of(lambda unit: has(unit, "ELECTRICITY", level))
        place = next(p for p in unit.places if p.level == level)

        (metered,) = [one for one in held if one.point == place.code]
        assert (metered.kind, metered.energy_type, metered.measure) == (kind, "ELECTRICITY", "kW")

    def test_where_no_second_level_is_metered_a_main_one_is_not(self):
        _unit, held = of(
            lambda unit: unit.group == "industrial" and not has(unit, "ELECTRICITY", "LEVEL_2")
        )
        assert [one.point for one in held if one.code == "S-83"] == [None]

        _, held = of(lambda unit: has(unit, "ELECTRICITY", "LEVEL_2"))
        assert "S-83" not in {one.code for one in held}

    def test_gas_that_is_metered_further_on_has_no_furnaces_beside(self):
        _, held = of(lambda unit: has(unit, "NATURAL_GAS", "LEVEL_2"))
        assert "NATURAL_GAS" not in {one.energy_type for one in held if one.point is None}

    def test_of_some_units_a_demand_is_not_stated(self):
        unstated = [
            unit.code
            for unit in subjects.subjects()
            if any(not one.energy_type for one in consumers.of_unit(unit))
        ]
        assert len(unstated) == 205
