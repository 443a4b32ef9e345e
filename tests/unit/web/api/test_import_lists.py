"""Lists brought are told with few queries, and their rows as one trial decided them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.unit.web.api.importing import AT, OWN, START, brought, holder, tried

from hengneng.kernel.imports import operations, queries
from hengneng.kernel.imports.rules import Reading
from hengneng.people.accounts.rules.roles import Role

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def own_data_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


@pytest.fixture
def official(city):
    return holder(Role.CITY_OFFICIAL, city)[1]


def test_tells_rows_of_a_trial_that_settles_while_they_are_asked_for(official, monkeypatch):
    address = brought(official)
    tried(official, address)
    read = queries.outcomes

    def settled_before(run_id, *args, account_id, **kwargs):
        reading = Reading(mapping={"address": ""})
        operations.arrange(run_id=run_id, reading=reading, by=account_id, at=AT)
        operations.ask_to_try(run_id=run_id, by=account_id, at=AT)
        operations.try_out(run_id=run_id, at=AT)
        return read(run_id, *args, account_id=account_id, **kwargs)

    monkeypatch.setattr(queries, "outcomes", settled_before)

    answer = official.get(f"{address}/rows?change=CHANGED")

    assert answer.status_code == 200
    (row,) = answer.json()["items"]
    assert row["cells"] == {"code": OWN, "name": "甲大饭店"}


def test_are_listed_with_no_more_queries_than_one(official):
    def asked():
        with CaptureQueriesContext(connection) as captured:
            count = len(official.get(START).json()["items"])
        return count, len(captured)

    tried(official, brought(official))
    asked()  # what a token may is kept for a while
    one, asked_for_one = asked()
    for _ in range(2):
        tried(official, brought(official))
    many, asked_for_many = asked()

    assert (one, many) == (1, 3)
    assert asked_for_many == asked_for_one
