"""The list of units in reach: filtered, sorted, paged, exported as shown, its views kept."""

from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from hengneng.kernel import clock
from hengneng.kernel.policy.rules import Permission
from hengneng.registry.bodies import queries as bodies
from hengneng.registry.energy import queries as energy
from hengneng.registry.units import queries as units
from hengneng.web.desk import kept, unit_list
from hengneng.web.desk.unit_list import Line, Wanted, wanted
from hengneng.web.parts import exports, frame, marks, tags
from hengneng.web.parts.views import FrontView, PageView

PAGE_SIZE = 50


class Condition(NamedTuple):
    """A condition in words, and the address without it."""

    words: Any
    without: str


class Units(PageView):
    """The list."""

    permission = Permission.VIEW_UNIT
    template = "desk/units.html"

    def context(self) -> dict[str, Any]:
        """Return one page of what the filter shows."""
        asked, number = wanted(self.request.GET.dict()), frame.page_number(self.request)
        at, names = clock.now(), district_names()
        types = {row.code: tags.name(row) for row in energy.energy_types()}
        found = unit_list.found(
            self.viewer, asked, at=at, first=(number - 1) * PAGE_SIZE, size=PAGE_SIZE
        )
        return {
            "lines": found.lines,
            "page": frame.place_of(number, size=PAGE_SIZE, total=found.total),
            "asked": asked,
            "conditions": conditions(asked, names, types),
            "districts": names,
            "types": types,
            "sectors": units.sectors_reached(self.viewer, self.permission),
            "tiers": marks.TIERS,
            "standings": marks.CONNECTIONS,
            "kept": kept.kept(self.viewer, "units", self.request.GET.dict()),
            "basis": unit_list.BASIS,
        }


class UnitsFile(FrontView):
    """The list as a file: every unit that the filter shows, not only one page of them."""

    permission = Permission.VIEW_UNIT

    def get(self, request: HttpRequest) -> HttpResponse:
        """Return the file.

        Raises:
            Http404: If there is no such format.
        """
        kind = exports.asked_format(request)
        found = unit_list.found(self.viewer, wanted(request.GET.dict()), at=clock.now())
        names = district_names()
        head = (
            _("Name"),
            _("Social credit code"),
            _("Districts"),
            _("Sector"),
            _("List"),
            _("Connection"),
            _("Slots received in 7 days"),
            _("Slots expected in 7 days"),
            _("Last received"),
            _("Day"),
            _("Consumption of the day, tce"),
            _("How much of it is known"),
        )
        rows = [cells(line, names) for line in found.lines]
        return exports.exported(kind, name="units", head=head, rows=rows)


def conditions(asked: Wanted, districts: dict[str, str], types: dict[str, str]) -> list[Condition]:
    """Return the filter's conditions in words, each with the address without it."""
    said: dict[str, Any] = {
        "search": _("name or code with “%(text)s”") % {"text": asked.search},
        "district": districts.get(asked.district, asked.district),
        "sector": asked.sector,
        "tier": marks.TIERS.get(asked.tier),
        "standing": asked.standing and marks.CONNECTIONS[asked.standing].word,
        "energy": types.get(asked.energy, asked.energy),
    }
    return [
        Condition(words, f"?{asked._replace(**{name: ''}).query}")
        for name, words in said.items()
        if getattr(asked, name)
    ]


def cells(line: Line, names: dict[str, str]) -> tuple[Any, ...]:
    """Return a unit's row of the file."""
    received_at = line.connection.received_at
    return (
        tags.name(line.unit),
        line.unit.code,
        _(", ").join(names.get(code, code) for code in line.unit.districts),
        line.unit.sector,
        in_words(line.listing) if line.listing else "",
        str(marks.CONNECTIONS[line.connection.standing].word),
        line.connection.received,
        line.connection.expected,
        f"{timezone.localtime(received_at):%Y-%m-%d %H:%M:%S}" if received_at else "",
        line.day.day,
        line.day.tonnes,
        str(marks.SHARES[line.day.share].word),
    )


def district_names() -> dict[str, str]:
    """Return the districts' names in the reader's language by code."""
    return {row.code: tags.name(row) for row in bodies.districts()}


def in_words(listing: units.ListingRow) -> str:
    """Return a unit's place on a list in words."""
    return f"{listing.year} {marks.LISTS[listing.kind]} · {marks.TIERS[listing.tier]}"
