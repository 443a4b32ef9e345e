"""All that is known of a unit: who sees it, how much of its people, and how it was believed."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from hengneng.kernel.personal.queries import Shown
from hengneng.kernel.personal.rules.masks import Field
from hengneng.kernel.policy.rules import Permission, Viewer
from hengneng.registry.units import operations, queries
from hengneng.registry.units.models import Placement

AT = datetime(2026, 11, 22, 8, tzinfo=UTC)
MAY = datetime(2025, 4, 30, 16, tzinfo=UTC)
VIEW, PERSONS = Permission.VIEW_UNIT, Permission.VIEW_PERSONAL
OFFICIAL = Viewer(account_id=1, city=frozenset({VIEW, PERSONS}))
ADMINISTRATOR = Viewer(account_id=2, city=frozenset({VIEW}))

pytestmark = pytest.mark.usefixtures("in_november")


@pytest.fixture
def known_unit(unit, two_districts, proof):
    told = {"unit_id": unit.id, "by": 7, "at": AT}
    li = {Field.NAME: "李小明", Field.PHONE: "13812345678"}
    operations.place_site(site_code="1", district_code="310101", valid_from=MAY, **told)
    operations.describe_unit(valid_from=MAY, department="商务委", industry_code="6110", **told)
    operations.name_legal_person(name="王一", valid_from=MAY, **told)
    operations.record_facility(kind="HOTEL", valid_from=MAY, **told)
    operations.record_business(state="SUSPENDED", valid_from=MAY, proof_id=proof, **told)
    operations.add_contact(role="ENERGY_MANAGER", fields=li, valid_from=MAY, **told)
    operations.record_level(year=2025, tce=Decimal(12000), source="年度报告", **told)
    operations.list_unit(year=2026, kind="KEY", **told)
    operations.rename_unit(name="甲宾馆", on=date(2025, 5, 1), **told)
    return unit


def card(viewer, unit, **more):
    return queries.unit_card(viewer, VIEW, unit.code, **more)


def test_tells_all_that_is_known(known_unit):
    known = card(OFFICIAL, known_unit)

    assert [row.name for row in known.names] == ["甲宾馆", "甲饭店"]
    assert (known.particulars.department, known.particulars.industry_code) == ("商务委", "6110")
    assert known.particulars.legal_person.name == "王一"
    assert known.business.state == "SUSPENDED"
    assert [row.kind for row in known.facilities] == ["HOTEL"]
    assert [row.district_id for row in known.sites] == ["310101"]
    assert [row.person.name for row in known.contacts] == ["李小明"]
    assert [row.tce for row in known.levels] == [Decimal(12000)]
    assert [row.year for row in known.listings] == [2026]
    assert [row.kind for row in known.events] == ["RENAME"]
    assert known.unit.districts == ("310101",)


def test_says_nothing_where_nothing_was_recorded(unit):
    known = card(OFFICIAL, unit)

    assert (known.particulars, known.business) == (None, None)
    assert [len(part) for part in (known.names, *known[4:])] == [0] * 7


def test_persons_are_masked_for_who_may_not_see_them(known_unit):
    known = card(ADMINISTRATOR, known_unit)

    (contact,) = known.contacts
    assert (contact.person.name, contact.person.phone) == ("李**", "138****5678")
    assert known.particulars.legal_person == (
        known.particulars.legal_person.id, "王*", "", "", "", Shown.MASKED,
    )  # fmt: skip


def test_a_unit_sees_its_own_people_and_no_others(known_unit, other_unit):
    reach = frozenset({known_unit.id})
    manager = Viewer(account_id=3, units={VIEW: reach, PERSONS: reach})

    assert card(manager, known_unit).contacts[0].person.shown is Shown.WHOLE
    assert not queries.sees_persons(manager, other_unit.id)
    with pytest.raises(queries.UnknownUnit):
        card(manager, other_unit)


def test_a_district_that_reaches_persons_elsewhere_sees_them_masked_here(known_unit):
    district = Viewer(
        account_id=4, city=frozenset({VIEW}), districts={PERSONS: frozenset({"310104"})}
    )

    assert card(district, known_unit).contacts[0].person.shown is Shown.MASKED


def test_as_believed_before_the_last_edits(known_unit):
    placed = Placement.objects.get().recorded_at
    known = card(OFFICIAL, known_unit, as_of=placed)

    assert (known.names, known.particulars, known.business) == ([], None, None)
    assert (known.facilities, known.contacts, known.levels, known.events) == ([], [], [], [])
    assert [row.district_id for row in known.sites] == ["310101"]


def test_takes_as_many_queries_for_more(known_unit, django_assert_max_num_queries):
    for number in range(5):
        operations.add_contact(
            unit_id=known_unit.id, role="METERING_STAFF", fields={Field.NAME: f"员工{number}"},
            valid_from=MAY, by=7, at=AT,
        )  # fmt: skip

    with django_assert_max_num_queries(18):
        assert len(card(OFFICIAL, known_unit).contacts) == 6
