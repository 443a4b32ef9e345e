"""Flows from left to right: a band as thick as its amount, a bar as high as what passes it."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from hengneng.kernel.drawings.rules import svg, text
from hengneng.kernel.drawings.rules.svg import Node, NotDrawable

BAR_WIDTH = 14
GAP_X, MARGIN = 190, 12
# A bar's words need this much height, however thin it is.
SLOT_MIN, SLOT_GAP = 34, 10
# The thickest column's bars are as high as this together, whatever the unit of measure.
BARS_HEIGHT = 360
BAND_MIN, UNKNOWN_BAND = 1.0, 6.0
TITLE_SIZE, LINE_SIZE = 13, 11
_SWEEPS = 4
_ZERO = Decimal(0)


class Flow(NamedTuple):
    """What goes from one place to another.

    Attributes:
        source: Id of the place it comes from.
        target: Id of the place it goes to.
        amount: How much, in one measure throughout the drawing; None: nothing is known.
        label: The amount as a person reads it, with its unit.
        kind: A word of its style, like ``power``: class ``is-…``.
    """

    source: str
    target: str
    amount: Decimal | None
    label: str = ""
    kind: str = ""


class _Bar(NamedTuple):
    """Where a place stands, and how high it is. [px]"""

    x: float
    y: float
    height: float


def sankey_svg(
    flows: Sequence[Flow],
    *,
    title: str,
    description: str,
    nodes: Sequence[Node] = (),
    prefix: str = "sankey",
    standalone: bool = False,
) -> str:
    """Return flows drawn from left to right.

    A flow of which nothing is known is drawn as an empty dashed band: not known is not zero. What
    enters a place and does not leave it, or the other way round, shows as a part of its bar
    without a band.

    Args:
        flows: The flows; of equal ones the earlier stands higher. Shape (m,).
        title: What the drawing shows.
        description: What is to be seen in it, for who cannot.
        nodes: The places' words; one that is not among them shows its id. Shape (n,).
        prefix: Begins the ids, so that a page may hold several.
        standalone: Whether it brings its own style, for a file or a document.

    Returns:
        SVG text, the same for the same values.

    Raises:
        NotDrawable: If an amount is negative or no number, or flows go round in a circle.
    """
    places = _places(flows, nodes)
    columns = _columns(flows, places)
    scale = _scale(columns, _through(flows, places))
    thick = [_thickness(flow.amount, scale) for flow in flows]
    ordered = _ordered(flows, columns)
    bars = _bars(ordered, _heights(flows, thick))
    parts = _bands(flows, thick, bars, places)
    parts += [_place(places[name], bars[name]) for column in ordered for name in column]
    size = (
        2 * MARGIN + max(len(ordered), 1) * (BAR_WIDTH + GAP_X),
        2 * MARGIN + max((_slot(bar.y, bar.height) - MARGIN for bar in bars.values()), default=0),
    )
    return svg.drawing(
        parts,
        size=size,
        title=title,
        description=description,
        prefix=prefix,
        standalone=standalone,
    )


def _places(flows: Iterable[Flow], nodes: Iterable[Node]) -> dict[str, Node]:
    """Return the places that flows touch, in the order of the nodes, then of the flows.

    Raises:
        NotDrawable: If an amount is negative or no number.
    """
    touched: dict[str, Node] = {}
    for flow in flows:
        if flow.amount is not None and (not flow.amount.is_finite() or flow.amount < _ZERO):
            raise NotDrawable(f"{flow.source} gives {flow.target} {flow.amount}")
        for name in (flow.source, flow.target):
            touched.setdefault(name, Node(name, name))
    told = {node.id: node for node in nodes if node.id in touched}
    return told | {name: node for name, node in touched.items() if name not in told}


def _columns(flows: Iterable[Flow], places: Mapping[str, Node]) -> dict[str, int]:
    """Return each place's column: right of all that flow into it.

    Raises:
        NotDrawable: If flows go round in a circle.
    """
    out: dict[str, list[str]] = {name: [] for name in places}
    waits = dict.fromkeys(places, 0)
    for flow in flows:
        out[flow.source].append(flow.target)
        waits[flow.target] += 1
    column = {name: node.column for name, node in places.items()}
    ready = [name for name in places if not waits[name]]
    for name in ready:
        for target in out[name]:
            column[target] = max(column[target], column[name] + 1)
            waits[target] -= 1
            if not waits[target]:
                ready.append(target)
    if len(ready) < len(places):
        lost = sorted(set(places) - set(ready))
        raise NotDrawable(f"{', '.join(lost)}: flows go round in a circle")
    return column


def _through(flows: Iterable[Flow], places: Iterable[str]) -> dict[str, Decimal]:
    """Return how much passes each place: what is known to enter or to leave, if that is more."""
    enters, leaves = (dict.fromkeys(places, _ZERO) for _ in range(2))
    for flow in flows:
        leaves[flow.source] += flow.amount or _ZERO
        enters[flow.target] += flow.amount or _ZERO
    return {name: max(enters[name], leaves[name]) for name in enters}


def _scale(columns: Mapping[str, int], through: Mapping[str, Decimal]) -> Decimal:
    """Return how thick one of the measure is. [px]"""
    sums: dict[int, Decimal] = {}
    for name, column in columns.items():
        sums[column] = sums.get(column, _ZERO) + through[name]
    most = max(sums.values(), default=_ZERO)
    return BARS_HEIGHT / most if most else _ZERO


def _thickness(amount: Decimal | None, scale: Decimal) -> float:
    """Return how thick an amount is drawn; however small, it can be seen. [px]"""
    return UNKNOWN_BAND if amount is None else max(float(amount * scale), BAND_MIN)


def _heights(flows: Sequence[Flow], thick: Sequence[float]) -> dict[str, float]:
    """Return how high each place's bar is: its bands on the thicker side. [px]"""
    enters: dict[str, float] = {}
    leaves: dict[str, float] = {}
    for flow, thickness in zip(flows, thick, strict=True):
        leaves[flow.source] = leaves.get(flow.source, 0.0) + thickness
        enters[flow.target] = enters.get(flow.target, 0.0) + thickness
    return {name: max(enters.get(name, 0.0), leaves.get(name, 0.0)) for name in enters | leaves}


