"""Demo people for each role; their passwords are made here and kept for their owner alone."""

import secrets
import string
from datetime import datetime
from pathlib import Path

import msgspec

from hengneng.demo import city
from hengneng.demo.further import units as further
from hengneng.demo.further.catalogue import Manner
from hengneng.demo.further.units import FurtherUnit
from hengneng.demo.memory import write_secret
from hengneng.people.accounts import operations as accounts
from hengneng.people.accounts import queries as account_queries
from hengneng.people.accounts.rules import passwords
from hengneng.people.accounts.rules.roles import Role

_LETTERS = string.ascii_letters + string.digits + "-+"
_PASSWORD_LENGTH = 16
_CLASSES = 4


class Person(msgspec.Struct, frozen=True):
    """A demo person.

    Attributes:
        name: With which the person signs in.
        full_name: The person's name, invented.
        role: The role.
        place: Code of the body or unit where it is held.
        password: As generated; empty before.
    """

    name: str
    full_name: str
    role: str
    place: str
    password: str = ""


def people() -> tuple[Person, ...]:
    """Return the demo people, one at least for each role, without passwords."""
    return (
        Person("demo-admin", "沈砚清", Role.ADMINISTRATOR, "INSTITUTE"),
        Person("demo-city", "陆闻舟", Role.CITY_OFFICIAL, "REGULATOR"),
        Person("demo-district", "顾知夏", Role.DISTRICT_OFFICIAL, "REGULATOR-310106"),
        Person("demo-engineer", "裴望之", Role.INSTITUTE_ENGINEER, "INSTITUTE"),
        Person("demo-manager", "苏禾", Role.ENERGY_MANAGER, city.units()[0].code),
        Person("demo-airport", "程越川", Role.DISTRICT_OFFICIAL, "REGULATOR-AIRPORT"),
        Person("demo-plant", "何青野", Role.ENERGY_MANAGER, plant().code),
    )


def plant() -> FurtherUnit:
    """Return the further unit whose energy manager is among the people: one with every level."""
    return next(
        unit
        for unit in further.units()
        if unit.is_industrial
        and unit.manner is Manner.PUNCTUAL
        and {point.level for point in unit.points} == {"LEVEL_1", "LEVEL_2", "LEVEL_3"}
    )


def invite(folder: Path, *, at: datetime) -> list[Person]:
    """Return the demo people with their passwords; makes those who are not there yet.

    Args:
        folder: Where the demo keeps what only its owner may read.
        at: Now. Aware.
    """
    path = folder / "people.json"
    kept = msgspec.json.decode(path.read_bytes(), type=list[Person]) if path.exists() else []
    known = {person.name: person for person in kept}
    invited = []
    for person in people():
        held = known.get(person.name)
        if held is None:
            held = msgspec.structs.replace(person, password=_password())
            # First the file: an account whose password nobody knows could not be mended.
            known[person.name] = held
            write_secret(path, msgspec.json.encode(list(known.values())))
        _ensure(held, at=at)
        invited.append(held)
    return invited


def _ensure(person: Person, *, at: datetime) -> None:
    """Make the person's account unless it is there."""
    try:
        account_queries.account_by_name(person.name)
    except account_queries.UnknownAccount:
        is_of_unit = person.role == Role.ENERGY_MANAGER
        accounts.create_account(
            name=person.name,
            password=person.password,
            role=Role(person.role),
            body_code=None if is_of_unit else person.place,
            unit_code=person.place if is_of_unit else None,
            full_name=person.full_name,
            by=None,
            at=at,
        )


def _password() -> str:
    """Return a new password of small and capital letters, digits and others."""
    while True:
        made = "".join(secrets.choice(_LETTERS) for _ in range(_PASSWORD_LENGTH))
        if passwords.classes_of(made) == _CLASSES:
            return made
