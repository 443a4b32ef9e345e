"""What was ever believed of a unit: every version of its facts, in both times."""

from datetime import datetime
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from hengneng.kernel.facts.queries import Version
from hengneng.registry.equipment import queries as equipment
from hengneng.registry.fuels import queries as fuels
from hengneng.registry.instruments import queries as instruments
from hengneng.registry.points import history
from hengneng.registry.units import queries as units
from hengneng.web.desk import fact_words
from hengneng.web.desk.views.unit.base import File, Look, UnitTab
from hengneng.web.parts import frame, tags

PAGE_SIZE = 100
Names = dict[str, str]


class Told(NamedTuple):
    """A version, and in words what it says that the one before did not."""

    version: Version
    kind: Any
    said: list[tuple[Any, str]]


class Facts(UnitTab):
    """The tab."""

    template = "desk/unit/facts.html"
    tab = "unit-facts"

    def shown(self, look: Look) -> dict[str, Any]:
        """Return every version, what was recorded last first."""
        names = fact_words.names(look.types)
        versions = [
            *units.versions_of(look.unit.id),
            *units.placement_versions(look.unit.id),
            *history.versions_of(look.unit.id),
            *_of_consumers(look.unit.id, names),
            *instruments.installation_versions(look.unit.id),
            *instruments.exchange_versions(look.unit.id),
            *instruments.status_versions(look.unit.id),
            *instruments.certificate_versions(look.unit.id),
            *fuels.heat_value_versions(look.unit.id),
            *_of_fuels(look.unit.id, names),
        ]
        told = sorted(_told(versions, names), key=_recorded, reverse=True)
        number = look.page
        first = (number - 1) * PAGE_SIZE
        return {
            "all": told,
            "versions": told[first : first + PAGE_SIZE],
            "page": frame.place_of(number, size=PAGE_SIZE, total=len(told)),
        }

    def files(self, context: dict[str, Any]) -> dict[str, File]:
        """Return every version."""
        head = (
            _("What"),
            _("Of"),
            _("Says"),
            _("True from"),
            _("True until"),
            _("Known since"),
            _("Superseded at"),
        )
        return {"": File("facts", head, [_cells(one) for one in context["all"]])}


def _of_consumers(unit_id: int, names: Names) -> list[Version]:
    """Return the versions of the unit's consumers; each demand of one is a subject of its own."""
    found = []
    for version in equipment.versions_of(unit_id):
        said = dict(version.said)
        if version.kind == "DEMAND":
            energy_type = names.get(said["energy_type_id"], said["energy_type_id"])
            subject = f"{version.subject} · {energy_type}, {said['measure']}"
            found.append(version._replace(subject=subject, said=said))
        else:
            said["belongs_to"], said["consumer"] = said.pop("parent__code"), said.pop("kind")
            found.append(version._replace(said=said))
    return found


def _of_fuels(unit_id: int, names: Names) -> list[Version]:
    """Return the versions of stocks and purchases; each day and each paper is a subject."""
    told = [(one, tags.day(one.valid_from)) for one in fuels.taking_versions(unit_id)]
    told += [(one, one.said["paper"]) for one in fuels.purchase_versions(unit_id)]
    return [
        one._replace(subject=f"{names.get(one.subject, one.subject)} · {what}")
        for one, what in told
    ]


def _recorded(one: Told) -> tuple[datetime, datetime]:
    """Return when a version was recorded; of one edit's versions the later ones come after."""
    return one.version.recorded_at, one.version.valid_from


def _told(versions: list[Version], names: Names) -> list[Told]:
    """Return the versions with what each changed against the one recorded before it."""
    before: dict[tuple[str, str], dict[str, Any]] = {}
    found = []
    for version in versions:
        key = version.kind, version.subject
        known = before.get(key, {})
        changed = {f: v for f, v in version.said.items() if f not in known or known[f] != v}
        said = fact_words.in_words(changed, names)
        found.append(Told(version, fact_words.KINDS[version.kind], said))
        before[key] = version.said
    return found


def _cells(one: Told) -> tuple[Any, ...]:
    version = one.version
    return (
        str(one.kind),
        version.subject,
        "; ".join(f"{label}: {value}" for label, value in one.said),
        tags.moment(version.valid_from),
        tags.moment(version.valid_until),
        tags.moment(version.recorded_at),
        tags.moment(version.superseded_at),
    )
