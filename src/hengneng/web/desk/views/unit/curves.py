"""A point's day slot by slot, and its month day by day."""

from typing import Any

from django.utils.translation import gettext as _

from hengneng.telemetry.consumption.queries.statement import Line
from hengneng.web.desk import asked, sheet
from hengneng.web.desk.asked import Asked
from hengneng.web.desk.sheet import Curve
from hengneng.web.desk.views.unit.base import File, Look, UnitTab
from hengneng.web.parts import marks, tags


class Curves(UnitTab):
    """The tab; ``?point=`` and ``?day=`` choose, ``?as_of=`` looks back."""

    template = "desk/unit/curves.html"
    tab = "unit-curves"

    def shown(self, look: Look) -> dict[str, Any]:
        """Return the chosen point's day and month."""
        unit, words = look.unit, look.words
        there = sheet.points_on(unit.id, words)
        chosen = sheet.chosen_of(there, words.point_id)
        if chosen is None:
            return {"points": there, "curve": None, "days": []}
        if words.point_id not in (None, chosen.id):
            words = asked.without_point(words)
        days = sheet.days_of_month(unit.id, words)
        return {
            "asked": words,
            "points": there,
            "curve": sheet.curve_of(unit.id, chosen, words),
            "days": [line for line in days.lines if line.point_id == chosen.id],
        }

    def files(self, context: dict[str, Any]) -> dict[str, File]:
        """Return the day's slots and the month's days."""
        curve = context["curve"]
        return {
            "": File("slots", *slots_of(curve, context["asked"])) if curve else empty("slots"),
            "days": File("days", *days_of(context["days"])),
        }


def empty(name: str) -> File:
    """Return a file without rows."""
    return File(name, (), [])


def slots_of(curve: Curve, words: Asked) -> tuple[tuple[Any, ...], list[Any]]:
    """Return titles and rows of a day's slots."""
    head = (_("Point"), _("Day"), _("From"), _("Amount"), _("How it is known"))
    rows = [
        (
            curve.point.code,
            words.day,
            tags.hour(slot.second),
            slot.value,
            str(marks.SLOT_MARKS[slot.known]),
        )
        for slot in curve.slots
    ]
    return head, rows


def days_of(lines: list[Line]) -> tuple[tuple[Any, ...], list[Any]]:
    """Return titles and rows of points' periods: amounts, coal, and what they stand on."""
    head = (
        _("Period"),
        _("Point"),
        _("Energy type"),
        _("Amount"),
        _("tce"),
        _("Slots received"),
        _("Slots expected"),
        _("Late"),
        _("Estimated"),
        _("By hand"),
        _("Stands on"),
        _("Factor"),
        _("Edition"),
        _("Factor checked"),
    )
    return head, [_cells(line) for line in lines]


def _cells(line: Line) -> tuple[Any, ...]:
    amount, factor = line.amount, line.factor
    return (
        line.period,
        line.code,
        line.span.energy_type_id,
        amount.amount if amount else None,
        line.tonnes,
        amount.received if amount else 0,
        line.expected,
        amount.late if amount else None,
        amount.estimated if amount else None,
        amount.manual if amount else None,
        str(marks.FOUNDATIONS[amount.basis]) if amount else "",
        factor.kgce_per_uom if factor else None,
        tags.cited(factor.edition) if factor else "",
        (_("yes") if factor.verified else _("no")) if factor else "",
    )
