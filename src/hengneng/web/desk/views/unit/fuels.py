"""What a unit holds and bought of its fuels by its own papers, which its people enter."""

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from hengneng.kernel.files import queries as files
from hengneng.kernel.policy.rules import Permission
from hengneng.registry.fuels import queries as fuels
from hengneng.registry.units import queries as units
from hengneng.web.desk.asked import FIRST_DAY
from hengneng.web.desk.views.unit.base import File, Look, UnitTab
from hengneng.web.parts import marks, tags
from hengneng.web.parts.views import FrontView


class Fuels(UnitTab):
    """The tab; ``?year=`` chooses the year, ``?as_of=`` what was known when."""

    template = "desk/unit/fuels.html"
    tab = "unit-fuels"

    def shown(self, look: Look) -> dict[str, Any]:
        """Return the year by fuel, and what it stands on."""
        as_of = look.words.as_of
        year = _year(look)
        first, until = date(year, 1, 1), date(year + 1, 1, 1)
        return {
            "year": year,
            "is_last": year >= look.words.today.year,
            "day_before": date(year - 1, 12, 31),
            "last_day": date(year, 12, 31),
            "years": fuels.fuels_over(look.unit.id, first, until, as_of=as_of),
            "takings": fuels.takings_of(look.unit.id, as_of=as_of),
            "purchases": fuels.purchases_of(look.unit.id, as_of=as_of),
        }

    def files(self, context: dict[str, Any]) -> dict[str, File]:
        """Return each list."""
        types = context["types"]
        takings = [
            (
                tags.name(types[row.energy_type_id]),
                row.day,
                row.amount,
                types[row.energy_type_id].uom,
                str(marks.DETERMINATIONS[row.determined_by]),
            )
            for row in context["takings"]
        ]
        purchases = [
            (
                tags.name(types[row.energy_type_id]),
                row.day,
                row.amount,
                types[row.energy_type_id].uom,
                row.paper,
                row.supplier,
            )
            for row in context["purchases"]
        ]
        stock = (
            _("Fuel"),
            _("Day"),
            _("Stock at the day's end"),
            _("Unit of measure"),
            _("How it was determined"),
        )
        bought = (
            _("Fuel"),
            _("Came in on"),
            _("Amount bought"),
            _("Unit of measure"),
            _("Invoice or delivery note"),
            _("Supplier"),
        )
        return {
            "stocks": File("stocks", stock, takings),
            "purchases": File("purchases", bought, purchases),
        }


class FuelPaper(FrontView):
    """A paper on which a stock or a purchase stands, always to be saved."""

    permission = Permission.VIEW_READINGS

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:  # noqa: ARG002
        """Return the file.

        Raises:
            Http404: If there is no such unit in reach, or nothing of it stands on that paper.
        """
        number = kwargs["paper_id"]
        try:
            unit = units.unit_row(self.viewer, self.permission, kwargs["code"])
        except units.UnknownUnit as error:
            raise Http404(str(error)) from error
        if number not in fuels.papers_of(unit.id):
            raise Http404(f"no paper {number} at these fuels")
        row = files.kept([number])[number]
        return HttpResponse(
            files.read(number),
            content_type=row.media_type,
            headers={"Content-Disposition": content_disposition_header(True, row.name) or ""},
        )


def _year(look: Look) -> int:
    """Return the year asked for, this one at most and where it cannot be read."""
    text, this = look.query.get("year", ""), look.words.today.year
    is_number = text.isascii() and text.isdigit() and len(text) == len("2000")
    return min(max(int(text), FIRST_DAY.year), this) if is_number else this
