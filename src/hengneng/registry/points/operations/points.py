"""Make points, say what they are by date and what feeds them."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db import transaction
from django.db.models import Q

from hengneng.kernel.audit import operations as audit
from hengneng.kernel.facts import operations as facts
from hengneng.registry.energy import queries as energy
from hengneng.registry.equipment import queries as equipment
from hengneng.registry.points import queries, rules
from hengneng.registry.points.models import Description, Flow, Point, Source
from hengneng.registry.units import queries as units


class PointExists(ValueError):
    """The unit has a point of this code already."""


class UnknownEnergyType(LookupError):
    """There is no energy type of that code."""


class ForeignPlace(ValueError):
    """Site, parent or consumer are not the unit's, or the parent hangs on the point itself."""


class KeyTaken(ValueError):
    """This key feeds another point of the unit in that time."""


@transaction.atomic
def create_point(
    *,
    unit_id: int,
    code: str,
    name: str,
    energy_type_id: str,
    level: str,
    kind: str,
    valid_from: datetime,
    by: int | None,
    at: datetime,
    flow: str = Flow.BOUGHT,
    slot_seconds: int = 900,
    capacity: Decimal | None = None,
    ratio: Fraction = Fraction(1),
    site_id: int | None = None,
    parent_id: int | None = None,
    feeds_id: int | None = None,
    key: str | None = None,
    valid_until: datetime | None = None,
) -> Point:
    """Make a metering point and say what it is, and what feeds it, from one instant on.

    Args:
        unit_id: The unit.
        code: The unit's own short name of the place.
        name: Its name.
        energy_type_id: What it meters.
        level: ``LEVEL_1`` … ``OTHER``.
        kind: ``REGISTER`` or ``INCREMENT``.
        valid_from: Since when. Aware.
        by: Account acting.
        at: When it is entered. Aware.
        flow: ``BOUGHT`` …
        slot_seconds: 300, 900, 1800 or 3600. [s]
        capacity: The register's modulus.
        ratio: CT × PT. [1]
        site_id: The unit's site it stands at.
        parent_id: The point above it in the metering tree.
        feeds_id: The unit's sub-unit or equipment whose consumption it meters.
        key: What feeds it, ``N:…`` or ``R:…``.
        valid_until: Until when, exclusive; None: for good. Aware.

    Raises:
        PointExists: If the unit has a point of the code.
        BadDescription: If no point can be so.
        UnknownEnergyType: If there is no such energy type.
        ForeignPlace: If site, parent or consumer are not the unit's.
        BadKey, CodeDoesNotFit, KeyTaken: If the key cannot feed it.
    """
    with facts.edit():
        if Point.objects.filter(unit_id=unit_id, code=code).exists():
            raise PointExists(f"the unit has a point {code}")
        point = Point.objects.create(unit_id=unit_id, code=code)
        values = _columns(
            {
                "name": name,
                "energy_type_id": energy_type_id,
                "level": level,
                "flow": flow,
                "kind": kind,
                "slot_seconds": slot_seconds,
                "capacity": capacity,
                "ratio": ratio,
                "site_id": site_id,
                "parent_id": parent_id,
                "feeds_id": feeds_id,
            }
        )
        _begin(point, values, key, valid_from, valid_until)
    details = {"name": name, "energy_type": energy_type_id, "key": key}
    audit.record("point.created", subject=f"point:{point.id}", by=by, at=at, details=details)
    return point


@transaction.atomic
def describe_point(
    *,
    point_id: int,
    valid_from: datetime,
    by: int | None,
    at: datetime,
    valid_until: datetime | None = None,
    **changes: Any,
) -> Point:
    """Say that a point is different from one instant on; what is not named stays as it was.

    Where the span begins before the point's first description, that one reaches back to it.

    Args:
        point_id: The point.
        valid_from: Since when. Aware.
        by: Account acting.
        at: When it is entered. Aware.
        valid_until: Until when, exclusive; None: for good. Aware.
        **changes: Any of ``create_point``'s ``name energy_type_id level flow kind slot_seconds
            capacity ratio site_id parent_id feeds_id``.

    Raises:
        BadDescription: If no point can be so.
        UnknownEnergyType: If there is no such energy type.
        ForeignPlace: If site, parent or consumer are not the unit's, or the point would hang on
            itself at any instant.
        CodeDoesNotFit: If what feeds the point no longer fits it.
        NothingKnown: If the point has no description in the span.
    """
    values = _columns(changes)
    with facts.edit():
        point = Point.objects.get(id=point_id)
        _check(point, values)
        identity = {"point_id": point_id}
        begun = facts.reach_back(
            model=Description, identity=identity, valid_from=valid_from, fields=queries.DESCRIBED
        )
        if begun is not None:
            _note(point, valid_from, begun)
        facts.amend(
            model=Description,
            identity=identity,
            valid_from=valid_from,
            valid_until=valid_until,
            changes=values,
        )
        _check_tree(point.unit_id)
        _check_whole(point)
        _note(point, valid_from, valid_until)
    details = {"valid_from": valid_from.isoformat()} | {k: str(v) for k, v in changes.items()}
    audit.record("point.described", subject=f"point:{point_id}", by=by, at=at, details=details)
    return point


