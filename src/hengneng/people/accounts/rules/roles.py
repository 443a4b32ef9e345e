"""What each role may do, how far, and at which places it can be held."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import NamedTuple

from hengneng.kernel.policy.rules import Permission, Scope, Viewer


class RoleDoesNotFit(ValueError):
    """This role cannot be held at that place."""


class UnknownRole(LookupError):
    """There is no such role."""


class Role(StrEnum):
    """A role at a body or a unit (ARCHITECTURE 7)."""

    ADMINISTRATOR = "ADMINISTRATOR"
    CITY_OFFICIAL = "CITY_OFFICIAL"
    DISTRICT_OFFICIAL = "DISTRICT_OFFICIAL"
    INSTITUTE_ENGINEER = "INSTITUTE_ENGINEER"
    ENERGY_MANAGER = "ENERGY_MANAGER"


class Place(NamedTuple):
    """Where a role is held: at a unit, or at a body of some kind and perhaps some district.

    Attributes:
        unit_id: The unit; None at a body.
        body_kind: The body's kind, a code of ``BodyKind``; None at a unit.
        district: Code of the body's district; None where it acts for the whole city.
    """

    unit_id: int | None = None
    body_kind: str | None = None
    district: str | None = None


_READ = (Permission.VIEW_UNIT, Permission.VIEW_READINGS)
# Whoever works with the unit's people; administrators look after accounts and see persons masked.
_MEET = (*_READ, Permission.VIEW_PERSONAL)
_KEEP = (
    Permission.EDIT_REGISTRY,
    Permission.CONFIRM_POINT,
    Permission.CONFIRM_CHANGE,
    Permission.ADMIT_TERMINAL,
)
_RUN = (Permission.MANAGE_ACCOUNTS, Permission.LOAD_RULES)

# Deny by default: what is not written here is refused.
REACH: dict[Role, dict[Permission, Scope]] = {
    Role.ADMINISTRATOR: dict.fromkeys((*_READ, *_KEEP, *_RUN), Scope.CITY),
    # SOURCE: Notice 321 (2020), head: the municipal regulator issues it.
    Role.CITY_OFFICIAL: dict.fromkeys((*_MEET, *_KEEP, Permission.PUBLISH_NOTICE), Scope.CITY),
    Role.DISTRICT_OFFICIAL: dict.fromkeys((*_MEET, *_KEEP), Scope.DISTRICT),
    Role.INSTITUTE_ENGINEER: dict.fromkeys((*_MEET, *_KEEP), Scope.CITY),
    Role.ENERGY_MANAGER: dict.fromkeys((*_MEET, Permission.REPORT_CHANGE), Scope.UNIT),
}

# Kinds of body at which a role is held; a role without any is held at a unit.
# SOURCE: Notice 321 (2020), head and III(2): the regulator leads, districts act in their own, the
# institute runs the platform.
BODY_KINDS: dict[Role, tuple[str, ...]] = {
    Role.ADMINISTRATOR: ("MUNICIPAL_REGULATOR", "METROLOGY_INSTITUTE"),
    Role.CITY_OFFICIAL: ("MUNICIPAL_REGULATOR",),
    Role.DISTRICT_OFFICIAL: ("DISTRICT_REGULATOR",),
    Role.INSTITUTE_ENGINEER: ("METROLOGY_INSTITUTE",),
    Role.ENERGY_MANAGER: (),
}


def role_of(text: str) -> Role:
    """Return the role that a person writes in small or capital letters.

    Raises:
        UnknownRole: If there is none of that name.

    >>> role_of("city_official")
    <Role.CITY_OFFICIAL: 'CITY_OFFICIAL'>
    """
    try:
        return Role(text.strip().upper().replace("-", "_"))
    except ValueError:
        raise UnknownRole(f"no role {text!r}; the roles are {', '.join(Role).lower()}") from None


def held_at(role: Role) -> str:
    """Return where a role is held, in words.

    >>> held_at(Role.DISTRICT_OFFICIAL)
    'a district regulator'
    """
    kinds = [f"a {kind.lower().replace('_', ' ')}" for kind in BODY_KINDS[role]]
    return " or ".join(kinds) or "a unit"


def check_place(role: Role, place: Place) -> None:
    """Refuse a role at a place where it cannot be held.

    Raises:
        RoleDoesNotFit: If the body's kind is another, a district's body has no district, or one
            of body and unit is given where the other is asked for.
    """
    fits = place.body_kind in BODY_KINDS[role] if BODY_KINDS[role] else place.unit_id is not None
    if not fits:
        there = f"a {place.body_kind.lower().replace('_', ' ')}" if place.body_kind else "a unit"
        raise RoleDoesNotFit(f"the role {role} is held at {held_at(role)}, not at {there}")
    if Scope.DISTRICT in REACH[role].values() and not place.district:
        raise RoleDoesNotFit(f"the role {role} needs a body that has a district")


def viewer(
    account_id: int,
    *,
    roles: Iterable[tuple[Role, Place]],
    grants: Mapping[Permission, frozenset[int]],
) -> Viewer:
    """Return how far an account's roles and grants reach together.

    Args:
        account_id: The account.
        roles: Its roles now and where it holds each.
        grants: Units that its grants reach, by permission.
    """
    city: set[Permission] = set()
    districts: dict[Permission, set[str]] = {}
    units: dict[Permission, set[int]] = {name: set(ids) for name, ids in grants.items()}
    for role, place in roles:
        for permission, scope in REACH[role].items():
            if scope is Scope.CITY:
                city.add(permission)
            elif scope is Scope.DISTRICT and place.district:
                districts.setdefault(permission, set()).add(place.district)
            elif scope is Scope.UNIT and place.unit_id is not None:
                units.setdefault(permission, set()).add(place.unit_id)
    return Viewer(
        account_id=account_id,
        units={permission: frozenset(ids) for permission, ids in units.items()},
        districts={permission: frozenset(codes) for permission, codes in districts.items()},
        city=frozenset(city),
    )
