"""Lists that a unit's own people bring by a file: what the unit keeps itself, of no other unit."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase

from hengneng.kernel.imports import kinds
from hengneng.kernel.imports.queries import RunView
from hengneng.kernel.policy.rules import Permission
from hengneng.registry.units import queries as units
from hengneng.registry.units.queries import UnitRow
from hengneng.web.parts.imports.base import OfFront
from hengneng.web.parts.views import viewer_of
from hengneng.web.portal import chapters

CHAPTER = "portal-instruments"


class AtPortal(OfFront):
    """A view about lists that a unit brings: of the kinds it keeps itself, of itself alone.

    Rows of other units are refused by the import with their reason, not left out.
    """

    permission = Permission.REPORT_CHANGE
    prefix = "portal-"
    unit: UnitRow

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer if the unit's ledger is the viewer's to write in.

        Raises:
            Http404: If it is not.
        """
        viewer = viewer_of(request)
        if viewer.may(self.permission):
            try:
                self.unit = units.unit_row(viewer, self.permission, kwargs["code"])
            except units.UnknownUnit as error:
                raise Http404(str(error)) from error
        return super().dispatch(request, *args, **kwargs)

    def place(self) -> list[str]:
        """Return the unit's code."""
        return [self.unit.code]

    def kinds(self) -> list[str]:
        """Return the kinds that a unit keeps itself."""
        return kinds.kept_by_units()

    def reach(self) -> list[str] | None:
        """Return the unit's code alone."""
        return [self.unit.code]

    def unit_code(self) -> str | None:
        """Return the unit's code."""
        return self.unit.code

    def check_reach(self, run: RunView) -> None:
        """Refuse nothing: the file is the unit's, and the unit was found within reach."""

    def frame(self) -> dict[str, Any]:
        """Return the unit and the way to its other pages."""
        return {
            "unit": self.unit,
            "tabs": chapters.tabs(self.unit, CHAPTER),
            "has_several": chapters.has_several(self.viewer),
        }
