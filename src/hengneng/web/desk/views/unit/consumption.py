"""What a unit consumed: a month by point, a year by month, with factors and their standing."""

from typing import Any

from hengneng.kernel.policy.rules import Permission
from hengneng.registry.energy import queries as energy
from hengneng.registry.fuels import queries as fuels
from hengneng.telemetry.consumption.queries.months import next_month
from hengneng.web.desk import sheet
from hengneng.web.desk.views.unit.base import File, Look, UnitTab
from hengneng.web.desk.views.unit.curves import days_of


class Consumption(UnitTab):
    """The tab; ``?day=`` chooses the month, ``?point=`` the point beside the unit's sums."""

    template = "desk/unit/consumption.html"
    tab = "unit-consumption"

    def shown(self, look: Look) -> dict[str, Any]:
        """Return the year's statement, cut to the month and to the chosen point."""
        unit, words = look.unit, look.words
        there = sheet.points_on(unit.id, words)
        chosen = sheet.chosen_of(there, words.point_id)
        year = sheet.months_of_year(unit.id, words)
        total = next((t for t in year.totals if t.period == words.month), None)
        return {
            "points": there,
            "chosen": chosen,
            "year": year,
            "month": [line for line in year.lines if line.period == words.month],
            "total": total,
            "factors": sheet.factors_of(total),
            "years": sheet.years_of(year, chosen),
            "restatable": energy.editions(),
            "heat_values": fuels.heat_values_of(unit.id, as_of=words.as_of),
            "by_papers": fuels.fuels_over(
                unit.id, words.months[0], next_month(words.months[-1]), as_of=words.as_of
            ),
            "may_measure": self.viewer.may(Permission.EDIT_REGISTRY),
        }

    def files(self, context: dict[str, Any]) -> dict[str, File]:
        """Return the month by point, and every month of the year by point."""
        return {
            "": File("month", *days_of(context["month"])),
            "year": File("year", *days_of(context["year"].lines)),
        }
