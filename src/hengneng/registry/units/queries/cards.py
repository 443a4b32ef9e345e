"""All that is known of one unit, for its page; and single facts of many, for lists."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple, TypeVar

from django.db.models import Q, QuerySet

from hengneng.kernel import clock
from hengneng.kernel.facts import queries as facts
from hengneng.kernel.facts.models import TwoTimed
from hengneng.kernel.facts.queries import known_at
from hengneng.kernel.personal import queries as personal
from hengneng.kernel.personal.queries import PersonRow
from hengneng.kernel.policy.rules import Permission, Viewer
from hengneng.registry.units.models import (
    Business,
    ConsumptionLevel,
    Contact,
    Event,
    Facility,
    Naming,
    Particulars,
    Party,
    Side,
)
from hengneng.registry.units.queries.units import (
    ListingRow,
    SiteRow,
    UnitRow,
    listings_of,
    sites_of,
    unit_row,
    visible_to,
)
from hengneng.registry.units.rules import classes
from hengneng.registry.units.rules.classes import UnitClass

Fact = TypeVar("Fact", bound=TwoTimed)


class NameRow(NamedTuple):
    """A name and the span in which the unit bears it."""

    name: str
    name_en: str
    valid_from: datetime
    valid_until: datetime | None


class ParticularsRow(NamedTuple):
    """What else is said of a unit; blank where nothing is."""

    sector: str
    address: str
    industry_code: str
    industry_name: str
    department: str
    legal_person: PersonRow | None
    valid_from: datetime
    valid_until: datetime | None


class BusinessRow(NamedTuple):
    """Whether a unit works, what shows it, and since when."""

    state: str
    proof_id: int | None
    reason: str
    valid_from: datetime
    valid_until: datetime | None


class FacilityRow(NamedTuple):
    """A facility that a unit runs."""

    kind: str
    valid_from: datetime
    valid_until: datetime | None


class ContactRow(NamedTuple):
    """A person who is asked at the unit, in one role."""

    person: PersonRow
    role: str
    post: str
    training: str
    valid_from: datetime
    valid_until: datetime | None


class LevelRow(NamedTuple):
    """A stated consumption of one year and the classes it falls into by that year's rules.

    Attributes:
        year: The year.
        tce: Overall consumption. [tce]
        source: Who states it.
        document_id: The kept file it is taken from.
        verified: Whether it was compared with what it rests on.
        classes: What a unit of that consumption counts as; each says its own standing.
    """

    year: int
    tce: Decimal
    source: str
    document_id: int | None
    verified: bool
    classes: tuple[UnitClass, ...]


class PartyRow(NamedTuple):
    """A unit that an event concerns, under its name of now."""

    unit_id: int
    code: str
    name: str


class EventRow(NamedTuple):
    """What happened to the unit as a legal person."""

    id: int
    kind: str
    happened_on: date
    document_id: int | None
    note: str
    before: tuple[PartyRow, ...]
    after: tuple[PartyRow, ...]


class UnitCard(NamedTuple):
    """All that is known of a unit.

    Attributes:
        unit: As lists show it.
        names: Every name it bears or bore, latest first.
        particulars: What else is said of it then; None where nothing was recorded.
        business: Whether it works then; None where nothing was recorded: taken to be in business.
        facilities: What it runs then, by kind.
        sites: Its sites and where they lie then.
        contacts: Who is asked there then, by role; whole or masked by what the viewer may.
        levels: What it consumed, latest year first.
        listings: The lists it stands on, latest year first.
        events: What happened to it, latest first.
    """

    unit: UnitRow
    names: list[NameRow]
    particulars: ParticularsRow | None
    business: BusinessRow | None
    facilities: list[FacilityRow]
    sites: list[SiteRow]
    contacts: list[ContactRow]
    levels: list[LevelRow]
    listings: list[ListingRow]
    events: list[EventRow]


def unit_card(
    viewer: Viewer,
    permission: Permission,
    code: str,
    *,
    at: datetime | None = None,
    as_of: datetime | None = None,
) -> UnitCard:
    """Return all that is known of a unit; some fifteen queries, whatever there is.

    Args:
        viewer: Who asks; persons are whole where their VIEW_PERSONAL reaches the unit, else masked.
        permission: By which permission the unit is reached.
        code: The unit's social credit code.
        at: When it is so; None: now. Aware.
        as_of: As believed when; None: now. Aware.

    Raises:
        UnknownUnit: If there is none of that code, or the permission does not reach it.
    """
    row = unit_row(viewer, permission, code)
    when = at or clock.now()
    whole = sees_persons(viewer, row.id)
    return UnitCard(
        unit=row,
        names=names_of(row.id, as_of=as_of),
        particulars=particulars_of(row.id, whole=whole, at=when, as_of=as_of),
        business=business_at([row.id], when, as_of=as_of).get(row.id),
        facilities=facilities_of(row.id, at=when, as_of=as_of),
        sites=sites_of(row.id, at=when, as_of=as_of),
        contacts=contacts_of(row.id, whole=whole, at=when, as_of=as_of),
        levels=levels_of(row.id, as_of=as_of),
        listings=listings_of(row.id),
        events=events_of(row.id, as_of=as_of),
    )


def sees_persons(viewer: Viewer, unit_id: int) -> bool:
    """Answer whether a viewer may see the unit's people whole; one query."""
    return visible_to(viewer, Permission.VIEW_PERSONAL).filter(id=unit_id).exists()


