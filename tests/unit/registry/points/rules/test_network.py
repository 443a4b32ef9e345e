"""The tree as a network and its amounts as flows."""

from decimal import Decimal
from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from hengneng.kernel import drawings
from hengneng.kernel.drawings import Edge, Flow
from hengneng.registry.points.rules import Amount, Missing, Placed, energy_flows, network


def placed(number, level="LEVEL_2", parent=None, *, of="ELECTRICITY", flow="BOUGHT"):
    return Placed(number, of, level, flow, parent, f"点{number}")


def amounts(told):
    return {
        number: Amount(None if amount is None else Decimal(amount), f"{amount} tce")
        for number, amount in told.items()
    }


BOUNDARY = placed(1, "LEVEL_1")


class TestNetwork:
    def test_points_stand_in_the_column_of_their_level(self):
        nodes, edges = network([BOUNDARY, placed(2, parent=1), placed(3, "LEVEL_3", 1)])

        assert [(node.id, node.column, node.kind) for node in nodes] == [
            ("p1", 0, "level-1"),
            ("p2", 1, "level-2"),
            ("p3", 2, "level-3"),
        ]
        assert edges == [Edge("p1", "p2"), Edge("p1", "p3")]

    def test_a_parent_that_is_not_there_is_left_out(self):
        assert network([placed(2, parent=9)])[1] == []

    def test_an_owed_point_hangs_on_the_boundary_where_there_is_one_alone(self):
        missing = [
            Missing("ELECTRICITY", "LEVEL_3", "冷水机组"),
            Missing("WATER", "LEVEL_2", "泵房"),
            Missing("WATER", "LEVEL_1", "水"),
        ]

        nodes, edges = network([BOUNDARY], missing)
        _, several = network([BOUNDARY, placed(2, "LEVEL_1")], missing)

        assert [(node.id, node.kind) for node in nodes[1:]] == [(f"o{n}", "owed") for n in range(3)]
        assert edges == [Edge("p1", "o0", "owed")]
        assert several == []

    def test_it_can_be_drawn(self):
        nodes, edges = network([BOUNDARY, placed(2, parent=1)], [Missing("WATER", "LEVEL_1", "水")])

        text = drawings.tree_svg(nodes, edges, title="网络图", description="图")
        assert len(list(ET.fromstring(text).iter("{http://www.w3.org/2000/svg}rect"))) == 3


class TestEnergyFlows:
    def test_lead_from_the_types_through_the_tree(self):
        points = [BOUNDARY, placed(2, parent=1), placed(3, "LEVEL_1", flow="SUPPLIED_OUT")]

        told = energy_flows(points, amounts({1: 10, 2: 6, 3: 2}))

        assert told.flows == [
            Flow("in-ELECTRICITY", "p1", Decimal(10), "10 tce"),
            Flow("p1", "p2", Decimal(6), "6 tce"),
            Flow("p3", "out-ELECTRICITY", Decimal(2), "2 tce"),
        ]
        assert (told.rests, told.exceeded) == ({1: Decimal(4)}, [])

    def test_points_below_that_meter_more_are_named(self):
        points = [BOUNDARY, placed(2, parent=1), placed(3, parent=1)]

        told = energy_flows(points, amounts({1: 10, 2: 6, 3: 5}))

        assert (told.rests, told.exceeded) == ({}, [1])

    def test_of_what_is_not_known_no_rest_is_told(self):
        points = [BOUNDARY, placed(2, parent=1), placed(3, parent=1)]

        told = energy_flows(points, amounts({1: 10, 2: 6}))

        assert told.flows[2] == Flow("p1", "p3", None, "")
        assert (told.rests, told.exceeded) == ({}, [])

    def test_less_than_nothing_is_not_drawn(self):
        assert energy_flows([BOUNDARY], amounts({1: -1})).flows == []

    @given(
        st.lists(
            st.tuples(st.integers(-1, 8), st.none() | st.decimals(0, 1000, places=2)), max_size=9
        )
    )
    def test_any_tree_can_be_drawn_and_rests_add_up(self, told):
        points = [
            placed(number, "LEVEL_1") if above < 0 else placed(number, "LEVEL_2", above)
            for number, (above, _) in enumerate(told)
            if above < number
        ]
        known = {number: Amount(amount, str(amount)) for number, (_, amount) in enumerate(told)}

        found = energy_flows(points, known)

        drawings.sankey_svg(found.flows, title="流向", description="图")
        for point, rest in found.rests.items():
            below = [flow.amount for flow in found.flows if flow.source == f"p{point}"]
            assert sum(below) + rest == known[point].amount
            assert rest > 0
