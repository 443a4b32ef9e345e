"""Whether the product may listen where it is to."""

import socket
import threading

import pytest

from hengneng.script import running
from hengneng.script.running import CannotRun, Plan


@pytest.fixture
def listening():
    with socket.socket() as there:
        there.bind(("127.0.0.1", 0))
        there.listen()
        yield there


def plan_at(listening):
    return Plan(host="127.0.0.1", port=listening.getsockname()[1], workers=1)


def test_a_port_that_stays_taken_is_refused(monkeypatch, listening):
    monkeypatch.setattr(running, "PORT_SECONDS", 0.0)

    with pytest.raises(CannotRun, match="is taken: stop what listens there"):
        running.refuse_taken_port(plan_at(listening))


def test_a_port_that_is_being_given_up_is_waited_for(listening):
    threading.Timer(0.3, listening.close).start()

    running.refuse_taken_port(plan_at(listening))


def test_no_time_is_lost_on_an_address_that_is_not_ours(listening):
    with pytest.raises(CannotRun, match="cannot be listened on"):
        running.refuse_taken_port(Plan(host="192.0.2.1", port=8000, workers=1))
