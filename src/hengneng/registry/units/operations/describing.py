"""Say what a unit is called, does and runs, and since when; correct what was entered wrongly."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from hengneng.kernel import clock
from hengneng.kernel.audit import operations as audit
from hengneng.kernel.facts import operations as facts
from hengneng.kernel.facts import queries as fact_queries
from hengneng.kernel.personal import operations as personal
from hengneng.kernel.personal.rules.masks import Field
from hengneng.registry.units import queries
from hengneng.registry.units.models import Facility, FacilityKind, Naming, Particulars, Unit
from hengneng.registry.units.operations.entering import NoName, UnknownFacility

NAMED = frozenset({"name", "name_en"})
DESCRIBED = frozenset({"sector", "address", "industry_code", "industry_name", "department"})
CORRECTABLE = NAMED | DESCRIBED


class NotCorrectable(ValueError):
    """A unit has no such field to correct or to describe."""


class NotYet(ValueError):
    """That day has not come; what is not so yet is entered on its day."""


class SameName(ValueError):
    """The unit bears that name on that day already."""


@transaction.atomic
def correct_unit(*, unit_id: int, by: int | None, at: datetime, **changes: str) -> Unit:
    """Correct what the ledger says of a unit now; its code stays, and so do its former names.

    What was entered wrongly is believed no longer for the whole span it was entered for. A new
    name is ``rename_unit``, another address from one day on ``describe_unit``.

    Args:
        unit_id: The unit.
        by: Account acting.
        at: When. Aware.
        **changes: ``name``, ``name_en``, ``sector``, ``address``, ``industry_code``,
            ``industry_name`` or ``department``.

    Raises:
        NotCorrectable: If another field is named.
        NoName: If the name would be empty.
    """
    _check(changes, CORRECTABLE)
    if changes.get("name") == "":
        raise NoName(f"unit {unit_id} has no name")
    before: dict[str, Any] = {}
    # The edit's lock comes before the unit's row, as for every edit: none waits for another's row.
    with facts.edit():
        unit = Unit.objects.select_for_update().get(id=unit_id)
        for model, fields in ((Naming, NAMED), (Particulars, DESCRIBED)):
            said = {field: changes[field] for field in changes.keys() & fields}
            if said:
                before |= _correct(model, unit, said, at)
        _show_now(unit, at)
    details: dict[str, Any] = {"before": before, "after": changes}
    audit.record("unit.corrected", subject=f"unit:{unit.code}", by=by, at=at, details=details)
    return unit


def _correct(
    model: type[Naming] | type[Particulars], unit: Unit, said: Mapping[str, str], at: datetime
) -> dict[str, str]:
    """Amend the version that is valid now and return what it said."""
    begin_history(model, unit)
    version, until = fact_queries.version_from(model._default_manager.filter(unit=unit), at)
    if version is None:
        raise facts.NothingKnown(f"nothing is known of unit {unit.code} at {at}")
    facts.amend(
        model=model,
        identity={"unit_id": unit.pk},
        valid_from=version.valid_from,
        valid_until=until,
        changes=said,
    )
    return {field: getattr(version, field) for field in said}


@transaction.atomic
def describe_unit(
    *,
    unit_id: int,
    valid_from: datetime,
    by: int | None,
    at: datetime,
    valid_until: datetime | None = None,
    **changes: str,
) -> None:
    """Say what is so of a unit in a span of time; what else is known of it then stays.

    Args:
        unit_id: The unit.
        valid_from: Since when. Aware.
        by: Account acting.
        at: When. Aware.
        valid_until: Until when, exclusive; None: for good. Aware.
        **changes: ``sector``, ``address``, ``industry_code``, ``industry_name`` or
            ``department``.

    Raises:
        NotCorrectable: If another field is named.
        NotYet: If the span lies ahead.
        EmptySpan: If the span holds no instant.
        NothingKnown: If the span ends before the ledger begins.
    """
    _check(changes, DESCRIBED)
    if valid_from > at:
        raise NotYet(f"{valid_from} has not come yet")
    with facts.edit():
        unit = Unit.objects.select_for_update().get(id=unit_id)
        begin_history(Particulars, unit)
        facts.amend(
            model=Particulars,
            identity={"unit_id": unit_id},
            valid_from=valid_from,
            valid_until=valid_until,
            changes=changes,
        )
        _show_now(unit, at)
    details = {"valid_from": valid_from.isoformat(), **changes}
    audit.record("unit.described", subject=f"unit:{unit.code}", by=by, at=at, details=details)


@transaction.atomic
def name_legal_person(
    *,
    unit_id: int,
    name: str,
    valid_from: datetime,
    by: int | None,
    at: datetime,
    valid_until: datetime | None = None,
) -> int:
    """Say who is the unit's legal person from one instant on, and return the person's id.

    The former one is held for the term of their purpose, so that reports of their day keep them.

    Args:
        unit_id: The unit.
        name: The person's name; sealed.
        valid_from: Since when. Aware.
        by: Account acting.
        at: When. Aware.
        valid_until: Until when, exclusive; None: for good. Aware.

    Raises:
        NoPersonName: If the name is blank.
    """
    new = personal.NewPerson("LEGAL_PERSON", {Field.NAME: name})
    with facts.edit():
        unit = Unit.objects.select_for_update().get(id=unit_id)
        (person_id,) = personal.hold(people=[new], by=by, at=at)
        begin_history(Particulars, unit)
        believed = Particulars.objects.filter(unit=unit, superseded_at=None)
        known = set(believed.values_list("legal_person_id", flat=True))
        facts.amend(
            model=Particulars,
            identity={"unit_id": unit_id},
            valid_from=valid_from,
            valid_until=valid_until,
            changes={"legal_person_id": person_id},
        )
    needed = dict.fromkeys(known - {None}, valid_from) | _legal_persons(unit)
    for number, until in needed.items():
        if until is not None:
            personal.end(person_ids=[number], by=by, at=until)
    subject, details = f"unit:{unit.code}", {"valid_from": valid_from.isoformat()}
    audit.record("unit.legal_person_named", subject=subject, by=by, at=at, details=details)
    return person_id


@transaction.atomic
def record_facility(
    *,
    unit_id: int,
    kind: str,
    valid_from: datetime,
    by: int | None,
    at: datetime,
    valid_until: datetime | None = None,
    is_run: bool = True,
) -> None:
    """Say that in a span of time a unit runs a facility of a kind, or that it runs none.

    Args:
        unit_id: The unit.
        kind: A ``FacilityKind``.
        valid_from: Since when. Aware.
        by: Account acting.
        at: When. Aware.
        valid_until: Until when, exclusive; None: for good. Aware.
        is_run: Whether it runs one.

    Raises:
        UnknownFacility: If there is no such kind.
        EmptySpan: If the span holds no instant.

    Source:
        Notice 321 (2020), IV(2): shore power, internet data centres.
    """
    if kind not in FacilityKind.values:
        raise UnknownFacility(f"no facility {kind}")
    facts.replace(
        model=Facility,
        identity={"unit_id": unit_id, "kind": kind},
        valid_from=valid_from,
        valid_until=valid_until,
        values={} if is_run else None,
    )
    subject = f"unit:{Unit.objects.values_list('code', flat=True).get(id=unit_id)}"
    details = {"kind": str(kind), "valid_from": valid_from.isoformat(), "is_run": is_run}
    audit.record("unit.facility_recorded", subject=subject, by=by, at=at, details=details)


def _legal_persons(unit: Unit) -> dict[int, datetime | None]:
    """Return until when each person was last the unit's legal person; None: for good."""
    believed = Particulars.objects.filter(unit=unit, superseded_at=None, legal_person__isnull=False)
    return dict(believed.order_by("valid_from").values_list("legal_person_id", "valid_until"))


