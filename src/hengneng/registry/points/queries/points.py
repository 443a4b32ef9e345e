"""What points a unit has, what they were by date and what fed them."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet

from hengneng.kernel import clock
from hengneng.kernel.facts.queries import known_at, version_from
from hengneng.kernel.facts.queries import said_until as fields_until
from hengneng.kernel.policy.rules import Permission, Viewer
from hengneng.registry.points import rules
from hengneng.registry.points.models import Description, Point, Source
from hengneng.registry.points.rules import Feed, Span
from hengneng.registry.units import queries as units

# The fields of a description that an edit may change.
DESCRIBED = frozenset(
    {
        "name",
        "energy_type_id",
        "level",
        "flow",
        "kind",
        "slot_seconds",
        "site_id",
        "parent_id",
        "feeds_id",
        "capacity",
        "ratio_numerator",
        "ratio_denominator",
    }
)


class UnknownPoint(LookupError):
    """There is no such point, or it is not the viewer's to see."""


class PointRow(NamedTuple):
    """A point as it is at one instant.

    Attributes:
        id: The point.
        unit_id: Its unit.
        code: The unit's own short name of the place.
        name: Its name.
        energy_type_id: What it meters.
        level: ``LEVEL_1`` … ``OTHER``.
        flow: ``BOUGHT`` …
        kind: ``REGISTER`` or ``INCREMENT``.
        slot_seconds: Length of its slots. [s]
        capacity: The register's modulus; None: unknown.
        ratio: CT × PT. [1]
        site_code: The site it stands at; None: not said.
        parent_id: The point above it; None: none.
        feeds_id: The sub-unit or equipment whose consumption it meters; None: not said.
        feeds_code: That consumer's code; None: not said.
        key: What feeds it; None: nothing.
        valid_from: Since when it is described so. Aware.
        valid_until: Until when, exclusive; None: for good. Aware.
    """

    id: int
    unit_id: int
    code: str
    name: str
    energy_type_id: str
    level: str
    flow: str
    kind: str
    slot_seconds: int
    capacity: Decimal | None
    ratio: Fraction
    site_code: str | None
    parent_id: int | None
    feeds_id: int | None
    feeds_code: str | None
    key: str | None
    valid_from: datetime
    valid_until: datetime | None


class Timeline(NamedTuple):
    """A point's spans, ascending: what it was and what fed it."""

    point_id: int
    code: str
    spans: list[Span]


def points_of(
    unit_id: int, *, as_of: datetime | None = None, at: datetime | None = None
) -> list[PointRow]:
    """Return the unit's points that are described at an instant, by level and code.

    Args:
        unit_id: The unit.
        as_of: As believed when; None: now. Aware.
        at: The instant; None: now. Aware.
    """
    instant = at or clock.now()
    described = Description.objects.filter(
        known_at(as_of), _valid_at(instant), point__unit_id=unit_id
    ).order_by("level", "point__code")
    return _rows(described, instant, as_of)


def points_between(
    unit_id: int, first: datetime, until: datetime, *, as_of: datetime | None = None
) -> list[PointRow]:
    """Return the unit's points that were described at some time, each as it was there last.

    Args:
        unit_id: The unit.
        first: Begin of the time. Aware.
        until: Its end, exclusive. Aware.
        as_of: As believed when; None: now. Aware.
    """
    within = Description.objects.filter(
        known_at(as_of),
        Q(valid_until__isnull=True) | Q(valid_until__gt=first),
        point__unit_id=unit_id,
        valid_from__lt=until,
    ).order_by("level", "point__code", "valid_from")
    return list({row.id: row for row in _rows(within, until, as_of)}.values())


def units_metering(energy_type_id: str) -> set[int]:
    """Return the units that have a point of an energy type now; one query."""
    described = Description.objects.filter(
        known_at(None), _valid_at(clock.now()), energy_type_id=energy_type_id
    )
    return set(described.values_list("point__unit_id", flat=True))


def point_by_id(viewer: Viewer, permission: Permission, point_id: int) -> PointRow:
    """Return one point as it is now, or as it was last described.

    Raises:
        UnknownPoint: If there is none, or the permission does not reach its unit.
    """
    visible = units.visible_to(viewer, permission)
    described = Description.objects.filter(
        known_at(None),
        point_id=point_id,
        point__unit_id__in=visible.values("id"),
        valid_from__lte=clock.now(),
    ).order_by("-valid_from")[:1]
    rows = _rows(described, clock.now(), None)
    if not rows:
        raise UnknownPoint(f"no point {point_id}")
    return rows[0]


def point_by_code(unit_id: int, code: str) -> int | None:
    """Return the unit's point of that code; None where it has none."""
    return Point.objects.filter(unit_id=unit_id, code=code).values_list("id", flat=True).first()


def unit_of_point(point_id: int) -> int:
    """Return the unit whose point this is.

    Raises:
        UnknownPoint: If there is none.
    """
    unit_id = Point.objects.filter(id=point_id).values_list("unit_id", flat=True).first()
    if unit_id is None:
        raise UnknownPoint(f"no point {point_id}")
    return unit_id


def ids_by_code(unit_ids: Collection[int]) -> dict[tuple[int, str], int]:
    """Return the ids of some units' points by unit and code; one query."""
    there = Point.objects.filter(unit_id__in=unit_ids)
    return {
        (unit, code): number for number, unit, code in there.values_list("id", "unit_id", "code")
    }


