"""The list of units in reach, filtered, paged, exported as shown."""

from typing import Any, NamedTuple

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from hengneng.kernel.policy.rules import Permission
from hengneng.registry.bodies import queries as bodies
from hengneng.registry.units import queries as units
from hengneng.web.parts import exports, marks, tags
from hengneng.web.parts.views import FrontView, PageView

PAGE_SIZE = 50
PAGE_LAST = 100_000
SEARCH_LONGEST = 120
# A city has some thousands of units; a file holds all that the filter shows.
EXPORT_MOST = 100_000


class Filter(NamedTuple):
    """Which units the list shows."""

    search: str
    district: str


class Place(NamedTuple):
    """Where in a list a page stands."""

    number: int
    pages: int
    first: int
    last: int
    total: int

    @property
    def previous(self) -> int:
        """The page before."""
        return self.number - 1

    @property
    def next(self) -> int:
        """The page after."""
        return self.number + 1


class Units(PageView):
    """The list."""

    permission = Permission.VIEW_UNIT
    template = "desk/units.html"

    def context(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:  # noqa: ARG002
        """Return one page of what the filter shows."""
        chosen, number = filter_of(request), page_number(request)
        found = units.unit_page(
            self.viewer, self.permission, **chosen._asdict(), page=number, size=PAGE_SIZE
        )
        first = (number - 1) * PAGE_SIZE
        pages = -(-found.total // PAGE_SIZE)
        place = Place(number, pages, first + 1, first + len(found.rows), found.total)
        listings = units.listings_by_unit([row.id for row in found.rows])
        return {
            "rows": [(row, listings.get(row.id, [])[:1]) for row in found.rows],
            "page": place,
            "filter": chosen,
            "districts": bodies.districts(),
            "district_names": district_names(),
            "formats": exports.FORMATS,
        }


class UnitsFile(FrontView):
    """The list as a file: every unit that the filter shows, not only one page of them."""

    permission = Permission.VIEW_UNIT

    def get(self, request: HttpRequest) -> HttpResponse:
        """Return the file.

        Raises:
            Http404: If there is no such format.
        """
        kind = request.GET.get("format", "xlsx")
        if kind not in exports.FORMATS:
            raise Http404(kind)
        found = units.unit_page(
            self.viewer, self.permission, **filter_of(request)._asdict(), size=EXPORT_MOST
        )
        listings = units.listings_by_unit([row.id for row in found.rows])
        names = district_names()
        return exports.exported(
            kind,
            name="units",
            head=(
                _("Social credit code"),
                _("Name"),
                _("English name"),
                _("Districts"),
                _("Sector"),
                _("Address"),
                _("List"),
            ),
            rows=[
                (
                    row.code,
                    row.name,
                    row.name_en,
                    _(", ").join(names.get(code, code) for code in row.districts),
                    row.sector,
                    row.address,
                    _("; ").join(in_words(one) for one in listings.get(row.id, [])),
                )
                for row in found.rows
            ],
        )


def filter_of(request: HttpRequest) -> Filter:
    """Return the filter that the address asks for."""
    search = request.GET.get("search", "").replace("\x00", "").strip()[:SEARCH_LONGEST]
    return Filter(search, request.GET.get("district", "").replace("\x00", "")[:12])


def page_number(request: HttpRequest) -> int:
    """Return the page asked for; the first where the number is none."""
    text = request.GET.get("page", "1")
    is_number = text.isascii() and text.isdigit() and len(text) <= len(str(PAGE_LAST))
    return min(max(int(text), 1), PAGE_LAST) if is_number else 1


def district_names() -> dict[str, str]:
    """Return the districts' names in the reader's language by code."""
    return {row.code: tags.name(row) for row in bodies.districts()}


def in_words(listing: units.ListingRow) -> str:
    """Return a unit's place on a list in words."""
    return f"{listing.year} {marks.LISTS[listing.kind]} · {marks.TIERS[listing.tier]}"