def names_of(unit_id: int, *, as_of: datetime | None = None) -> list[NameRow]:
    """Return every name a unit bears or bore, latest first, as believed at ``as_of``."""
    rows = Naming.objects.filter(known_at(as_of), unit_id=unit_id).order_by("-valid_from")
    return [NameRow(*row) for row in rows.values_list(*NameRow._fields)]


def names_at(
    unit_ids: Collection[int], at: datetime, *, as_of: datetime | None = None
) -> dict[int, str]:
    """Return under which names units went at an instant, for papers of that day; one query.

    Args:
        unit_ids: The units; those whose name then is not known are left out.
        at: When. Aware.
        as_of: As believed when; None: now. Aware.
    """
    rows = _valid(Naming.objects.filter(unit_id__in=unit_ids), at, as_of)
    return dict(rows.values_list("unit_id", "name"))


def particulars_of(
    unit_id: int, *, whole: bool, at: datetime | None = None, as_of: datetime | None = None
) -> ParticularsRow | None:
    """Return what else is said of a unit at an instant; None where nothing was recorded.

    Args:
        unit_id: The unit.
        whole: Whether the reader may see the legal person whole.
        at: When; None: now. Aware.
        as_of: As believed when; None: now. Aware.
    """
    said = Particulars.objects.filter(unit_id=unit_id)
    found = _valid(said, at or clock.now(), as_of).first()
    if found is None:
        return None
    number = found.legal_person_id
    person = personal.people([number], whole=whole).get(number) if number is not None else None
    return ParticularsRow(
        found.sector,
        found.address,
        found.industry_code,
        found.industry_name,
        found.department,
        person,
        found.valid_from,
        found.valid_until,
    )


def business_at(
    unit_ids: Collection[int], at: datetime, *, as_of: datetime | None = None
) -> dict[int, BusinessRow]:
    """Return whether units work at an instant, where it was recorded; one query.

    Args:
        unit_ids: The units; one that is left out was never said to be anything but in business.
        at: When. Aware.
        as_of: As believed when; None: now. Aware.
    """
    rows = _valid(Business.objects.filter(unit_id__in=unit_ids), at, as_of)
    return {
        unit_id: BusinessRow(*row)
        for unit_id, *row in rows.values_list("unit_id", *BusinessRow._fields)
    }


def business_of(unit_id: int) -> list[BusinessRow]:
    """Return every span in which it was recorded whether a unit works, the first one first."""
    rows = Business.objects.filter(known_at(None), unit_id=unit_id).order_by("valid_from")
    return [BusinessRow(*row) for row in rows.values_list(*BusinessRow._fields)]


def said_until(
    unit_id: int, instant: datetime, fields: Collection[str]
) -> dict[str, datetime | None]:
    """Return when each of a unit's particulars first changes after an instant; None: never."""
    return facts.said_until(Particulars.objects.filter(unit_id=unit_id), instant, fields)


