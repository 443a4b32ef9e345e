import io
import json

import pytest
from tests.unit.web.terminals.conftest import CODE, OTHER_CODE

from hengneng.registry.terminals import queries as admitted
from hengneng.registry.terminals.models import Terminal
from hengneng.registry.terminals.states import TerminalState
from hengneng.telemetry.journal import operations as journal
from hengneng.telemetry.journal.models import Message, MessageDay, StaleMark
from hengneng.telemetry.journal.rules import Channel
from hengneng.web.terminals import short

ENERGY, REGISTERS = "/nhjc/uploadEnergyData", "/devices/v1/registers"


@pytest.fixture
def call():
    """Call the short way before a long one that tells what reached it; return what was answered."""

    def send(path, body, **changes):
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        environ = {
            "REQUEST_METHOD": "POST",
            "PATH_INFO": path,
            "CONTENT_LENGTH": str(len(raw)),
            "wsgi.input": io.BytesIO(raw),
        } | changes
        heads = []
        application = short.before(lambda rest, _: [b"long:", rest["wsgi.input"].read()])
        answer = b"".join(application(environ, lambda *head: heads.append(head)))
        return heads, answer

    return send


@pytest.fixture
def known(device_id):
    """The unit's terminal, looked up a moment ago."""
    admitted.terminal_by_secret(device_id)
    return device_id


def test_a_plain_message_is_kept(call, known, envelope):
    heads, answer = call(ENERGY, envelope())

    assert heads == [
        (
            "200 OK",
            [("Content-Type", "application/json; charset=utf-8"),
             ("Content-Length", str(len(answer)))],
        )
    ]  # fmt: skip
    assert json.loads(answer) == {"responseCode": "0", "responseMessage": "RECEIVE SUCCESS"}
    message = Message.objects.get()
    assert (message.unit_id, message.terminal_id) == (
        admitted.remembered(known).unit_id, admitted.remembered(known).terminal_id,
    )  # fmt: skip
    assert message.channel == Channel.NATIONAL
    assert str(MessageDay.objects.get().day) == str(StaleMark.objects.get().day) == "2026-11-21"


def test_so_are_registers(call, known):
    reading = {"meter": "M1", "instant": "2026-11-21 00:15:00", "value": "7"}
    body = {"deviceId": known, "enterpriseCode": CODE, "data": [reading]}

    call(REGISTERS, body)

    assert Message.objects.get().channel == Channel.REGISTERS


def test_what_the_short_and_the_long_way_keep_is_the_same(call, post, known, envelope):
    call(ENERGY, envelope())
    post(ENERGY, envelope())

    assert Message.objects.count() == 1


def test_the_same_again_is_answered_and_kept_once(call, known, envelope):
    answers = [call(ENERGY, envelope()) for _ in range(2)]

    assert answers[0] == answers[1]
    assert Message.objects.count() == 1


@pytest.mark.parametrize(
    "change",
    [
        {"enterpriseCode": OTHER_CODE},
        {"deviceId": "0" * 32},
        {"data": []},
        {"data": [{"dataCode": "1"}]},
    ],
)
def test_what_must_be_judged_goes_the_long_way_as_it_came(call, known, envelope, change):
    body = json.dumps(envelope(**change)).encode()

    assert call(ENERGY, body) == ([], b"long:" + body)
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    "changes",
    [
        {"REQUEST_METHOD": "GET"},
        {"HTTP_TRANSFER_ENCODING": "chunked"},
        {"CONTENT_LENGTH": ""},
        {"CONTENT_LENGTH": "-1"},
        {"CONTENT_LENGTH": "0"},
        {"PATH_INFO": "/nhjc/register"},
        {"PATH_INFO": "/nhjc/uploadEnergyData/"},
    ],
)
def test_so_does_any_other_request(call, known, envelope, changes):
    heads, answer = call(ENERGY, envelope(), **changes)

    assert heads == []
    assert answer.startswith(b"long:{")


def test_so_does_one_over_the_limit_before_it_is_read(call, known, envelope, settings):
    body = json.dumps(envelope()).encode()
    settings.MESSAGE_BYTES_MAX = len(body)
    assert call(ENERGY, body)[0] != []

    settings.MESSAGE_BYTES_MAX = len(body) - 1
    heads, answer = call(ENERGY, body)

    assert (heads, answer) == ([], b"long:" + body)


def test_so_does_one_that_was_cut_off(call, known, envelope):
    body = json.dumps(envelope()).encode()

    assert call(ENERGY, body, CONTENT_LENGTH=str(len(body) + 1)) == ([], b"long:" + body)


def test_so_does_a_connection_that_breaks(call, known, envelope):
    class Broken:
        def read(self, *_):
            raise OSError("gone")

    heads = []
    application = short.before(lambda rest, _: [b"long"])
    environ = {
        "REQUEST_METHOD": "POST", "PATH_INFO": ENERGY, "CONTENT_LENGTH": "9",
        "wsgi.input": Broken(),
    }  # fmt: skip

    assert application(environ, lambda *head: heads.append(head)) == [b"long"]


def test_a_terminal_not_looked_up_of_late_goes_the_long_way(call, known, envelope, monkeypatch):
    monkeypatch.setattr(admitted, "REMEMBERED_S", 0.0)

    assert call(ENERGY, envelope())[0] == []


def test_so_does_one_that_was_revoked(call, known, envelope):
    Terminal.objects.update(state=TerminalState.REVOKED, ended_reason="sold")
    admitted.forget()

    assert call(ENERGY, envelope())[0] == []


def test_what_cannot_be_kept_is_not_acknowledged(call, known, envelope, monkeypatch):
    def fail(**_):
        raise journal.NotKept("no room")

    monkeypatch.setattr(journal, "accept", fail)

    heads, answer = call(ENERGY, envelope())

    assert heads[0][0] == "503 Service Unavailable"
    assert json.loads(answer)["responseMessage"] == "暂时无法保存，请重发"
