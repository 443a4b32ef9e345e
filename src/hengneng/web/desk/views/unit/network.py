"""How a unit meters: its points, their network, what it owes, a month's energy through the tree."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from hengneng.kernel.drawings import NotDrawable
from hengneng.kernel.policy.rules import Permission
from hengneng.registry.instruments import queries as instruments
from hengneng.registry.points import queries as points
from hengneng.registry.points.queries import OwedRow
from hengneng.telemetry.consumption.queries import figures
from hengneng.web.desk import network, sheet
from hengneng.web.desk.network import Draw, Measured
from hengneng.web.desk.views.unit import points as listed
from hengneng.web.desk.views.unit.base import File, Look
from hengneng.web.desk.views.unit.standing import LedgerTab, Stood
from hengneng.web.parts import marks, tags


class Network(LedgerTab):
    """The tab; ``?format=svg&list=`` answers one of its drawings as a file."""

    permission = Permission.VIEW_READINGS
    template = "desk/unit/network.html"
    tab = "unit-network"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show the tab, answer a list as a file, or a drawing.

        Raises:
            Http404: If there is no such unit in reach, list, drawing or format.
        """
        if request.GET.get("format") != "svg":
            return super().get(request, **kwargs)
        try:
            drawn = self.context()["drawn"]
        except self.not_there as error:
            raise Http404(str(error)) from error
        name = request.GET.get("list", "")
        if name not in drawn:
            raise Http404(name)
        named = f'attachment; filename="{name}-{kwargs["code"]}.svg"'
        return HttpResponse(
            drawn[name](True), content_type="image/svg+xml", headers={"Content-Disposition": named}
        )

    def ledger(self, look: Look, stood: Stood) -> dict[str, Any]:
        """Return the network, what is owed, what feeds no point, and the month's flow."""
        unit, words = look.unit, look.words
        types = look.types
        there = points.points_of(unit.id, at=stood.at, as_of=stood.as_of)
        stands = instruments.instruments_of(unit.id, at=stood.at, as_of=stood.as_of)
        owing = points.owed_points(unit.id, at=stood.at, as_of=stood.as_of, points=there)
        metered = sheet.points_in_month(unit.id, words)
        lines = sheet.month_of(unit.id, words).lines
        parts = sheet.parts_of_month(unit.id, words, lines)
        flow = network.flow_of(unit.code, metered, lines, types, parts)
        flow_drawn = _tree_of(flow.draw)
        drawn = {
            "network": _tree_of(network.network_of(unit.code, there, owing.rows, stands, types)),
            "energy-flow": flow_drawn,
        }
        return {
            "owing": owing,
            "tree": list(listed.tree(there, stands)),
            "in_a_ring": bool(there) and not drawn["network"],
            "measured": flow.rows,
            "drawn": {name: draw for name, draw in drawn.items() if draw},
            "network": _on_page(drawn["network"]),
            "flow": _on_page(flow_drawn),
            "moved": bool(parts),
            "unclaimed": figures.series_without_point(
                unit_id=unit.id, from_day=words.month, to_day=words.month_end
            ),
        }

    def files(self, context: dict[str, Any]) -> dict[str, File]:
        """Return the points, what is owed, what feeds no point, and the numbers of the flow."""
        types = context["types"]
        names = {code: tags.name(row) for code, row in types.items()}
        return {
            "": File("points", listed.titles(), [listed.cells(b, types) for b in context["tree"]]),
            "owed": File(
                "owed-points",
                (_("Energy type"), _("Level"), _("Of"), _("Why"), _("Must be uploaded")),
                [_owed_cells(row, names) for row in context["owing"].rows],
            ),
            "unclaimed": File(
                "without-point",
                (_("Source"), _("First day"), _("Last day"), _("Values")),
                [(tags.source(one.key), *one[1:]) for one in context["unclaimed"]],
            ),
            "flow": File(
                "energy-flow",
                (_("Point"), _("Name"), _("Energy type"), "tce", _("Not metered below, tce")),
                [_measured_cells(row, names) for row in context["measured"]],
            ),
        }


def _tree_of(draw: Draw | None) -> Draw | None:
    """Return a drawing, if it can be drawn: of points in a ring, be it by turns, there is none."""
    if draw is None:
        return None
    try:
        on_page = draw(False)
    except NotDrawable:
        return None
    return lambda standalone: draw(True) if standalone else on_page


def _on_page(draw: Draw | None) -> SafeString | None:
    """Return a drawing as a part of the page."""
    return mark_safe(draw(False)) if draw else None  # noqa: S308 kernel/drawings escapes every word


def _owed_cells(row: OwedRow, names: dict[str, str]) -> tuple[Any, ...]:
    return (
        names[row.energy_type_id],
        str(marks.LEVELS[row.level]),
        f"{row.consumer_code} {row.consumer_name}".strip() or _("The unit's boundary"),
        str(marks.GROUNDS[row.ground]),
        _("yes") if row.on_line else _("no"),
    )


def _measured_cells(row: Measured, names: dict[str, str]) -> tuple[Any, ...]:
    point = row.point
    return (point.code, point.name, names[point.energy_type_id], row.tonnes, row.rest)