def units_of_points(point_ids: Collection[int]) -> dict[int, int]:
    """Return the unit of each of these points that there is; one query."""
    return dict(Point.objects.filter(id__in=point_ids).values_list("id", "unit_id"))


def timelines(unit_id: int, *, as_of: datetime | None = None) -> list[Timeline]:
    """Return every point of a unit with its spans, by point; two queries.

    Args:
        unit_id: The unit.
        as_of: As believed when; None: now. Aware.
    """
    described = Description.objects.filter(known_at(as_of), point__unit_id=unit_id)
    fed = Source.objects.filter(known_at(as_of), unit_id=unit_id)
    return _timelines(described, fed)


def spans_of_point(point_id: int, *, as_of: datetime | None = None) -> list[Span]:
    """Return one point's spans, ascending, as believed at ``as_of`` (None: now)."""
    described = Description.objects.filter(known_at(as_of), point_id=point_id)
    fed = Source.objects.filter(known_at(as_of), point_id=point_id)
    return [span for timeline in _timelines(described, fed) for span in timeline.spans]


def keys_ever(unit_id: int, *, point_id: int | None = None) -> set[str]:
    """Return every key that feeds, or was ever believed to feed, a unit's points or one of them."""
    fed = Source.objects.filter(unit_id=unit_id)
    if point_id is not None:
        fed = fed.filter(point_id=point_id)
    return set(fed.values_list("key", flat=True))


def described_from(
    point_id: int, instant: datetime
) -> tuple[dict[str, Any] | None, datetime | None]:
    """Return how a point is described at an instant, by column, and when that changes."""
    version, until = version_from(Description.objects.filter(point_id=point_id), instant)
    if version is None:
        return None, until
    return {field: getattr(version, field) for field in DESCRIBED}, until


def said_until(
    point_id: int, instant: datetime, fields: Collection[str]
) -> dict[str, datetime | None]:
    """Return when each column of a description first changes after an instant; None: never."""
    return fields_until(Description.objects.filter(point_id=point_id), instant, fields)


def fed_from(point_id: int, instant: datetime) -> tuple[str | None, datetime | None]:
    """Return the key that feeds a point at an instant, and when that changes."""
    version, until = version_from(Source.objects.filter(point_id=point_id), instant)
    return (version.key if version else None), until


def keys_around(point_id: int, instant: datetime) -> tuple[str | None, str | None]:
    """Return the keys that feed a point just before and from an instant on."""
    fed = Source.objects.filter(known_at(None), point_id=point_id)
    before = fed.filter(
        Q(valid_until__isnull=True) | Q(valid_until__gte=instant), valid_from__lt=instant
    )
    after = fed.filter(_valid_at(instant))
    keys = [rows.values_list("key", flat=True).first() for rows in (before, after)]
    return keys[0], keys[1]


def _valid_at(instant: datetime) -> Q:
    """Return the filter for versions valid at an instant."""
    return Q(valid_from__lte=instant) & (Q(valid_until__isnull=True) | Q(valid_until__gt=instant))


def _rows(
    described: QuerySet[Description], instant: datetime, as_of: datetime | None
) -> list[PointRow]:
    """Return the rows of some descriptions with what feeds their points at an instant."""
    found = list(described.select_related("point", "site", "feeds"))
    fed = Source.objects.filter(
        known_at(as_of), _valid_at(instant), point_id__in=[d.point_id for d in found]
    )
    keys = dict(fed.values_list("point_id", "key"))
    return [
        PointRow(
            id=d.point_id,
            unit_id=d.point.unit_id,
            code=d.point.code,
            name=d.name,
            energy_type_id=d.energy_type_id,
            level=d.level,
            flow=d.flow,
            kind=d.kind,
            slot_seconds=d.slot_seconds,
            capacity=d.capacity,
            ratio=Fraction(d.ratio_numerator, d.ratio_denominator),
            site_code=d.site.code if d.site else None,
            parent_id=d.parent_id,
            feeds_id=d.feeds_id,
            feeds_code=d.feeds.code if d.feeds else None,
            key=keys.get(d.point_id),
            valid_from=d.valid_from,
            valid_until=d.valid_until,
        )
        for d in found
    ]


def _timelines(described: QuerySet[Description], fed: QuerySet[Source]) -> list[Timeline]:
    """Return the timelines of descriptions and sources, by point."""
    feeds: dict[int, list[Feed]] = defaultdict(list)
    # Plain rows: the recompute asks for all of a unit's points in every pass.
    for point_id, *feed in fed.values_list("point_id", "valid_from", "valid_until", "key"):
        feeds[point_id].append(Feed._make(feed))
    spans: dict[tuple[int, str], list[Span]] = defaultdict(list)
    columns = ("valid_from", "valid_until", "name", "energy_type_id", "level", "flow", "kind",
               "slot_seconds", "capacity", "ratio_numerator", "ratio_denominator")  # fmt: skip
    rows = described.order_by("point_id", "valid_from").values_list(
        "point_id", "point__code", *columns
    )
    for point_id, code, *said, numerator, denominator in rows:
        spans[point_id, code].append(Span._make([*said, Fraction(numerator, denominator), None]))
    return [
        Timeline(point_id, code, rules.spans_of(of_point, feeds[point_id]))
        for (point_id, code), of_point in spans.items()
    ]
