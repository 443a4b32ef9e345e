"""Record what happens to units as legal persons, and take back what was recorded by mistake."""

from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction

from hengneng.kernel import clock
from hengneng.kernel.audit import operations as audit
from hengneng.kernel.facts import operations as facts
from hengneng.registry.units import queries
from hengneng.registry.units.models import (
    Business,
    BusinessState,
    Event,
    EventKind,
    Party,
    Side,
    Unit,
)
from hengneng.registry.units.operations.business import NoProof, record_business
from hengneng.registry.units.operations.describing import NotYet, bear_name, take_back_name


class WrongParties(ValueError):
    """A merger makes one unit of several, a split several of one."""


class AlreadyClosed(ValueError):
    """A unit that takes part was closed on that day."""


class UnknownEvent(LookupError):
    """There is no such event, or it was withdrawn."""


class NotAsRecorded(ValueError):
    """What the event brought about was changed since, so it cannot be taken back."""


@transaction.atomic
def rename_unit(
    *,
    unit_id: int,
    name: str,
    on: date,
    by: int | None,
    at: datetime,
    name_en: str | None = None,
    document_id: int | None = None,
    note: str = "",
) -> int:
    """Record that a unit goes by another name from a day on, till the next change known.

    Args:
        unit_id: The unit.
        name: Its new name.
        on: First day of the name.
        by: Account acting.
        at: When it is entered. Aware.
        name_en: Its new English name; None: the one it has.
        document_id: The kept file that shows it.
        note: What else is to be said.

    Returns:
        The event's id.

    Raises:
        NoName: If the name is empty.
        NotYet: If the day has not come.
        SameName: If the unit bears the name that day.
    """
    with facts.edit() as recorded_at:
        unit = Unit.objects.select_for_update().get(id=unit_id)
        bear_name(unit, name=name, name_en=name_en, on=on, at=at)
        event = Event(kind=EventKind.RENAME, happened_on=on, document_id=document_id, note=note)
        _keep(event, [unit_id], [unit_id], recorded_at)
    details = {"name": name, "on": on.isoformat(), "event": event.pk}
    audit.record("unit.renamed", subject=f"unit:{unit.code}", by=by, at=at, details=details)
    return event.pk


@transaction.atomic
def merge_units(
    *,
    unit_ids: Collection[int],
    into_id: int,
    on: date,
    by: int | None,
    at: datetime,
    document_id: int | None = None,
    note: str = "",
) -> int:
    """Record that several units became one; those that are not that one are closed from the day on.

    Args:
        unit_ids: The units before, two at least; that which takes up the others among them, unless
            all of them became a new one.
        into_id: The unit after, entered already.
        on: First day of the merger.
        by: Account acting.
        at: When it is entered. Aware.
        document_id: The kept file that shows it, and that the others are closed.
        note: What else is to be said.

    Returns:
        The event's id.

    Raises:
        WrongParties: If fewer than two units merge.
        NotYet: If the day has not come.
        NoProof: If there is no document.
        AlreadyClosed: If a unit was closed on that day.
    """
    before = set(unit_ids)
    if len(before) < 2:
        raise WrongParties("fewer than two units merge")
    event = Event(kind=EventKind.MERGE, happened_on=on, document_id=document_id, note=note)
    return _succeed(event, before, {into_id}, by=by, at=at)


@transaction.atomic
def split_unit(
    *,
    unit_id: int,
    into_ids: Collection[int],
    on: date,
    by: int | None,
    at: datetime,
    document_id: int | None = None,
    note: str = "",
) -> int:
    """Record that one unit became several; where it is not among them it is closed from the day on.

    Args:
        unit_id: The unit before.
        into_ids: The units after, two at least, entered already; the unit itself may go on.
        on: First day of the split.
        by: Account acting.
        at: When it is entered. Aware.
        document_id: The kept file that shows it.
        note: What else is to be said.

    Returns:
        The event's id.

    Raises:
        WrongParties: If it became fewer than two.
        NotYet: If the day has not come.
        NoProof: If the unit is closed by it and there is no document.
        AlreadyClosed: If a unit was closed on that day.
    """
    after = set(into_ids)
    if len(after) < 2:
        raise WrongParties("a unit is split into two at least")
    event = Event(kind=EventKind.SPLIT, happened_on=on, document_id=document_id, note=note)
    return _succeed(event, {unit_id}, after, by=by, at=at)


