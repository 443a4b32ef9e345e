from decimal import Decimal

import pytest

from hengneng.insight.statistics import rules
from hengneng.insight.statistics.rules import Cell, Share

WEIGHTS = {"BOUGHT": 1, "SUPPLIED_OUT": -1}
FACTORS = {"ELECTRICITY": Decimal("0.5")}


def cell(**changes):
    plain = Cell(1, "310101", "ELECTRICITY", "BOUGHT", Decimal(10), Decimal(4), 2, 2, 2, 192, 192)
    return plain._replace(**changes)


def sum_of(*cells):
    return rules.sum_of(cells, weights=WEIGHTS, factors=FACTORS)


class TestSum:
    def test_takes_off_what_is_passed_on(self):
        found = sum_of(cell(), cell(flow="SUPPLIED_OUT", amount=Decimal(3)))

        assert found.types[0].amount == 7
        assert found.tonnes == Decimal("0.0035")

    def test_leaves_out_flows_that_do_not_count(self):
        assert sum_of(cell(flow="STORED")).types == []

    def test_keeps_a_type_without_factor_in_its_own_unit(self):
        found = sum_of(cell(energy_type="WATER"))

        assert (found.types[0].amount, found.types[0].tonnes, found.tonnes) == (10, None, None)

    def test_marks_what_is_estimated(self):
        assert sum_of(cell()).estimated_tonnes == Decimal("0.002")

    def test_loses_no_digit(self):
        many, few = Decimal(10) ** 30, Decimal("0.000000001")

        found = sum_of(cell(amount=many), cell(district="310104", amount=few))

        assert str(found.types[0].amount) == "1000000000000000000000000000000.000000001"


class TestShare:
    @pytest.mark.parametrize(
        ("changes", "expected"),
        [
            ({}, Share.COMPLETE),
            ({"whole": 1}, Share.PARTIAL),
            ({"known": 1, "whole": 1}, Share.PARTIAL),
            ({"known": 0, "whole": 0, "amount": None}, Share.SILENT),
            ({"flow": "STORED"}, Share.NO_POINTS),
            ({"energy_type": "WATER"}, Share.PARTIAL),
        ],
    )
    def test_says_how_much_is_known(self, changes, expected):
        assert sum_of(cell(**changes)).share == expected
