"""What every tab of a unit has: its head, the way to the other tabs, its lists as files."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, NamedTuple
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from hengneng.insight.coverage import queries as coverage
from hengneng.kernel import clock
from hengneng.kernel.policy.rules import Permission
from hengneng.registry.energy import queries as energy
from hengneng.registry.energy.queries import EnergyTypeRow
from hengneng.registry.points import queries as points
from hengneng.registry.terminals import queries as terminals
from hengneng.registry.units import queries as units
from hengneng.registry.units.queries import UnitRow
from hengneng.telemetry.consumption.queries import progress
from hengneng.telemetry.journal import queries as journal
from hengneng.web.desk import kept
from hengneng.web.desk.asked import BASES, Asked, asked
from hengneng.web.desk.views.units import district_names
from hengneng.web.parts import exports, frame
from hengneng.web.parts.frame import Entry
from hengneng.web.parts.views import PageView

TABS: dict[str, tuple[Any, Permission]] = {
    "unit": (_("Overview"), Permission.VIEW_READINGS),
    "unit-card": (_("Card"), Permission.VIEW_UNIT),
    "unit-instruments": (_("Instruments"), Permission.VIEW_READINGS),
    "unit-network": (_("Points and network"), Permission.VIEW_READINGS),
    "unit-equipment": (_("Sub-units and equipment"), Permission.VIEW_UNIT),
    "unit-equipping": (_("Equipping"), Permission.VIEW_UNIT),
    "unit-curves": (_("Curves"), Permission.VIEW_READINGS),
    "unit-consumption": (_("Consumption"), Permission.VIEW_READINGS),
    "unit-fuels": (_("Fuels"), Permission.VIEW_READINGS),
    "unit-ledger": (_("Forms"), Permission.VIEW_READINGS),
    "unit-evidence": (_("Evidence"), Permission.VIEW_READINGS),
    "unit-facts": (_("History of facts"), Permission.VIEW_READINGS),
    "unit-differences": (_("What changed"), Permission.VIEW_READINGS),
    "unit-people": (_("People"), Permission.EDIT_REGISTRY),
}
# What a reader chose goes along from tab to tab, where the tab heeds it.
CARRIED = ("day", "point", "basis", "as_of")
# The one tab that says beside its figures that they are restated.
RESTATING = "unit-consumption"
LEDGER = {"unit-card", "unit-instruments", "unit-network", "unit-equipment", "unit-equipping"}
HEEDING = LEDGER | {"unit", "unit-curves", "unit-consumption", "unit-fuels"}


class File(NamedTuple):
    """A list of the page as a file: its name, ASCII, its titles and rows. Shape (n, len(head))."""

    name: str
    head: Sequence[Any]
    rows: Sequence[Sequence[Any]]


class Look(NamedTuple):
    """What a tab is asked to show.

    Attributes:
        unit: Whose.
        words: Day, point, basis, as known when.
        query: The address behind its question mark.
        page: Which page of its list, from 1.
        named: The named parts of the address.
        types: The energy types by code.
    """

    unit: UnitRow
    words: Asked
    query: QueryDict
    page: int
    named: dict[str, Any]
    types: dict[str, EnergyTypeRow]


class UnitTab(PageView):
    """A tab of a unit's page; ``?format=`` answers one of its lists as a file."""

    permission = Permission.VIEW_READINGS
    not_there: ClassVar[tuple[type[Exception], ...]] = (
        units.UnknownUnit,
        points.UnknownPoint,
        journal.UnknownMessage,
    )
    tab: ClassVar[str]

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Show the tab, or answer a list of it as a file.

        Raises:
            Http404: If there is no such unit in reach, no such list or no such format.
        """
        try:
            context = self.context()
        except self.not_there as error:
            raise Http404(str(error)) from error
        kind = request.GET.get("format")
        if kind is None:
            return TemplateResponse(request, self.template, context)
        file = self.files(context).get(request.GET.get("list", ""))
        if file is None or kind not in exports.FORMATS:
            raise Http404(kind)
        return exports.exported(
            kind, name=_file_name(file, context), head=file.head, rows=file.rows
        )

    def context(self) -> dict[str, Any]:
        """Return the unit's head and what the tab shows."""
        unit = units.unit_row(self.viewer, self.permission, self.kwargs["code"])
        said = self.request.GET.dict()
        if self.tab not in HEEDING:
            said.pop("as_of", None)
        words = asked(said, unit.id)
        if self.tab != RESTATING:
            words = words._replace(edition=None)
        number = frame.page_number(self.request)
        types = {row.code: row for row in energy.energy_types()}
        look = Look(unit, words, self.request.GET, number, self.kwargs, types)
        views = (
            {"kept": kept.kept(self.viewer, self.tab, self.request.GET.dict())}
            if self.tab in kept.LISTS
            else {}
        )
        return {**self._head(look), **views, **self.shown(look)}

    @abstractmethod
    def shown(self, look: Look) -> dict[str, Any]:
        """Return what this tab shows beside the head."""

    def files(self, context: dict[str, Any]) -> dict[str, File]:  # noqa: ARG002
        """Return the tab's lists by their names; the empty name is its main one."""
        return {}

    def _head(self, look: Look) -> dict[str, Any]:
        unit, words = look.unit, look.words
        names = district_names()
        head = {
            "unit": unit,
            "districts": [names.get(code, code) for code in unit.districts],
            "listings": units.listings_of(unit.id)[:1],
            "asked": words,
            "bases": BASES,
            "types": look.types,
            "tabs": self._tabs(unit),
            "may_confirm": self.viewer.may(Permission.CONFIRM_POINT),
        }
        # What is asked about now has no standing in the past.
        return head if words.as_of else head | _standing(unit.id)

    def _tabs(self, unit: UnitRow) -> list[Entry]:
        kept = urlencode({k: self.request.GET[k] for k in CARRIED if self.request.GET.get(k)})
        return [
            Entry(
                reverse(name, args=[unit.code]) + (f"?{kept}" if kept and name in HEEDING else ""),
                label,
                name == self.tab,
            )
            for name, (label, need) in TABS.items()
            if self.viewer.may(need)
        ]


def _standing(unit_id: int) -> dict[str, Any]:
    """Return how the unit is connected now and what of it waits for a decision."""
    there = terminals.terminals_of(unit_id)
    return {
        "connection": coverage.connections([unit_id], at=clock.now())[unit_id],
        "business": units.business_at([unit_id], clock.now()).get(unit_id),
        "terminals": there,
        "pending": [terminal for terminal in there if terminal.state == "PENDING"],
        "proposals": points.proposals_of(unit_id),
        "recompute": progress.waiting_of(unit_id),
    }


def _file_name(file: File, context: Mapping[str, Any]) -> str:
    """Return a name that tells two downloads apart: the list, the unit, the day."""
    return f"{file.name}-{context['unit'].code}-{context['asked'].day.isoformat()}"
