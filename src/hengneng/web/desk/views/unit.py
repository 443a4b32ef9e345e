"""One unit: who it is, its points, a day's curve, its consumption, what does not count and why."""

from collections import Counter
from typing import Any

from django.http import HttpRequest

from hengneng.kernel.policy.rules import Permission
from hengneng.registry.points import queries as points
from hengneng.registry.terminals import queries as terminals
from hengneng.registry.units import queries as units
from hengneng.web.desk import sheet
from hengneng.web.desk.asked import BASES, Asked, asked
from hengneng.web.desk.views.units import district_names
from hengneng.web.parts.views import PageView


class UnitPage(PageView):
    """The page of a unit, for officials and for its own energy manager."""

    permission = Permission.VIEW_READINGS
    template = "desk/unit.html"
    not_there = (units.UnknownUnit,)

    def context(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        """Return all that the page shows."""
        unit = units.unit_row(self.viewer, self.permission, kwargs["code"])
        words = asked(request.GET.dict(), unit.id)
        figures = sheet.sheet_of(unit.id, words)
        names = district_names()
        return {
            "unit": unit,
            "districts": [names.get(code, code) for code in unit.districts],
            "listings": units.listings_of(unit.id)[:1],
            "asked": words,
            "bases": BASES,
            "sheet": figures,
            "factors": sheet.factors_of(figures.total),
            "levels": sorted(Counter(point.level for point in figures.points).items()),
            # What is asked about now has no standing in the past.
            **({} if words.as_of else self._arrivals(unit.id, words)),
        }

    def _arrivals(self, unit_id: int, words: Asked) -> dict[str, Any]:
        """Return who uploads for the unit and what of it does not count."""
        there = terminals.terminals_of(unit_id)
        states = Counter(str(terminal.state) for terminal in there)
        return {
            "terminals": there,
            "connected": states["ISSUED"],
            "pending": states["PENDING"],
            "proposals": points.proposals_of(unit_id),
            "may_confirm": self.viewer.may(Permission.CONFIRM_POINT),
            "strays": sheet.strays_of(unit_id),
            "unclaimed": sheet.unclaimed_of(unit_id, words),
        }
