"""What a unit holds and bought of its fuels by its own papers, which its people enter."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from hengneng.registry.fuels import queries as fuels
from hengneng.web.desk.asked import FIRST_DAY
from hengneng.web.desk.views.unit.base import File, Look, UnitTab
from hengneng.web.parts import fuels as fuel_pages
from hengneng.web.parts import marks, tags


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
            **fuel_pages.lists(look.query, look.unit.id, as_of=as_of),
        }

    def files(self, context: dict[str, Any]) -> dict[str, File]:
        """Return each list, all of it."""
        types = context["types"]
        asked = {"unit_id": context["unit"].id, "as_of": context["asked"].as_of}
        takings = [
            (
                tags.name(types[row.energy_type_id]),
                row.day,
                row.amount,
                types[row.energy_type_id].uom,
                str(marks.DETERMINATIONS[row.determined_by]),
            )
            for row in fuels.takings_of(**asked)
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
            for row in fuels.purchases_of(**asked)
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


def _year(look: Look) -> int:
    """Return the year asked for, this one at most and where it cannot be read."""
    text, this = look.query.get("year", ""), look.words.today.year
    is_number = text.isascii() and text.isdigit() and len(text) == len("2000")
    return min(max(int(text), FIRST_DAY.year), this) if is_number else this
