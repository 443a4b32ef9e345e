"""The page of consumption by month, as known now or at an instant, and its file."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from hengneng.kernel.policy.rules import Permission
from hengneng.registry.bodies.queries import DistrictRow
from hengneng.web.boards import reported, sheet
from hengneng.web.boards.views import BASES, asked_of
from hengneng.web.parts import exports, frame, tags
from hengneng.web.parts.instants import shown_at
from hengneng.web.parts.views import FrontView, PageView, viewer_of

# What is still being worked out is asked for again so often by itself. [s]
AGAIN_S = 5
PAGE_SIZE = 50


def asked(request: HttpRequest, code: str | None) -> tuple[DistrictRow | None, dict[str, Any]]:
    """Return the district and what the address asks for of ``reported.page_of``.

    Beside it stand ``fault``, what was wrong with the instant, and ``ways``, how to gather here.

    Raises:
        UnknownDistrict: If there is no such district, or none of it is in reach.
    """
    viewer = viewer_of(request)
    own = code or sheet.own_district(viewer)
    district = None if own is None else sheet.reached_district(viewer, own)
    as_of, fault = shown_at(request.GET.get("as_of", ""))
    ways = [way for way in reported.GATHERED if way != "district" or district is None]
    return district, {
        "until": reported.month_in(request.GET.get("month", "")),
        "gathered": asked_of(request, "by", tuple(ways)),
        "basis": asked_of(request, "basis", BASES),
        "as_of": as_of,
        "fault": fault,
        "ways": {way: reported.GATHERED[way] for way in ways},
    }


class Reported(PageView):
    """Twelve months of the city, or of one district."""

    permission = Permission.VIEW_READINGS
    template = "boards/reported.html"
    not_there = (sheet.UnknownDistrict,)

    def context(self) -> dict[str, Any]:
        """Return the months, a page of what they are gathered under, and how they are asked for."""
        district, words = asked(self.request, self.kwargs.get("district_code"))
        fault, ways = words.pop("fault"), words.pop("ways")
        page = reported.page_of(self.viewer, district=district and district.code, **words)
        number = frame.page_number(self.request)
        return words | {
            "page": page,
            "rows": page.rows[(number - 1) * PAGE_SIZE : number * PAGE_SIZE],
            "place": frame.place_of(number, size=PAGE_SIZE, total=len(page.rows)),
            "district": district,
            "board": _address("board", district),
            "file": _address("reported", district, "-file"),
            "fault": fault,
            "ways": ways,
            "bases": BASES,
            "is_official": self.viewer.is_official(),
            "is_city": Permission.VIEW_READINGS in self.viewer.city,
            "again_s": AGAIN_S,
        }


class ReportedFile(FrontView):
    """The same as a file: a row for each month and sector, district or unit."""

    permission = Permission.VIEW_READINGS

    def get(self, request: HttpRequest, district_code: str | None = None) -> HttpResponse:
        """Return the file.

        Raises:
            Http404: If there is no such format or district, or the instant cannot be told of.
        """
        kind = exports.asked_format(request)
        try:
            district, words = asked(request, district_code)
        except sheet.UnknownDistrict as error:
            raise Http404(str(error)) from error
        if words["fault"]:
            raise Http404(str(words["fault"]))
        words = {name: words[name] for name in ("until", "gathered", "basis", "as_of")}
        page = reported.page_of(self.viewer, district=district and district.code, **words)
        place = district.code if district else "city"
        head = [
            _("Month"), reported.GATHERED[words["gathered"]], "tce", _("Estimated, tce"),
            _("Slots received"), _("Slots expected"), _("Boundary points"),
            _("of them without figures"), _("of them in part"), _("As reported on"),
        ]  # fmt: skip
        return exports.exported(kind, name=f"consumption-{place}", head=head, rows=_rows(page))


def _rows(page: reported.Page) -> list[tuple[Any, ...]]:
    """Return the rows of the file: of all that is gathered, then of the units in no sum."""
    known_at = _known_at(page)
    rows: list[tuple[Any, ...]] = [
        (
            f"{month:%Y-%m}", row.name or _("not known"), one.tonnes, one.estimated_tonnes,
            one.received, one.expected, one.points, one.missing, one.partial, known_at,
        )
        for row in page.rows
        for month, one in zip(page.months, row.months, strict=True)
        if one is not None
    ]  # fmt: skip
    pending = _("still being worked out, in no row above: %(name)s")
    beyond = _("too much changed of it and of others, in no row above: %(name)s")
    left_out = [(pending, unit) for unit in page.pending] + [(beyond, unit) for unit in page.beyond]
    for told, unit in left_out:
        rows.append(("", told % {"name": tags.name(unit)}, *([None] * 7), known_at))
    return rows


def _known_at(page: reported.Page) -> str:
    """Return the instant of which a page tells, for a column of a file."""
    return tags.moment(page.as_of) if page.as_of else _("now")


def _address(route: str, district: DistrictRow | None, ending: str = "") -> str:
    """Return the address of a page of the city or of a district."""
    if district is None:
        return reverse(f"{route}{ending}")
    return reverse(f"{route}-district{ending}", args=[district.code])
