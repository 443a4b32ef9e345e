"""Two writers at the same time: the database keeps one truth, whatever the code above does."""

from contextlib import ExitStack
from datetime import UTC, date, datetime

import pytest
from tests import at_once

from hengneng.kernel.facts import operations as facts
from hengneng.registry.bodies.models import District
from hengneng.registry.units import operations
from hengneng.registry.units.models import (
    Business,
    ConsumptionLevel,
    Contact,
    Event,
    Facility,
    Naming,
    Particulars,
    Placement,
    Site,
    Unit,
)

AT = datetime(2026, 11, 22, 8, tzinfo=UTC)
MAY = datetime(2025, 4, 30, 16, tzinfo=UTC)
JULY = datetime(2026, 6, 30, 16, tzinfo=UTC)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("in_november")]


@pytest.fixture
def unit():
    return Unit.objects.create(code="91310000MA1FL00016", name="甲饭店", created_at=AT)


def versions_of(unit, proof):
    site = Site.objects.create(unit=unit, code="1", name="1")
    District.objects.create(
        code="310101", name_zh="黄浦区", name_en="", citation="a test", verified=False
    )
    person = operations.add_contact(
        unit_id=unit.id, role="GENERAL", fields={"NAME": "王"}, valid_from=JULY, by=7, at=AT
    )
    Contact.objects.all().delete()
    return [
        (Naming, {"unit": unit, "name": "乙"}),
        (Particulars, {"unit": unit}),
        (Facility, {"unit": unit, "kind": "RAIL"}),
        (Business, {"unit": unit, "state": "CLOSED", "proof_id": proof}),
        (Contact, {"unit": unit, "person_id": person, "role": "GENERAL"}),
        (
            ConsumptionLevel,
            {"unit": unit, "year": 2025, "tce": 1, "source": "x", "verified": False},
        ),
        (Placement, {"site": site, "district_id": "310101"}),
    ]


def test_of_two_versions_of_one_time_one_is_kept(unit, proof):
    for model, values in versions_of(unit, proof):

        def write(model=model, values=values):
            model(**values, valid_from=MAY, recorded_at=AT).save()

        raised = at_once.overlapping(write, write)

        assert list(map(at_once.is_refused, raised)) == [False, True], (model, raised)
        assert model.objects.count() == 1


def test_versions_that_only_touch_are_both_kept(unit, proof):
    for model, values in versions_of(unit, proof):

        def write(start, end, model=model, values=values):
            model(**values, valid_from=start, valid_until=end, recorded_at=AT).save()

        raised = at_once.overlapping(lambda w=write: w(MAY, JULY), lambda w=write: w(JULY, None))

        assert raised == [None, None], model
        assert model.objects.count() == 2


def test_renames_at_once_follow_one_another(unit):
    def rename(name, on):
        operations.rename_unit(unit_id=unit.id, name=name, on=on, by=7, at=AT)

    raised = at_once.together(
        lambda: rename("乙", date(2025, 5, 1)), lambda: rename("丙", date(2026, 7, 1))
    )

    believed = Naming.objects.filter(superseded_at=None).order_by("valid_from")
    assert raised == [None, None]
    assert list(believed.values_list("name", flat=True)) == ["甲饭店", "乙", "丙"]
    assert Unit.objects.get().name == "丙"


EDITS = {
    "correct": lambda unit, _: operations.correct_unit(
        unit_id=unit.id, address="新路 1 号", by=7, at=AT
    ),
    "describe": lambda unit, _: operations.describe_unit(
        unit_id=unit.id, valid_from=MAY, department="市经信委", by=7, at=AT
    ),
    "name a legal person": lambda unit, _: operations.name_legal_person(
        unit_id=unit.id, name="王小明", valid_from=MAY, by=7, at=AT
    ),
    "rename": lambda unit, _: operations.rename_unit(
        unit_id=unit.id, name="乙", on=date(2025, 5, 1), by=7, at=AT
    ),
    "withdraw an event": lambda _, event: operations.withdraw_event(
        event_id=event, reason="误录", by=7, at=AT
    ),
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_edits_wait_for_the_edit_before_them_and_never_for_one_another(unit, edit):
    event = operations.rename_unit(unit_id=unit.id, name="丙", on=date(2026, 7, 1), by=7, at=AT)
    editing = ExitStack()

    def begin():
        editing.enter_context(facts.edit())

    def change_unit():
        Unit.objects.select_for_update().get(id=unit.id)
        Event.objects.select_for_update().get(id=event)
        editing.close()

    assert at_once.overlapping(begin, lambda: edit(unit, event), change_unit) == [None, None]


def test_one_of_two_units_of_a_code_is_entered():
    code = "91310000000000000U"

    def enter(name):
        operations.create_unit(code=code, name=name, by=7, at=AT)

    raised = at_once.together(lambda: enter("甲"), lambda: enter("乙"))

    assert [type(error) for error in raised if error] == [operations.UnitExists]
    assert Naming.objects.get().name == Unit.objects.get().name
