"""Which points are owed beside those that are there."""

import pytest

from hengneng.registry.points.rules import Due, Ground, Metered, Use, is_asked_for_on_line, owed

KINDS = {"ELECTRICITY": "ENERGY", "WATER": "MEDIUM", "NATURAL_GAS": "ENERGY", "OUTPUT": "INDICATOR"}
PLANT, CHILLER, PUMP = 1, 2, 3


def use(consumer, kind="EQUIPMENT", *, of="ELECTRICITY", is_main=True):
    return Use(of, consumer, kind, is_main)


def metered(level, feeds=None, *, of="ELECTRICITY", flow="BOUGHT"):
    return Metered(of, level, flow, feeds)


def told(uses=(), points=()):
    return owed(uses, points, kinds=KINDS)


BOUNDARY = metered("LEVEL_1")


class TestBoundary:
    def test_every_energy_type_in_use_has_a_point_where_it_enters(self):
        uses = [use(PUMP, of="WATER", is_main=False)]

        assert told(uses, [metered("LEVEL_2")]) == [
            Due("ELECTRICITY", "LEVEL_1", None, Ground.BOUNDARY),
            Due("WATER", "LEVEL_1", None, Ground.BOUNDARY),
        ]

    def test_one_is_enough(self):
        assert told([use(PUMP, is_main=False)], [BOUNDARY]) == []

    @pytest.mark.parametrize("flow", ["GENERATED", "CONVERSION_OUTPUT"])
    def test_what_is_made_inside_does_not_enter(self, flow):
        assert told([], [metered("LEVEL_2", flow=flow)]) == []

    def test_an_indicator_owes_nothing(self):
        assert told([use(PUMP, of="OUTPUT")], [metered("OTHER", of="OUTPUT")]) == []


class TestConsumers:
    @pytest.mark.parametrize(("kind", "level"), [("SUB_UNIT", "LEVEL_2"), ("EQUIPMENT", "LEVEL_3")])
    def test_a_main_one_owes_a_point_at_its_level(self, kind, level):
        assert told([use(PLANT, kind)], [BOUNDARY]) == [
            Due("ELECTRICITY", level, PLANT, Ground.MAIN)
        ]

    def test_a_point_that_feeds_it_is_enough(self):
        assert told([use(CHILLER)], [BOUNDARY, metered("LEVEL_3", CHILLER)]) == []

    def test_a_point_of_another_energy_type_is_not(self):
        points = [BOUNDARY, metered("LEVEL_1", of="WATER"), metered("LEVEL_3", CHILLER, of="WATER")]

        assert told([use(CHILLER)], points) == [Due("ELECTRICITY", "LEVEL_3", CHILLER, Ground.MAIN)]

    def test_one_that_is_not_main_owes_none(self):
        assert told([use(PUMP, is_main=False)], [BOUNDARY]) == []

    def test_where_the_rules_do_not_tell_it_is_said_so(self):
        assert told([use(PUMP, is_main=None)], [BOUNDARY]) == [
            Due("ELECTRICITY", "LEVEL_3", PUMP, Ground.UNDECIDED)
        ]

    def test_those_metered_together_owe_one(self):
        together = [use(PLANT, "SUB_UNIT", is_main=None), use(PLANT, "SUB_UNIT")]

        assert told(together, [BOUNDARY]) == [Due("ELECTRICITY", "LEVEL_2", PLANT, Ground.MAIN)]
        assert told(together, [BOUNDARY, metered("LEVEL_2", PLANT)]) == []


@pytest.mark.parametrize(
    ("level", "listed", "year", "expected"),
    [
        ("LEVEL_1", {2019}, 2020, True),
        ("LEVEL_1", {2020}, 2020, True),
        ("LEVEL_1", {2018}, 2020, False),
        ("LEVEL_1", {2021}, 2020, False),
        ("LEVEL_1", set(), 2020, False),
        ("LEVEL_2", {2019}, 2020, False),
    ],
)
def test_a_key_units_boundary_must_be_on_line(level, listed, year, expected):
    assert is_asked_for_on_line(level, listed_years=listed, year=year) is expected
