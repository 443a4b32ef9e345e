"""What is on record of the things that a declaration speaks of, field by field."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from hengneng.kernel import clock
from hengneng.registry.declarations.rules import (
    Content,
    FacilityRun,
    HeatValue,
    LegalPerson,
    Particulars,
    PointChange,
    SitePlace,
    Standing,
    said_of,
)
from hengneng.registry.declarations.rules.writing import first_day
from hengneng.registry.equipment import queries as equipment
from hengneng.registry.fuels import queries as fuels
from hengneng.registry.points import queries as points
from hengneng.registry.points.queries import UnknownPoint
from hengneng.registry.units import queries as units

REFERRED = frozenset({"site", "parent", "feeds"})  # fields of a point that name another thing


def on_record(unit_id: int, content: Content) -> dict[str, Any]:
    """Return what is on record where the content speaks, as JSON holds it; nothing of a new thing.

    Of facts that hold for spans (heat values, standing) all that touch the content's span.

    Args:
        unit_id: The unit.
        content: What is declared.

    Raises:
        UnknownPoint: If the unit has no such point.
    """
    look = _BY_FORM.get(type(content))
    return {} if look is None else look(unit_id, content)


def ends(unit_id: int, content: Content) -> dict[str, datetime | None]:
    """Return until when each declared field would be so; None: for good. Aware.

    That is when the record next says something else of it, field by field; what is declared with
    a last day of its own, or of a new thing, is left out.

    Args:
        unit_id: The unit.
        content: What is declared.

    Raises:
        UnknownPoint: If the unit has no such point.
    """
    start = clock.midnight(first_day(content))
    if isinstance(content, PointChange):
        columns = {
            f"{field}_id" if field in REFERRED else field: field for field in said_of(content)
        }
        until = points.said_until(point_id_of(unit_id, content.point), start, list(columns))
        return {columns[column]: when for column, when in until.items()}
    if isinstance(content, Particulars):
        return units.said_until(unit_id, start, list(said_of(content)))
    if isinstance(content, LegalPerson):
        return units.said_until(unit_id, start, ["legal_person"])
    if isinstance(content, FacilityRun):
        return {"is_run": units.facility_until(unit_id, content.facility, start)}
    if isinstance(content, SitePlace):
        return {"district": units.placement_from(unit_id, content.site, start)[1]}
    return {}


def point_id_of(unit_id: int, code: str) -> int:
    """Return the unit's point of that code.

    Raises:
        UnknownPoint: If it has none.
    """
    point_id = points.point_by_code(unit_id, code)
    if point_id is None:
        raise UnknownPoint(f"the unit has no point {code}")
    return point_id


def _of_point(unit_id: int, content: PointChange) -> dict[str, Any]:
    """Return how the point is described on the first day, of what the content names."""
    point_id = point_id_of(unit_id, content.point)
    described, _until = points.described_from(point_id, clock.midnight(content.valid_from))
    if described is None:
        return {}
    named = _codes(unit_id)
    return {
        field: named[field].get(described[f"{field}_id"], "")
        if field in named
        else described[field]
        for field in said_of(content)
    }


def _codes(unit_id: int) -> dict[str, dict[int | None, str]]:
    """Return the codes of what a description refers to, by field and id; three queries."""
    sites = units.sites_by_code([unit_id]).items()
    there = points.ids_by_code([unit_id]).items()
    return {
        "site": {number: code for (_unit, code), number in sites},
        "parent": {number: code for (_unit, code), number in there},
        "feeds": {number: code for code, number in equipment.ids_by_code(unit_id).items()},
    }


def _of_fuel(unit_id: int, content: HeatValue) -> dict[str, Any]:
    """Return the fuel's heat values that touch the months."""
    there = [
        [
            row.first.isoformat(),
            _iso(row.until),
            f"{row.heat_value_kj.normalize():f}",
            row.report,
            row.laboratory,
        ]
        for row in fuels.heat_values_of(unit_id)
        if row.energy_type_id == content.energy_type
        and _touch(content.first, content.until, row.first, row.until)
    ]
    return {"heat_value_kj": there[::-1]}


def _of_unit(unit_id: int, content: Particulars) -> dict[str, Any]:
    """Return the unit's particulars on the first day, of what the content names."""
    said = units.particulars_of(unit_id, whole=False, at=clock.midnight(content.valid_from))
    return {field: getattr(said, field, "") for field in said_of(content)}


def _of_person(unit_id: int, content: LegalPerson) -> dict[str, Any]:
    """Return the id of who is the legal person on the first day."""
    said = units.particulars_of(unit_id, whole=False, at=clock.midnight(content.valid_from))
    person = said.legal_person if said else None
    return {"legal_person": person.id if person else None}


def _of_facility(unit_id: int, content: FacilityRun) -> dict[str, Any]:
    """Return whether the unit runs it on the first day."""
    there = units.facilities_of(unit_id, at=clock.midnight(content.valid_from))
    return {"is_run": any(row.kind == content.facility for row in there)}


def _of_site(unit_id: int, content: SitePlace) -> dict[str, Any]:
    """Return the site and where it lies on the first day; nothing of a new one."""
    for row in units.sites_of(unit_id, at=clock.midnight(content.valid_from)):
        if row.code == content.site:
            there = {"name": row.name, "address": row.address, "district": row.district_id}
            return {field: there[field] for field in said_of(content)}
    return {}


def _of_standing(unit_id: int, content: Standing) -> dict[str, Any]:
    """Return the standings that touch the span."""
    there = [
        [
            clock.day_of(row.valid_from).isoformat(),
            _iso(_day(row.valid_until)),
            row.state,
            row.reason,
        ]
        for row in units.business_of(unit_id)
        if _touch(
            content.valid_from, content.until, clock.day_of(row.valid_from), _day(row.valid_until)
        )
    ]
    return {"state": there}


def _touch(first: date, until: date | None, other: date, other_until: date | None) -> bool:
    """Answer whether two spans of days share one."""
    return (until is None or other < until) and (other_until is None or first < other_until)


def _day(instant: datetime | None) -> date | None:
    return None if instant is None else clock.day_of(instant)


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


_BY_FORM: dict[type[Content], Callable[[int, Any], dict[str, Any]]] = {
    PointChange: _of_point,
    HeatValue: _of_fuel,
    Particulars: _of_unit,
    LegalPerson: _of_person,
    FacilityRun: _of_facility,
    SitePlace: _of_site,
    Standing: _of_standing,
}
