import pytest

from hengneng.web.terminals import handler


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
