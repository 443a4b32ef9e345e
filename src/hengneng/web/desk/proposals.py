"""What a proposed point's data code says, for whoever is to confirm it."""

from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hengneng.kernel import clock
from hengneng.protocol import codes
from hengneng.registry.energy import queries as energy
from hengneng.registry.energy.queries import EnergyTypeRow
from hengneng.registry.points import rules

PARTS = {
    "process": _("Process"),
    "process_unit": _("Process unit"),
    "equipment": _("Class of equipment"),
    "equipment_number": _("Number of the equipment"),
    "energy_class": _("Energy class"),
    "energy_type": _("Energy variety"),
    "usage": _("Usage"),
}


class Said(NamedTuple):
    """What a national key says.

    Attributes:
        parts: Name and digits of each part of the code.
        level: ``LEVEL_1`` …
        flow: ``BOUGHT`` or ``CONVERSION_OUTPUT``.
        weight: By which the flow counts in overall consumption today; None: no weight is known.
        energy_type: The energy type that the code names; None: it names none.
    """

    parts: list[tuple[Any, str]]
    level: str
    flow: str
    weight: int | None
    energy_type: EnergyTypeRow | None


def said_by(key: str) -> Said:
    """Return what a proposal's key says.

    Args:
        key: ``N:<16 digits>``.
    """
    parts = codes.parts_of(key.removeprefix("N:"))
    named = energy.energy_type_of_code(parts.energy_class, parts.energy_type)
    flow = rules.flow_of_key(key)
    return Said(
        parts=[(label, getattr(parts, name)) for name, label in PARTS.items()],
        level=rules.level_of_key(key),
        flow=flow,
        weight=energy.balance_on(timezone.localdate(clock.now())).get(flow),
        energy_type=next((row for row in energy.energy_types() if row.code == named), None),
    )
