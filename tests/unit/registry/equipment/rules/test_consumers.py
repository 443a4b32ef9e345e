from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengneng.registry.equipment.rules import consumers, editions
from hengneng.registry.equipment.rules.consumers import Hung, HungSpan, Need, Standing

RULES_2006, RULES_2025 = editions.shipped()


def standing(kind, *needs, rules=RULES_2006):
    told = [Need(energy, measure, Decimal(amount)) for energy, measure, amount in needs]
    return consumers.standings(kind, told, rules)


@pytest.mark.parametrize(
    ("kind", "energy_type", "measure", "below", "limit"),
    # SOURCE: facts, standards 2.2; every row recollected, none verified.
    [
        ("SUB_UNIT", "ELECTRICITY", "kW", "9.999999", "10"),
        ("EQUIPMENT", "ELECTRICITY", "kW", "99.999999", "100"),
        ("SUB_UNIT", "RAW_COAL", "t/a", "99.999999", "100"),
        ("EQUIPMENT", "RAW_COAL", "t/h", "0.999999", "1"),
        ("SUB_UNIT", "DIESEL", "t/a", "39.999999", "40"),
        ("EQUIPMENT", "DIESEL", "t/h", "0.499999", "0.5"),
        ("SUB_UNIT", "FUEL_OIL", "t/a", "79.999999", "80"),
        ("EQUIPMENT", "FUEL_OIL", "t/h", "0.999999", "1"),
        ("SUB_UNIT", "NATURAL_GAS", "m3/a", "9999.999999", "10000"),
        ("EQUIPMENT", "NATURAL_GAS", "m3/h", "99.999999", "100"),
        ("SUB_UNIT", "HEAT", "GJ/a", "4999.999999", "5000"),
        ("EQUIPMENT", "HEAT", "MW", "6.999999", "7"),
        ("SUB_UNIT", "WATER", "t/a", "4999.999999", "5000"),
        ("EQUIPMENT", "WATER", "m3/h", "0.999999", "1"),
        ("SUB_UNIT", "COOLING", "GJ/a", "2925.999999", "2926"),
        ("EQUIPMENT", "COOLING", "GJ/h", "29.259999", "29.26"),
    ],
)
def test_both_sides_of_each_limit(kind, energy_type, measure, below, limit):
    assert standing(kind, (energy_type, measure, below)) == {energy_type: Standing.NOT_MAIN}
    assert standing(kind, (energy_type, measure, limit)) == {energy_type: Standing.MAIN}


class TestStandings:
    def test_one_limit_reached_is_enough(self):
        found = standing("EQUIPMENT", ("WATER", "t/h", "0.5"), ("WATER", "m3/h", "2"))
        assert found == {"WATER": Standing.MAIN}

    def test_each_energy_type_is_judged_by_itself(self):
        found = standing("EQUIPMENT", ("ELECTRICITY", "kW", "20"), ("NATURAL_GAS", "m3/h", "120"))
        assert found == {"ELECTRICITY": Standing.NOT_MAIN, "NATURAL_GAS": Standing.MAIN}

    def test_an_amount_a_year_does_not_tell_of_a_power(self):
        found = standing("EQUIPMENT", ("ELECTRICITY", "kWh/a", "900000"))
        assert found == {"ELECTRICITY": Standing.UNDECIDED}

    def test_what_can_be_compared_decides(self):
        needs = (("ELECTRICITY", "kWh/a", "900000"), ("ELECTRICITY", "kW", "20"))
        assert standing("EQUIPMENT", *needs) == {"ELECTRICITY": Standing.NOT_MAIN}

    def test_an_empty_edition_decides_nothing_but_of_nothing(self):
        needs = (("ELECTRICITY", "kW", "900"), ("NATURAL_GAS", "m3/h", "0"))
        found = standing("EQUIPMENT", *needs, rules=RULES_2025)
        assert found == {"ELECTRICITY": Standing.UNDECIDED, "NATURAL_GAS": Standing.NOT_MAIN}

    @given(st.decimals(0, 10**6, places=3), st.decimals(0, 10**6, places=3))
    def test_more_demand_never_makes_a_main_one_less(self, one, more):
        lower, higher = sorted((one, more))
        if standing("EQUIPMENT", ("ELECTRICITY", "kW", lower))["ELECTRICITY"] is Standing.MAIN:
            found = standing("EQUIPMENT", ("ELECTRICITY", "kW", higher))
            assert found == {"ELECTRICITY": Standing.MAIN}


class TestChecks:
    @pytest.mark.parametrize(
        ("measure", "amount"),
        [
            ("kW", "-0.000001"),
            ("kW", "1E18"),
            ("kW", "0.0000001"),
            ("kW", "NaN"),
            ("PS", "1"),
        ],
    )
    def test_an_impossible_demand_is_refused(self, measure, amount):
        with pytest.raises(consumers.BadDemand):
            consumers.check_demand(measure, Decimal(amount))

    @pytest.mark.parametrize("amount", ["0", "0.000001", "999999999999999999"])
    def test_the_ends_of_what_can_be_are_taken(self, amount):
        consumers.check_demand("kW", Decimal(amount))

    @pytest.mark.parametrize("values", [{"name": ""}, {"kind": "UNIT"}])
    def test_an_impossible_consumer_is_refused(self, values):
        with pytest.raises(consumers.BadConsumer):
            consumers.check_particulars(values)


def hung(number, parent=None, together=None, kind="EQUIPMENT"):
    return Hung(number, kind, parent, together)


class TestTree:
    def test_a_tree_has_no_fault(self):
        tree = [hung(1, kind="SUB_UNIT"), hung(2, 1), hung(3, 2, together=2), hung(4, 99)]
        assert consumers.tree_faults(tree) == []

    @pytest.mark.parametrize(
        "ring",
        [
            [hung(1, 2), hung(2, 3), hung(3, 1)],
            [hung(1, together=2), hung(2, together=3), hung(3, together=1)],
        ],
    )
    def test_a_ring_is_found_whole(self, ring):
        (fault,) = consumers.tree_faults([*ring, hung(4, 1, 1)])
        assert set(fault.ids) == {1, 2, 3}

    def test_a_sub_unit_under_equipment_is_found(self):
        (fault,) = consumers.tree_faults([hung(1, 2, kind="SUB_UNIT"), hung(2)])
        assert fault.ids == (1,)

    def test_a_ring_of_different_times_is_none(self):
        first, second, third = (datetime(2026, month, 1, tzinfo=UTC) for month in (1, 2, 3))
        apart = [
            HungSpan(hung(1, 2), first, second),
            HungSpan(hung(1), second, third),
            HungSpan(hung(2), first, second),
            HungSpan(hung(2, 1), second, None),
        ]
        assert consumers.tree_faults_over_time(apart) == []
        lasting = [apart[0]._replace(valid_until=third), *apart[2:]]
        (fault,) = consumers.tree_faults_over_time(lasting)
        assert set(fault.ids) == {1, 2}

    @given(st.dictionaries(st.integers(0, 8), st.one_of(st.none(), st.integers(0, 8))))
    def test_roots_are_reached_exactly_where_there_is_no_ring(self, steps):
        ring = consumers.ring_in(steps)
        if ring:
            assert all(
                steps[one] == after for one, after in zip(ring, (*ring[1:], ring[0]), strict=True)
            )
        else:
            found = consumers.roots(steps)
            assert set(found) == set(steps)
            assert all(steps[root] not in steps for root in found.values())
