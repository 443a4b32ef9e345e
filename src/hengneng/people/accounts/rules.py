"""What each role may do, and how far."""

from enum import StrEnum

from hengneng.kernel.policy.rules import Permission, Scope


class Role(StrEnum):
    """A role at a body or a unit (ARCHITECTURE 7)."""

    ADMINISTRATOR = "ADMINISTRATOR"
    CITY_OFFICIAL = "CITY_OFFICIAL"
    DISTRICT_OFFICIAL = "DISTRICT_OFFICIAL"
    INSTITUTE_ENGINEER = "INSTITUTE_ENGINEER"
    ENERGY_MANAGER = "ENERGY_MANAGER"


_READ = (Permission.VIEW_UNIT, Permission.VIEW_READINGS)
_KEEP = (Permission.EDIT_REGISTRY, Permission.CONFIRM_POINT, Permission.ADMIT_TERMINAL)

# Deny by default: what is not written here is refused.
REACH: dict[Role, dict[Permission, Scope]] = {
    Role.ADMINISTRATOR: dict.fromkeys(
        (*_READ, *_KEEP, Permission.MANAGE_ACCOUNTS), Scope.CITY
    ),
    Role.CITY_OFFICIAL: dict.fromkeys((*_READ, *_KEEP), Scope.CITY),
    Role.DISTRICT_OFFICIAL: dict.fromkeys((*_READ, *_KEEP), Scope.DISTRICT),
    Role.INSTITUTE_ENGINEER: dict.fromkeys((*_READ, *_KEEP), Scope.CITY),
    Role.ENERGY_MANAGER: dict.fromkeys(_READ, Scope.UNIT),
}
