"""What was believed of a unit by date, and what a change of it replaced."""

from datetime import date, datetime
from typing import Generic, NamedTuple, TypeVar

from hengneng.kernel import clock
from hengneng.kernel.facts import queries as facts
from hengneng.kernel.facts.models import TwoTimed
from hengneng.registry.units.models import (
    Business,
    ConsumptionLevel,
    Facility,
    Naming,
    Particulars,
)

Fact = TypeVar("Fact", bound=TwoTimed)
_BEGINNING = date(2000, 1, 1)


class Change(NamedTuple, Generic[Fact]):
    """A change of a fact: the span since it, and what was true until it."""

    since: datetime
    until: datetime | None
    before: Fact | None


def beginning() -> datetime:
    """Return since when a fact counts that says nothing of it: before any history uploaded."""
    return clock.midnight(_BEGINNING)


def before_change(model: type[Fact], unit_id: int, instant: datetime) -> Change[Fact] | None:
    """Return what a unit's fact said until it changed at an instant; None where it did not.

    Args:
        model: The fact; one version of a unit is valid at a time.
        unit_id: The unit.
        instant: When. Aware.
    """
    believed = model._default_manager.filter(unit_id=unit_id, superseded_at__isnull=True)
    began = believed.filter(valid_from=instant).first()
    if began is None:
        return None
    return Change(instant, began.valid_until, believed.filter(valid_until=instant).first())


def versions_of(unit_id: int) -> list[facts.Version]:
    """Return every version of what was said of a unit, superseded ones too; five queries.

    Names of persons are left out: they are no fact of the unit's and may be erased.
    """
    code = "unit__code"
    said = ("sector", "address", "industry_code", "industry_name", "department")
    kinds = (
        ("NAMING", Naming, code, ("name", "name_en")),
        ("PARTICULARS", Particulars, code, said),
        ("BUSINESS", Business, code, ("state", "reason")),
        ("FACILITY", Facility, "kind", ("kind",)),
        ("CONSUMPTION_LEVEL", ConsumptionLevel, "year", ("tce", "source", "verified")),
    )
    return [
        _told(version)
        for kind, model, subject, fields in kinds
        for version in facts.versions(
            kind, model._default_manager.filter(unit_id=unit_id), subject=subject, said=fields
        )
    ]


def _told(version: facts.Version) -> facts.Version:
    """Return a version with its subject as a text and a facility's kind under its own name."""
    said = {"facility" if field == "kind" else field: v for field, v in version.said.items()}
    return version._replace(subject=str(version.subject), said=said)
