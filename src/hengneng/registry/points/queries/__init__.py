"""What points a unit has and had, what they count as, which proposals await a decision."""

from hengneng.registry.points.queries.owed import OwedRow, Owing, owed_points
from hengneng.registry.points.queries.points import (
    DESCRIBED,
    PointRow,
    Timeline,
    UnknownPoint,
    described_from,
    fed_from,
    ids_by_code,
    keys_around,
    keys_ever,
    point_by_code,
    point_by_id,
    points_between,
    points_of,
    said_until,
    spans_of_point,
    timelines,
    unit_of_point,
    units_metering,
    units_of_points,
)
from hengneng.registry.points.queries.proposals import (
    ProposalRow,
    awaiting,
    merge_candidates,
    proposals_of,
)
from hengneng.registry.points.queries.roles import Role, roles_over
from hengneng.registry.points.queries.trees import Hung, hung_over, siblings_on
from hengneng.registry.points.rules import Span

__all__ = [
    "DESCRIBED",
    "Hung",
    "OwedRow",
    "Owing",
    "PointRow",
    "ProposalRow",
    "Role",
    "Span",
    "Timeline",
    "UnknownPoint",
    "awaiting",
    "described_from",
    "fed_from",
    "hung_over",
    "ids_by_code",
    "keys_around",
    "keys_ever",
    "merge_candidates",
    "owed_points",
    "point_by_code",
    "point_by_id",
    "points_between",
    "points_of",
    "proposals_of",
    "roles_over",
    "said_until",
    "siblings_on",
    "spans_of_point",
    "timelines",
    "unit_of_point",
    "units_metering",
    "units_of_points",
]
