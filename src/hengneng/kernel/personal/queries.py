"""Persons as a reader may see them; which are held, why, and until when."""

from collections.abc import Collection
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from django.db.models import Count, Q

from hengneng.kernel import clock
from hengneng.kernel.personal import keys
from hengneng.kernel.personal.models import Person
from hengneng.kernel.personal.rules import masks, purposes
from hengneng.kernel.personal.rules.masks import Field
from hengneng.kernel.personal.rules.purposes import Purpose


class Shown(StrEnum):
    """How much of a person a row shows."""

    WHOLE = "WHOLE"
    MASKED = "MASKED"
    ERASED = "ERASED"  # their key was destroyed
    LOCKED = "LOCKED"  # the master key that sealed them is not in the data folder


class PersonRow(NamedTuple):
    """A person as a reader may see them; a blank field is not held, or not to be read."""

    id: int
    name: str
    phone: str
    email: str
    certificate: str
    shown: Shown


class HeldRow(NamedTuple):
    """A purpose, and how many are held for it.

    Attributes:
        purpose: Why, what may be held, and how long after.
        held: Persons held. [count]
        ended: Of them, those whose term runs. [count]
        erased: Persons erased. [count]
    """

    purpose: Purpose
    held: int
    ended: int
    erased: int


def people(person_ids: Collection[int], *, whole: bool) -> dict[int, PersonRow]:
    """Return some persons by id, for a reader whose rights the caller knows; one query.

    Args:
        person_ids: Who.
        whole: Whether the reader may see them whole; else they are masked.

    Raises:
        SealBroken: If what was sealed has been changed since.
    """
    rows = list(Person.objects.filter(id__in=list(person_ids)))
    master = keys.master(may_make=False) if rows else None
    return {row.id: _row(row, master, whole=whole) for row in rows}


def _row(row: Person, master: keys.Master | None, *, whole: bool) -> PersonRow:
    """Return one person."""
    if row.wrapped_key is None:
        return PersonRow(row.id, "", "", "", "", Shown.ERASED)
    if master is None or master.id != row.master_id:
        return PersonRow(row.id, "", "", "", "", Shown.LOCKED)
    held = keys.Sealed(bytes(row.sealed), bytes(row.wrapped_key), row.master_id)
    said = keys.opened(held, purpose=row.purpose, under=master)
    name, phone, email, certificate = (
        said.get(field, "") if whole else masks.masked(field, said.get(field, ""))
        for field in Field
    )
    shown = Shown.WHOLE if whole else Shown.MASKED
    return PersonRow(row.id, name, phone, email, certificate, shown)


def register(day: date) -> list[HeldRow]:
    """Return every purpose in force on a day with how many are held for it; one query."""
    counted = Person.objects.values("purpose").annotate(
        held=Count("id", filter=Q(erased_at=None)),
        ended=Count("id", filter=Q(erased_at=None, ended_at__isnull=False)),
        erased=Count("id", filter=Q(erased_at__isnull=False)),
    )
    counts = {
        purpose: (held, ended, erased)
        for purpose, held, ended, erased in counted.values_list(
            "purpose", "held", "ended", "erased"
        )
    }
    return [HeldRow(p, *counts.get(p.code, (0, 0, 0))) for p in purposes.purposes_on(day)]


def due_on(day: date) -> list[int]:
    """Return the persons whose term is over on a day, ascending."""
    ended = Person.objects.filter(erased_at=None, ended_at__isnull=False).order_by("id")
    return [
        number
        for number, purpose, ended_at in ended.values_list("id", "purpose", "ended_at")
        if ended_at is not None
        and purposes.erased_on(clock.day_of(ended_at), purposes.purpose_on(purpose, day)) <= day
    ]


def master_to_seal() -> keys.Master:
    """Return the master key, made where nobody is sealed yet.

    Raises:
        MasterKeyMissing: If persons are sealed and the data folder holds no master key.
    """
    held = Person.objects.filter(wrapped_key__isnull=False)
    master = keys.master(may_make=False) or keys.master(may_make=not held.exists())
    if master is None:
        raise keys.MasterKeyMissing("keys/personal.key is not in the data folder")
    return master


def master_of(master_id: str) -> keys.Master:
    """Return the master key of that id.

    Raises:
        MasterKeyMissing: If the data folder holds none, or another.
    """
    master = keys.master(may_make=False)
    if master is None or master.id != master_id:
        raise keys.MasterKeyMissing(f"the master key {master_id} is not in the data folder")
    return master
