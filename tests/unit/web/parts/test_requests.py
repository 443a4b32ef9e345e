from django.http import HttpResponse

from hengneng.web.parts import requests


def test_an_answer_says_how_long_it_took(rf, monkeypatch):
    times = iter([8.0, 8.0125])
    monkeypatch.setattr(requests.time, "perf_counter", lambda: next(times))
    answering = requests.RequestNumber(lambda _request: HttpResponse("done"))

    response = answering(rf.get("/desk/"))

    assert response["Server-Timing"] == "app;dur=12.5"
