"""Hold persons, correct them, let their term begin, erase them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from hengneng.kernel import clock
from hengneng.kernel.audit import operations as audit
from hengneng.kernel.personal import keys, queries
from hengneng.kernel.personal.models import Person
from hengneng.kernel.personal.rules import purposes
from hengneng.kernel.personal.rules.masks import Field


class NotForThatPurpose(ValueError):
    """Nothing of that kind may be held of a person for this purpose."""


class NoPersonName(ValueError):
    """A person who is held has a name."""


class Erased(LookupError):
    """There is no such person, or they were erased."""


class NewPerson(NamedTuple):
    """A person to be held.

    Attributes:
        purpose: A code of ``rules/purposes.toml``.
        fields: What is to be held, blanks left out; ``Field.NAME`` among them.
    """

    purpose: str
    fields: Mapping[Field, str]


@transaction.atomic
def hold(*, people: Sequence[NewPerson], by: int | None, at: datetime) -> list[int]:
    """Hold persons, each under a new key, and return their ids.

    Args:
        people: Who. Shape (n,).
        by: Account acting.
        at: When. Aware.

    Returns:
        Their ids, in the same order. Shape (n,).

    Raises:
        UnknownPurpose: If a purpose is not in force.
        NotForThatPurpose: If a field may not be held for it.
        NoPersonName: If one has no name.
        MasterKeyMissing: If the master key that seals the others is gone.

    Source:
        Personal Information Protection Law, art. 51, recollected: encryption among the measures.
    """
    if not people:
        return []
    master = queries.master_to_seal()
    rows = []
    for person in people:
        said = _checked(person.purpose, person.fields, at)
        box = keys.sealed(said, purpose=person.purpose, under=master)
        rows.append(
            Person(purpose=person.purpose, fields=sorted(said), held_since=at, **box._asdict())
        )
    made = Person.objects.bulk_create(rows)
    counted = {"count": len(made), "purposes": sorted({row.purpose for row in made})}
    audit.record("persons.held", subject="persons", by=by, at=at, details=counted)
    return [row.pk for row in made]


@transaction.atomic
def correct(*, person_id: int, fields: Mapping[Field, str], by: int | None, at: datetime) -> None:
    """Say what is held of a person from now on; what was held before is not kept.

    Args:
        person_id: Who.
        fields: The fields that change; a blank one is held no longer.
        by: Account acting.
        at: When. Aware.

    Raises:
        Erased: If there is no such person any more.
        NotForThatPurpose: If a field may not be held for their purpose.
        NoPersonName: If the name would be blank.
        MasterKeyMissing: If the master key that sealed them is gone.
    """
    row = Person.objects.select_for_update().filter(id=person_id, erased_at=None).first()
    if row is None or row.wrapped_key is None:
        raise Erased(f"person {person_id} is not held")
    master = queries.master_of(row.master_id)
    held = keys.Sealed(bytes(row.sealed), bytes(row.wrapped_key), row.master_id)
    known = keys.opened(held, purpose=row.purpose, under=master)
    said = _checked(row.purpose, {**{Field(f): text for f, text in known.items()}, **fields}, at)
    row.sealed = keys.resealed(said, held=held, purpose=row.purpose, under=master)
    row.fields = sorted(said)
    row.save(update_fields=["sealed", "fields"])
    details = {"fields": sorted(fields)}
    audit.record("person.corrected", subject=f"person:{person_id}", by=by, at=at, details=details)


def _checked(purpose: str, fields: Mapping[Field, str], at: datetime) -> dict[str, str]:
    """Return what is to be sealed, if all of it may be held."""
    rule = purposes.purpose_on(purpose, clock.day_of(at))
    said = {str(field): text.strip() for field, text in fields.items() if text.strip()}
    strange = set(said) - rule.fields
    if strange:
        raise NotForThatPurpose(f"{', '.join(sorted(strange))} is not held for {purpose}")
    if Field.NAME not in said:
        raise NoPersonName("the person has no name")
    return said


@transaction.atomic
def end(*, person_ids: Collection[int], by: int | None, at: datetime) -> None:
    """Say that persons are needed no longer: from now on their purpose's term runs.

    Args:
        person_ids: Who; those whose term runs already stay as they are.
        by: Account acting.
        at: Since when. Aware.
    """
    ended = Person.objects.filter(id__in=person_ids, ended_at=None, erased_at=None)
    numbers = sorted(ended.values_list("id", flat=True))
    if numbers:
        Person.objects.filter(id__in=numbers).update(ended_at=at)
        details = {"ids": numbers}
        audit.record("persons.ended", subject="persons", by=by, at=at, details=details)


@transaction.atomic
def need(*, person_ids: Collection[int], by: int | None, at: datetime) -> None:
    """Say that persons are needed again: their term runs no longer.

    Args:
        person_ids: Who; those whose term does not run stay as they are.
        by: Account acting.
        at: When. Aware.

    Raises:
        Erased: If one was erased, or never held.
    """
    held = Person.objects.select_for_update().filter(id__in=person_ids, erased_at=None)
    missing = set(person_ids) - set(held.values_list("id", flat=True))
    if missing:
        raise Erased(f"person {min(missing)} is not held")
    if held.filter(ended_at__isnull=False).update(ended_at=None):
        details = {"ids": sorted(person_ids)}
        audit.record("persons.needed", subject="persons", by=by, at=at, details=details)


@transaction.atomic
def erase(*, person_ids: Iterable[int], reason: str, by: int | None, at: datetime) -> list[int]:
    """Destroy persons' keys: what was sealed of them can never be read again.

    Args:
        person_ids: Who; those erased before stay as they are.
        reason: Why: their own wish, or that the term is over.
        by: Account acting; None where the term is over.
        at: When. Aware.

    Returns:
        The ids of those erased now, ascending.

    Source:
        Personal Information Protection Law, art. 47, as quoted in a law firm's commentary.
    """
    held = Person.objects.select_for_update().filter(id__in=list(person_ids), erased_at=None)
    numbers = sorted(held.values_list("id", flat=True))
    if numbers:
        Person.objects.filter(id__in=numbers).update(wrapped_key=None, erased_at=at)
        details = {"ids": numbers, "reason": reason}
        audit.record("persons.erased", subject="persons", by=by, at=at, details=details)
    return numbers


@transaction.atomic
def erase_due(*, by: int | None, at: datetime) -> list[int]:
    """Erase those whose term is over, and return their ids, ascending.

    Args:
        by: Account acting; None for the daily job.
        at: When. Aware.
    """
    due = queries.due_on(clock.day_of(at))
    return erase(person_ids=due, reason="the term is over", by=by, at=at) if due else []
