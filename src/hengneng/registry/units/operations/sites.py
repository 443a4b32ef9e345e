"""Say in which district a unit's sites lie."""

from datetime import datetime

from django.db import transaction

from hengneng.kernel.audit import operations as audit
from hengneng.kernel.facts import operations as facts
from hengneng.registry.bodies import queries as bodies
from hengneng.registry.units.models import Placement, Site, Unit


class UnknownDistrict(LookupError):
    """The city has no district of that code."""


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
