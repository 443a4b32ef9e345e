"""Which units a viewer reaches, one by its code, a page of them."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Q, QuerySet

from hengneng.kernel import clock
from hengneng.kernel.facts import queries as facts
from hengneng.kernel.facts.queries import known_at, version_from
from hengneng.kernel.policy.rules import Permission, Viewer
from hengneng.protocol.records import DAY_SECONDS
from hengneng.registry.units.models import Listing, Placement, Site, Unit

PAGE_SIZE = 50


class UnknownUnit(LookupError):
    """There is no such unit, or it is not the viewer's to see."""


class UnitRow(NamedTuple):
    """A unit as lists show it."""

    id: int
    code: str
    name: str
    name_en: str
    sector: str
    address: str
    districts: tuple[str, ...]  # codes of the districts its sites lie in now


class UnitPage(NamedTuple):
    """One page of a list of units, and how many the whole list holds."""

    rows: list[UnitRow]
    total: int


class SiteRow(NamedTuple):
    """A site and the district it lies in; None where no placement is known."""

    id: int
    code: str
    name: str
    address: str
    district_id: str | None


class ListingRow(NamedTuple):
    """A unit's place on one year's list."""

    year: int
    kind: str
    tier: str


def visible_to(viewer: Viewer, permission: Permission) -> QuerySet[Unit]:
    """Return the units that the viewer's permission reaches.

    A district's reach is the units with a site placed in it now; a unit without a site is the
    city's alone (and its own).
    """
    if permission in viewer.city:
        return Unit.objects.all()
    reached = Q(id__in=viewer.units.get(permission, frozenset()))
    districts = viewer.districts.get(permission)
    if districts:
        placed = placements_at(clock.now()).filter(district_id__in=districts)
        reached |= Q(id__in=placed.values("site__unit_id"))
    return Unit.objects.filter(reached)


def unit_by_code(viewer: Viewer, permission: Permission, code: str) -> Unit:
    """Return one unit.

    Raises:
        UnknownUnit: If there is none of that code, or the permission does not reach it.
    """
    # The database refuses to compare with a text that holds a NUL, which an address may.
    named = visible_to(viewer, permission).filter(code=code)
    unit = None if "\x00" in code else named.first()
    if unit is None:
        raise UnknownUnit(f"no unit {code}")
    return unit


def unit_page(
    viewer: Viewer,
    permission: Permission,
    *,
    search: str = "",
    district: str = "",
    page: int = 1,
    size: int = PAGE_SIZE,
) -> UnitPage:
    """Return one page of the units that the viewer's permission reaches, by code.

    Three queries, whatever the page holds.

    Args:
        viewer: Who asks.
        permission: By which permission.
        search: Part of code or name; empty: all.
        district: Only units with a site in that district now; empty: all.
        page: Which page, from 1; pages beyond the last are empty.
        size: Units on a page. [count]
    """
    units = _filtered(visible_to(viewer, permission), search=search, district=district)
    start = (max(page, 1) - 1) * size
    return UnitPage(_rows(units.order_by("code")[start : start + size]), units.count())


def units_reached(
    viewer: Viewer,
    permission: Permission,
    *,
    search: str = "",
    district: str = "",
    sector: str = "",
) -> list[UnitRow]:
    """Return every unit that the viewer's permission reaches and the filter lets through, by code.

    Two queries. For lists that sort and filter by what rooms above know of the units.

    Args:
        viewer: Who asks.
        permission: By which permission.
        search: Part of code or name; empty: all.
        district: Only units with a site in that district now; empty: all.
        sector: Only units of that sector; empty: all.
    """
    units = _filtered(visible_to(viewer, permission), search=search, district=district)
    if sector:
        units = units.filter(sector=sector)
    fields = ("id", "code", "name", "name_en", "sector", "address")
    rows = list(units.order_by("code").values_list(*fields))
    lie_in = districts_of([number for number, *_ in rows])
    return [
        UnitRow(number, code, name, name_en, of_sector, address, lie_in.get(number, ()))
        for number, code, name, name_en, of_sector, address in rows
    ]


def sectors_reached(viewer: Viewer, permission: Permission) -> list[str]:
    """Return the sectors of the units that the viewer's permission reaches, sorted."""
    named = visible_to(viewer, permission).exclude(sector="").order_by("sector")
    return list(named.values_list("sector", flat=True).distinct())


