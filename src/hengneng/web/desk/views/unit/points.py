"""A unit's points as the tree they form, and the instruments that stand at them."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from hengneng.kernel.policy.rules import Permission
from hengneng.registry.energy.queries import EnergyTypeRow
from hengneng.registry.instruments.queries import InstrumentRow
from hengneng.registry.points.queries import PointRow
from hengneng.registry.units import queries as units
from hengneng.web.parts import marks, tags
from hengneng.web.parts.views import FrontView

DEEPEST = 3  # deeper ones are drawn no further in


class Branch(NamedTuple):
    """A point in the tree: how deep it lies, and the instruments that stand at it."""

    point: PointRow
    depth: int
    instruments: list[InstrumentRow]


class ToNetwork(FrontView):
    """The address that the list of points had before it stood with the network."""

    permission = Permission.VIEW_READINGS

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        """Lead to where the points stand now, the instruments to theirs.

        Raises:
            Http404: If there is no such unit in reach.
        """
        try:
            units.unit_by_code(self.viewer, self.permission, code)
        except units.UnknownUnit as error:
            raise Http404(str(error)) from error
        asked = request.GET.copy()
        tab = "unit-network"
        if asked.get("list") == "instruments":
            tab, asked["list"] = "unit-instruments", ""
        kept = f"?{asked.urlencode()}" if asked else ""
        return HttpResponsePermanentRedirect(reverse(tab, args=[code]) + kept)


def tree(there: Sequence[PointRow], known: Sequence[InstrumentRow]) -> Iterator[Branch]:
    """Yield the points, each under the one above it; what has none above stands at the root."""
    at: dict[int | None, list[InstrumentRow]] = defaultdict(list)
    for instrument in known:
        at[instrument.point_id].append(instrument)
    ids = {point.id for point in there}
    below: dict[int | None, list[PointRow]] = defaultdict(list)
    for point in there:
        above = point.parent_id if point.parent_id in ids - {point.id} else None
        below[above].append(point)
    seen: set[int] = set()
    waiting = [(point, 0) for point in reversed(below[None])]
    while waiting:
        point, depth = waiting.pop()
        seen.add(point.id)
        yield Branch(point, min(depth, DEEPEST), at[point.id])
        waiting += [(one, depth + 1) for one in reversed(below[point.id])]
    # A ring of parents has no root; its points are shown all the same.
    yield from (Branch(point, 0, at[point.id]) for point in there if point.id not in seen)


def titles() -> tuple[str, ...]:
    """Return the titles of the list of points."""
    return (
        _("Point"),
        _("Name"),
        _("Level"),
        _("Energy type"),
        _("Flow"),
        _("Kind"),
        _("Ratio"),
        _("Slot, min"),
        _("Fed by"),
        _("Meters the consumption of"),
        _("Instruments"),
    )


def cells(branch: Branch, types: Mapping[str, EnergyTypeRow]) -> tuple[Any, ...]:
    """Return a point's row of the file."""
    point = branch.point
    return (
        point.code,
        point.name,
        str(marks.LEVELS[point.level]),
        tags.name(types[point.energy_type_id]),
        str(marks.FLOWS[point.flow]),
        str(marks.KINDS[point.kind]),
        str(point.ratio),
        tags.minutes(point.slot_seconds),
        tags.source(point.key),
        point.feeds_code,
        _(", ").join(one.number for one in branch.instruments),
    )
