import pytest

from hengneng.kernel.policy.rules import Permission, Scope
from hengneng.people.accounts.rules import roles
from hengneng.people.accounts.rules.roles import Place, Role
from hengneng.registry.bodies.models import BodyKind

CITY, DISTRICT, UNIT, NOWHERE = Scope.CITY, Scope.DISTRICT, Scope.UNIT, None

# Written out once more, so that no cell of the table changes unseen. Columns: administrator, city
# official, district official, institute engineer, energy manager.
TABLE = {
    Permission.PUBLIC: (NOWHERE, NOWHERE, NOWHERE, NOWHERE, NOWHERE),
    Permission.OWN_ACCOUNT: (NOWHERE, NOWHERE, NOWHERE, NOWHERE, NOWHERE),
    Permission.VIEW_UNIT: (CITY, CITY, DISTRICT, CITY, UNIT),
    Permission.VIEW_READINGS: (CITY, CITY, DISTRICT, CITY, UNIT),
    Permission.VIEW_PERSONAL: (NOWHERE, CITY, DISTRICT, CITY, UNIT),
    Permission.EDIT_REGISTRY: (CITY, CITY, DISTRICT, CITY, NOWHERE),
    Permission.CONFIRM_POINT: (CITY, CITY, DISTRICT, CITY, NOWHERE),
    Permission.REPORT_CHANGE: (NOWHERE, NOWHERE, NOWHERE, NOWHERE, UNIT),
    Permission.CONFIRM_CHANGE: (CITY, CITY, DISTRICT, CITY, NOWHERE),
    Permission.ADMIT_TERMINAL: (CITY, CITY, DISTRICT, CITY, NOWHERE),
    Permission.MANAGE_ACCOUNTS: (CITY, NOWHERE, NOWHERE, NOWHERE, NOWHERE),
    Permission.LOAD_RULES: (CITY, NOWHERE, NOWHERE, NOWHERE, NOWHERE),
    Permission.PUBLISH_NOTICE: (NOWHERE, CITY, NOWHERE, NOWHERE, NOWHERE),
    Permission.TERMINAL: (NOWHERE, NOWHERE, NOWHERE, NOWHERE, NOWHERE),
}
CELLS = [
    (role, permission, TABLE[permission][column])
    for column, role in enumerate(Role)
    for permission in Permission
]
# A place with everything, to see that a role takes from it only what its scope says.
EVERYWHERE = Place(unit_id=5, body_kind="DISTRICT_REGULATOR", district="310101")


class TestViewer:
    @pytest.mark.parametrize(("role", "permission", "scope"), CELLS)
    def test_reaches_as_far_as_the_table_says(self, role, permission, scope):
        viewer = roles.viewer(1, roles=[(role, EVERYWHERE)], grants={})

        assert roles.REACH[role].get(permission) == scope
        assert (permission in viewer.city) is (scope is CITY)
        assert viewer.districts.get(permission) == (
            frozenset({"310101"}) if scope is DISTRICT else None
        )
        assert viewer.units.get(permission) == (frozenset({5}) if scope is UNIT else None)

    def test_joins_roles_and_grants(self):
        viewer = roles.viewer(
            1,
            roles=[
                (Role.ENERGY_MANAGER, Place(unit_id=5)),
                (Role.ENERGY_MANAGER, Place(unit_id=6)),
                (Role.DISTRICT_OFFICIAL, EVERYWHERE),
            ],
            grants={Permission.VIEW_UNIT: frozenset({7})},
        )

        assert viewer.units == {
            Permission.VIEW_UNIT: frozenset({5, 6, 7}),
            Permission.VIEW_READINGS: frozenset({5, 6}),
            Permission.VIEW_PERSONAL: frozenset({5, 6}),
            Permission.REPORT_CHANGE: frozenset({5, 6}),
        }
        assert viewer.districts[Permission.VIEW_UNIT] == frozenset({"310101"})
        assert viewer.city == frozenset()

    def test_reaches_nothing_without_roles(self):
        viewer = roles.viewer(1, roles=[], grants={})

        assert [p for p in Permission if viewer.may(p)] == [
            Permission.PUBLIC,
            Permission.OWN_ACCOUNT,
        ]


class TestCheckPlace:
    @pytest.mark.parametrize("role", Role)
    @pytest.mark.parametrize("kind", BodyKind.values)
    def test_lets_a_role_be_held_at_its_kinds_of_body_only(self, role, kind):
        fitting = {
            Role.ADMINISTRATOR: {"MUNICIPAL_REGULATOR", "METROLOGY_INSTITUTE"},
            Role.CITY_OFFICIAL: {"MUNICIPAL_REGULATOR"},
            Role.DISTRICT_OFFICIAL: {"DISTRICT_REGULATOR"},
            Role.INSTITUTE_ENGINEER: {"METROLOGY_INSTITUTE"},
            Role.ENERGY_MANAGER: set(),
        }
        place = Place(body_kind=kind, district="310101")

        if kind in fitting[role]:
            roles.check_place(role, place)
        else:
            with pytest.raises(roles.RoleDoesNotFit):
                roles.check_place(role, place)

    @pytest.mark.parametrize("role", Role)
    def test_lets_the_energy_manager_alone_be_held_at_a_unit(self, role):
        if role is Role.ENERGY_MANAGER:
            roles.check_place(role, Place(unit_id=5))
        else:
            with pytest.raises(roles.RoleDoesNotFit):
                roles.check_place(role, Place(unit_id=5))

    def test_refuses_a_district_role_at_a_body_without_a_district(self):
        with pytest.raises(roles.RoleDoesNotFit, match="needs a body that has a district"):
            roles.check_place(Role.DISTRICT_OFFICIAL, Place(body_kind="DISTRICT_REGULATOR"))

    def test_names_only_kinds_of_body_that_there_are(self):
        named = {kind for kinds in roles.BODY_KINDS.values() for kind in kinds}

        assert named <= set(BodyKind.values)
        assert set(roles.BODY_KINDS) == set(roles.REACH) == set(Role)


class TestRoleOf:
    @pytest.mark.parametrize("text", ["city_official", "CITY_OFFICIAL", "City-Official"])
    def test_reads_any_letters(self, text):
        assert roles.role_of(text) is Role.CITY_OFFICIAL

    def test_refuses_others_and_lists_what_there_is(self):
        with pytest.raises(roles.UnknownRole, match="the roles are administrator, city_official"):
            roles.role_of("boss")
