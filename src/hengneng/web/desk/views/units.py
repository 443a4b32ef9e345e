"""The list of units in reach: filtered, sorted, paged, exported as shown, its views kept."""

from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hengneng.kernel import clock
from hengneng.kernel.policy.rules import Permission
from hengneng.people.views import operations as saving
from hengneng.people.views import queries as saved
from hengneng.registry.bodies import queries as bodies
from hengneng.registry.energy import queries as energy
from hengneng.registry.units import queries as units
from hengneng.web.desk import unit_list
from hengneng.web.desk.unit_list import Line, Wanted, wanted
from hengneng.web.parts import exports, frame, marks, tags
from hengneng.web.parts.views import ActionView, FrontView, PageView

PAGE, PAGE_SIZE = "units", 50


class Condition(NamedTuple):
    """A condition in words, and the address without it."""

    words: Any
    without: str


class Units(PageView):
    """The list."""

    permission = Permission.VIEW_UNIT
    template = "desk/units.html"

    def context(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:  # noqa: ARG002
        """Return one page of what the filter shows."""
        asked, number = wanted(request.GET.dict()), frame.page_number(request)
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
            "views": saved.saved_views(self.viewer.account_id or 0, PAGE),
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


class SaveView(ActionView):
    """Keep what the list shows under a name."""

    permission = Permission.VIEW_UNIT
    afterwards = "units"
    anticipated = {
        saving.BadViewName: gettext_lazy("Give the view a name of at most 40 characters."),
        saving.LongQuery: gettext_lazy("The filter is too long to be kept."),
        saving.TooManyViews: gettext_lazy("You keep as many views as fit; forget one first."),
    }

    def act(self, request: HttpRequest, **kwargs: Any) -> Any:  # noqa: ARG002
        """Keep it."""
        asked = wanted(QueryDict(request.POST.get("query", "").lstrip("?")).dict())
        view = saving.save_view(
            page=PAGE,
            name=request.POST.get("name", ""),
            query=asked.query,
            by=self.viewer.account_id or 0,
            at=clock.now(),
        )
        return _("The view “%(name)s” is kept.") % {"name": view.name}


class ForgetView(ActionView):
    """Forget a kept view."""

    permission = Permission.VIEW_UNIT
    afterwards = "units"
    anticipated = {saving.UnknownView: gettext_lazy("This view is gone already.")}

    def act(self, request: HttpRequest, **kwargs: Any) -> Any:  # noqa: ARG002
        """Forget it."""
        name = saving.forget_view(
            view_id=kwargs["view_id"], by=self.viewer.account_id or 0, at=clock.now()
        )
        return _("The view “%(name)s” is forgotten.") % {"name": name}


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