@transaction.atomic
def feed_point(
    *,
    point_id: int,
    key: str | None,
    valid_from: datetime,
    by: int | None,
    at: datetime,
    valid_until: datetime | None = None,
) -> None:
    """Say what feeds a point from one instant on.

    Args:
        point_id: The point.
        key: ``N:<16 digits>`` or ``R:<meter>:<register>``; None: nothing.
        valid_from: Since when. Aware.
        by: Account acting.
        at: When it is entered. Aware.
        valid_until: Until when, exclusive; None: for good. Aware.

    Raises:
        BadKey: If the key has neither form.
        CodeDoesNotFit: If it measures another level or kind.
        KeyTaken: If it feeds another point of the unit in that time.
    """
    with facts.edit():
        point = Point.objects.get(id=point_id)
        _feed(point, key, valid_from, valid_until)
        _check_whole(point)
        _note(point, valid_from, valid_until)
    details = {"key": key, "valid_from": valid_from.isoformat()}
    audit.record("point.fed", subject=f"point:{point_id}", by=by, at=at, details=details)


def _begin(
    point: Point,
    values: Mapping[str, Any],
    key: str | None,
    start: datetime,
    end: datetime | None,
) -> None:
    """Give a new point its first description and what feeds it."""
    _check(point, values)
    facts.replace(
        model=Description,
        identity={"point_id": point.id},
        valid_from=start,
        valid_until=end,
        values=values,
    )
    if key is not None:
        rules.check_key(key, level=values["level"], kind=values["kind"])
        _feed(point, key, start, end)
    _check_whole(point)
    _note(point, start, end)


def _columns(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values by column, the ratio as its two exact parts.

    Raises:
        BadDescription: If a field is none of a description's.
    """
    columns = dict(values)
    if "ratio" in columns:
        ratio = Fraction(columns.pop("ratio"))
        columns |= {"ratio_numerator": ratio.numerator, "ratio_denominator": ratio.denominator}
    unknown = set(columns) - queries.DESCRIBED
    if unknown:
        raise rules.BadDescription(f"a description has no {', '.join(sorted(unknown))}")
    return columns


def _check(point: Point, values: Mapping[str, Any]) -> None:
    """Refuse values that cannot describe this point."""
    rules.check_description(values)
    energy_type = values.get("energy_type_id")
    if energy_type is not None and not energy.is_energy_type(energy_type):
        raise UnknownEnergyType(f"no energy type {energy_type}")
    site = values.get("site_id")
    if site is not None and not units.is_site_of(site, point.unit_id):
        raise ForeignPlace(f"site {site} is not the unit's")
    parent, consumer = values.get("parent_id"), values.get("feeds_id")
    if parent and not Point.objects.filter(id=parent, unit_id=point.unit_id).exists():
        raise ForeignPlace(f"point {parent} is not the unit's")
    if consumer and equipment.owners_of_consumers([consumer]).get(consumer) != point.unit_id:
        raise ForeignPlace(f"consumer {consumer} is not the unit's")


def _check_tree(unit_id: int) -> None:
    """Refuse a tree in which, at some instant, a point hangs on itself.

    Edits of facts come one after the other (``facts.edit``), so the tree read here is the whole of
    it: two edits at once cannot close a circle between them.
    """
    hanging = Description.objects.filter(
        superseded_at__isnull=True, point__unit_id=unit_id, parent_id__isnull=False
    )
    fields = ("valid_from", "valid_until", "point__code", "parent__code")
    circle = rules.circle_in(rules.Hang(*row) for row in hanging.values_list(*fields))
    if circle is not None:
        told = ", ".join(sorted(map(str, circle.points)))
        raise ForeignPlace(f"{told}: each would hang on itself from {circle.begins.isoformat()}")


def _feed(point: Point, key: str | None, start: datetime, end: datetime | None) -> None:
    """Replace what feeds the point in the span."""
    if key is not None:
        believed = Source.objects.filter(
            Q(valid_until__isnull=True) | Q(valid_until__gt=start),
            superseded_at__isnull=True,
            unit_id=point.unit_id,
            key=key,
        ).exclude(point_id=point.id)
        if end is not None:
            believed = believed.filter(valid_from__lt=end)
        taken = believed.values_list("point__code", flat=True).first()
        if taken is not None:
            raise KeyTaken(f"{key} feeds the unit's point {taken} in that time")
    facts.replace(
        model=Source,
        identity={"point_id": point.id, "unit_id": point.unit_id},
        valid_from=start,
        valid_until=end,
        values=None if key is None else {"key": key},
    )


def _check_whole(point: Point) -> None:
    """Refuse an indicator at a level of energy's, and a source that does not fit its point."""
    kinds = {row.code: row.kind for row in energy.energy_types()}
    for span in queries.spans_of_point(point.id):
        if span.key is not None:
            rules.check_key(span.key, level=span.level, kind=span.kind)
        rules.check_kind(kinds[span.energy_type_id], level=span.level, key=span.key)


def _note(point: Point, start: datetime, end: datetime | None) -> None:
    """Leave word of what telemetry must work out again."""
    facts.note_change(
        unit_id=point.unit_id, point_id=point.id, changed_from=start, changed_until=end
    )
