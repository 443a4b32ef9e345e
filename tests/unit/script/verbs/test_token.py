from datetime import UTC, datetime

import pytest

from hengneng.people.accounts import operations, queries
from hengneng.people.accounts.models import Token
from hengneng.people.accounts.rules.roles import Role

NOON = datetime(2020, 9, 30, 4, tzinfo=UTC)


@pytest.fixture
def wang(city):
    return operations.create_account(
        name="wang",
        password="Correct-Horse-1",
        role=Role.CITY_OFFICIAL,
        body_code="REGULATOR",
        by=None,
        at=NOON,
    )


def test_create_prints_the_token_alone(verb, wang):
    code, told = verb("token", "create", "--account", "wang")

    assert code == 0
    assert queries.viewer_of_token(told.removesuffix("\n")).account_id == wang.id


def test_end_ends_it(verb, wang):
    verb("token", "create", "--account", "wang")
    token_id = Token.objects.get().id

    assert verb("token", "end", str(token_id)) == (0, f"token {token_id} has ended\n")
    assert Token.objects.get().ended_at is not None


def test_list_shows_no_secret(verb, wang):
    _, secret = verb("token", "create", "--account", "wang")

    _, told = verb("token", "list")

    assert "  wang  issued " in told
    assert secret.strip() not in told
    assert verb("token", "list", "--account", "wang") == (0, told)


def test_list_says_where_there_are_none(verb, wang):
    assert verb("token", "list") == (0, "no tokens\n")