def _filtered(units: QuerySet[Unit], *, search: str, district: str) -> QuerySet[Unit]:
    """Return the units whose code or name holds a text and that have a site in a district."""
    if search:
        units = units.filter(
            Q(code__icontains=search) | Q(name__icontains=search) | Q(name_en__icontains=search)
        )
    if district:
        placed = placements_at(clock.now()).filter(district_id=district)
        units = units.filter(id__in=placed.values("site__unit_id"))
    return units


def unit_row(viewer: Viewer, permission: Permission, code: str) -> UnitRow:
    """Return one unit as lists show it.

    Raises:
        UnknownUnit: If there is none of that code, or the permission does not reach it.
    """
    return _rows([unit_by_code(viewer, permission, code)])[0]


def found(text: str, *, limit: int) -> list[UnitRow]:
    """Return the units whose code is the text, or whose name holds it, by name.

    For anyone: which units are connected is no secret (Notice 三(二)2), so no viewer is asked for.
    A part of a code finds nothing, so that nobody lists the city by trying digits.
    """
    named = Q(name__icontains=text) | Q(name_en__icontains=text) | Q(code=text.upper())
    return _rows(Unit.objects.filter(named).order_by("name", "code")[:limit])


def _rows(units: Iterable[Unit]) -> list[UnitRow]:
    """Return the rows of some units."""
    shown = list(units)
    lie_in = districts_of([unit.id for unit in shown])
    return [
        UnitRow(u.id, u.code, u.name, u.name_en, u.sector, u.address, lie_in.get(u.id, ()))
        for u in shown
    ]


def ids_visible_to(viewer: Viewer, permission: Permission) -> list[int]:
    """Return the ids of the units that the viewer's permission reaches, ascending; one query."""
    return list(visible_to(viewer, permission).order_by("id").values_list("id", flat=True))


_LYING = """
SELECT site.unit_id, district_id
FROM units_placement AS lay JOIN units_site AS site ON site.id = lay.site_id
WHERE site.unit_id = ANY(%(units)s::bigint[]) AND superseded_at IS NULL
AND valid_from <= %(at)s AND (valid_until IS NULL OR valid_until > %(at)s)
"""


def districts_of(unit_ids: Collection[int]) -> dict[int, tuple[str, ...]]:
    """Return for each unit the codes of the districts that its sites lie in now."""
    found: dict[int, set[str]] = defaultdict(set)
    with connection.cursor() as cursor:
        cursor.execute(_LYING, {"units": _array(unit_ids), "at": clock.now()})
        for unit_id, code in cursor.fetchall():
            found[unit_id].add(code)
    return {unit_id: tuple(sorted(codes)) for unit_id, codes in found.items()}


def placements_at(instant: datetime, *, as_of: datetime | None = None) -> QuerySet[Placement]:
    """Return the placements valid at an instant, as believed at ``as_of`` (None: now)."""
    return Placement.objects.filter(
        known_at(as_of),
        Q(valid_until__isnull=True) | Q(valid_until__gt=instant),
        valid_from__lte=instant,
    )


def sites_of(
    unit_id: int, *, at: datetime | None = None, as_of: datetime | None = None
) -> list[SiteRow]:
    """Return a unit's sites by code, with the district each lies in at an instant (None: now)."""
    placed = placements_at(at or clock.now(), as_of=as_of).filter(site__unit_id=unit_id)
    lie_in = dict(placed.values_list("site_id", "district_id"))
    return [
        SiteRow(site.id, site.code, site.name, site.address, lie_in.get(site.id))
        for site in Site.objects.filter(unit_id=unit_id).order_by("code")
    ]


def ids_by_code() -> dict[str, int]:
    """Return every unit's id by its code, for imports; one query."""
    return dict(Unit.objects.values_list("code", "id"))


class SectorRow(NamedTuple):
    """A unit and its field of work now."""

    id: int
    code: str
    name: str
    sector: str


def sectors() -> list[SectorRow]:
    """Return every unit with its field of work, by id; one query."""
    rows = Unit.objects.order_by("id").values_list(*SectorRow._fields)
    return [SectorRow(*row) for row in rows]


def ids_of_codes(codes: Collection[str]) -> dict[str, int]:
    """Return the ids of the units that there are, by their codes; one query."""
    return dict(Unit.objects.filter(code__in=codes).values_list("code", "id"))


def placement_from(
    unit_id: int, site_code: str, instant: datetime
) -> tuple[str | None, datetime | None]:
    """Return the district a site lies in at an instant, and when that changes."""
    versions = Placement.objects.filter(site__unit_id=unit_id, site__code=site_code)
    placement, until = version_from(versions, instant)
    return (placement.district_id if placement else None), until


