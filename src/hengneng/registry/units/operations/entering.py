"""Enter units, correct them, place their sites, list them by year."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import transaction

from hengneng.kernel.audit import operations as audit
from hengneng.kernel.facts import operations as facts
from hengneng.protocol import codes
from hengneng.registry.bodies import queries as bodies
from hengneng.registry.units.models import (
    Listing,
    ListingKind,
    Placement,
    ProgrammeTier,
    Site,
    Unit,
)

CORRECTABLE = frozenset({"name", "name_en", "sector", "address"})


class BadCreditCode(ValueError):
    """This is not a unified social credit code with the right check character."""


class UnitExists(ValueError):
    """A unit with this social credit code is entered already."""


class NotCorrectable(ValueError):
    """A unit has no such field to correct."""


class NoName(ValueError):
    """A unit has a name."""


class UnknownDistrict(LookupError):
    """The city has no district of that code."""


class UnknownListing(ValueError):
    """There is no such list or tier."""


@transaction.atomic
def create_unit(
    *,
    code: str,
    name: str,
    by: int | None,
    at: datetime,
    name_en: str = "",
    sector: str = "",
    address: str = "",
) -> Unit:
    """Enter a unit into the ledger.

    Args:
        code: Unified social credit code.
        name: Its name.
        by: Account acting.
        at: When. Aware.
        name_en: Its English name.
        sector: Its sector (领域).
        address: Its address.

    Raises:
        BadCreditCode: If the code's check character is wrong.
        NoName: If the name is empty.
        UnitExists: If the code is entered already.
    """
    if not codes.is_credit_code(code):
        raise BadCreditCode(f"{code} is not a unified social credit code")
    if not name:
        raise NoName(f"unit {code} has no name")
    unit, created = Unit.objects.get_or_create(
        code=code,
        defaults={
            "name": name,
            "name_en": name_en,
            "sector": sector,
            "address": address,
            "created_at": at,
        },
    )
    if not created:
        raise UnitExists(f"unit {code} is entered already")
    audit.record("unit.created", subject=f"unit:{code}", by=by, at=at, details={"name": name})
    return unit


class NewUnit(NamedTuple):
    """A unit to be entered with its site and its places on lists.

    Attributes:
        code: Unified social credit code.
        name: Its name, and its site's.
        name_en: Its English name.
        sector: Its sector (领域).
        address: Its address, and its site's.
        site_code: The unit's own short name of the site.
        district_code: Where the site lies: GB/T 2260, or the city's own.
        valid_from: Since when it lies there. Aware.
        listings: Year, kind and tier of each list it stands on.
    """

    code: str
    name: str
    name_en: str
    sector: str
    address: str
    site_code: str
    district_code: str
    valid_from: datetime
    listings: tuple[tuple[int, str, str], ...] = ()


class EnteredUnit(NamedTuple):
    """The ids of a unit that was entered and of its site."""

    unit_id: int
    site_id: int


@transaction.atomic
def enter_units(*, rows: Sequence[NewUnit], by: int | None, at: datetime) -> list[EnteredUnit]:
    """Enter many new units at once, each with its site and lists: all of them or none, one entry.

    Args:
        rows: The units. Shape (n,).
        by: Account acting.
        at: When. Aware.

    Returns:
        Their ids, in the order of the rows. Shape (n,).

    Raises:
        BadCreditCode, NoName: If one has no good code or no name.
        UnitExists: If one is entered already, or stands twice in the rows.
        UnknownDistrict: If the city has not got a district.
        UnknownListing: If there is no such list or tier.
    """
    _check_new(rows)
    made = Unit.objects.bulk_create(
        Unit(
            code=row.code,
            name=row.name,
            name_en=row.name_en,
            sector=row.sector,
            address=row.address,
            created_at=at,
        )
        for row in rows
    )
    sites = Site.objects.bulk_create(
        Site(unit=unit, code=row.site_code, name=row.name, address=row.address)
        for unit, row in zip(made, rows, strict=True)
    )
    # New units have no readings: nothing has to be worked out again.
    with facts.edit() as recorded_at:
        Placement.objects.bulk_create(
            Placement(
                site=site,
                district_id=row.district_code,
                valid_from=row.valid_from,
                recorded_at=recorded_at,
            )
            for site, row in zip(sites, rows, strict=True)
        )
    _list_new(made, rows)
    codes_entered = [row.code for row in rows]
    audit.record("units.entered", subject="units", by=by, at=at, details={"codes": codes_entered})
    return [EnteredUnit(unit.pk, site.pk) for unit, site in zip(made, sites, strict=True)]


def _check_new(rows: Sequence[NewUnit]) -> None:
    """Refuse units that cannot be entered."""
    for row in rows:
        if not codes.is_credit_code(row.code):
            raise BadCreditCode(f"{row.code} is not a unified social credit code")
        if not row.name:
            raise NoName(f"unit {row.code} has no name")
        for year, kind, tier in row.listings:
            if kind not in ListingKind.values or tier not in ProgrammeTier.values:
                raise UnknownListing(f"no list {kind} with tier {tier} in {year}")
    counted = Counter(row.code for row in rows)
    twice = {code for code, count in counted.items() if count > 1}
    twice |= set(Unit.objects.filter(code__in=counted).values_list("code", flat=True))
    if twice:
        raise UnitExists(f"unit {min(twice)} is entered already")
    known = {district.code for district in bodies.districts()}
    for row in rows:
        if row.district_code not in known:
            raise UnknownDistrict(f"no district {row.district_code}")


def _list_new(made: Iterable[Unit], rows: Iterable[NewUnit]) -> None:
    """Put new units on their lists."""
    Listing.objects.bulk_create(
        Listing(unit=unit, year=year, kind=kind, tier=tier)
        for unit, row in zip(made, rows, strict=True)
        for year, kind, tier in row.listings
    )


@transaction.atomic
def correct_unit(*, unit_id: int, by: int | None, at: datetime, **changes: str) -> Unit:
    """Correct what the ledger says of a unit; its code stays.

    Args:
        unit_id: The unit.
        by: Account acting.
        at: When. Aware.
        **changes: ``name``, ``name_en``, ``sector`` or ``address``.

    Raises:
        NotCorrectable: If another field is named.
        NoName: If the name would be empty.
    """
    if not set(changes) <= CORRECTABLE:
        raise NotCorrectable(f"not to be corrected: {', '.join(set(changes) - CORRECTABLE)}")
    unit = Unit.objects.select_for_update().get(id=unit_id)
    if changes.get("name") == "":
        raise NoName(f"unit {unit.code} has no name")
    before = {field: getattr(unit, field) for field in changes}
    for field, value in changes.items():
        setattr(unit, field, value)
    unit.save(update_fields=list(changes))
    details: dict[str, Any] = {"before": before, "after": changes}
    audit.record("unit.corrected", subject=f"unit:{unit.code}", by=by, at=at, details=details)
    return unit


@transaction.atomic
def place_site(
    *,
    unit_id: int,
    site_code: str,
    district_code: str,
    valid_from: datetime,
    by: int | None,
    at: datetime,
    valid_until: datetime | None = None,
    name: str = "",
    address: str = "",
) -> Site:
    """Say in which district a unit's site lies from one instant on; makes the site if it is new.

    Args:
        unit_id: The unit.
        site_code: The unit's own short name of the site.
        district_code: GB/T 2260, or the city's own.
        valid_from: Since when the site lies there. Aware.
        by: Account acting.
        at: When. Aware.
        valid_until: Until when, exclusive; None: for good. Aware.
        name: The site's name; empty keeps what it has, a new site takes the unit's.
        address: The site's address; empty keeps what it has.

    Raises:
        UnknownDistrict: If the city has no such district.
        EmptySpan: If the span holds no instant.

    Source:
        Notice 321 (2020), II(2)1: a unit's sites may lie in several districts.
    """
    if not bodies.is_district(district_code):
        raise UnknownDistrict(f"no district {district_code}")
    with facts.edit():
        unit = Unit.objects.get(id=unit_id)
        site, _ = Site.objects.get_or_create(
            unit=unit, code=site_code, defaults={"name": unit.name, "address": unit.address}
        )
        site.name, site.address = name or site.name, address or site.address
        site.save(update_fields=["name", "address"])
        facts.replace(
            model=Placement,
            identity={"site_id": site.id},
            valid_from=valid_from,
            valid_until=valid_until,
            values={"district_id": district_code},
        )
        facts.note_change(
            unit_id=unit_id, point_id=None, changed_from=valid_from, changed_until=valid_until
        )
    details = {"site": site_code, "district": district_code, "valid_from": valid_from.isoformat()}
    audit.record("site.placed", subject=f"unit:{unit.code}", by=by, at=at, details=details)
    return site


@transaction.atomic
def list_unit(
    *,
    unit_id: int,
    year: int,
    kind: str,
    by: int | None,
    at: datetime,
    tier: str = ProgrammeTier.OTHER,
) -> Listing:
    """Put a unit on the list of one year, or correct its tier there.

    Args:
        unit_id: The unit.
        year: The list's year.
        kind: ``KEY`` or ``DISTRICT_MONITORED``.
        by: Account acting.
        at: When. Aware.
        tier: ``HUNDRED``, ``THOUSAND`` or ``OTHER``.

    Raises:
        UnknownListing: If kind or tier is another.

    Source:
        Notice 321 (2020), III(1) and annex 3.
    """
    if kind not in ListingKind.values or tier not in ProgrammeTier.values:
        raise UnknownListing(f"no list {kind} with tier {tier}")
    listing, _ = Listing.objects.update_or_create(
        unit_id=unit_id, year=year, kind=kind, defaults={"tier": tier}
    )
    details = {"year": year, "kind": str(kind), "tier": str(tier)}
    subject = f"unit:{Unit.objects.values_list('code', flat=True).get(id=unit_id)}"
    audit.record("unit.listed", subject=subject, by=by, at=at, details=details)
    return listing
