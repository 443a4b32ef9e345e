"""A unit's sub-units and equipment: what they need, which are main ones, what meters them."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from hengneng.registry.equipment import queries as equipment
from hengneng.registry.equipment.queries import ConsumerRow, DemandRow
from hengneng.registry.equipment.rules.editions import RuleSet
from hengneng.registry.points import queries as points
from hengneng.registry.points.queries import PointRow
from hengneng.web.desk.views.unit.base import File, Look
from hengneng.web.desk.views.unit.standing import LedgerTab, Stood
from hengneng.web.parts import marks, tags

DEEPEST = 3  # deeper ones are drawn no further in
KINDS = ("SUB_UNIT", "EQUIPMENT")


class Use(NamedTuple):
    """An energy type that a consumer uses.

    Attributes:
        energy_type_id: The energy type.
        demands: How much of it; none: it is only known to be metered.
        main: Whether the consumer is a main one: a code of ``marks.MAIN``.
        points: The points that meter it.
    """

    energy_type_id: str
    demands: list[DemandRow]
    main: str
    points: list[PointRow]


class Branch(NamedTuple):
    """A consumer in the tree of what belongs to what."""

    consumer: ConsumerRow
    depth: int
    uses: list[Use]
    metered_with: ConsumerRow | None

    @property
    def is_metered(self) -> bool:
        """Whether a point of its own meters any of what it uses."""
        return any(use.points for use in self.uses)


class Equipment(LedgerTab):
    """The tab; ``?kind=`` leaves sub-units or equipment alone."""

    template = "desk/unit/equipment.html"
    tab = "unit-equipment"

    def ledger(self, look: Look, stood: Stood) -> dict[str, Any]:
        """Return the consumers with what they use, and by which thresholds they were judged."""
        unit_id, kind = look.unit.id, look.query.get("kind", "")
        by = _rule_set(stood)
        there = equipment.consumers_of(unit_id, at=stood.at, as_of=stood.as_of)
        metered = points.points_of(unit_id, at=stood.at, as_of=stood.as_of)
        branches = list(tree(there, metered, by))
        return {
            "by": by,
            "kind": kind if kind in KINDS else "",
            "counts": [(one, sum(row.kind == one for row in there)) for one in KINDS],
            "total": len(there),
            "tree": [one for one in branches if kind not in KINDS or one.consumer.kind == kind],
            "unmetered": sum(not (one.is_metered or one.metered_with) for one in branches),
        }

    def files(self, context: dict[str, Any]) -> dict[str, File]:
        """Return the consumers, one row for each energy type."""
        head = (
            _("Code"),
            _("Name"),
            _("Sub-unit or equipment"),
            _("Model"),
            _("Place"),
            _("Metered with"),
            _("Energy type"),
            _("Demand"),
            _("Main one"),
            _("Points"),
        )
        types = context["types"]
        rows = [cells for branch in context["tree"] for cells in _cells(branch, types)]
        return {"": File("equipment", head, rows)}


def tree(
    there: Sequence[ConsumerRow], metered: Sequence[PointRow], by: RuleSet | None
) -> Iterator[Branch]:
    """Yield the consumers, each under the one it belongs to.

    Args:
        there: The unit's consumers, without rings. Shape (n,).
        metered: The unit's points. Shape (m,).
        by: The edition that judges which are main ones; None: none, so nothing is decided.
    """
    by_id = {row.id: row for row in there}
    feeding: dict[int | None, list[PointRow]] = defaultdict(list)
    for point in metered:
        feeding[point.feeds_id].append(point)
    below: dict[int | None, list[ConsumerRow]] = defaultdict(list)
    for row in there:
        below[row.parent_id if row.parent_id in by_id else None].append(row)
    waiting = [(row, 0) for row in reversed(below[None])]
    while waiting:
        row, depth = waiting.pop()
        with_row = by_id.get(row.metered_with_id) if row.metered_with_id is not None else None
        yield Branch(row, min(depth, DEEPEST), uses_of(row, feeding[row.id], by), with_row)
        waiting += [(one, depth + 1) for one in reversed(below[row.id])]


def uses_of(row: ConsumerRow, feeding: Sequence[PointRow], by: RuleSet | None) -> list[Use]:
    """Return each energy type that a consumer needs, or that is metered of it."""
    standings = equipment.standings_of(row, by)
    needed = [demand.energy_type_id for demand in row.demands]
    used = dict.fromkeys([*needed, *(point.energy_type_id for point in feeding)])
    return [
        Use(
            code,
            [demand for demand in row.demands if demand.energy_type_id == code],
            str(standings.get(code, "UNDECIDED")),
            [point for point in feeding if point.energy_type_id == code],
        )
        for code in used
    ]


def _rule_set(stood: Stood) -> RuleSet | None:
    """Return the edition in force on the day; None: none was."""
    try:
        return equipment.rule_set_on(stood.on, as_of=stood.as_of)
    except equipment.UnknownEdition:
        return None


def _cells(branch: Branch, types: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
    """Yield a consumer's rows of the file; one that uses nothing known has one all the same."""
    row = branch.consumer
    said = (
        row.code,
        row.name,
        str(marks.CONSUMERS[row.kind]),
        row.model,
        row.place,
        branch.metered_with.code if branch.metered_with else "",
    )
    if not branch.uses:
        yield (*said, "", "", "", "")
    for use in branch.uses:
        yield (
            *said,
            tags.name(types[use.energy_type_id]),
            _("; ").join(f"{tags.exact(one.amount)} {one.measure}" for one in use.demands),
            str(marks.MAIN[use.main].word),
            _(", ").join(point.code for point in use.points),
        )
