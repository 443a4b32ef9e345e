"""A tree from left to right: a column a level, a row a leaf, each parent amid its children."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from hengneng.kernel.drawings.rules import svg, text
from hengneng.kernel.drawings.rules.svg import Node, NotDrawable

BOX_WIDTH = 188
GAP_X, GAP_Y, MARGIN = 52, 12, 12
PADDING = 8
TITLE_SIZE, LINE_SIZE = 13, 11
TITLE_HEIGHT, LINE_HEIGHT = 17, 14
TITLE_LINES_MAX = 2
HEADING_HEIGHT = 30


class Edge(NamedTuple):
    """What hangs on what.

    Attributes:
        source: Id of the node above.
        target: Id of the node that hangs on it.
        kind: A word of its style: class ``is-…``.
    """

    source: str
    target: str
    kind: str = ""


class _Plan(NamedTuple):
    """Where the nodes stand: column and row, rows by halves where children are even."""

    column: Mapping[str, int]
    row: Mapping[str, float]
    rows: int


def tree_svg(
    nodes: Sequence[Node],
    edges: Sequence[Edge],
    *,
    title: str,
    description: str,
    headings: Sequence[str] = (),
    prefix: str = "tree",
    standalone: bool = False,
) -> str:
    """Return a forest drawn from left to right.

    Args:
        nodes: In the order in which siblings stand, top first. Shape (n,).
        edges: What hangs on what. Shape (m,).
        title: What the drawing shows.
        description: What is to be seen in it, for who cannot.
        headings: Over the columns, from the first.
        prefix: Begins its ids, so that a page may hold several.
        standalone: Whether it brings its own style, for a file or a document.

    Returns:
        SVG text, the same for the same values.

    Raises:
        NotDrawable: If an id stands twice or is unknown, a node hangs on two or on itself.
    """
    plan = _plan(nodes, edges)
    told = {node.id: _lines(node) for node in nodes}
    box_height = 2 * PADDING + max((_height(lines) for lines in told.values()), default=0)
    top = MARGIN + (HEADING_HEIGHT if headings else 0)
    columns = max([*(column + 1 for column in plan.column.values()), len(headings), 1])
    at = {
        node.id: (
            MARGIN + plan.column[node.id] * (BOX_WIDTH + GAP_X),
            top + plan.row[node.id] * (box_height + GAP_Y),
        )
        for node in nodes
    }
    parts = [_heading(place, words) for place, words in enumerate(headings)]
    # Edges of a kind lie under the plain ones with which they share a stretch.
    parts += [_line(edge, at, box_height) for edge in sorted(edges, key=lambda one: not one.kind)]
    parts += [_box(node, told[node.id], at[node.id], box_height) for node in nodes]
    size = (
        2 * MARGIN + columns * (BOX_WIDTH + GAP_X) - GAP_X,
        top + MARGIN + max(plan.rows * (box_height + GAP_Y) - GAP_Y, 0),
    )
    return svg.drawing(
        parts,
        size=size,
        title=title,
        description=description,
        prefix=prefix,
        standalone=standalone,
    )


def _plan(nodes: Sequence[Node], edges: Iterable[Edge]) -> _Plan:
    """Return where each node stands: its subtree has rows of its own, so nothing overlaps."""
    above = _parents(nodes, edges)
    below: dict[str, list[Node]] = {node.id: [] for node in nodes}
    for node in nodes:
        if node.id in above:
            below[above[node.id]].append(node)
    column: dict[str, int] = {}
    row: dict[str, float] = {}
    rows = 0
    stack = [(node, 0, False) for node in reversed(nodes) if node.id not in above]
    while stack:
        node, least, is_back = stack.pop()
        children = below[node.id]
        if is_back:
            row[node.id] = (row[children[0].id] + row[children[-1].id]) / 2
            continue
        column[node.id] = max(node.column, least)
        if children:
            stack.append((node, least, True))
            stack += [(child, column[node.id] + 1, False) for child in reversed(children)]
        else:
            row[node.id], rows = rows, rows + 1
    if len(row) < len(nodes):
        lost = sorted(node.id for node in nodes if node.id not in row)
        raise NotDrawable(f"{', '.join(lost)} hang on one another")
    return _Plan(column, row, rows)


def _parents(nodes: Sequence[Node], edges: Iterable[Edge]) -> dict[str, str]:
    """Return the node above each that hangs on one.

    Raises:
        NotDrawable: If an id stands twice or is unknown, or a node hangs on two.
    """
    known = {node.id for node in nodes}
    if len(known) < len(nodes):
        raise NotDrawable("two nodes have one id")
    above: dict[str, str] = {}
    for edge in edges:
        if not {edge.source, edge.target} <= known:
            raise NotDrawable(f"an edge from {edge.source} to {edge.target} has no ends")
        if edge.target in above:
            raise NotDrawable(f"{edge.target} hangs on two")
        above[edge.target] = edge.source
    return above


def _lines(node: Node) -> tuple[list[str], list[str]]:
    """Return a node's words as they fit its box: title, further lines."""
    room = BOX_WIDTH - 2 * PADDING
    title = text.lines_of(node.title, width=room, size=TITLE_SIZE, most=TITLE_LINES_MAX)
    further = [text.lines_of(line, width=room, size=LINE_SIZE, most=1) for line in node.lines]
    return title, [line for lines in further for line in lines]


def _height(lines: tuple[list[str], list[str]]) -> int:
    """Return how high words are. [px]"""
    return len(lines[0]) * TITLE_HEIGHT + len(lines[1]) * LINE_HEIGHT


def _heading(place: int, words: str) -> str:
    """Return a column's heading."""
    shown = text.lines_of(words, width=BOX_WIDTH, size=TITLE_SIZE, most=1)
    x = MARGIN + place * (BOX_WIDTH + GAP_X) + BOX_WIDTH / 2
    return svg.words(
        "text",
        "".join(shown),
        class_="drawing-heading",
        x=x,
        y=MARGIN + TITLE_SIZE,
        text_anchor="middle",
    )


def _line(edge: Edge, at: Mapping[str, tuple[float, float]], height: float) -> str:
    """Return an edge: right of the parent it turns to the child's row, which is free up to it."""
    (x, y), (to_x, to_y) = at[edge.source], at[edge.target]
    turn = x + BOX_WIDTH + GAP_X / 2
    path = (
        f"M{svg.number(x + BOX_WIDTH)} {svg.number(y + height / 2)}H{svg.number(turn)}"
        f"V{svg.number(to_y + height / 2)}H{svg.number(to_x)}"
    )
    return svg.element("path", {"class": svg.classes("drawing-line", edge.kind), "d": path})


def _box(
    node: Node, lines: tuple[list[str], list[str]], at: tuple[float, float], height: float
) -> str:
    """Return a node's box with its words, amid its height."""
    x, y = at
    box = {"x": x, "y": y, "width": BOX_WIDTH, "height": height, "rx": 4}
    drawn = [svg.element("rect", {"class": "drawing-box", **box})]
    base = y + (height - _height(lines)) / 2
    for style, size, step, shown in (
        ("drawing-title", TITLE_SIZE, TITLE_HEIGHT, lines[0]),
        ("drawing-text", LINE_SIZE, LINE_HEIGHT, lines[1]),
    ):
        for line in shown:
            drawn.append(svg.words("text", line, class_=style, x=x + PADDING, y=base + size))
            base += step
    return svg.group(node, *drawn)
