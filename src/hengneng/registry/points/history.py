"""Everything that was ever believed of a unit's points: every version in both times."""

from hengneng.kernel.facts import queries as facts
from hengneng.kernel.facts.queries import Version
from hengneng.registry.points.models import Description, Source

DESCRIBED = (
    "name",
    "energy_type_id",
    "level",
    "flow",
    "kind",
    "slot_seconds",
    "site__code",
    "parent__code",
    "capacity",
    "ratio_numerator",
    "ratio_denominator",
)


def versions_of(unit_id: int) -> list[Version]:
    """Return every version of what the unit's points are and what feeds them; two queries."""
    described = Description.objects.filter(point__unit_id=unit_id)
    fed = Source.objects.filter(unit_id=unit_id)
    return [
        *facts.versions("DESCRIPTION", described, subject="point__code", said=DESCRIBED),
        *facts.versions("SOURCE", fed, subject="point__code", said=("key",)),
    ]
