"""A unit's points with yesterday's figures; one point's curve of a day, a week, a month."""

from datetime import timedelta
from typing import Any, NamedTuple

from django.shortcuts import resolve_url
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from hengneng.registry.energy import queries as energy
from hengneng.registry.points import queries as points
from hengneng.registry.points.queries import PointRow
from hengneng.registry.units.queries import UnitRow
from hengneng.telemetry.consumption.queries import statement
from hengneng.telemetry.consumption.queries.statement import Line
from hengneng.web.parts import declared, marks, tags
from hengneng.web.portal import asked, own
from hengneng.web.portal.chapters import Listing, UnitFile, UnitPage
from hengneng.web.portal.curves import curve_of

SPANS = {
    "day": pgettext_lazy("span", "Day"),
    "week": pgettext_lazy("span", "Seven days"),
    "month": pgettext_lazy("span", "Month"),
}


class Shown(NamedTuple):
    """A point and its yesterday; None: it was not there then."""

    point: PointRow
    line: Line | None


class Points(UnitPage):
    """The points."""

    template = "portal/points.html"
    chapter = "portal-points"

    def of_unit(self, unit: UnitRow) -> dict[str, Any]:
        """Return each point with yesterday's amount, and those that wait to be confirmed."""
        return {
            "rows": shown(unit),
            "yesterday": asked.today() - timedelta(days=1),
            "types": {row.code: row for row in energy.energy_types()},
            "proposals": points.proposals_of(unit.id),
            "may_keep": own.may_keep(self.viewer, unit.id),
        }


class PointsFile(UnitFile):
    """The points as a file."""

    def listing(self, unit: UnitRow) -> Listing:
        """Return the points."""
        types = {row.code: row for row in energy.energy_types()}
        day = (asked.today() - timedelta(days=1)).isoformat()
        head = (
            _("Point"), _("Name"), _("Level"), _("Energy type"), _("Flow"), _("Kind"), _("Ratio"),
            _("Slot, min"), _("Fed by"), _("Unit of measure"),
            _("Amount of %(day)s") % {"day": day}, _("Slots received"), _("Slots expected"),
        )  # fmt: skip
        rows = [
            (
                point.code, point.name, str(marks.LEVELS[point.level]),
                tags.name(types[point.energy_type_id]), str(marks.FLOWS[point.flow]),
                str(marks.KINDS[point.kind]), str(point.ratio), point.slot_seconds // 60,
                tags.source(point.key), types[point.energy_type_id].uom,
                line.amount.amount if line and line.amount else None,
                line.amount.received if line and line.amount else 0,
                line.expected if line else None,
            )
            for point, line in shown(unit)
        ]  # fmt: skip
        return Listing("points", head, rows)


class OnePoint(UnitPage):
    """One point's curve."""

    template = "portal/point.html"
    chapter = "portal-points"

    def of_unit(self, unit: UnitRow) -> dict[str, Any]:
        """Return the curve asked for, and the days around it."""
        point = self._point(unit, self.kwargs["point_id"])
        today, span = asked.today(), asked.span_of(self.request)
        day = asked.day_of(self.request, otherwise=today)
        curve = curve_of(point, span=span, day=day)
        step = timedelta(days=asked.WEEK_DAYS) if span == "week" else timedelta(days=1)
        following = min(curve.last + step, today) if curve.last < today else None
        types = {row.code: row for row in energy.energy_types()}
        return {
            "point": point,
            "type": types[point.energy_type_id],
            "others": points.points_of(unit.id),
            "may_keep": own.may_keep(self.viewer, unit.id),
            "pending": [
                (row, said, resolve_url("portal-declaration", unit.code, row.id))
                for row, said in declared.pending(unit.id, point.code)
            ],
            "curve": curve,
            "span": span,
            "spans": SPANS.items(),
            "day": day,
            "today": today,
            "previous": curve.first - timedelta(days=1),
            "next": following,
        }

    def _point(self, unit: UnitRow, point_id: int) -> PointRow:
        return point_of(self.viewer, unit, point_id)


class PointFile(UnitFile):
    """What the curve shows, as a file."""

    def listing(self, unit: UnitRow) -> Listing:
        """Return the rows of the curve."""
        point = point_of(self.viewer, unit, self.kwargs["point_id"])
        day = asked.day_of(self.request, otherwise=asked.today())
        span = asked.span_of(self.request)
        curve = curve_of(point, span=span, day=day)
        uom = next(row.uom for row in energy.energy_types() if row.code == point.energy_type_id)
        head = (_("From"), uom, _("How it is known"))
        rows = [
            (
                f"{curve.first} {step.label}"
                if span == "day"
                else f"{curve.first:%Y}-{step.label}",
                step.value,
                str(marks.SLOT_MARKS[step.known]),
            )
            for step in curve.steps
        ]
        return Listing(f"point-{point.id}-{curve.first}", head, rows)


def point_of(viewer: Any, unit: UnitRow, point_id: int) -> PointRow:
    """Return the unit's point.

    Raises:
        UnknownPoint: If there is none, or it is another unit's.
    """
    point = points.point_by_id(viewer, Points.permission, point_id)
    if point.unit_id != unit.id:
        raise points.UnknownPoint(f"no point {point_id} at unit {unit.code}")
    return point


def shown(unit: UnitRow) -> list[Shown]:
    """Return each point that is there now with its yesterday."""
    yesterday = asked.today() - timedelta(days=1)
    lines = statement.statement_of_days(
        unit_id=unit.id, from_day=yesterday, to_day=yesterday, basis=asked.BASES[0]
    ).lines
    known = {line.point_id: line for line in lines}
    return [Shown(point, known.get(point.id)) for point in points.points_of(unit.id)]
