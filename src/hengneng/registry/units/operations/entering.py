"""Enter units, one or many."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from hengneng.kernel.audit import operations as audit
from hengneng.kernel.facts import operations as facts
from hengneng.protocol import codes
from hengneng.registry.bodies import queries as bodies
from hengneng.registry.units import queries
from hengneng.registry.units.models import (
    Facility,
    FacilityKind,
    Listing,
    Naming,
    Particulars,
    Placement,
    Site,
    Unit,
)
from hengneng.registry.units.operations.listing import check_listing
from hengneng.registry.units.operations.sites import UnknownDistrict


class BadCreditCode(ValueError):
    """This is not a unified social credit code with the right check character."""


class UnitExists(ValueError):
    """A unit with this social credit code is entered already."""


class UnknownFacility(ValueError):
    """There is no facility of that kind."""


class NoName(ValueError):
    """A unit has a name."""


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
    said = {"name": name, "name_en": name_en, "sector": sector, "address": address}
    unit, created = Unit.objects.get_or_create(code=code, defaults={**said, "created_at": at})
    if not created:
        raise UnitExists(f"unit {code} is entered already")
    _begin_histories([unit], [None])
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
        industry_code: Code of GB/T 4754, as the unit states it.
        industry_name: Name of the industry.
        department: Supervising department.
        facilities: Kinds of facility that it runs.
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
    industry_code: str = ""
    industry_name: str = ""
    department: str = ""
    facilities: tuple[str, ...] = ()


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
        UnknownFacility: If there is no facility of a kind.
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
    _begin_histories(made, rows)
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
        for _, kind, tier in row.listings:
            check_listing(kind, tier)
        strange = set(row.facilities) - set(FacilityKind.values)
        if strange:
            raise UnknownFacility(f"no facility {min(strange)}")
    counted = Counter(row.code for row in rows)
    twice = {code for code, count in counted.items() if count > 1}
    twice |= set(Unit.objects.filter(code__in=counted).values_list("code", flat=True))
    if twice:
        raise UnitExists(f"unit {min(twice)} is entered already")
    known = {district.code for district in bodies.districts()}
    for row in rows:
        if row.district_code not in known:
            raise UnknownDistrict(f"no district {row.district_code}")


def _begin_histories(units: Sequence[Unit], rows: Sequence[NewUnit | None]) -> None:
    """Record what new units are said to be as true since the ledger's beginning."""
    since = queries.beginning()
    with facts.edit() as recorded_at:
        timed = {"valid_from": since, "recorded_at": recorded_at}
        Naming.objects.bulk_create(
            Naming(unit=unit, name=unit.name, name_en=unit.name_en, **timed) for unit in units
        )
        Particulars.objects.bulk_create(
            Particulars(
                unit=unit,
                sector=unit.sector,
                address=unit.address,
                industry_code=row.industry_code if row else "",
                industry_name=row.industry_name if row else "",
                department=row.department if row else "",
                **timed,
            )
            for unit, row in zip(units, rows, strict=True)
        )
        Facility.objects.bulk_create(
            Facility(unit=unit, kind=kind, **timed)
            for unit, row in zip(units, rows, strict=True)
            for kind in dict.fromkeys(row.facilities if row else ())
        )


def _list_new(made: Iterable[Unit], rows: Iterable[NewUnit]) -> None:
    """Put new units on their lists."""
    Listing.objects.bulk_create(
        Listing(unit=unit, year=year, kind=kind, tier=tier)
        for unit, row in zip(made, rows, strict=True)
        for year, kind, tier in row.listings
    )
