"""What was believed and done about points: every version in both times, whose a point is."""

from collections.abc import Collection
from fractions import Fraction
from typing import Any

from hengneng.kernel.facts import queries as facts
from hengneng.kernel.facts.queries import Version
from hengneng.registry.points.models import Description, Point, Proposal, Source

DESCRIBED = (
    "name",
    "energy_type_id",
    "level",
    "flow",
    "kind",
    "slot_seconds",
    "site__code",
    "parent__code",
    "feeds__code",
    "capacity",
    "ratio_numerator",
    "ratio_denominator",
)


def versions_of(unit_id: int) -> list[Version]:
    """Return every version of what the unit's points are and what feeds them; two queries."""
    described = Description.objects.filter(point__unit_id=unit_id)
    fed = Source.objects.filter(unit_id=unit_id)
    told = facts.versions("DESCRIPTION", described, subject="point__code", said=DESCRIBED)
    return [
        *(version._replace(said=_with_ratio(version.said)) for version in told),
        *facts.versions("SOURCE", fed, subject="point__code", said=("key",)),
    ]


def _with_ratio(said: dict[str, Any]) -> dict[str, Any]:
    """Return what a description says with its ratio as one fraction."""
    over, under = said.pop("ratio_numerator"), said.pop("ratio_denominator")
    return said | {"ratio": Fraction(over, under)}


def units_of_points(point_ids: Collection[int]) -> dict[int, tuple[str, str, str]]:
    """Return code and name of each point's unit, and the point's own code."""
    rows = Point.objects.filter(id__in=point_ids)
    fields = ("id", "unit__code", "unit__name", "code")
    return {number: (unit, name, code) for number, unit, name, code in rows.values_list(*fields)}


def units_of_proposals(proposal_ids: Collection[int]) -> dict[int, tuple[str, str, str]]:
    """Return code and name of each proposal's unit, and the proposed point's name."""
    rows = Proposal.objects.filter(id__in=proposal_ids)
    fields = ("id", "unit__code", "unit__name", "name")
    return {number: (unit, name, said) for number, unit, name, said in rows.values_list(*fields)}
