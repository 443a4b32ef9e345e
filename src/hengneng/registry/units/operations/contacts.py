"""Say who is asked at a unit, and for what."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.db.models import Q

from hengneng.kernel.audit import operations as audit
from hengneng.kernel.facts import operations as facts
from hengneng.kernel.personal import operations as personal
from hengneng.kernel.personal.rules.masks import Field
from hengneng.registry.units.models import Contact, ContactRole, Unit


class UnknownContactRole(ValueError):
    """A contact has no such role."""


class NotAContact(LookupError):
    """The unit has no such contact."""


class NewContact(NamedTuple):
    """A person whom a unit is asked by from now on.

    Attributes:
        unit_id: The unit.
        role: A ``ContactRole``.
        fields: Name, telephone, e-mail, certificate; sealed.
        valid_from: Since when. Aware.
        post: Their post.
        training: What they were trained in, and when.
    """

    unit_id: int
    role: str
    fields: Mapping[Field, str]
    valid_from: datetime
    post: str = ""
    training: str = ""


@transaction.atomic
def add_contacts(*, rows: Sequence[NewContact], by: int | None, at: datetime) -> list[int]:
    """Name many persons at once, one entry for all, and return their ids in the rows' order.

    Args:
        rows: The contacts, of any units. Shape (n,).
        by: Account acting.
        at: When. Aware.

    Raises:
        UnknownContactRole: If there is no such role.
        NoPersonName: If a person has no name.
    """
    for row in rows:
        _check_role(row.role)
    people = [personal.NewPerson("CONTACT", row.fields) for row in rows]
    person_ids = personal.hold(people=people, by=by, at=at)
    # New persons have no roles yet, so no version is in the way of these.
    with facts.edit() as recorded_at:
        Contact.objects.bulk_create(
            Contact(
                unit_id=row.unit_id,
                person_id=person_id,
                role=row.role,
                post=row.post,
                training=row.training,
                valid_from=row.valid_from,
                recorded_at=recorded_at,
            )
            for row, person_id in zip(rows, person_ids, strict=True)
        )
    if rows:
        details = {"persons": person_ids}
        audit.record("units.contacts_added", subject="units", by=by, at=at, details=details)
    return person_ids


@transaction.atomic
def add_contact(
    *,
    unit_id: int,
    role: str,
    fields: Mapping[Field, str],
    valid_from: datetime,
    by: int | None,
    at: datetime,
    post: str = "",
    training: str = "",
) -> int:
    """Name a person whom the unit is asked by, and return the person's id.

    Args:
        unit_id: The unit.
        role: A ``ContactRole``.
        fields: Name, telephone, e-mail, certificate; sealed.
        valid_from: Since when. Aware.
        by: Account acting.
        at: When. Aware.
        post: Their post.
        training: What they were trained in, and when.

    Raises:
        UnknownContactRole: If there is no such role.
        NoPersonName: If the person has no name.

    Source:
        Notice 321 (2020), I(2): the unit's particulars are kept complete; form B.1 of JJF 1356.
    """
    new = NewContact(unit_id, role, fields, valid_from, post, training)
    (person_id,) = add_contacts(rows=[new], by=by, at=at)
    _record("unit.contact_added", unit_id, person_id, role, by, at)
    return person_id


@transaction.atomic
def give_role(
    *,
    unit_id: int,
    person_id: int,
    role: str,
    valid_from: datetime,
    by: int | None,
    at: datetime,
    post: str = "",
    training: str = "",
) -> None:
    """Give a contact of the unit another role, or one they had before.

    Args:
        unit_id: The unit.
        person_id: A person who is or was a contact of this unit.
        role: A ``ContactRole``.
        valid_from: Since when. Aware.
        by: Account acting.
        at: When. Aware.
        post: Their post in it.
        training: What they were trained in for it, and when.

    Raises:
        NotAContact: If the person never was a contact of the unit.
        UnknownContactRole: If there is no such role.
        Erased: If the person was erased.
    """
    _check_person(unit_id, person_id)
    personal.need(person_ids=[person_id], by=by, at=at)
    _put(unit_id, person_id, role, valid_from, {"post": post, "training": training})
    _record("unit.contact_role_given", unit_id, person_id, role, by, at)


@transaction.atomic
def correct_contact(
    *,
    unit_id: int,
    person_id: int,
    by: int | None,
    at: datetime,
    fields: Mapping[Field, str] | None = None,
    role: str = "",
    **changes: str,
) -> None:
    """Correct how a contact is reached, or post and training in one role.

    Args:
        unit_id: The unit.
        person_id: A contact of this unit.
        by: Account acting.
        at: When. Aware.
        fields: What changes of the person; blank ones are held no longer.
        role: In which role post or training change.
        **changes: ``post`` or ``training``, from now on.

    Raises:
        NotAContact: If the person is none of the unit's, or has not that role.
        Erased: If the person was erased.
    """
    _check_person(unit_id, person_id)
    if fields:
        personal.correct(person_id=person_id, fields=fields, by=by, at=at)
    if changes:
        identity = {"unit_id": unit_id, "person_id": person_id, "role": role}
        try:
            facts.amend(
                model=Contact, identity=identity, valid_from=at, valid_until=None, changes=changes
            )
        except facts.NothingKnown as error:
            raise NotAContact(f"person {person_id} is no {role} of unit {unit_id}") from error
    _record("unit.contact_corrected", unit_id, person_id, role, by, at)


@transaction.atomic
def end_contact(
    *,
    unit_id: int,
    person_id: int,
    role: str,
    ended_at: datetime,
    by: int | None,
    at: datetime,
) -> None:
    """End a contact's role; who has none left is kept for the term of the purpose, then erased.

    Args:
        unit_id: The unit.
        person_id: The contact.
        role: The role that ends.
        ended_at: Since when. Aware.
        by: Account acting.
        at: When. Aware.

    Raises:
        NotAContact: If the person has not that role then.
    """
    held = Contact.objects.filter(unit_id=unit_id, person_id=person_id, superseded_at=None)
    lasting = held.filter(Q(valid_until=None) | Q(valid_until__gt=ended_at))
    if not lasting.filter(role=role).exists():
        raise NotAContact(f"person {person_id} is no {role} of unit {unit_id}")
    facts.replace(
        model=Contact,
        identity={"unit_id": unit_id, "person_id": person_id, "role": role},
        valid_from=ended_at,
        valid_until=None,
        values=None,
    )
    if not lasting.exists():
        personal.end(person_ids=[person_id], by=by, at=ended_at)
    _record("unit.contact_ended", unit_id, person_id, role, by, at)


def _put(
    unit_id: int, person_id: int, role: str, valid_from: datetime, values: Mapping[str, str]
) -> None:
    """Record a role."""
    _check_role(role)
    facts.replace(
        model=Contact,
        identity={"unit_id": unit_id, "person_id": person_id, "role": role},
        valid_from=valid_from,
        valid_until=None,
        values=values,
    )


def _check_role(role: str) -> None:
    """Refuse a role that there is not."""
    if role not in ContactRole.values:
        raise UnknownContactRole(f"no role {role}")


def _check_person(unit_id: int, person_id: int) -> None:
    """Refuse a person who is not, and never was, a contact of the unit."""
    if not Contact.objects.filter(unit_id=unit_id, person_id=person_id).exists():
        raise NotAContact(f"person {person_id} is no contact of unit {unit_id}")


def _record(
    action: str, unit_id: int, person_id: int, role: str, by: int | None, at: datetime
) -> None:
    """Record what was done; never what names the person."""
    subject = f"unit:{Unit.objects.values_list('code', flat=True).get(id=unit_id)}"
    details = {"person": person_id, "role": str(role)}
    audit.record(action, subject=subject, by=by, at=at, details=details)
