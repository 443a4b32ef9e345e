"""The desk's first page: what waits for the viewer, then the units in reach."""

from typing import Any

from django.http import HttpRequest

from hengneng.kernel.policy.rules import Permission
from hengneng.registry.points import queries as points
from hengneng.registry.terminals import queries as terminals
from hengneng.registry.units import queries as units
from hengneng.web.parts.views import PageView

UNITS_SHOWN = 10
TODOS_SHOWN = 50


class Desk(PageView):
    """To-dos of every room, and the way to the units."""

    permission = Permission.VIEW_UNIT
    template = "desk/home.html"

    def context(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:  # noqa: ARG002
        """Join what awaits the viewer in each room."""
        requests, proposals = terminals.awaiting(self.viewer), points.awaiting(self.viewer)
        reached = units.unit_page(self.viewer, Permission.VIEW_UNIT, size=UNITS_SHOWN)
        return {
            "requests": requests[:TODOS_SHOWN],
            "proposals": proposals[:TODOS_SHOWN],
            "waiting": len(requests) + len(proposals),
            "shown": min(len(requests), TODOS_SHOWN) + min(len(proposals), TODOS_SHOWN),
            "may_decide": self.viewer.may(Permission.ADMIT_TERMINAL)
            or self.viewer.may(Permission.CONFIRM_POINT),
            "units": reached,
        }
