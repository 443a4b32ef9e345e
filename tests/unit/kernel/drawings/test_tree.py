"""A forest as SVG: nothing overlaps, everything is said, the same values give the same text."""

from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengneng.kernel import drawings
from hengneng.kernel.drawings import Edge, Node
from hengneng.kernel.drawings.rules.tree import BOX_WIDTH, GAP_X

SVG = "{http://www.w3.org/2000/svg}"


def drawn(nodes, edges=(), **given):
    return drawings.tree_svg(nodes, edges, title="网络图", description="三级", **given)


def boxes(text):
    """x, y, width and height of each node's box, in the nodes' order."""
    rects = ET.fromstring(text).iter(f"{SVG}rect")
    return [
        tuple(float(rect.get(side)) for side in ("x", "y", "width", "height")) for rect in rects
    ]


def apart(one, other):
    return (
        one[0] + one[2] <= other[0]
        or other[0] + other[2] <= one[0]
        or one[1] + one[3] <= other[1]
        or other[1] + other[3] <= one[1]
    )


class TestLayout:
    def test_a_parent_stands_amid_its_children(self):
        nodes = [Node("a", "甲"), Node("b", "乙"), Node("c", "丙")]

        parent, upper, lower = boxes(drawn(nodes, [Edge("a", "b"), Edge("a", "c")]))

        assert upper[0] == lower[0] == parent[0] + BOX_WIDTH + GAP_X
        assert parent[1] == (upper[1] + lower[1]) / 2

    def test_a_node_stands_no_further_left_than_its_column(self):
        nodes = [Node("a", "甲"), Node("b", "乙", column=2)]

        parent, child = boxes(drawn(nodes, [Edge("a", "b")]))

        assert child[0] == parent[0] + 2 * (BOX_WIDTH + GAP_X)
        assert child[1] == parent[1]

    @given(st.lists(st.tuples(st.integers(-1, 11), st.integers(0, 3)), max_size=12))
    def test_no_two_boxes_overlap_and_all_lie_inside(self, hung):
        nodes = [Node(str(n), f"点{n}", column=column) for n, (_, column) in enumerate(hung)]
        edges = [Edge(str(up), str(n)) for n, (up, _) in enumerate(hung) if 0 <= up < n]

        text = drawn(nodes, edges)

        found = boxes(text)
        assert len(found) == len(hung)
        assert all(apart(a, b) for n, a in enumerate(found) for b in found[:n])
        root = ET.fromstring(text)
        width, height = float(root.get("width")), float(root.get("height"))
        assert all(x >= 0 and x + w <= width and y >= 0 and y + h <= height for x, y, w, h in found)

    def test_a_line_leads_from_the_parent_to_the_child(self):
        nodes = [Node("a", "甲"), Node("b", "乙")]
        text = drawn(nodes, [Edge("a", "b", kind="owed")])
        (x, y, width, height), (to_x, to_y, _, _) = boxes(text)

        (path,) = ET.fromstring(text).iter(f"{SVG}path")

        turn = x + width + GAP_X / 2
        middle, to = y + height / 2, to_y + height / 2
        assert path.get("d") == f"M{x + width:g} {middle:g}H{turn:g}V{to:g}H{to_x:g}"
        assert path.get("class") == "drawing-line is-owed"


class TestWords:
    def test_who_cannot_see_it_is_told(self):
        root = ET.fromstring(drawn([Node("a", "甲", ("E-01",))], prefix="net"))

        ids = root.get("aria-labelledby").split()
        told = {one.get("id"): one.text for one in root if one.get("id")}
        assert [told[one] for one in ids] == ["网络图", "三级"]
        assert root.get("role") == "img"
        assert [one.text for one in root.find(f"{SVG}g").iter(f"{SVG}title")] == ["甲 · E-01"]

    def test_words_of_the_data_are_never_markup(self):
        text = drawn([Node("a", "<script>alert(1)</script>&\x00\"'", ("x<y",), href="/p?a=1&b=2")])

        root = ET.fromstring(text)
        assert not list(root.iter(f"{SVG}script"))
        assert root.find(f"{SVG}a").get("href") == "/p?a=1&b=2"
        assert root.find(f".//{SVG}g/{SVG}title").text == "<script>alert(1)</script>&\"' · x<y"

    def test_a_long_name_is_cut_in_the_box_and_whole_in_its_title(self):
        name = "一号楼制冷机房冷冻水循环系统二次侧变频水泵组总用电计量点位"

        root = ET.fromstring(drawn([Node("a", name)]))

        lines = [one.text for one in root.iter(f"{SVG}text")]
        assert len(lines) == 2
        assert lines[1].endswith("…")
        assert root.find(f".//{SVG}g/{SVG}title").text == name

    def test_headings_stand_over_the_columns(self):
        root = ET.fromstring(drawn([Node("a", "甲")], headings=("一级", "二级")))

        heads = [one for one in root.iter(f"{SVG}text") if one.get("class") == "drawing-heading"]
        assert [one.text for one in heads] == ["一级", "二级"]


class TestStyle:
    def test_a_pages_drawing_has_no_style_of_its_own(self):
        text = drawn([Node("a", "甲", kind="level-1")])

        assert "style" not in text
        assert 'class="drawing-node is-level-1"' in text

    def test_a_standalone_one_has(self):
        assert ".drawing-box" in drawn([Node("a", "甲")], standalone=True)

    def test_the_same_values_give_the_same_text(self):
        nodes = [Node("a", "甲"), Node("b", "乙"), Node("c", "丙")]
        edges = [Edge("a", "b"), Edge("a", "c")]

        assert drawn(nodes, edges) == drawn(list(nodes), list(edges))

    def test_nothing_is_drawn_of_nothing(self):
        assert boxes(drawn([])) == []


@pytest.mark.parametrize(
    ("nodes", "edges", "reason"),
    [
        ([Node("a", "甲"), Node("a", "乙")], [], "two nodes"),
        ([Node("a", "甲")], [Edge("a", "b")], "no ends"),
        ([Node("a", "甲")], [Edge("a", "a")], "on one another"),
        ([Node(n, n) for n in "ab"], [Edge("a", "b"), Edge("b", "a")], "a, b hang on one another"),
        ([Node(n, n) for n in "abc"], [Edge("a", "c"), Edge("b", "c")], "c hangs on two"),
        ([Node("a", "甲", kind='x" onload="')], [], "no kind"),
        ([Node("a", "甲", href="javascript:alert(1)")], [], "no path"),
        ([Node("a", "甲", href="//elsewhere")], [], "no path"),
    ],
)
def test_what_is_no_tree_is_refused(nodes, edges, reason):
    with pytest.raises(drawings.NotDrawable, match=reason):
        drawn(nodes, edges)


def test_a_prefix_that_begins_no_id_is_refused():
    with pytest.raises(drawings.NotDrawable, match="begin an id"):
        drawn([], prefix="1 2")
