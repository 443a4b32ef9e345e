"""Make points, describe and feed them, decide about proposed ones."""

from hengneng.registry.points.operations.many import NewPoint, create_points
from hengneng.registry.points.operations.points import (
    ForeignPlace,
    KeyTaken,
    PointExists,
    UnknownEnergyType,
    create_point,
    describe_point,
    feed_point,
)
from hengneng.registry.points.operations.proposals import (
    NotConvertible,
    PointFed,
    confirm_proposal,
    merge_proposal,
    propose,
    refuse_proposal,
)

__all__ = [
    "ForeignPlace",
    "KeyTaken",
    "NewPoint",
    "NotConvertible",
    "PointExists",
    "PointFed",
    "UnknownEnergyType",
    "confirm_proposal",
    "create_point",
    "create_points",
    "describe_point",
    "feed_point",
    "merge_proposal",
    "propose",
    "refuse_proposal",
]
