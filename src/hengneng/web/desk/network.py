"""A unit's metering network and a month's energy flow, drawn in the reader's words."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as _

from hengneng.kernel.drawings import Flow, Node, sankey_svg, tree_svg
from hengneng.registry.energy.queries import EnergyTypeRow
from hengneng.registry.instruments.queries import InstrumentRow
from hengneng.registry.points import rules
from hengneng.registry.points.queries import OwedRow, PointRow
from hengneng.registry.points.rules import Amount, Missing, Placed, Share
from hengneng.telemetry.consumption.queries.places import Part
from hengneng.telemetry.consumption.queries.statement import Line
from hengneng.web.parts import marks, tags

_INDICATOR = "INDICATOR"  # output, value added …: a figure, no energy
# The fixed colours of energy types (parts/figures.css), by how their codes end.
_COLOURS = {
    "ELECTRICITY": "power",
    "GAS": "gas",
    "LPG": "gas",
    "LNG": "gas",
    "WATER": "water",
    "HEAT": "heat",
    "STEAM": "heat",
    "COOLING": "heat",
    "OIL": "oil",
    "DIESEL": "oil",
    "GASOLINE": "oil",
    "KEROSENE": "oil",
    "COAL": "coal",
    "COKE": "coal",
}
Types = Mapping[str, EnergyTypeRow]
# Draws on a page, or standing alone where it is asked to.
Draw = Callable[[bool], str]


class Measured(NamedTuple):
    """A point's part in the flow of a month.

    Attributes:
        point: The point.
        tonnes: What it metered; None: not known. [tce]
        rest: What of it no point below meters; None: none, or not known. [tce]
        is_exceeded: Whether the points below meter more than it does.
        is_drawn: Whether it is in the drawing.
    """

    point: PointRow
    tonnes: Decimal | None
    rest: Decimal | None
    is_exceeded: bool
    is_drawn: bool


class Drawn(NamedTuple):
    """The flow of a month.

    Attributes:
        draw: How it is drawn; None: there is nothing to draw.
        rows: The same numbers.
    """

    draw: Draw | None
    rows: list[Measured]


def network_of(
    unit_code: str,
    points: Sequence[PointRow],
    owed: Sequence[OwedRow],
    instruments: Sequence[InstrumentRow],
    types: Types,
) -> Draw | None:
    """Return how the network is drawn, what is owed among what there is; None: there is nothing.

    Args:
        unit_code: The unit's social credit code, for where a point leads.
        points: The unit's points. Shape (n,).
        owed: The points that it owes; those of which the rules do not tell are not drawn.
        instruments: What stands at its points.
        types: The energy types by code.
    """
    stands = {row.point_id: row.number for row in instruments}
    placed = [
        _placed(unit_code, point, types, stands.get(point.id) or _("no instrument on record"))
        for point in points
    ]
    missing = [_missing(row, types) for row in owed if row.ground != "UNDECIDED"]
    nodes, edges = rules.network(placed, missing)
    if not nodes:
        return None
    said = _("%(points)s points from the boundary inwards, %(owed)s owed.")
    headings = (marks.LEVELS["LEVEL_1"], marks.LEVELS["LEVEL_2"], _("Level 3 and others"))
    return lambda standalone: tree_svg(
        nodes,
        edges,
        title=_("Metering network"),
        description=said % {"points": len(placed), "owed": len(missing)},
        headings=[str(heading) for heading in headings],
        prefix="network",
        standalone=standalone,
    )


def flow_of(
    unit_code: str,
    points: Sequence[PointRow],
    lines: Sequence[Line],
    types: Types,
    parts: Mapping[int, Sequence[Part]],
) -> Drawn:
    """Return a month's flow in standard coal, the one measure that all energy types share.

    Args:
        unit_code: The unit's social credit code, for where a point leads.
        points: The unit's points; indicators are left out, they are no energy. Shape (n,).
        lines: What the points metered in the month.
        types: The energy types by code.
        parts: By point, of those that hung in several places in the month, what fell to which.
    """
    there = [point for point in points if types[point.energy_type_id].kind != _INDICATOR]
    tonnes = {line.point_id: line.tonnes for line in lines}
    placed = [_placed(unit_code, point, types, "") for point in there]
    shares = {
        point: [Share(one.parent_id, one.level, one.flow, _amount(one.tonnes)) for one in some]
        for point, some in parts.items()
    }
    told = rules.energy_flows(placed, {p.id: _amount(tonnes.get(p.id)) for p in there}, shares)
    flows = _flows(told, there)
    drawn = {end for flow in flows for end in (flow.source, flow.target)}
    rows = [
        Measured(
            point,
            tonnes.get(point.id),
            told.rests.get(point.id),
            point.id in told.exceeded,
            f"p{point.id}" in drawn,
        )
        for point in there
    ]
    if not flows:
        return Drawn(None, rows)
    nodes = _places(placed, {p.id: _amount(tonnes.get(p.id)).label for p in there}, types)
    return Drawn(lambda standalone: _sankey(flows, nodes, standalone=standalone), rows)


def _sankey(flows: Sequence[Flow], nodes: Sequence[Node], *, standalone: bool) -> str:
    """Return the flows drawn."""
    return sankey_svg(
        flows,
        title=_("Energy flow"),
        description=_("Standard coal of the month; the table below tells the same."),
        nodes=nodes,
        prefix="flow",
        standalone=standalone,
    )


def _flows(told: rules.Flows, points: Sequence[PointRow]) -> list[Flow]:
    """Return the flows in their colours, what is metered by no point below among them."""
    colours = {f"p{point.id}": colour_of(point.energy_type_id) for point in points}
    flows = [
        flow._replace(kind=colours.get(flow.target) or colours.get(flow.source, ""))
        for flow in told.flows
    ]
    flows += [
        Flow(f"p{place}", f"rest-{place}", rest, _amount(rest).label, colours[f"p{place}"])
        for place, rest in told.rests.items()
    ]
    return flows


def _places(placed: Sequence[Placed], amounts: Mapping[int, str], types: Types) -> list[Node]:
    """Return the words of every place that a flow may touch."""
    nodes = []
    for code in dict.fromkeys(one.energy_type_id for one in placed):
        name, colour = tags.name(types[code]), colour_of(code)
        nodes.append(Node(f"in-{code}", name, kind=colour))
        said = _("%(energy)s, given away or stored") % {"energy": name}
        nodes.append(Node(f"out-{code}", said, kind=colour))
    for one in placed:
        colour, said = colour_of(one.energy_type_id), _("metered by no point below")
        nodes.append(Node(f"p{one.id}", one.title, (amounts[one.id],), kind=colour, href=one.href))
        nodes.append(Node(f"rest-{one.id}", said, kind=colour))
    return nodes


def _placed(unit_code: str, point: PointRow, types: Types, stands: str) -> Placed:
    """Return a point in the reader's words; it leads to its curve."""
    said = f"{point.code} · {tags.name(types[point.energy_type_id])}"
    return Placed(
        point.id,
        point.energy_type_id,
        point.level,
        point.flow,
        point.parent_id,
        point.name,
        (said, stands) if stands else (said,),
        f"{reverse('unit-curves', args=[unit_code])}?point={point.id}",
    )


def _missing(row: OwedRow, types: Types) -> Missing:
    """Return an owed point in the reader's words."""
    title = f"{row.consumer_code} {row.consumer_name}".strip() or _("The unit's boundary")
    kind = tags.name(types[row.energy_type_id])
    return Missing(row.energy_type_id, row.level, title, (kind, _("owed")))


def _amount(tonnes: Decimal | None) -> Amount:
    """Return what a point metered, as coal."""
    if tonnes is None:
        return Amount(None, _("nothing known"))
    return Amount(tonnes, tags.uom(tags.fixed(tonnes, 2), "tce"))


def colour_of(energy_type: str) -> str:
    """Return the kind whose colour an energy type has; empty: none of its own.

    >>> colour_of("NATURAL_GAS"), colour_of("OUTPUT")
    ('gas', '')
    """
    return next((kind for end, kind in _COLOURS.items() if energy_type.endswith(end)), "")