@transaction.atomic
def withdraw_event(*, event_id: int, reason: str, by: int | None, at: datetime) -> None:
    """Take back an event that was recorded by mistake, with what it brought about.

    Args:
        event_id: The event.
        reason: Why.
        by: Account acting.
        at: When. Aware.

    Raises:
        UnknownEvent: If there is none, or it was withdrawn.
        NotAsRecorded: If a name or closing that it brought about was changed since.
    """
    with facts.edit() as recorded_at:
        event = Event.objects.select_for_update().filter(id=event_id, superseded_at=None).first()
        if event is None:
            raise UnknownEvent(f"no event {event_id}")
        sides = _sides(event)
        changed = sides[Side.BEFORE] if event.kind == EventKind.RENAME else _closed(sides)
        for unit in Unit.objects.select_for_update().filter(id__in=changed).order_by("id"):
            taken = (
                take_back_name(unit, on=event.happened_on, at=at)
                if event.kind == EventKind.RENAME
                else _reopen(unit, event)
            )
            if not taken:
                raise NotAsRecorded(f"unit {unit.code} is not as event {event_id} left it")
        event.superseded_at = recorded_at
        event.save(update_fields=["superseded_at"])
    (one, *_) = sides[Side.AFTER if event.kind == EventKind.MERGE else Side.BEFORE]
    subject = f"unit:{Unit.objects.values_list('code', flat=True).get(id=one)}"
    details = {"kind": str(event.kind), "event": event_id, "reason": reason}
    audit.record("unit.event_withdrawn", subject=subject, by=by, at=at, details=details)


def _succeed(
    event: Event, before: set[int], after: set[int], *, by: int | None, at: datetime
) -> int:
    """Record a merger or split and close the units that are no more; return the event's id."""
    start = clock.midnight(event.happened_on)
    if event.happened_on > clock.day_of(at):
        raise NotYet(f"{event.happened_on} has not come yet")
    closing = before - after
    if closing and event.document_id is None:
        raise NoProof("nothing shows that the units are closed")
    known = dict(Unit.objects.filter(id__in=before | after).values_list("id", "code"))
    if len(known) < len(before | after):
        raise queries.UnknownUnit(f"no unit {min((before | after) - set(known))}")
    states = queries.business_at(list(known), start)
    closed = [known[i] for i, row in states.items() if row.state == BusinessState.CLOSED]
    if closed:
        raise AlreadyClosed(f"unit {min(closed)} was closed on {event.happened_on}")
    with facts.edit() as recorded_at:
        _keep(event, before, after, recorded_at)
        for unit_id in sorted(closing):
            record_business(
                unit_id=unit_id,
                state=BusinessState.CLOSED,
                valid_from=start,
                proof_id=event.document_id,
                reason=str(event.kind),
                by=by,
                at=at,
            )
    sides = {"before": sorted(known[i] for i in before), "after": sorted(known[i] for i in after)}
    details = {"on": event.happened_on.isoformat(), "event": event.pk, **sides}
    (one,) = after if event.kind == EventKind.MERGE else before
    action = "unit.merged" if event.kind == EventKind.MERGE else "unit.split"
    audit.record(action, subject=f"unit:{known[one]}", by=by, at=at, details=details)
    return event.pk


def _keep(
    event: Event, before: Collection[int], after: Collection[int], recorded_at: datetime
) -> None:
    """Write an event with its parties."""
    event.recorded_at = recorded_at
    event.save(force_insert=True)
    Party.objects.bulk_create(
        Party(event=event, unit_id=unit_id, side=side)
        for side, units in ((Side.BEFORE, before), (Side.AFTER, after))
        for unit_id in sorted(units)
    )


def _sides(event: Event) -> dict[str, set[int]]:
    """Return the units before and after an event."""
    sides: dict[str, set[int]] = {Side.BEFORE: set(), Side.AFTER: set()}
    for side, unit_id in event.parties.values_list("side", "unit_id"):
        sides[side].add(unit_id)
    return sides


def _closed(sides: dict[str, set[int]]) -> set[int]:
    """Return the units that an event closed."""
    return sides[Side.BEFORE] - sides[Side.AFTER]


def _reopen(unit: Unit, event: Event) -> bool:
    """Believe again what was believed of a unit's business before an event closed it."""
    start = clock.midnight(event.happened_on)
    now = Business.objects.filter(unit=unit, superseded_at=None, valid_from=start).first()
    change = queries.before_change(Business, unit.pk, start)
    if change is None or now is None or now.proof_id != event.document_id:
        return False
    fields = ("state", "proof_id", "reason")
    known = change.before
    before = {field: getattr(known, field) for field in fields} if known is not None else None
    facts.replace(
        model=Business,
        identity={"unit_id": unit.pk},
        valid_from=change.since,
        valid_until=change.until,
        values=before,
    )
    return True
