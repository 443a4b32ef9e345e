import json
from datetime import UTC, datetime, timedelta

import pytest

from hengneng.kernel.audit import operations as audit
from hengneng.kernel.audit import queries as audit_queries
from hengneng.kernel.audit.models import Entry
from hengneng.people.accounts import operations
from hengneng.people.accounts.rules.roles import Role
from hengneng.script.verbs import verify_log

NOON = datetime(2020, 9, 30, 4, tzinfo=UTC)


@pytest.fixture
def sealed(city):
    """Two entries (the city's loading, an account's making), one link, one day root."""
    operations.create_account(
        name="wang",
        password="Correct-Horse-1",
        role=Role.CITY_OFFICIAL,
        body_code="REGULATOR",
        by=None,
        at=NOON,
    )
    audit.seal(at=NOON)
    audit.seal(at=NOON + timedelta(days=1))


def test_says_that_nothing_is_broken(verb, sealed):
    assert verb("verify_log") == (
        0,
        f"2 entries, 0 messages, 1 links, 1 day roots\n{root_told()}nothing is broken\n",
    )


def root_told():
    root = audit_queries.day_root(NOON.date())
    return (
        f"root of 2020-09-30: {root.root.hex()}\n"
        f"  over 1 links, signed with key {root.key_id}: {root.signature.hex()}\n"
    )


def test_exits_with_1_and_names_what_is_broken(verb, sealed):
    Entry.objects.filter(sequence=2).update(by=1)

    code, told = verb("verify_log")

    assert code == 1
    assert told == (
        f"2 entries, 0 messages, 1 links, 1 day roots\n{root_told()}"
        "BROKEN (1):\n"
        "entry 2 (account.created, account:wang): its row is not what its digest was made of\n"
    )


def test_answers_a_program(verb, sealed):
    Entry.objects.filter(sequence=1).update(by=1)

    root = audit_queries.day_root(NOON.date())
    code, told = verb("verify_log", "--json")

    assert code == 1
    assert json.loads(told) == {
        "last_root": {
            "day": "2020-09-30",
            "root": root.root.hex(),
            "links": 1,
            "key_id": root.key_id,
            "signature": root.signature.hex(),
        },
        "entries": 2,
        "messages": 0,
        "links": 1,
        "day_roots": 1,
        "unsealed_since": None,
        "is_whole": False,
        "broken_count": 1,
        "broken": ["entry 1 (city.loaded, city): its row is not what its digest was made of"],
    }


def test_says_when_no_day_is_rooted_yet(verb, city):
    _, told = verb("verify_log")

    assert "no day is rooted yet: a day's root is made once the day has ended\n" in told


def test_names_the_first_and_counts_the_rest(verb, sealed, monkeypatch):
    monkeypatch.setattr(verify_log, "TOLD", 1)
    Entry.objects.update(by=1)

    _, told = verb("verify_log")

    assert "BROKEN (2):\nentry 1 (city.loaded, city)" in told
    assert told.endswith("\nand 1 more\n")
