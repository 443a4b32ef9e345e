"""What the pages of a unit's fuels have in common: their two lists by pages, and their papers."""

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict

from hengneng.kernel.policy.rules import Permission
from hengneng.registry.fuels import queries as fuels
from hengneng.registry.units import queries as units
from hengneng.web.parts import frame, papers
from hengneng.web.parts.frame import Place
from hengneng.web.parts.views import FrontView

PAGE_SIZE = 50


class FuelPaper(FrontView):
    """A paper on which a stock or a purchase stands, always to be saved."""

    permission = Permission.VIEW_READINGS

    def get(self, _request: HttpRequest, **kwargs: Any) -> HttpResponse:
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
        return papers.saved(number)


def lists(asked: QueryDict, unit_id: int, *, as_of: datetime | None = None) -> dict[str, Any]:
    """Return a page of the stock takings and one of the purchases, each turned by its own word.

    Args:
        asked: The address behind its question mark: ``?stocks=2&purchases=3``.
        unit_id: The unit.
        as_of: As believed then; None: now. Aware.
    """
    stocks = _place(asked, "stocks", fuels.count_takings(unit_id, as_of=as_of))
    bought = _place(asked, "purchases", fuels.count_purchases(unit_id, as_of=as_of))
    return {
        "takings": fuels.takings_of(unit_id, as_of=as_of, **_rows(stocks)),
        "purchases": fuels.purchases_of(unit_id, as_of=as_of, **_rows(bought)),
        "stocks_page": stocks,
        "purchases_page": bought,
    }


def _place(asked: QueryDict, word: str, total: int) -> Place:
    """Return where the page asked for stands; the last one where the list ends before it."""
    last = max(-(-total // PAGE_SIZE), 1)
    number = min(frame.page_of(asked, word), last)
    return frame.place_of(number, size=PAGE_SIZE, total=total)


def _rows(place: Place) -> dict[str, int]:
    """Return which rows a page holds."""
    return {"first": place.first - 1, "limit": PAGE_SIZE}
