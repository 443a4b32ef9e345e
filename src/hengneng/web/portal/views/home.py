"""The portal's first page, and a unit's overview: what waits, what it used, how its data stand."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url

from hengneng.insight.coverage import queries as coverage
from hengneng.kernel import clock
from hengneng.kernel.policy.rules import Permission
from hengneng.registry.energy import queries as energy
from hengneng.registry.points import queries as points
from hengneng.registry.units import queries as units
from hengneng.registry.units.queries import UnitRow
from hengneng.telemetry.consumption.queries import figures, progress, statement
from hengneng.telemetry.consumption.queries.statement import PeriodTotal
from hengneng.web.parts import frame, marks
from hengneng.web.parts.views import PageView
from hengneng.web.portal import asked, todos
from hengneng.web.portal.chapters import UnitPage
from hengneng.web.portal.estimates import estimated_tonnes

PAGE_SIZE = 50
SEARCH_LONGEST = 60
DAYS_DRAWN = 14


class Portal(PageView):
    """One's units; whoever has one alone is led to it."""

    permission = Permission.VIEW_READINGS
    template = "portal/units.html"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Lead to the only unit, else show them."""
        context = self.context()
        if len(context["rows"]) == 1 and context["page"].total == 1 and not context["search"]:
            return HttpResponseRedirect(resolve_url("portal-unit", context["rows"][0].code))
        return super().get(request, **kwargs)

    def context(self) -> dict[str, Any]:
        """Return one page of the units in reach."""
        search = self.request.GET.get("search", "").replace("\x00", "").strip()[:SEARCH_LONGEST]
        number = frame.page_number(self.request)
        found = units.unit_page(
            self.viewer, self.permission, search=search, page=number, size=PAGE_SIZE
        )
        known = coverage.connections([row.id for row in found.rows], at=clock.now())
        return {
            "rows": found.rows,
            "standings": {row.id: marks.CONNECTIONS[known[row.id].standing] for row in found.rows},
            "search": search,
            "page": frame.place_of(number, size=PAGE_SIZE, total=found.total),
        }


class Overview(UnitPage):
    """A unit's overview."""

    template = "portal/overview.html"
    chapter = "portal-unit"

    def of_unit(self, unit: UnitRow) -> dict[str, Any]:
        """Return what waits, yesterday and this month, and how the data stand."""
        today, basis = asked.today(), asked.basis_of(self.request)
        yesterday = today - timedelta(days=1)
        days = statement.statement_of_days(
            unit_id=unit.id,
            from_day=today - timedelta(days=DAYS_DRAWN),
            to_day=yesterday,
            basis=basis,
        )
        month = statement.statement_of_months(
            unit_id=unit.id, months=[today.replace(day=1)], basis=basis
        )
        connection = coverage.connections([unit.id], at=clock.now())[unit.id]
        there = points.points_of(unit.id)
        worked = figures.computed_at(unit_id=unit.id, from_day=yesterday, to_day=today)
        return {
            "today": today,
            "yesterday": yesterday,
            "basis": basis,
            "bases": asked.BASES,
            "day": days.totals[-1],
            "month": month.totals[0],
            "days": days.totals,
            "estimated": {
                **estimated_tonnes(month.totals, month.lines, until=today + timedelta(days=1)),
                **estimated_tonnes(days.totals, days.lines, until=today),
            },
            "has_days": any(total.tonnes is not None for total in days.totals),
            "factors": factors_of([days.totals[-1], month.totals[0]]),
            "types": {row.code: row for row in energy.energy_types()},
            "connection": connection,
            "recompute": progress.waiting_of(unit.id),
            "standing": marks.CONNECTIONS[connection.standing],
            "points": there,
            "computed_at": max(worked.values(), default=None),
            "todos": todos.todos_of(unit, connection=connection, there=there, today=today),
        }


def factors_of(totals: Iterable[PeriodTotal]) -> dict[str, Any]:
    """Return the editions behind some sums, and whether each was checked against its text."""
    every = [one for total in totals for one in total.types]
    known = [one.factor for one in every if one.factor]
    return {
        "editions": sorted({factor.edition for factor in known}),
        "verified": bool(known) and all(factor.verified for factor in known),
        "missing": sum(1 for one in every if one.factor is None),
    }
