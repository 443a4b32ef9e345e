"""The pages of the boards, and their file."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from hengneng.insight.coverage.queries import Standing
from hengneng.kernel import clock
from hengneng.kernel.policy.rules import Permission
from hengneng.web.boards import sheet
from hengneng.web.boards import shown as presenting
from hengneng.web.parts import exports, marks
from hengneng.web.parts.views import FrontView, PageView

BASES = ("CALORIFIC", "EQUIVALENT")
SPANS = {"days": _("31 days"), "months": _("12 months")}
REFRESH_S = 60


class Board(PageView):
    """Today in the city, or in one district."""

    permission = Permission.VIEW_READINGS
    template = "boards/board.html"
    not_there = (sheet.UnknownDistrict,)

    def context(self) -> dict[str, Any]:
        """Return the figures and how they are asked for."""
        request, district_code = self.request, self.kwargs.get("district_code")
        at, is_wall = clock.now(), request.GET.get("wall") == "1"
        basis, span = asked_of(request, "basis", BASES), asked_of(request, "span", tuple(SPANS))
        shown = sheet.sheet_of(
            self.viewer,
            at=at,
            basis=basis,
            district_code=district_code or sheet.own_district(self.viewer),
            span=span,
        )
        rows = shown.rows[: sheet.WALL_ROWS] if is_wall else shown.rows
        width = sheet.WALL_MAP_DAYS if is_wall else sheet.MAP_DAYS
        map_days = [day.period for day in shown.days[-width - 1 : -1]]
        return {
            "sheet": shown,
            "lines": presenting.lines(rows, standings=Standing, days=map_days),
            "left_out": len(shown.rows) - len(rows),
            "map_days": map_days,
            "months": presenting.months(shown.months, shown.month_types, shown.other_month_types),
            "comparisons": presenting.against(shown.live),
            "shares": presenting.shares(shown.live.today.shares),
            "limits": presenting.limits(shown),
            "standings": [
                (code, marks.CONNECTIONS[code], shown.connections.get(code, 0)) for code in Standing
            ],
            "is_city": Permission.VIEW_READINGS in self.viewer.city,
            "at": at,
            "basis": basis,
            "bases": BASES,
            "span": span,
            "spans": SPANS,
            "is_wall": is_wall,
            "theme": "bigscreen" if is_wall else "",
            "refresh_s": REFRESH_S,
            "verified": bool(shown.factors) and all(one.verified for one in shown.factors),
            "lacks_factors": any(not row.today.has_factor for row in shown.known_types),
            "editions": sorted({one.edition for one in shown.factors}),
        }


class BoardFile(FrontView):
    """The board's rows as a file: by district or by unit, today, yesterday and each day before."""

    permission = Permission.VIEW_READINGS

    def get(self, request: HttpRequest, district_code: str | None = None) -> HttpResponse:
        """Return the file.

        Raises:
            Http404: If there is no such format or district.
        """
        kind = exports.asked_format(request)
        try:
            shown = sheet.sheet_of(
                self.viewer,
                at=clock.now(),
                basis=asked_of(request, "basis", BASES),
                district_code=district_code or sheet.own_district(self.viewer),
                span="days",
            )
        except sheet.UnknownDistrict as error:
            raise Http404(str(error)) from error
        today, yesterday = shown.days[-1].period, shown.days[-2].period
        head = [
            _("Unit") if shown.district else _("District"),
            f"{today} tce",
            f"{yesterday} tce",
            _("Estimated today, tce"),
            _("Slots received"),
            _("Slots expected"),
            *(marks.CONNECTIONS[code].word for code in Standing),
        ]
        return exports.exported(
            kind,
            name=f"board-{shown.district.code if shown.district else 'city'}-{today}",
            head=head,
            rows=[
                (
                    row.name or str(_("district not known")),
                    row.today.tonnes if row.today else None,
                    row.yesterday.tonnes if row.yesterday else None,
                    row.today.estimated_tonnes if row.today else None,
                    row.received,
                    row.expected,
                    *(row.connections.get(code, 0) for code in Standing),
                )
                for row in shown.rows
            ],
        )


def asked_of(request: HttpRequest, name: str, among: tuple[str, ...]) -> str:
    """Return what the address asks for, if it is one of those; else the first."""
    wanted = request.GET.get(name, "")
    return wanted if wanted in among else among[0]
