"""What the database itself refuses, whatever the code above does: two truths at once, nonsense.

A new exclusion or check constraint needs a sample in ``tests/constraint_samples.py``; then it is
tried, two writers at once.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import IntegrityError, OperationalError, models, transaction
from tests import at_once
from tests.constraint_samples import APRIL, AT, JUNE, MAY, RIVALS, WRONG, ledger
from tests.house.test_models import own_models


def constraints(kind: type[models.BaseConstraint]) -> Iterator[str]:
    """Yield the names of the house's own constraints of a kind."""
    for model in own_models():
        yield from (one.name for one in model._meta.constraints if isinstance(one, kind))


def refusals(raised: list[Exception | None], name: str) -> list[bool]:
    """Say of each writer whether the constraint refused it; anything else is no answer."""
    for error in raised:
        assert error is None or at_once.is_refused(error), error
        assert not isinstance(error, IntegrityError) or name in str(error), error
    return [error is not None for error in raised]


def test_every_constraint_has_a_sample():
    assert set(constraints(ExclusionConstraint)) == RIVALS.keys(), "add it to RIVALS"
    assert set(constraints(models.CheckConstraint)) == WRONG.keys(), "add it to WRONG"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", RIVALS)
def test_of_two_truths_at_once_one_is_kept(name: str):
    rivals = RIVALS[name](ledger())

    def write(values: dict[str, Any], start: datetime, end: datetime | None) -> Callable[[], Any]:
        version = values | {"valid_from": start, "valid_until": end, "recorded_at": AT}
        return lambda: rivals.model._default_manager.create(**version)

    # They share May.
    raised = at_once.overlapping(write(rivals.one, APRIL, JUNE), write(rivals.other, MAY, None))
    assert refusals(raised, name) == [False, True]

    believed = rivals.model._default_manager.filter(superseded_at=None)
    assert believed.update(superseded_at=AT) == 1
    # What is not believed any more keeps nothing out, and spans that only touch are no rivals.
    raised = at_once.overlapping(write(rivals.one, APRIL, MAY), write(rivals.other, MAY, None))
    assert refusals(raised, name) == [False, False]


def test_a_deadlock_is_no_refusal():
    assert not at_once.is_refused(OperationalError("deadlock detected"))


@pytest.mark.django_db
@pytest.mark.parametrize("name", WRONG)
def test_nonsense_is_refused(name: str):
    model, fine, wrong = WRONG[name](ledger())
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        model._default_manager.create(**fine | wrong)

    model._default_manager.create(**fine)
