"""A point's day opened down to the messages, the instrument and the factor it stands on."""

from datetime import timedelta
from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _

from hengneng.kernel import clock
from hengneng.kernel.policy.rules import Permission
from hengneng.protocol.records import DAY_SECONDS
from hengneng.registry.declarations.queries import DeclarationRow
from hengneng.registry.instruments import queries as instruments
from hengneng.registry.points import queries as points
from hengneng.registry.units.queries import UnitRow
from hengneng.telemetry.consumption.queries import statement
from hengneng.web.desk import evidence, sheet
from hengneng.web.desk.asked import day_in
from hengneng.web.desk.views.unit.base import File, Look, UnitTab
from hengneng.web.desk.views.unit.curves import slots_of
from hengneng.web.parts import declared


class PointDay(UnitTab):
    """The page."""

    template = "desk/unit/point_day.html"
    tab = "unit-curves"

    def shown(self, look: Look) -> dict[str, Any]:
        """Return the day's slots, sum, instrument and messages.

        Raises:
            Http404: If the day is none.
            UnknownPoint: If the unit has no such point on that day.
        """
        unit, words = look.unit, look.words
        day = day_in(look.named["day"])
        if day is None:
            raise Http404(look.named["day"])
        words = words._replace(day=day)
        there = {point.id: point for point in sheet.points_on(unit.id, words)}
        point = there.get(look.named["point_id"])
        if point is None:
            raise points.UnknownPoint(f"no point {look.named['point_id']} on {day}")
        own = statement.statement_of_days(
            unit_id=unit.id, from_day=day, to_day=day, basis=words.basis, as_of=words.as_of
        )
        start = clock.instant(clock.day_number(day) * DAY_SECONDS)
        return {
            "asked": words,
            "curve": sheet.curve_of(unit.id, point, words),
            "line": next((line for line in own.lines if line.point_id == point.id), None),
            "told": evidence.told_of(unit.id, point.key, day, as_of=words.as_of),
            "pending": self._pending(unit, point.code) if words.as_of is None else [],
            "instrument": instruments.instrument_at(point.id, start, as_of=words.as_of),
            "before": self._address(unit, point.id, day - timedelta(days=1)),
            "after": words.next and self._address(unit, point.id, words.next),
        }

    def files(self, context: dict[str, Any]) -> dict[str, File]:
        """Return the day's slots, and the messages."""
        head = (_("Message"), _("Recorded at"), _("SHA-256"), _("Records"))
        rows = [(one.sequence, one.recorded_at.isoformat(), one.sha256, one.records)
                for one in context["told"]]  # fmt: skip
        return {
            "": File("slots", *slots_of(context["curve"], context["asked"])),
            "messages": File("messages", head, rows),
        }

    def _pending(self, unit: UnitRow, code: str) -> list[tuple[DeclarationRow, str, str]]:
        """Return what is declared of the point, with the address for whoever decides on it."""
        may = self.viewer.may(Permission.EDIT_REGISTRY)
        return [
            (row, said, reverse("declaration", args=[row.id]) if may else "")
            for row, said in declared.pending(unit.id, code)
        ]

    @staticmethod
    def _address(unit: UnitRow, point_id: int, day: Any) -> str:
        return reverse("point-day", args=[unit.code, point_id, day.isoformat()])
