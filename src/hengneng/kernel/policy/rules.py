"""Permissions, scopes and the viewer: plain values every ``visible_to`` reads."""

from dataclasses import dataclass, field
from enum import StrEnum


class Permission(StrEnum):
    """What an action asks for; each route names one."""

    PUBLIC = "PUBLIC"  # anyone, signed in or not
    OWN_ACCOUNT = "OWN_ACCOUNT"  # anyone signed in, about themselves
    VIEW_UNIT = "VIEW_UNIT"
    VIEW_READINGS = "VIEW_READINGS"
    VIEW_PERSONAL = "VIEW_PERSONAL"  # names and numbers of persons whole; without it masked
    EDIT_REGISTRY = "EDIT_REGISTRY"
    CONFIRM_POINT = "CONFIRM_POINT"
    REPORT_CHANGE = "REPORT_CHANGE"  # tell of a change of one's own meters
    CONFIRM_CHANGE = "CONFIRM_CHANGE"  # confirm what a unit or its terminal tells of its meters
    ADMIT_TERMINAL = "ADMIT_TERMINAL"
    MANAGE_ACCOUNTS = "MANAGE_ACCOUNTS"
    PUBLISH_NOTICE = "PUBLISH_NOTICE"
    LOAD_RULES = "LOAD_RULES"  # values of official texts: factors, weights
    TERMINAL = "TERMINAL"  # a terminal proves itself by its secret, not by an account


class Scope(StrEnum):
    """How far a permission reaches."""

    UNIT = "UNIT"
    DISTRICT = "DISTRICT"
    CITY = "CITY"


# What may be granted on one unit; the rest belongs to everybody, to a role or to a terminal.
GRANTABLE = frozenset(
    {
        Permission.VIEW_UNIT,
        Permission.VIEW_READINGS,
        Permission.VIEW_PERSONAL,
        Permission.EDIT_REGISTRY,
        Permission.CONFIRM_POINT,
        Permission.REPORT_CHANGE,
        Permission.CONFIRM_CHANGE,
        Permission.ADMIT_TERMINAL,
    }
)


class NotAllowed(PermissionError):
    """The account may not do this."""


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who asks: the account and how far each of its permissions reaches.

    Attributes:
        account_id: The account; None for a visitor.
        units: Permission to the units it reaches by membership or grant.
        districts: Permission to the district codes it reaches.
        city: Permissions that reach the whole city.
    """

    account_id: int | None = None
    units: dict[Permission, frozenset[int]] = field(default_factory=dict)
    districts: dict[Permission, frozenset[str]] = field(default_factory=dict)
    city: frozenset[Permission] = frozenset()

    def may(self, permission: Permission) -> bool:
        """Answer whether the permission reaches anything at all."""
        if permission is Permission.PUBLIC:
            return True
        if permission is Permission.OWN_ACCOUNT:
            return self.account_id is not None
        return bool(
            permission in self.city or self.districts.get(permission) or self.units.get(permission)
        )

    def is_official(self) -> bool:
        """Answer whether any permission reaches a district or the city, not only single units."""
        return bool(self.city or any(self.districts.values()))


VISITOR = Viewer()


def require(viewer: Viewer, permission: Permission) -> None:
    """Refuse a viewer whose permission reaches nothing; ``visible_to`` then says how far it goes.

    Raises:
        NotAllowed: If the viewer does not have the permission at all.
    """
    if not viewer.may(permission):
        raise NotAllowed(f"account {viewer.account_id} has no permission {permission}")
