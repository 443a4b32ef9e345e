"""The metering network (figure B.2) and the energy flow (figure B.1), sheet by sheet."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from hengneng.kernel.drawings import Edge, Flow, Node, NotDrawable, sankey_svg, tree_svg
from hengneng.reporting.ledgers.rules.words import LEVELS_SHORT, rounded

# So many rows stay readable on a sheet of A4 across: boxes of three lines, bars of two.
NETWORK_ROWS_MAX, FLOW_ROWS_MAX = 10, 14
_OUTWARD = frozenset({"SUPPLIED_OUT", "CONVERSION_OUTPUT"})
_COLUMNS = {"LEVEL_1": 0, "LEVEL_2": 1, "LEVEL_3": 2, "OTHER": 2}
_HEADINGS = (
    "进出用能单位（一级）",
    "次级用能单位（二级）",
    "用能设备（三级）及其他",
    "次级用能单位或用能设备",
)


class Figure(NamedTuple):
    """A sheet of a figure.

    Attributes:
        svg: The drawing.
        alt: What it shows, in words.
    """

    svg: str
    alt: str


class Placed(NamedTuple):
    """A point in the network.

    Attributes:
        id: The point.
        code: The unit's own short name of it.
        name: Its name.
        level: ``LEVEL_1`` …
        energy: Its energy type's name.
        flow: ``BOUGHT`` …
        parent_id: The point above it; None: none.
        instrument: What stands there; empty: nothing.
        feeds: What it feeds; empty: not said.
        tonnes: What it metered in the year; None where that cannot be told. [tce]
        shares: Where it hung on several points over the year: each, None: none, and how much fell
            to it. [tce]
    """

    id: int
    code: str
    name: str
    level: str
    energy: str
    flow: str
    parent_id: int | None
    instrument: str
    feeds: str
    tonnes: Decimal | None
    shares: tuple[tuple[int | None, Decimal | None], ...] = ()


def network(points: Sequence[Placed]) -> list[Figure]:
    """Return the network of a unit's points, sheet by sheet; none where there are no points.

    Args:
        points: In the order in which they shall stand.
    """
    by_id = {str(point.id): point for point in points}
    above = {name: _above(point, by_id) for name, point in by_id.items()}
    sheets = split(above, rows_max=NETWORK_ROWS_MAX)
    return [_network([by_id[name] for name in sheet]) for sheet in sheets]


def flow(points: Sequence[Placed]) -> list[Figure]:
    """Return how a year's energy went from its types through the points, sheet by sheet.

    What leaves the unit is drawn from the point that it leaves; ``unplaced`` names the others.

    Args:
        points: In the order in which they shall stand.
    """
    drawn = [point for point in points if not _is_unplaced(point)]
    by_id = {str(point.id): point for point in drawn}
    parents: dict[str, str | None] = {point.energy: None for point in drawn}
    parents |= {name: _above(point, by_id) or point.energy for name, point in by_id.items()}
    sheets = split(parents, rows_max=FLOW_ROWS_MAX)
    try:
        return [_flow(sheet, parents, by_id) for sheet in sheets]
    except NotDrawable:
        # Two points hung on one another by turns: what cannot be drawn at once is drawn as it last
        # stood, and of those that moved how much went where is left untold.
        last = {name: _untold(point) for name, point in by_id.items()}
        return [_flow(sheet, parents, last) for sheet in sheets]


def _untold(point: Placed) -> Placed:
    return point._replace(shares=(), tonnes=None) if point.shares else point


def unplaced(points: Iterable[Placed]) -> list[str]:
    """Return the names of points whose energy leaves the unit from a place that nobody told."""
    return [point.name for point in points if _is_unplaced(point)]


def split(parents: Mapping[str, str | None], *, rows_max: int) -> list[list[str]]:
    """Return a forest's nodes sheet by sheet, none with more leaves than it can hold.

    What has more leaves is told over several sheets, itself again on each.

    Args:
        parents: Each node's parent; None: none. One that is not among them counts as none.
        rows_max: Leaves on a sheet. [count]

    >>> split({"a": None, "b": "a", "c": "a", "d": "a", "e": None}, rows_max=2)
    [['a', 'b', 'c'], ['a', 'd'], ['e']]
    """
    children: dict[str | None, list[str]] = {}
    for name, parent in parents.items():
        children.setdefault(parent if parent in parents else None, []).append(name)
    return _packed(children.get(None, []), children, rows_max)


def _packed(
    names: Iterable[str], children: Mapping[str | None, list[str]], rows_max: int
) -> list[list[str]]:
    """Return siblings with what hangs on them, packed onto sheets in their order."""
    packed: list[list[str]] = []
    room = 0
    for name in names:
        whole = _subtree(name, children)
        leaves = sum(one not in children for one in whole)
        if leaves > rows_max:
            below = _packed(children[name], children, rows_max)
            packed += [[name, *sheet] for sheet in below]
            room = 0
        elif leaves > room:
            packed.append(whole)
            room = rows_max - leaves
        else:
            packed[-1] += whole
            room -= leaves
    return packed


def _subtree(name: str, children: Mapping[str | None, list[str]]) -> list[str]:
    """Return a node and all below it, each before what hangs on it."""
    found = [name]
    for one in found:
        found += children.get(one, [])
    return found


def _above(point: Placed, by_id: Mapping[str, Placed]) -> str | None:
    """Return the id of the point above one; None where none of these is."""
    above = None if point.parent_id is None else str(point.parent_id)
    return above if above in by_id else None


def _is_unplaced(point: Placed) -> bool:
    return point.flow in _OUTWARD and point.parent_id is None


def _network(points: Sequence[Placed]) -> Figure:
    """Return one sheet of the network."""
    known = {point.id for point in points}
    nodes, edges = [], []
    for point in points:
        lines = (f"{point.code} · {point.energy}", point.instrument or "未登记计量器具")
        kind = point.level.lower().replace("_", "-") if point.instrument else "owed"
        column = _COLUMNS[point.level]
        nodes.append(Node(str(point.id), point.name, lines, column=column, kind=kind))
        if point.parent_id in known:
            edges.append(Edge(str(point.parent_id), str(point.id)))
        if point.feeds:
            fed = f"fed-{point.id}"
            nodes.append(Node(fed, point.feeds, column=len(_HEADINGS) - 1, kind="consumer"))
            edges.append(Edge(str(point.id), fed))
    alt = "；".join(f"{point.name}（{LEVELS_SHORT[point.level]}）" for point in points)
    title = "能源计量采集点网络图"
    svg = tree_svg(nodes, edges, title=title, description=alt, headings=_HEADINGS, standalone=True)
    return Figure(svg, alt)


def _flow(
    sheet: Sequence[str], parents: Mapping[str, str | None], by_id: Mapping[str, Placed]
) -> Figure:
    """Return one sheet of the flow."""
    flows, nodes, said = [], [], []
    for name in sheet:
        point, parent = by_id.get(name), parents[name]
        if point is None or parent is None:
            nodes.append(Node(name, name))
            continue
        amount = _amount(point.tonnes)
        nodes.append(Node(name, point.name, (amount,)))
        flows += _into(name, parent, point, by_id)
        said.append(f"{point.energy} {point.name} {amount}")
    shown = {node.id for node in nodes}
    others = dict.fromkeys(one.source for one in flows if one.source not in shown)
    nodes += [Node(name, by_id[name].name if name in by_id else name) for name in others]
    alt = "；".join(said)
    svg = sankey_svg(flows, title="能源流向图", description=alt, nodes=nodes, standalone=True)
    return Figure(svg, alt)


def _into(name: str, parent: str, point: Placed, by_id: Mapping[str, Placed]) -> list[Flow]:
    """Return what flows into a point: from each point on which it hung, what fell to that."""
    if not point.shares:
        return [Flow(parent, name, _drawn(point.tonnes), label=_amount(point.tonnes))]
    return [
        Flow(
            str(above) if str(above) in by_id else point.energy,
            name,
            _drawn(tonnes),
            label=_amount(tonnes),
        )
        for above, tonnes in point.shares
    ]


def _drawn(tonnes: Decimal | None) -> Decimal | None:
    """Return what is drawn; a tree of meters may show less than nothing where energy came back."""
    return None if tonnes is None else max(tonnes, Decimal(0))


def _amount(tonnes: Decimal | None) -> str:
    return "无数据" if tonnes is None else f"{rounded(tonnes)} tce"
