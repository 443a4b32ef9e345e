"""A unit's pages in the portal: the way between them, and what each is built on."""

from abc import abstractmethod
from typing import Any, ClassVar, NamedTuple

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hengneng.kernel.policy.rules import Permission, Viewer
from hengneng.registry.points import queries as points
from hengneng.registry.units import queries as units
from hengneng.registry.units.queries import UnitRow
from hengneng.web.parts import exports, frame
from hengneng.web.parts.views import FrontView, PageView

CHAPTERS: dict[str, Any] = {
    "portal-unit": _("Overview"),
    "portal-points": _("Points"),
    "portal-completeness": _("Completeness"),
    "portal-consumption": _("Consumption"),
    "portal-devices": _("Devices"),
    "portal-rejected": pgettext_lazy("chapter", "Not counted"),
    "portal-changes": pgettext_lazy("chapter", "Changes"),
    "portal-instruments": _("Instruments"),
    "portal-fuels": _("Fuels"),
    "portal-equipment": pgettext_lazy("chapter", "Equipment"),
    "portal-card": _("The unit"),
    "portal-declarations": pgettext_lazy("chapter", "Declarations"),
}


class Listing(NamedTuple):
    """A list as its file shows it.

    Attributes:
        name: The file's name without its ending, ASCII.
        head: Titles of the columns.
        rows: Shape (n, len(head)).
    """

    name: str
    head: tuple[Any, ...]
    rows: list[tuple[Any, ...]]


class UnitPage(PageView):
    """One of the unit's pages."""

    permission = Permission.VIEW_READINGS
    not_there: ClassVar[tuple[type[Exception], ...]] = (units.UnknownUnit, points.UnknownPoint)
    chapter: ClassVar[str]

    def context(self) -> dict[str, Any]:
        """Return the unit, the way to its other pages, and what this one shows."""
        unit = units.unit_row(self.viewer, self.permission, self.kwargs["code"])
        return {
            "unit": unit,
            "tabs": tabs(unit, self.chapter),
            "has_several": has_several(self.viewer),
            **self.of_unit(unit),
        }

    @abstractmethod
    def of_unit(self, unit: UnitRow) -> dict[str, Any]:
        """Return what this page shows."""


class UnitFile(FrontView):
    """One of the unit's lists as a file: every row of it, not only one page of them."""

    permission = Permission.VIEW_READINGS

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Return the file.

        Raises:
            Http404: If there is no such format, or the unit is not the viewer's to see.
        """
        kind = exports.asked_format(request)
        try:
            unit = units.unit_row(self.viewer, self.permission, kwargs["code"])
            listing = self.listing(unit)
        except (units.UnknownUnit, points.UnknownPoint) as error:
            raise Http404(str(error)) from error
        name = f"{unit.code}-{listing.name}"
        return exports.exported(kind, name=name, head=listing.head, rows=listing.rows)

    @abstractmethod
    def listing(self, unit: UnitRow) -> Listing:
        """Return the list."""


def tabs(unit: UnitRow, current: str) -> list[frame.Entry]:
    """Return the entries that lead to the unit's pages."""
    return [
        frame.Entry(reverse(route, args=[unit.code]), label, route == current)
        for route, label in CHAPTERS.items()
    ]


def has_several(viewer: Viewer) -> bool:
    """Answer whether the viewer has more than one unit to choose from."""
    return viewer.is_official() or len(viewer.units.get(Permission.VIEW_READINGS, ())) > 1
