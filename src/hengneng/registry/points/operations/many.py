"""Make many new points at once, with a number of statements that does not grow with them."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from django.db import transaction

from hengneng.kernel.audit import operations as audit
from hengneng.kernel.facts import operations as facts
from hengneng.registry.energy import queries as energy
from hengneng.registry.equipment import queries as equipment
from hengneng.registry.points import rules
from hengneng.registry.points.models import Description, Flow, Point, Source
from hengneng.registry.points.operations.points import (
    ForeignPlace,
    KeyTaken,
    PointExists,
    UnknownEnergyType,
)
from hengneng.registry.units import queries as units


class NewPoint(NamedTuple):
    """A point to be made; the fields are ``create_point``'s, but the parent is named by its code.

    Attributes:
        unit_id: The unit.
        code: The unit's own short name of the place.
        name: Its name.
        energy_type_id: What it meters.
        level: ``LEVEL_1`` … ``OTHER``.
        kind: ``REGISTER`` or ``INCREMENT``.
        valid_from: Since when. Aware.
        flow: ``BOUGHT`` …
        slot_seconds: 300, 900, 1800 or 3600. [s]
        capacity: The register's modulus.
        ratio: CT × PT. [1]
        site_id: The unit's site it stands at.
        feeds_id: The unit's sub-unit or equipment whose consumption it meters.
        parent_code: The new point above it in the metering tree, which stands before it.
        key: What feeds it, ``N:…`` or ``R:…``.
        valid_until: Until when, exclusive; None: for good. Aware.
    """

    unit_id: int
    code: str
    name: str
    energy_type_id: str
    level: str
    kind: str
    valid_from: datetime
    flow: str = Flow.BOUGHT
    slot_seconds: int = 900
    capacity: Decimal | None = None
    ratio: Fraction = Fraction(1)
    site_id: int | None = None
    feeds_id: int | None = None
    parent_code: str | None = None
    key: str | None = None
    valid_until: datetime | None = None


@transaction.atomic
def create_points(*, rows: Sequence[NewPoint], by: int | None, at: datetime) -> list[int]:
    """Make many metering points, of any units: all of them or none, one entry.

    Args:
        rows: The points, each after its parent. Shape (n,).
        by: Account acting.
        at: When they are entered. Aware.

    Returns:
        Their ids, in the order of the rows. Shape (n,).

    Raises:
        PointExists: If a unit has a point of the code, or it stands twice in the rows.
        BadDescription: If no point can be so.
        UnknownEnergyType: If there is no such energy type.
        ForeignPlace: If site, consumer or parent are not the unit's, or the parent does not stand
            before.
        BadKey, CodeDoesNotFit: If a key cannot feed its point.
        KeyTaken: If a key feeds another point of the unit in that time.
    """
    with facts.edit() as recorded_at:
        _check_rows(rows)
        _check_places(rows)
        _check_keys(rows)
        made = Point.objects.bulk_create(Point(unit_id=row.unit_id, code=row.code) for row in rows)
        ids = {(point.unit_id, point.code): point.pk for point in made}
        described = [row | {"recorded_at": recorded_at} for row in _descriptions(rows, ids)]
        Description.objects.bulk_create(Description(**row) for row in described)
        Source.objects.bulk_create(_sources(rows, ids, recorded_at))
        facts.note_new_points(
            points=((r.unit_id, ids[r.unit_id, r.code], r.valid_from, r.valid_until) for r in rows)
        )
    audit.record(
        "points.created",
        subject="points",
        by=by,
        at=at,
        details={"points": [[point.pk, point.unit_id, point.code] for point in made]},
    )
    return [point.pk for point in made]


def _check_rows(rows: Sequence[NewPoint]) -> None:
    """Refuse what no point can be, and energy types that there are not."""
    kinds = {row.code: row.kind for row in energy.energy_types()}
    for row in rows:
        rules.check_description(_described(row))
        if row.energy_type_id not in kinds:
            raise UnknownEnergyType(f"no energy type {row.energy_type_id}")
        if row.key is not None:
            rules.check_key(row.key, level=row.level, kind=row.kind)
        rules.check_kind(kinds[row.energy_type_id], level=row.level, key=row.key)
    counted = Counter((row.unit_id, row.code) for row in rows)
    twice = {pair for pair, count in counted.items() if count > 1}
    there = Point.objects.filter(unit_id__in={row.unit_id for row in rows})
    twice |= counted.keys() & set(there.values_list("unit_id", "code"))
    if twice:
        raise PointExists(f"the unit has a point {min(twice)[1]}")


def _check_places(rows: Sequence[NewPoint]) -> None:
    """Refuse sites, consumers and parents that are not the unit's own."""
    owners = units.owners_of_sites({row.site_id for row in rows if row.site_id is not None})
    consumers = {row.feeds_id for row in rows if row.feeds_id is not None}
    using = equipment.owners_of_consumers(consumers) if consumers else {}
    before: set[tuple[int, str]] = set()
    for row in rows:
        if row.site_id is not None and owners.get(row.site_id) != row.unit_id:
            raise ForeignPlace(f"site {row.site_id} is not the unit's")
        if row.feeds_id is not None and using.get(row.feeds_id) != row.unit_id:
            raise ForeignPlace(f"consumer {row.feeds_id} is not the unit's")
        if row.parent_code is not None and (row.unit_id, row.parent_code) not in before:
            raise ForeignPlace(f"no point {row.parent_code} stands before point {row.code}")
        before.add((row.unit_id, row.code))


