"""What a confirmed declaration does to the registry's facts, by kind; parts of one operation."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from hengneng.kernel import clock
from hengneng.kernel.personal import operations as personal
from hengneng.kernel.personal import queries as persons
from hengneng.registry.declarations import rules
from hengneng.registry.declarations.queries import records
from hengneng.registry.declarations.rules import (
    Content,
    FacilityRun,
    HeatValue,
    LegalPerson,
    NewPoint,
    Particulars,
    PointChange,
    SitePlace,
    Standing,
    said_of,
)
from hengneng.registry.equipment import queries as equipment
from hengneng.registry.fuels import operations as fuels
from hengneng.registry.points import operations as points
from hengneng.registry.points import queries as point_queries
from hengneng.registry.units import operations as units
from hengneng.registry.units import queries as unit_queries


class Overtaken(ValueError):
    """The record was edited since it was declared, so what would be replaced is not what was seen.

    Attributes:
        fields: Of which fields the record says otherwise now.
    """

    def __init__(self, fields: tuple[str, ...]) -> None:
        """Name the fields."""
        super().__init__(f"edited since it was declared: {', '.join(fields)}")
        self.fields = fields


class _Confirmed(NamedTuple):
    """Of which unit, by whom and when it is confirmed, and what shows it."""

    unit_id: int
    proof_id: int | None
    person_id: int | None
    by: int | None
    at: datetime

    @property
    def acting(self) -> dict[str, Any]:
        """Who acts, and when, as every operation takes it."""
        return {"by": self.by, "at": self.at}


def carry_out(
    *,
    unit_id: int,
    content: Content,
    seen: Mapping[str, Any],
    proof_id: int | None,
    person_id: int | None,
    by: int | None,
    at: datetime,
) -> None:
    """Say in the registry's facts what a unit declared, by the operation of the room below.

    Args:
        unit_id: The unit.
        content: What is declared.
        seen: What was on record then.
        proof_id: The kept file that shows it.
        person_id: Who is to be the legal person.
        by: Account acting.
        at: When it is confirmed. Aware.

    Raises:
        Overtaken: If the record was edited since.
    """
    edited = rules.overtaken(seen, records.on_record(unit_id, content))
    if edited:
        raise Overtaken(edited)
    _BY_FORM[type(content)](content, _Confirmed(unit_id, proof_id, person_id, by, at))


def _new_point(content: NewPoint, told: _Confirmed) -> None:
    """The unit has one more point."""
    points.create_point(
        unit_id=told.unit_id,
        code=content.code,
        name=content.name,
        energy_type_id=content.energy_type,
        level=content.level,
        flow=content.flow,
        kind=content.kind,
        slot_seconds=content.slot_seconds,
        ratio=content.ratio,
        key=content.key or None,
        valid_from=clock.midnight(content.valid_from),
        **_referred(told.unit_id, _named(content)),
        **told.acting,
    )


def _named(content: NewPoint) -> dict[str, str]:
    """Return the codes that a new point refers to."""
    return {"site": content.site, "parent": content.parent, "feeds": content.feeds}


def _point(content: PointChange, told: _Confirmed) -> None:
    """The point is otherwise from that day on, each field until its next change that is known."""
    point_id = records.point_id_of(told.unit_id, content.point)
    for until, said in _by_end(told.unit_id, content):
        named = {field: code for field, code in said.items() if field in records.REFERRED}
        plain = {field: value for field, value in said.items() if field not in named}
        points.describe_point(
            point_id=point_id,
            valid_from=clock.midnight(content.valid_from),
            valid_until=until,
            **plain,
            **_referred(told.unit_id, named),
            **told.acting,
        )


def _by_end(
    unit_id: int, content: PointChange | Particulars
) -> list[tuple[datetime | None, dict[str, Any]]]:
    """Return what is said with its end, those fields together that end together."""
    said, ends = said_of(content), records.ends(unit_id, content)
    return [
        (until, {field: value for field, value in said.items() if ends[field] == until})
        for until in dict.fromkeys(ends.values())
    ]


def _referred(unit_id: int, named: Mapping[str, str]) -> dict[str, Any]:
    """Return the ids of what is named by its code; an empty code is none.

    Raises:
        ForeignPlace: If the unit has nothing of that code.
    """
    ask: dict[str, Callable[[str], int | None]] = {
        "site": lambda code: unit_queries.sites_by_code([unit_id]).get((unit_id, code)),
        "parent": lambda code: point_queries.point_by_code(unit_id, code),
        "feeds": lambda code: equipment.ids_by_code(unit_id).get(code),
    }
    found = {field: ask[field](code) if code else None for field, code in named.items()}
    lost = [code for field, code in named.items() if code and found[field] is None]
    if lost:
        raise points.ForeignPlace(f"the unit has no {', '.join(lost)}")
    return {f"{field}_id": number for field, number in found.items()}


def _heat_value(content: HeatValue, told: _Confirmed) -> None:
    """The fuel was measured to give that over these months."""
    fuels.record_heat_value(
        unit_id=told.unit_id,
        energy_type_id=content.energy_type,
        heat_value_kj=content.heat_value_kj,
        first=content.first,
        until=content.until,
        report=content.report,
        laboratory=content.laboratory,
        document_id=told.proof_id,
        **told.acting,
    )


def _particulars(content: Particulars, told: _Confirmed) -> None:
    """The unit is otherwise from that day on, each field until its next change that is known."""
    for until, said in _by_end(told.unit_id, content):
        units.describe_unit(
            unit_id=told.unit_id,
            valid_from=clock.midnight(content.valid_from),
            valid_until=until,
            **said,
            **told.acting,
        )


def _legal_person(content: LegalPerson, told: _Confirmed) -> None:
    """Somebody else is the legal person from that day on, until the next one that is known.

    What was held for the declaration is needed no longer.
    """
    number = told.person_id or 0
    named = persons.people([number], whole=True).get(number)
    units.name_legal_person(
        unit_id=told.unit_id,
        name=named.name if named else "",
        valid_from=clock.midnight(content.valid_from),
        valid_until=records.ends(told.unit_id, content)["legal_person"],
        **told.acting,
    )
    personal.end(person_ids=[number], **told.acting)


def _facility(content: FacilityRun, told: _Confirmed) -> None:
    """The unit runs such a facility from that day on, or none, until the next known change."""
    units.record_facility(
        unit_id=told.unit_id,
        kind=content.facility,
        valid_from=clock.midnight(content.valid_from),
        valid_until=records.ends(told.unit_id, content)["is_run"],
        is_run=content.is_run,
        **told.acting,
    )


def _site(content: SitePlace, told: _Confirmed) -> None:
    """The site lies there from that day on, until the next change of it that is known."""
    units.place_site(
        unit_id=told.unit_id,
        site_code=content.site,
        district_code=content.district,
        name=content.name,
        address=content.address,
        valid_from=clock.midnight(content.valid_from),
        valid_until=records.ends(told.unit_id, content)["district"],
        **told.acting,
    )


def _standing(content: Standing, told: _Confirmed) -> None:
    """The unit works, or does not, in that span."""
    units.record_business(
        unit_id=told.unit_id,
        state=content.state,
        valid_from=clock.midnight(content.valid_from),
        valid_until=_midnight(content.until),
        proof_id=told.proof_id,
        reason=content.reason,
        **told.acting,
    )


def _midnight(day: date | None) -> datetime | None:
    return None if day is None else clock.midnight(day)


_BY_FORM: dict[type[Content], Callable[[Any, _Confirmed], None]] = {
    NewPoint: _new_point,
    PointChange: _point,
    HeatValue: _heat_value,
    Particulars: _particulars,
    LegalPerson: _legal_person,
    FacilityRun: _facility,
    SitePlace: _site,
    Standing: _standing,
}
