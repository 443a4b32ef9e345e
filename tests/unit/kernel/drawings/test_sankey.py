"""Flows as SVG: bands as thick as their amounts, not known is not zero."""

import itertools
import re
from decimal import Decimal
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengneng.kernel import drawings
from hengneng.kernel.drawings import Flow, Node
from hengneng.kernel.drawings.rules.sankey import (
    BAND_MIN,
    BAR_WIDTH,
    BARS_HEIGHT,
    GAP_X,
    UNKNOWN_BAND,
)

SVG = "{http://www.w3.org/2000/svg}"


def drawn(flows, **given):
    text = drawings.sankey_svg(flows, title="能源流向图", description="一年", **given)
    return ET.fromstring(text)


def flow(source, target, amount, **more):
    return Flow(source, target, None if amount is None else Decimal(amount), **more)


def bars(root):
    """x, y and height of each place's bar, by its title."""
    found = {}
    for group in root.iter(f"{SVG}g"):
        rect = group.find(f"{SVG}rect")
        told = tuple(float(rect.get(side)) for side in ("x", "y", "height"))
        found[group.find(f"{SVG}title").text] = told
    return found


def bands(root):
    """Upper left, upper right and thickness of each band, in the flows' order."""
    found = []
    for path in root.iter(f"{SVG}path"):
        numbers = [float(n) for n in re.findall(r"-?[0-9.]+", path.get("d"))]
        found.append((numbers[1], numbers[7], numbers[8] - numbers[7]))
    return found


class TestAmounts:
    def test_bands_are_as_thick_as_their_amounts(self):
        root = drawn([flow("电", "空调", "300"), flow("电", "照明", "100")])

        assert bars(root)["电"][2] == BARS_HEIGHT
        assert [band[2] for band in bands(root)] == [270, 90]
        assert (bars(root)["空调"][2], bars(root)["照明"][2]) == (270, 90)

    def test_bands_leave_a_bar_one_below_the_other(self):
        root = drawn([flow("电", "空调", "300"), flow("电", "照明", "100")])

        (first, _, thickness), (second, _, _) = bands(root)
        top = bars(root)["电"][1]
        assert sorted([first, second]) in ([top, top + thickness], [top, top + 90])

    def test_what_does_not_leave_a_place_shows_as_a_part_without_a_band(self):
        root = drawn([flow("电", "总表", "400"), flow("总表", "空调", "300")])

        assert bars(root)["总表"][2] == 360
        assert [band[2] for band in bands(root)] == [360, 270]

    def test_not_known_is_an_empty_band_and_not_nothing(self):
        root = drawn([flow("气", "锅炉", None, kind="gas"), flow("电", "照明", "0", kind="power")])

        kinds = [path.get("class") for path in root.iter(f"{SVG}path")]
        assert kinds == ["drawing-flow is-unknown", "drawing-flow is-power"]
        assert [band[2] for band in bands(root)] == [UNKNOWN_BAND, BAND_MIN]

    @given(
        st.lists(
            st.tuples(
                st.integers(0, 5),
                st.integers(1, 6),
                st.none() | st.decimals(0, 10**12, places=3),
            ),
            min_size=1,
            max_size=12,
        )
    )
    def test_any_flows_stay_inside_and_bars_apart(self, given_flows):
        flows = [
            Flow(f"p{start}", f"p{start + step}", amount) for start, step, amount in given_flows
        ]

        root = drawn(flows)

        height = float(root.get("height"))
        columns = {}
        for x, y, tall in bars(root).values():
            assert y >= 0
            assert y + tall <= height + 0.01
            columns.setdefault(x, []).append((y, y + tall))
        for column in columns.values():
            ordered = sorted(column)
            assert all(a[1] <= b[0] for a, b in itertools.pairwise(ordered))


class TestPlaces:
    def test_stand_right_of_all_that_flow_into_them(self):
        root = drawn([flow("a", "c", "1"), flow("a", "b", "1"), flow("b", "c", "1")])

        step = BAR_WIDTH + GAP_X
        left = bars(root)["a"][0]
        assert [bars(root)[name][0] - left for name in "abc"] == [0, step, 2 * step]

    def test_show_their_words(self):
        nodes = [Node("a", "电力", ("8,123 tce",), kind="power"), Node("z", "不在图中")]

        root = drawn([flow("a", "b", "1", label="1 tce")], nodes=nodes)

        assert [one.text for one in root.iter(f"{SVG}text")] == ["电力", "8,123 tce", "b"]
        assert root.find(f"{SVG}path/{SVG}title").text == "电力 → b 1 tce"


@pytest.mark.parametrize(
    ("flows", "reason"),
    [
        ([flow("a", "b", "-0.001")], "a gives b -0.001"),
        ([flow("a", "b", "NaN")], "a gives b NaN"),
        ([flow("a", "a", "1")], "a: flows go round"),
        ([flow("a", "b", "1"), flow("b", "c", "1"), flow("c", "b", "1")], "b, c: flows go round"),
    ],
)
def test_what_cannot_flow_is_refused(flows, reason):
    with pytest.raises(drawings.NotDrawable, match=reason):
        drawn(flows)


def test_nothing_is_drawn_of_no_flows():
    assert bars(drawn([])) == {}


def test_the_same_values_give_the_same_text():
    flows = [flow("a", "c", "1.5"), flow("b", "c", "2"), flow("c", "d", None)]
    texts = {drawings.sankey_svg(flows, title="t", description="d") for _ in range(3)}
    assert len(texts) == 1
