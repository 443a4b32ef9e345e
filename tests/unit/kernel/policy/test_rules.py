import pytest

from hengneng.kernel.policy.rules import VISITOR, NotAllowed, Permission, Viewer, require

ANYONE = {Permission.PUBLIC}
SIGNED_IN = {Permission.PUBLIC, Permission.OWN_ACCOUNT}


class TestMay:
    @pytest.mark.parametrize("permission", Permission)
    @pytest.mark.parametrize(
        ("viewer", "allowed"),
        [
            (VISITOR, ANYONE),
            (Viewer(account_id=1), SIGNED_IN),
            (
                Viewer(account_id=1, city=frozenset({Permission.VIEW_UNIT})),
                {*SIGNED_IN, Permission.VIEW_UNIT},
            ),
            (
                Viewer(account_id=1, districts={Permission.EDIT_REGISTRY: frozenset({"310101"})}),
                {*SIGNED_IN, Permission.EDIT_REGISTRY},
            ),
            (
                Viewer(account_id=1, units={Permission.VIEW_READINGS: frozenset({5})}),
                {*SIGNED_IN, Permission.VIEW_READINGS},
            ),
            (Viewer(account_id=1, units={Permission.VIEW_READINGS: frozenset()}), SIGNED_IN),
        ],
        ids=["visitor", "no role", "city", "district", "unit", "no unit"],
    )
    def test_allows_what_reaches_something_and_nothing_else(self, viewer, allowed, permission):
        assert viewer.may(permission) is (permission in allowed)


@pytest.mark.parametrize(
    ("viewer", "official"),
    [
        (VISITOR, False),
        (Viewer(account_id=1, units={Permission.VIEW_UNIT: frozenset({5})}), False),
        (Viewer(account_id=1, districts={Permission.VIEW_UNIT: frozenset()}), False),
        (Viewer(account_id=1, districts={Permission.VIEW_UNIT: frozenset({"310101"})}), True),
        (Viewer(account_id=1, city=frozenset({Permission.VIEW_UNIT})), True),
    ],
)
def test_an_official_reaches_further_than_single_units(viewer, official):
    assert viewer.is_official() is official


class TestRequire:
    def test_lets_pass_who_may(self):
        require(VISITOR, Permission.PUBLIC)

    def test_refuses_who_may_not(self):
        with pytest.raises(NotAllowed):
            require(VISITOR, Permission.VIEW_UNIT)
