"""The line that shows how far long work has come."""

import io

import pytest

from hengneng.script import watched


class Screen(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def seconds(monkeypatch):
    """A clock of the test's own; it stands still until it is moved."""
    now = [100.0]
    monkeypatch.setattr(watched.time, "monotonic", lambda: now[0])
    return now


def test_says_share_count_time_and_what_is_left(seconds):
    line = watched.WorkLine("units")
    assert str(line) == "units: reading … 0 s"
    seconds[0] += 1
    line.begin(300)
    assert str(line) == "units: 0 % · 0 of 300 · 1 s"
    seconds[0] += 3
    line.advance(100)
    assert str(line) == "units: 33 % · 100 of 300 · 4 s, about 8 s left"
    line.advance(200)
    assert str(line) == "units: 100 % · 300 of 300 · 4 s"


@pytest.mark.parametrize(("passed", "said"), [(4.9, ""), (5.0, "units: 50 % · 1 of 2 · 5 s, ab")])
def test_a_log_hears_of_long_work_only(seconds, capsys, passed, said):
    with watched.WorkLine("units") as line:
        line.begin(2)
        seconds[0] += passed
        line.advance(1)

    assert capsys.readouterr().err[: len(said) or None] == said


def test_on_a_screen_the_line_moves_and_ends(monkeypatch):
    screen = Screen()
    monkeypatch.setattr(watched.sys, "stderr", screen)
    monkeypatch.setattr(watched, "TICK_S", 0.001)
    moved = watched.threading.Event()
    write = screen.write

    def seen(text):
        moved.set()
        return write(text)

    monkeypatch.setattr(screen, "write", seen)
    with watched.WorkLine("units") as line:
        line.begin(2)
        line.advance(2)
        assert moved.wait(20)

    shown = screen.getvalue()
    assert shown.startswith("\runits: ")
    assert shown.endswith("100 % · 2 of 2 · 0 s\n")


def test_work_whose_size_shows_as_it_goes(seconds):
    line = watched.WorkLine("days")
    seconds[0] += 2
    line.reach(1, 4)
    assert str(line) == "days: 25 % · 1 of 4 · 2 s, about 6 s left"
    line.reach(1, 10)
    assert str(line) == "days: 10 % · 1 of 10 · 2 s, about 18 s left"