def _ordered(flows: Sequence[Flow], columns: Mapping[str, int]) -> list[list[str]]:
    """Return the places by column, each column so that few bands cross."""
    ordered: list[list[str]] = [[] for _ in range(max(columns.values(), default=-1) + 1)]
    for name, column in columns.items():
        ordered[column].append(name)
    weights: dict[str, list[tuple[str, Decimal]]] = {name: [] for name in columns}
    for flow in flows:
        weight = (flow.amount or _ZERO) + 1
        weights[flow.source].append((flow.target, weight))
        weights[flow.target].append((flow.source, weight))
    at = {name: Decimal(place) for names in ordered for place, name in enumerate(names)}
    for sweep in range(_SWEEPS):
        for names in ordered if sweep % 2 == 0 else reversed(ordered):
            names.sort(key=lambda name: _centre(weights[name], at, at[name]))
            at |= {name: Decimal(place) for place, name in enumerate(names)}
    return ordered


def _centre(
    neighbours: Iterable[tuple[str, Decimal]], at: Mapping[str, Decimal], otherwise: Decimal
) -> Decimal:
    """Return the mean place of what a place gives to or takes from."""
    pairs = list(neighbours)
    total = sum((weight for _, weight in pairs), _ZERO)
    return sum((at[name] * weight for name, weight in pairs), _ZERO) / total if total else otherwise


def _slot(y: float, height: float) -> float:
    """Return where the room of a bar and its words ends."""
    return y + max(height, SLOT_MIN)


def _bars(ordered: Sequence[Sequence[str]], heights: Mapping[str, float]) -> dict[str, _Bar]:
    """Return where each place stands; columns lie amid the height of the highest one."""
    tall = [
        sum(_slot(0, heights[name]) + SLOT_GAP for name in column) - SLOT_GAP for column in ordered
    ]
    bars: dict[str, _Bar] = {}
    for place, column in enumerate(ordered):
        y = MARGIN + (max(tall) - tall[place]) / 2
        for name in column:
            bars[name] = _Bar(MARGIN + place * (BAR_WIDTH + GAP_X), y, heights[name])
            y = _slot(y, heights[name]) + SLOT_GAP
    return bars


def _bands(
    flows: Sequence[Flow],
    thick: Sequence[float],
    bars: Mapping[str, _Bar],
    places: Mapping[str, Node],
) -> list[str]:
    """Return the bands, which leave and enter each bar in the order of their other ends."""
    ends = [(flow.source, flow.target) for flow in flows]
    starts = _offsets(ends, thick, bars)
    stops = _offsets([(target, source) for source, target in ends], thick, bars)
    bands = []
    for number, flow in enumerate(flows):
        left, right = bars[flow.source].x + BAR_WIDTH, bars[flow.target].x
        path = _path((left, starts[number]), (right, stops[number]), thick[number])
        said = f"{places[flow.source].title} → {places[flow.target].title}  {flow.label}"
        kind = "unknown" if flow.amount is None else flow.kind
        attributes = {"class": svg.classes("drawing-flow", kind), "d": path}
        bands.append(svg.element("path", attributes, svg.words("title", said)))
    return bands


def _offsets(
    ends: Sequence[tuple[str, str]], thick: Sequence[float], bars: Mapping[str, _Bar]
) -> dict[int, float]:
    """Return where each band touches the bar of its first end, by the band's place. [px]"""
    used: dict[str, float] = {}
    found: dict[int, float] = {}
    for number in sorted(range(len(ends)), key=lambda place: bars[ends[place][1]].y):
        name = ends[number][0]
        found[number] = bars[name].y + used.get(name, 0.0)
        used[name] = used.get(name, 0.0) + thick[number]
    return found


def _path(start: tuple[float, float], stop: tuple[float, float], thickness: float) -> str:
    """Return the outline of a band from its upper left to its upper right corner and back."""
    middle, x, to_x = (svg.number(n) for n in ((start[0] + stop[0]) / 2, start[0], stop[0]))
    top, to = svg.number(start[1]), svg.number(stop[1])
    low, to_low = svg.number(start[1] + thickness), svg.number(stop[1] + thickness)
    return (
        f"M{x} {top}C{middle} {top} {middle} {to} {to_x} {to}"
        f"V{to_low}C{middle} {to_low} {middle} {low} {x} {low}Z"
    )


def _place(node: Node, bar: _Bar) -> str:
    """Return a place's bar with its words right of it."""
    box = {"x": bar.x, "y": bar.y, "width": BAR_WIDTH, "height": bar.height}
    drawn = [svg.element("rect", {"class": "drawing-bar", **box})]
    x, room = bar.x + BAR_WIDTH + 6, GAP_X - 12
    y = bar.y + max(bar.height - SLOT_MIN, 0) / 2 + TITLE_SIZE
    title = text.lines_of(node.title, width=room, size=TITLE_SIZE, most=1)
    lines = [text.lines_of(line, width=room, size=LINE_SIZE, most=1) for line in node.lines[:1]]
    for style, shown in (("drawing-title", title), *(("drawing-text", line) for line in lines)):
        drawn.append(svg.words("text", "".join(shown), class_=style, x=x, y=y))
        y += LINE_SIZE + 4
    return svg.group(node, *drawn)