def bear_name(unit: Unit, *, name: str, name_en: str | None, on: date, at: datetime) -> None:
    """Record under which name a unit goes from a day on, till the next change known.

    A part of a rename: ``operations.events`` records it.

    Args:
        unit: The unit, locked.
        name: The new name.
        name_en: The new English name; None: the one it has.
        on: First day of the name.
        at: When it is entered. Aware.

    Raises:
        NoName: If the name is empty.
        NotYet: If the day has not come.
        SameName: If the unit bears the name that day.
    """
    if not name:
        raise NoName(f"unit {unit.code} has no name")
    if on > clock.day_of(at):
        raise NotYet(f"{on} has not come yet")
    begin_history(Naming, unit)
    start = clock.midnight(on)
    known, until = fact_queries.version_from(Naming.objects.filter(unit=unit), start)
    if known is not None and known.name == name and name_en in (None, known.name_en):
        raise SameName(f"unit {unit.code} is called {name} on {on}")
    kept = known.name_en if known is not None else ""
    facts.replace(
        model=Naming,
        identity={"unit_id": unit.pk},
        valid_from=start,
        valid_until=until,
        values={"name": name, "name_en": kept if name_en is None else name_en},
    )
    _show_now(unit, at)


def take_back_name(unit: Unit, *, on: date, at: datetime) -> bool:
    """Believe again that a unit kept the name it had before a day, till the next change known.

    Args:
        unit: The unit, locked.
        on: The day of the rename.
        at: When. Aware.

    Returns:
        Whether there was a change of name on that day.
    """
    taken = queries.before_change(Naming, unit.pk, clock.midnight(on))
    if taken is None or taken.before is None:
        return False
    facts.replace(
        model=Naming,
        identity={"unit_id": unit.pk},
        valid_from=taken.since,
        valid_until=taken.until,
        values={"name": taken.before.name, "name_en": taken.before.name_en},
    )
    _show_now(unit, at)
    return True


def begin_history(model: type[Naming] | type[Particulars], unit: Unit) -> None:
    """Record what a unit's row says as true since the ledger's beginning, where nothing is known.

    Args:
        model: Which of its histories.
        unit: The unit, locked.
    """
    if model._default_manager.filter(unit=unit, superseded_at=None).exists():
        return
    fields = NAMED if model is Naming else ("sector", "address")
    facts.replace(
        model=model,
        identity={"unit_id": unit.pk},
        valid_from=queries.beginning(),
        valid_until=None,
        values={field: getattr(unit, field) for field in fields},
    )


def _show_now(unit: Unit, at: datetime) -> None:
    """Keep in the unit's row what is believed of now, for lists and searches."""
    naming, _ = fact_queries.version_from(Naming.objects.filter(unit=unit), at)
    said, _ = fact_queries.version_from(Particulars.objects.filter(unit=unit), at)
    if naming is not None:
        unit.name, unit.name_en = naming.name, naming.name_en
    if said is not None:
        unit.sector, unit.address = said.sector, said.address
    unit.save(update_fields=["name", "name_en", "sector", "address"])


def _check(changes: Mapping[str, str], allowed: frozenset[str]) -> None:
    """Refuse fields that are not among those allowed."""
    if not set(changes) <= allowed:
        raise NotCorrectable(f"not to be corrected: {', '.join(sorted(set(changes) - allowed))}")
