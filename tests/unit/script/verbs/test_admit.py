from datetime import UTC, datetime, timedelta

import pytest

from hengneng.kernel.audit.models import Entry
from hengneng.registry.terminals import operations
from hengneng.registry.terminals.models import Terminal
from hengneng.script.verbs import admit

NOON = datetime(2020, 9, 30, 4, tzinfo=UTC)
UNIT_CODE = "91310000MA1FL0001X"


def ask(address, *, at=NOON):
    operations.ask_to_register(
        unit_code=UNIT_CODE,
        source_address=address,
        certificate_sha256=None,
        region="310101",
        device_id=None,
        at=at,
    )
    return Terminal.objects.get(source_address=address).id


def states():
    return dict(Terminal.objects.values_list("source_address", "state"))


def test_admits_the_pending_terminal_and_says_where_it_asked_from(verb):
    request = ask("192.0.2.1")
    ask("192.0.2.1", at=NOON + timedelta(minutes=5))

    code, told = verb("admit", UNIT_CODE)

    assert code == 0
    assert told == (
        f"admitted: request {request}, unit {UNIT_CODE} 甲, from 192.0.2.1,"
        " asked 2020-09-30 12:00:00, last 2020-09-30 12:05:00\n"
    )
    assert states() == {"192.0.2.1": "ADMITTED"}


def test_names_the_user_of_the_script_in_the_entry(verb):
    ask("192.0.2.1")

    verb("admit", UNIT_CODE)

    entry = Entry.objects.latest("sequence")
    assert (entry.action, entry.by) == ("terminal.admitted", None)
    assert entry.details["by_script"] == "li"


def test_warns_of_others_that_wait(verb, monkeypatch):
    ask("192.0.2.1")
    other = ask("192.0.2.2", at=NOON + timedelta(minutes=1))
    warned = []
    monkeypatch.setattr(admit, "_warn", warned.append)

    verb("admit", UNIT_CODE)

    assert [[row.terminal_id for row in rows] for rows in warned] == [[other]]
    assert states() == {"192.0.2.1": "ADMITTED", "192.0.2.2": "PENDING"}


def test_the_warning_names_the_others(capsys, verb):
    ask("192.0.2.1")
    other = ask("192.0.2.2")
    rows = [row for row in admit.queries.awaiting(admit._OPERATOR) if row.terminal_id == other]

    admit._warn(rows)

    told = capsys.readouterr().err
    assert told.startswith("CAREFUL: others ask to speak for this unit too; they still wait:\n")
    assert f"request {other}, unit {UNIT_CODE} 甲, from 192.0.2.2," in told
    assert told.endswith("; CONTESTED\n")


def test_admits_the_request_that_is_named(verb):
    ask("192.0.2.1")
    other = ask("192.0.2.2")

    verb("admit", UNIT_CODE, "--request", str(other))

    assert states() == {"192.0.2.1": "PENDING", "192.0.2.2": "ADMITTED"}


def test_lists_without_changing_anything(verb):
    ask("192.0.2.1")

    code, told = verb("admit", "--list")

    assert code == 0
    assert "from 192.0.2.1, asked 2020-09-30 12:00:00" in told
    assert states() == {"192.0.2.1": "PENDING"}


def test_lists_nothing_of_another_unit(verb):
    ask("192.0.2.1")

    assert verb("admit", "91310000MA1FL0002X", "--list") == (
        0,
        "no terminal waits for admission\n",
    )


def test_refuses_where_nothing_waits(verb):
    with pytest.raises(operations.NothingPending):
        verb("admit", UNIT_CODE)


def test_asks_for_a_unit(verb):
    with pytest.raises(admit.NoUnitNamed):
        verb("admit")
