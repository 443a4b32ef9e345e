"""The set-up: what it takes for done, what it refuses, what a failure means."""

import errno
import fcntl
import importlib.util
import threading
from pathlib import Path

import pytest

from hengneng.script import setup


@pytest.fixture
def place(tmp_path: Path) -> setup.Place:
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements" / "server.lock").write_text("django==5.2\n")
    (tmp_path / "package-lock.json").write_text("{}\n")
    return setup.Place(tmp_path, "server")


@pytest.fixture
def finished(place: setup.Place) -> setup.Place:
    """A place where the set-up has been done."""
    place.made.mkdir(parents=True)
    place.python.parent.mkdir(parents=True)
    place.python.touch()
    (place.made / "requirements.lock").write_text("django==5.2\n")
    (place.made / "package-lock.json").write_text("{}\n")
    (place.made / "root").write_text(f"{place.root}\n")
    (place.made / "done").touch()
    return place


class TestIsDone:
    def test_when_everything_is_as_it_was(self, finished):
        assert setup.is_done(finished)

    def test_not_before_the_last_step(self, finished):
        (finished.made / "done").unlink()

        assert not setup.is_done(finished)

    @pytest.mark.parametrize("name", ["requirements/server.lock", "package-lock.json"])
    def test_not_when_a_lock_has_changed(self, finished, name):
        (finished.root / name).write_text("changed\n")

        assert not setup.is_done(finished)

    def test_not_when_the_clone_was_moved(self, finished):
        (finished.made / "root").write_text("/elsewhere\n")

        assert not setup.is_done(finished)

    def test_not_when_a_translation_was_not_compiled(self, finished):
        catalogue = finished.root / setup.LOCALE / "en" / "LC_MESSAGES" / "django.po"
        catalogue.parent.mkdir(parents=True)
        catalogue.touch()

        assert not setup.is_done(finished)


class TestRefuseHopeless:
    def test_says_which_package_brings_the_missing_module(self, place, monkeypatch):
        monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)

        with pytest.raises(setup.CannotSetUp, match=r"no module venv: .* apt install python3-venv"):
            setup.refuse_hopeless(place)

    def test_says_how_much_room_is_missing(self, place, monkeypatch):
        monkeypatch.setitem(setup.BYTES_NEEDED, "server", 10**18)

        with pytest.raises(setup.CannotSetUp, match=r"the set-up needs 1000000000000 MB"):
            setup.refuse_hopeless(place)

        assert not place.venv.exists()

    def test_says_who_may_write(self, place, monkeypatch):
        monkeypatch.setattr(setup.os, "access", lambda *_: False)

        with pytest.raises(setup.CannotSetUp, match="may not be written to by this account"):
            setup.refuse_hopeless(place)


class TestMeaningOf:
    @pytest.mark.parametrize(
        "said",
        [
            "ERROR: Could not connect to host",
            "error: Request failed\n  Caused by: dns error: failed to lookup address information",
            "npm error code EAI_AGAIN",
            "Failed to establish a new connection: [Errno 111] Connection refused",
        ],
    )
    def test_nobody_answers(self, said):
        told = setup.meaning_of(said, command=["/x/uv"], log=Path("/x/log"))

        assert told.startswith("the package registry cannot be reached: ")

    def test_the_disk_is_full(self):
        told = setup.meaning_of(
            "OSError: [Errno 28] No space left on device", command=["pip"], log=Path("log")
        )

        assert told == "the disk is full: free some space, then run ./hengneng again."

    def test_a_tool_s_first_error_is_told(self):
        said = "npm error code EINTEGRITY\nnpm error A complete log of this run is in /x\n"

        told = setup.meaning_of(said, command=["/x/node"], log=Path("/x/log"))

        assert told.startswith("node failed: npm error code EINTEGRITY (details: /x/log)")

    def test_anything_else_is_told_by_its_last_line(self):
        told = setup.meaning_of("one\ntwo\n\n", command=["/x/uv"], log=Path("/x/log"))

        assert told == ("uv failed: two (details: /x/log); mend that, then run ./hengneng again.")


def test_a_full_disk_is_told_in_a_sentence():
    told = setup.sentence_of(OSError(errno.ENOSPC, "No space left on device"))

    assert told == "the disk is full: free some space, then run ./hengneng again."


def test_two_at_once_work_one_after_the_other(tmp_path, capsys):
    entered = threading.Event()
    with (tmp_path / ".venv.lock").open("a") as other:
        fcntl.flock(other, fcntl.LOCK_EX)

        def second() -> None:
            with setup.one_at_a_time(tmp_path):
                entered.set()

        waiting = threading.Thread(target=second)
        waiting.start()
        assert not entered.wait(0.3)
    waiting.join(10)

    assert entered.is_set()
    assert capsys.readouterr().err == "Another ./hengneng sets up here; waiting for it.\n"


def test_a_failing_tool_leaves_its_words_in_the_log(place):
    place.venv.mkdir()
    with (
        setup.Ticker("[1/1] trying") as ticker,
        pytest.raises(setup.CannotSetUp, match="sh failed: no such thing"),
    ):
        setup.tell(place, ticker, ["sh", "-c", "echo no such thing; exit 3"])

    assert place.log.read_text() == "no such thing\n"
