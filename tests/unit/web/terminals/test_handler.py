import json

import pytest

from hengneng.web.terminals import handler, views


@pytest.mark.parametrize(
    ("path", "is_terminal"),
    [
        ("/nhjc/uploadEnergyData", True),
        ("/devices/v1/registers", True),
        ("/nhjc", False),
        ("/desk/", False),
    ],
)
def test_terminals_have_a_chain_of_their_own(monkeypatch, path, is_terminal):
    monkeypatch.setattr(handler, "TerminalHandler", lambda: lambda *_: [b"terminals"])
    application = handler.beside(lambda *_: [b"everything"])

    answer = application({"PATH_INFO": path}, None)

    assert answer == [b"terminals" if is_terminal else b"everything"]


def test_the_chain_answers_without_a_session(rf, db):
    request = rf.post("/nhjc/register", b"", content_type="application/json")

    answer = handler.TerminalHandler().get_response(request)

    assert answer.status_code == 200
    assert not hasattr(request, "session")
    assert not answer.cookies


@pytest.mark.parametrize("path", ["/nhjc/", "/nhjc/uploadEnergyData/", "/devices/v2/registers"])
def test_an_address_that_is_none_is_answered_in_the_protocols_words(rf, path):
    answer = handler.TerminalHandler().get_response(rf.post(path))

    assert answer.status_code == 404
    assert json.loads(answer.content) == {
        "responseCode": "1",
        "responseMessage": "接口地址不存在",
    }


def test_so_is_a_failure_of_ours(rf, monkeypatch, settings):
    def fail(_request):
        raise ZeroDivisionError

    monkeypatch.setattr(views, "sender_of", fail)

    answer = handler.TerminalHandler().get_response(rf.post("/nhjc/register"))

    assert answer.status_code == 500
    assert json.loads(answer.content)["responseMessage"] == "暂时无法保存，请重发"
