"""Put units on the lists of a year, and say what a unit consumed in one."""

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from hengneng.kernel import clock
from hengneng.kernel.audit import operations as audit
from hengneng.kernel.facts import operations as facts
from hengneng.registry.units.models import (
    ConsumptionLevel,
    Listing,
    ListingKind,
    ProgrammeTier,
    Unit,
)

PLACES = 4  # decimals of a consumption level [tce]
_WHOLE = 12  # digits before them


class UnknownListing(ValueError):
    """There is no such list or tier."""


class NotAnAmount(ValueError):
    """A year's consumption is an exact number, not below zero, of at most four decimals."""


class NoSource(ValueError):
    """A stated consumption says who states it."""


def check_listing(kind: str, tier: str) -> None:
    """Refuse a list or tier that there is not.

    Raises:
        UnknownListing: If there is none.
    """
    if kind not in ListingKind.values or tier not in ProgrammeTier.values:
        raise UnknownListing(f"no list {kind} with tier {tier}")


def check_amount(tce: Decimal) -> None:
    """Refuse what is no year's consumption.

    Args:
        tce: Overall consumption. [tce]

    Raises:
        NotAnAmount: If it is none.
    """
    exponent = tce.as_tuple().exponent if isinstance(tce, Decimal) else None
    if not isinstance(exponent, int) or exponent < -PLACES or not 0 <= tce < 10**_WHOLE:
        raise NotAnAmount(f"{tce} is no yearly consumption in tce")


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
    check_listing(kind, tier)
    listing, _ = Listing.objects.update_or_create(
        unit_id=unit_id, year=year, kind=kind, defaults={"tier": tier}
    )
    details = {"year": year, "kind": str(kind), "tier": str(tier)}
    subject = f"unit:{Unit.objects.values_list('code', flat=True).get(id=unit_id)}"
    audit.record("unit.listed", subject=subject, by=by, at=at, details=details)
    return listing


@transaction.atomic
def record_level(
    *,
    unit_id: int,
    year: int,
    tce: Decimal,
    source: str,
    by: int | None,
    at: datetime,
    is_verified: bool = False,
    document_id: int | None = None,
) -> None:
    """Say what a unit consumed in one year, as somebody states it; a later statement replaces it.

    Args:
        unit_id: The unit.
        year: The year.
        tce: Overall consumption. [tce]
        source: Who states it: the unit's yearly report, the list of key units …
        by: Account acting.
        at: When. Aware.
        is_verified: Whether it was compared with what it rests on.
        document_id: The kept file it is taken from.

    Raises:
        NotAnAmount: If the consumption is none.
        NoSource: If nobody states it.

    Source:
        Energy Conservation Law, art. 52: what makes a key unit is its consumption of a year.
    """
    check_amount(tce)
    if not source:
        raise NoSource(f"nobody states the consumption of {year}")
    values = {
        "year": year,
        "tce": tce,
        "source": source,
        "document_id": document_id,
        "verified": is_verified,
    }
    facts.replace(
        model=ConsumptionLevel,
        identity={"unit_id": unit_id},
        valid_from=clock.midnight(date(year, 1, 1)),
        valid_until=clock.midnight(date(year + 1, 1, 1)),
        values=values,
    )
    subject = f"unit:{Unit.objects.values_list('code', flat=True).get(id=unit_id)}"
    details = {"year": year, "tce": str(tce), "source": source, "verified": is_verified}
    audit.record("unit.level_recorded", subject=subject, by=by, at=at, details=details)