def site_by_code(unit_id: int, code: str) -> Site | None:
    """Return the unit's site of that code; None where it has none."""
    return Site.objects.filter(unit_id=unit_id, code=code).first()


def sites_by_code(unit_ids: Collection[int]) -> dict[tuple[int, str], int]:
    """Return the sites of units by unit and code, for imports; one query."""
    found = Site.objects.filter(unit_id__in=unit_ids).values_list("unit_id", "code", "id")
    return {(unit_id, code): site_id for unit_id, code, site_id in found}


def names_by_code(codes: Collection[str]) -> dict[str, str]:
    """Return the names of units by their codes; one query."""
    return dict(Unit.objects.filter(code__in=codes).values_list("code", "name"))


def english_names(codes: Collection[str]) -> dict[str, str]:
    """Return the English names of units that have one by their codes; one query, none for none."""
    if not codes:
        return {}
    named = Unit.objects.filter(code__in=codes).exclude(name_en="")
    return dict(named.values_list("code", "name_en"))


def is_site_of(site_id: int, unit_id: int) -> bool:
    """Answer whether a site is the unit's."""
    return Site.objects.filter(id=site_id, unit_id=unit_id).exists()


def owners_of_sites(site_ids: Collection[int]) -> dict[int, int]:
    """Return the unit of each of these sites that there is."""
    return dict(Site.objects.filter(id__in=site_ids).values_list("id", "unit_id"))


def listings_of(unit_id: int) -> list[ListingRow]:
    """Return the lists a unit stands on, latest year first."""
    listings = Listing.objects.filter(unit_id=unit_id).order_by("-year", "kind")
    return [ListingRow(*row) for row in listings.values_list(*ListingRow._fields)]


def listings_by_unit(unit_ids: list[int]) -> dict[int, list[ListingRow]]:
    """Return for each unit the lists it stands on, latest year first; one query."""
    found: dict[int, list[ListingRow]] = defaultdict(list)
    listings = Listing.objects.filter(unit_id__in=unit_ids).order_by("-year", "kind")
    for unit_id, *row in listings.values_list("unit_id", *ListingRow._fields):
        found[unit_id].append(ListingRow(*row))
    return found


class PlacedRow(NamedTuple):
    """The district that a site lies in on some local days; a day is of where it ended.

    Attributes:
        unit_id: The unit.
        site_id: Its site.
        district_id: The district.
        first: First day.
        until: Day after the last; not after ``first`` where no day ended there.
    """

    unit_id: int
    site_id: int
    district_id: str
    first: date
    until: date


_PLACED = """
SELECT site.unit_id, lay.site_id, district_id,
    CASE WHEN valid_from > %(start)s THEN valid_from END,
    CASE WHEN valid_until < %(end)s THEN valid_until END,
    lead(valid_from) OVER (PARTITION BY lay.site_id ORDER BY valid_from)
FROM units_placement AS lay JOIN units_site AS site ON site.id = lay.site_id
WHERE site.unit_id = ANY(%(units)s::bigint[]) AND {known}
AND valid_from < %(end)s AND (valid_until IS NULL OR valid_until > %(start)s)
ORDER BY site.unit_id, lay.site_id, valid_from
"""


def placed_over(
    unit_ids: Collection[int], *, first: date, until: date, as_of: datetime | None = None
) -> list[PlacedRow]:
    """Return where the sites of units lie on the days of a span, by unit and site; one query.

    Args:
        unit_ids: The units.
        first: First local day.
        until: Day after the last.
        as_of: As believed then; None: now. Aware.
    """
    start, end = (clock.instant(clock.day_number(day) * DAY_SECONDS) for day in (first, until))
    asked: dict[str, Any] = {
        "units": _array(unit_ids), "start": start, "end": end, "as_of": as_of,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_PLACED.format(known=facts.known_in_sql(as_of)), asked)
        return [
            PlacedRow._make(
                (*row[:3], *facts.days_of_version(*row[3:], first=first, until=until)[:2])
            )
            for row in cursor.fetchall()
        ]


def placement_versions(unit_id: int) -> list[facts.Version]:
    """Return every version of where the unit's sites lie, superseded ones too; one query."""
    placed = Placement.objects.filter(site__unit_id=unit_id)
    return facts.versions("PLACEMENT", placed, subject="site__code", said=("district_id",))


def _array(unit_ids: Collection[int]) -> str:
    """Return ids as PostgreSQL writes an array; quoted one by one a thousand take longer."""
    return "{" + ",".join(map(str, unit_ids)) + "}"
