"""A unit at one look: this month's figures, what waits, who uploads."""

from collections import Counter
from typing import Any

from django.utils.translation import gettext as _

from hengneng.kernel.policy.rules import Permission
from hengneng.web.desk import sheet
from hengneng.web.desk.views.unit.base import File, Look, UnitTab


class Overview(UnitTab):
    """The first tab."""

    template = "desk/unit/overview.html"
    tab = "unit"

    def shown(self, look: Look) -> dict[str, Any]:
        """Return the month by day and by energy type, and how complete it is."""
        unit, words = look.unit, look.words
        there = sheet.points_on(unit.id, words)
        days = sheet.days_of_month(unit.id, words)
        total = next(iter(sheet.month_of(unit.id, words).totals), None)
        return {
            "points": there,
            "levels": sorted(Counter(point.level for point in there).items()),
            "days": sheet.day_totals(days),
            "total": total,
            "factors": sheet.factors_of(total),
            "received": sheet.received_of(days.lines, words.today),
            "may_admit": self.viewer.may(Permission.ADMIT_TERMINAL),
        }

    def files(self, context: dict[str, Any]) -> dict[str, File]:
        """Return the days of the month."""
        head = (
            _("Day"),
            _("Overall consumption, tce"),
            _("Estimated, tce"),
            _("Every point has a figure"),
        )
        rows = [
            (day.period, day.tonnes, day.estimated_tonnes, _("yes") if day.is_complete else _("no"))
            for day in context["days"]
        ]
        return {"": File("days", head, rows)}
