"""The metering tree as a network to be drawn, and its amounts as flows."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import NamedTuple

from hengneng.kernel.drawings import Edge, Flow, Node
from hengneng.registry.points.rules.owed import BOUNDARY

COLUMNS = {"LEVEL_1": 0, "LEVEL_2": 1, "LEVEL_3": 2, "OTHER": 2}
_OUTWARD = frozenset({"SUPPLIED_OUT", "STORED"})


class Placed(NamedTuple):
    """A point of the tree.

    Attributes:
        id: The point.
        energy_type_id: What it meters.
        level: ``LEVEL_1`` …
        flow: ``BOUGHT`` …
        parent_id: The point above it; None: none.
        title: Its name, in the reader's words.
        lines: What else is written in its box.
        href: Where it leads; empty: nowhere.
    """

    id: int
    energy_type_id: str
    level: str
    flow: str
    parent_id: int | None
    title: str
    lines: tuple[str, ...] = ()
    href: str = ""


class Missing(NamedTuple):
    """A point that is owed, in the reader's words."""

    energy_type_id: str
    level: str
    title: str
    lines: tuple[str, ...] = ()


def network(
    points: Sequence[Placed], missing: Sequence[Missing] = ()
) -> tuple[list[Node], list[Edge]]:
    """Return the metering network for ``drawings.tree_svg``, owed points among those there are.

    An owed point behind the boundary hangs on the boundary point of its energy type where there is
    one alone; which of several it would hang on nobody has said.

    Args:
        points: In the order in which siblings stand. Shape (n,).
        missing: The owed points. Shape (m,).

    Source:
        JJF 1356-2012, figure B.2.
    """
    known = {point.id for point in points}
    boundary: dict[str, list[str]] = {}
    nodes, edges = [], []
    for point in points:
        kind = point.level.lower().replace("_", "-")
        name = f"p{point.id}"
        nodes.append(
            Node(name, point.title, point.lines, COLUMNS[point.level], kind, href=point.href)
        )
        if point.level == BOUNDARY:
            boundary.setdefault(point.energy_type_id, []).append(name)
        if point.parent_id in known:
            edges.append(Edge(f"p{point.parent_id}", name))
    for place, owed in enumerate(missing):
        name = f"o{place}"
        nodes.append(Node(name, owed.title, owed.lines, COLUMNS[owed.level], "owed"))
        above = boundary.get(owed.energy_type_id, [])
        if owed.level != BOUNDARY and len(above) == 1:
            edges.append(Edge(above[0], name, "owed"))
    return nodes, edges


class Amount(NamedTuple):
    """What a point metered, in one measure for all, and as a person reads it.

    Attributes:
        amount: How much; None: not known.
        label: The amount with its unit, or that it is not known.
    """

    amount: Decimal | None
    label: str


class Share(NamedTuple):
    """What a point metered while it hung in one place of several that a span saw.

    Attributes:
        parent_id: The point above it then; None: none.
        level: ``LEVEL_1`` … then.
        flow: ``BOUGHT`` … then.
        amount: How much of its amount fell to that time.
    """

    parent_id: int | None
    level: str
    flow: str
    amount: Amount


class Flows(NamedTuple):
    """What was metered as flows.

    Attributes:
        flows: From the energy types through the tree; what is given away or stored leads from a
            point to its type's way out.
        rests: For each point with points below it that meter less than it, how much it meters
            alone; the caller draws them, or not, in its reader's words.
        exceeded: Points whose points below meter more than they do themselves.
    """

    flows: list[Flow]
    rests: dict[int, Decimal]
    exceeded: list[int]


def energy_flows(
    points: Sequence[Placed],
    amounts: Mapping[int, Amount],
    shares: Mapping[int, Sequence[Share]] = MappingProxyType({}),
) -> Flows:
    """Return the flows of a span for ``drawings.sankey_svg``; ids as in ``network``.

    A type's ways in and out are named ``in-…`` and ``out-…``. Of a point whose amount, or that of
    one below it, is not known, no rest is told. What less than nothing was metered is not drawn.

    Args:
        points: The tree. Shape (n,).
        amounts: By point; one that is missing is not known.
        shares: By point, of those that hung in several places over the span.

    Source:
        JJF 1356-2012, figure B.1.
    """
    unknown = Amount(None, "")
    known = {point.id: amounts.get(point.id, unknown) for point in points}
    hung = [
        (point._replace(parent_id=one.parent_id, level=one.level, flow=one.flow), one.amount)
        for point in points
        for one in shares.get(point.id)
        or [Share(point.parent_id, point.level, point.flow, known[point.id])]
    ]
    flows = [
        _flow(point, amount)
        for point, amount in hung
        if not _is_below_zero(amount.amount)
        and (point.level == BOUNDARY or point.parent_id in known)
    ]
    rests: dict[int, Decimal] = {}
    exceeded: list[int] = []
    for point_id, rest in _rests(hung, known):
        if rest > 0:
            rests[point_id] = rest
        elif rest < 0:
            exceeded.append(point_id)
    return Flows(flows, rests, exceeded)


def _flow(point: Placed, amount: Amount) -> Flow:
    """Return the flow that ends, or begins where energy goes out, at a point."""
    name = f"p{point.id}"
    if point.level != BOUNDARY:
        return Flow(f"p{point.parent_id}", name, amount.amount, amount.label)
    if point.flow in _OUTWARD:
        return Flow(name, f"out-{point.energy_type_id}", amount.amount, amount.label)
    return Flow(f"in-{point.energy_type_id}", name, amount.amount, amount.label)


def _is_below_zero(amount: Decimal | None) -> bool:
    return amount is not None and amount < 0


def _rests(
    hung: Iterable[tuple[Placed, Amount]], known: Mapping[int, Amount]
) -> Iterable[tuple[int, Decimal]]:
    """Yield for each point with points below it what it meters beside them, where all is known."""
    below: dict[int, list[Decimal | None]] = {}
    for point, amount in hung:
        above = point.parent_id
        if above is not None and above in known and point.level != BOUNDARY:
            below.setdefault(above, []).append(amount.amount)
    for point_id, children in below.items():
        parts = [known[point_id].amount, *children]
        amounts = [part for part in parts if part is not None]
        if len(amounts) == len(parts):
            yield point_id, amounts[0] - sum(amounts[1:], Decimal(0))