def facility_until(unit_id: int, kind: str, instant: datetime) -> datetime | None:
    """Return when it first changes after an instant whether a unit runs that; None: never."""
    versions = Facility.objects.filter(unit_id=unit_id, kind=kind)
    running, until = facts.version_from(versions, instant)
    while running is not None and until is not None:
        running, after = facts.version_from(versions, until)
        if running is not None:
            until = after
    return until


def facilities_of(
    unit_id: int, *, at: datetime | None = None, as_of: datetime | None = None
) -> list[FacilityRow]:
    """Return the facilities that a unit runs at an instant, by kind."""
    rows = _valid(Facility.objects.filter(unit_id=unit_id), at or clock.now(), as_of)
    return [FacilityRow(*row) for row in rows.order_by("kind").values_list(*FacilityRow._fields)]


def units_running(kind: str, *, at: datetime | None = None) -> set[int]:
    """Return the units that run a kind of facility at an instant (None: now); one query."""
    rows = _valid(Facility.objects.filter(kind=kind), at or clock.now(), None)
    return set(rows.values_list("unit_id", flat=True))


def contacts_of(
    unit_id: int,
    *,
    whole: bool,
    roles: Sequence[str] = (),
    at: datetime | None = None,
    as_of: datetime | None = None,
) -> list[ContactRow]:
    """Return who is asked at a unit at an instant, by role and since when; two queries.

    Args:
        unit_id: The unit.
        whole: Whether the reader may see persons whole (``sees_persons``); else they are masked.
        roles: Only these ``ContactRole``s; none: all.
        at: When; None: now. Aware.
        as_of: As believed when; None: now. Aware.
    """
    rows = _valid(Contact.objects.filter(unit_id=unit_id), at or clock.now(), as_of)
    if roles:
        rows = rows.filter(role__in=roles)
    told = list(rows.order_by("role", "valid_from", "id"))
    people = personal.people({row.person_id for row in told}, whole=whole)
    return [
        ContactRow(
            people[row.person_id], row.role, row.post, row.training, row.valid_from, row.valid_until
        )
        for row in told
    ]


def levels_of(unit_id: int, *, as_of: datetime | None = None) -> list[LevelRow]:
    """Return what a unit is said to have consumed, latest year first; one query."""
    return levels_by_unit([unit_id], as_of=as_of).get(unit_id, [])


def levels_by_unit(
    unit_ids: Collection[int], *, as_of: datetime | None = None
) -> dict[int, list[LevelRow]]:
    """Return for each unit what it is said to have consumed, latest year first; one query.

    Args:
        unit_ids: The units; those of which nothing is stated are left out.
        as_of: As believed when; None: now. Aware.
    """
    rows = ConsumptionLevel.objects.filter(known_at(as_of), unit_id__in=unit_ids)
    found: dict[int, list[LevelRow]] = defaultdict(list)
    for row in rows.order_by("-year"):
        reached = tuple(classes.classes_of(row.tce, date(row.year, 12, 31)))
        found[row.unit_id].append(
            LevelRow(row.year, row.tce, row.source, row.document_id, row.verified, reached)
        )
    return dict(found)


def events_of(unit_id: int, *, as_of: datetime | None = None) -> list[EventRow]:
    """Return what happened to a unit, latest first; two queries."""
    events = Event.objects.filter(known_at(as_of), parties__unit_id=unit_id).distinct()
    told = list(events.order_by("-happened_on", "-id"))
    sides: dict[tuple[int, str], list[PartyRow]] = defaultdict(list)
    parties = Party.objects.filter(event__in=told).order_by("unit__code")
    for party in parties.select_related("unit"):
        row = PartyRow(party.unit_id, party.unit.code, party.unit.name)
        sides[party.event_id, party.side].append(row)
    return [
        EventRow(
            event.pk,
            event.kind,
            event.happened_on,
            event.document_id,
            event.note,
            tuple(sides[event.pk, Side.BEFORE]),
            tuple(sides[event.pk, Side.AFTER]),
        )
        for event in told
    ]


def _valid(rows: QuerySet[Fact], at: datetime, as_of: datetime | None) -> QuerySet[Fact]:
    """Return the facts that are valid at an instant, as believed at ``as_of``."""
    return rows.filter(
        known_at(as_of), Q(valid_until=None) | Q(valid_until__gt=at), valid_from__lte=at
    )
