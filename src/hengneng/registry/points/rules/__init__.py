"""What points, their sources and their tree may be; how descriptions and sources make spans."""

from hengneng.registry.points.rules.descriptions import (
    CAPACITY_PLACES,
    SLOTS_SECONDS,
    BadDescription,
    check_description,
)
from hengneng.registry.points.rules.keys import (
    BadKey,
    CodeDoesNotFit,
    check_key,
    check_kind,
    doubts_about,
    flow_of_key,
    is_code,
    level_of_key,
    names_indicator,
)
from hengneng.registry.points.rules.network import (
    Amount,
    Flows,
    Missing,
    Placed,
    Share,
    energy_flows,
    network,
)
from hengneng.registry.points.rules.owed import (
    Due,
    Ground,
    Metered,
    Use,
    is_asked_for_on_line,
    owed,
)
from hengneng.registry.points.rules.spans import Feed, Span, spans_of
from hengneng.registry.points.rules.tree import Circle, Hang, circle_in

__all__ = [
    "CAPACITY_PLACES",
    "SLOTS_SECONDS",
    "Amount",
    "BadDescription",
    "BadKey",
    "Circle",
    "CodeDoesNotFit",
    "Due",
    "Feed",
    "Flows",
    "Ground",
    "Hang",
    "Metered",
    "Missing",
    "Placed",
    "Share",
    "Span",
    "Use",
    "check_description",
    "check_key",
    "check_kind",
    "circle_in",
    "doubts_about",
    "energy_flows",
    "flow_of_key",
    "is_asked_for_on_line",
    "is_code",
    "level_of_key",
    "names_indicator",
    "network",
    "owed",
    "spans_of",
]