def _check_keys(rows: Sequence[NewPoint]) -> None:
    """Refuse keys that feed another point of the unit, there already or among the rows."""
    fed = [row for row in rows if row.key is not None]
    believed = Source.objects.filter(
        superseded_at__isnull=True, unit_id__in={row.unit_id for row in fed}
    )
    spans: dict[tuple[int, str | None], list[tuple[datetime, datetime | None]]] = {}
    for unit_id, key, start, end in believed.values_list(
        "unit_id", "key", "valid_from", "valid_until"
    ):
        spans.setdefault((unit_id, key), []).append((start, end))
    for row in fed:
        taken = spans.setdefault((row.unit_id, row.key), [])
        if any(_overlap(row, start, end) for start, end in taken):
            raise KeyTaken(f"{row.key} feeds another point of the unit in that time")
        taken.append((row.valid_from, row.valid_until))


def _overlap(row: NewPoint, start: datetime, end: datetime | None) -> bool:
    """Answer whether a point's span shares an instant with another."""
    return (end is None or row.valid_from < end) and (
        row.valid_until is None or start < row.valid_until
    )


def _described(row: NewPoint) -> dict[str, Any]:
    """Return a description's own fields, the ratio as its two exact parts."""
    return {
        "name": row.name,
        "energy_type_id": row.energy_type_id,
        "level": row.level,
        "flow": row.flow,
        "kind": row.kind,
        "slot_seconds": row.slot_seconds,
        "capacity": row.capacity,
        "site_id": row.site_id,
        "feeds_id": row.feeds_id,
        "ratio_numerator": row.ratio.numerator,
        "ratio_denominator": row.ratio.denominator,
    }


def _descriptions(
    rows: Iterable[NewPoint], ids: dict[tuple[int, str], int]
) -> Iterable[dict[str, Any]]:
    """Yield what each point is."""
    for row in rows:
        above = None if row.parent_code is None else ids[row.unit_id, row.parent_code]
        yield _described(row) | {
            "point_id": ids[row.unit_id, row.code],
            "parent_id": above,
            "valid_from": row.valid_from,
            "valid_until": row.valid_until,
        }


def _sources(
    rows: Iterable[NewPoint], ids: dict[tuple[int, str], int], recorded_at: datetime
) -> Iterable[Source]:
    """Yield what feeds each point."""
    for row in rows:
        if row.key is not None:
            yield Source(
                unit_id=row.unit_id,
                point_id=ids[row.unit_id, row.code],
                key=row.key,
                valid_from=row.valid_from,
                valid_until=row.valid_until,
                recorded_at=recorded_at,
            )
