"""Is a unit connected? For anyone, by its name or social credit code, and no more than that.

SOURCE: Notice 321 (2020), III(2)2: which units are connected can be looked up. Amounts, points,
addresses and persons are the unit's own; codes are not handed out to whoever knows a name.
"""

from datetime import datetime
from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from hengneng.insight.coverage import queries as coverage
from hengneng.kernel import clock
from hengneng.kernel.policy.rules import Permission
from hengneng.registry.bodies import queries as bodies
from hengneng.registry.units import queries as units
from hengneng.web.parts import marks, tags
from hengneng.web.parts.views import PageView
from hengneng.web.public import pace

SHOWN_MOST = 20
NAME_SHORTEST, SEARCH_LONGEST = 2, 60
SEARCHES_A_MINUTE = 30


class Connected(NamedTuple):
    """What anyone may know of a unit.

    Attributes:
        unit: Its name.
        districts: Where it is, in words.
        standing: Of its connection.
        received_at: When it was last heard of; None: never. Aware.
    """

    unit: units.UnitRow
    districts: list[str]
    standing: marks.Standing
    received_at: datetime | None


class Connections(PageView):
    """The search."""

    permission = Permission.PUBLIC
    template = "public/connections.html"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show the search and what it found; ask whoever searches too often to wait."""
        search = _asked(request)
        if len(search) < NAME_SHORTEST:
            return super().get(request, **kwargs)
        is_in_pace = pace.is_in_pace("connections", request, most=SEARCHES_A_MINUTE)
        found = _found(search) if is_in_pace else []
        context = self.context() | {
            "rows": found[:SHOWN_MOST],
            "has_more": len(found) > SHOWN_MOST,
            "is_asked": is_in_pace,
            "is_too_fast": not is_in_pace,
        }
        return TemplateResponse(request, self.template, context, status=200 if is_in_pace else 429)

    def context(self) -> dict[str, Any]:
        """Return what was asked for, and the words in which a connection stands."""
        search = _asked(self.request)
        return {
            "search": search,
            "is_too_short": 0 < len(search) < NAME_SHORTEST,
            "standings": marks.CONNECTIONS.values(),
            "most": SHOWN_MOST,
        }


def _asked(request: HttpRequest) -> str:
    return request.GET.get("search", "").replace("\x00", "").strip()[:SEARCH_LONGEST]


def _found(search: str) -> list[Connected]:
    """Return the units that fit, one more than is shown where there are."""
    rows = units.found(search, limit=SHOWN_MOST + 1)
    names = {row.code: tags.name(row) for row in bodies.districts()}
    known = coverage.connections([row.id for row in rows], at=clock.now())
    return [
        Connected(
            unit=row,
            districts=[names.get(code, code) for code in row.districts],
            standing=marks.CONNECTIONS[known[row.id].standing],
            received_at=known[row.id].received_at,
        )
        for row in rows
    ]
