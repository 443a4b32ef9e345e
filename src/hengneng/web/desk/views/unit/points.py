"""A unit's points as the tree they form, and the instruments that stand at them."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from hengneng.registry.energy.queries import EnergyTypeRow
from hengneng.registry.instruments import queries as instruments
from hengneng.registry.instruments.queries import InstrumentRow
from hengneng.registry.points.queries import PointRow
from hengneng.web.desk import sheet
from hengneng.web.desk.views.unit.base import File, Look, UnitTab
from hengneng.web.parts import marks, tags

DEEPEST = 3  # deeper ones are drawn no further in


class Branch(NamedTuple):
    """A point in the tree: how deep it lies, and the instruments that stand at it."""

    point: PointRow
    depth: int
    instruments: list[InstrumentRow]


class Points(UnitTab):
    """The tab."""

    template = "desk/unit/points.html"
    tab = "unit-points"

    def shown(self, look: Look) -> dict[str, Any]:
        """Return the tree, every instrument, and the exchanges."""
        unit, words = look.unit, look.words
        there = sheet.points_on(unit.id, words)
        known = instruments.instruments_of(unit.id, at=sheet.end_of_day(words), as_of=words.as_of)
        codes = {point.id: point.code for point in there}
        exchanges = instruments.exchanges_of(unit.id, as_of=words.as_of)
        return {
            "tree": list(tree(there, known)),
            "instruments": known,
            "exchanges": [(codes.get(one.point_id, "?"), one) for one in reversed(exchanges)],
        }

    def files(self, context: dict[str, Any]) -> dict[str, File]:
        """Return the points and the instruments."""
        return {
            "": File(
                "points", titles(), [_cells(one, context["types"]) for one in context["tree"]]
            ),
            "instruments": File(
                "instruments",
                (
                    _("Number"),
                    _("Name"),
                    _("Model"),
                    _("Maker"),
                    _("Serial number"),
                    _("Accuracy class"),
                    _("Point"),
                ),
                [(*one[1:7], one.point_code) for one in context["instruments"]],
            ),
        }


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
        _("Instruments"),
    )


def _cells(branch: Branch, types: Mapping[str, EnergyTypeRow]) -> tuple[Any, ...]:
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
        _(", ").join(one.number for one in branch.instruments),
    )
