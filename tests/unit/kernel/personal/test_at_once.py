"""Persons held, corrected and erased by several in the same instant."""

from datetime import UTC, datetime

import pytest
from tests import at_once

from hengneng.kernel.audit.models import Entry
from hengneng.kernel.personal import operations, queries
from hengneng.kernel.personal.models import Person
from hengneng.kernel.personal.rules.masks import Field

AT = datetime(2026, 11, 22, 8, tzinfo=UTC)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def own_data_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


def hold(name="李明"):
    people = [operations.NewPerson("CONTACT", {Field.NAME: name, Field.PHONE: "13812345678"})]
    return operations.hold(people=people, by=7, at=AT)[0]


def names():
    numbers = list(Person.objects.values_list("id", flat=True))
    return {row.name for row in queries.people(numbers, whole=True).values()}


def test_the_first_ones_are_sealed_under_one_master_key():
    raised = at_once.together(*[lambda name=name: hold(name) for name in "甲乙丙丁"])

    assert raised == [None] * 4
    assert Person.objects.values("master_id").distinct().count() == 1
    assert names() == set("甲乙丙丁")


def test_who_is_erased_stays_erased_whoever_corrects():
    person = hold()

    def erase():
        operations.erase(person_ids=[person], reason="their wish", by=7, at=AT)

    def correct():
        operations.correct(person_id=person, fields={Field.NAME: "李亮"}, by=8, at=AT)

    raised = at_once.together(erase, correct, erase)

    assert raised[0] is raised[2] is None
    assert raised[1] is None or isinstance(raised[1], operations.Erased)
    row = Person.objects.get()
    assert (row.wrapped_key, row.erased_at) == (None, AT)
    assert Entry.objects.filter(action="persons.erased").count() == 1
