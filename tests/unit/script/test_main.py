"""What a person reads when a verb cannot run: one sentence, no traceback."""

import os
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from tests.product import free_port

from hengneng.script import __main__ as script
from hengneng.script import database


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the script in a process of its own, with nothing of our settings but these."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("HENGNENG_")}
    return subprocess.run(
        [sys.executable, "-m", "hengneng.script", *arguments],
        env=ours | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def sentence(done: subprocess.CompletedProcess[str]) -> str:
    """Return the one line of a refusal."""
    assert done.returncode != 0
    assert done.stdout == ""
    lines = done.stderr.splitlines()
    assert len(lines) == 1, done.stderr
    return lines[0]


class TestMain:
    def test_alone_it_lists_the_verbs(self, capsys):
        assert script.main([]) == 0

        listed = capsys.readouterr().out
        assert "  up " in listed
        assert "Start the platform and keep it running." in listed

    def test_an_unknown_verb_is_refused(self):
        assert sentence(run("fly")) == (
            "hengneng: there is no verb 'fly'; ./hengneng alone lists them."
        )

    def test_help_of_a_verb_starts_no_server(self, tmp_path):
        done = run("account", "--help", HENGNENG_DATA_DIR=str(tmp_path / "none"))

        assert done.returncode == 0
        assert done.stdout.startswith("usage: ./hengneng account")
        assert not (tmp_path / "none").exists()


class TestVerifyLog:
    def test_does_not_call_an_empty_folder_whole(self, tmp_path):
        done = run("verify-log", HENGNENG_DATA_DIR=str(tmp_path / "none"))

        assert sentence(done) == (
            f"hengneng: there is no database in {tmp_path / 'none'}: set HENGNENG_DATA_DIR to the"
            " folder of yours, or begin one with ./hengneng up."
        )
        assert not (tmp_path / "none").exists()


class TestUp:
    def test_refuses_a_simulated_clock(self, tmp_path):
        done = run(
            "up", HENGNENG_DATA_DIR=str(tmp_path), HENGNENG_CLOCK="2020-09-30T12:00:00+08:00@60"
        )

        assert sentence(done) == (
            "hengneng: up keeps real time: unset HENGNENG_CLOCK, then start again."
        )

    def test_refuses_a_port_that_is_taken(self, tmp_path):
        with socket.socket() as other:
            other.bind(("127.0.0.1", 0))
            other.listen()
            port = other.getsockname()[1]

            done = run("up", "--port", str(port), HENGNENG_DATA_DIR=str(tmp_path))

        assert sentence(done).startswith(f"hengneng: port {port} is taken: ")

    def test_refuses_a_port_that_there_is_not(self, tmp_path):
        done = run("up", "--port", "99999", HENGNENG_DATA_DIR=str(tmp_path))

        assert done.returncode == 2
        assert "99999 is not a port: choose a number of 1 to 65535, such as 8000." in done.stderr

    def test_refuses_a_zone_whose_clock_shifts(self, tmp_path):
        done = run("up", HENGNENG_TIME_ZONE="Europe/Berlin", HENGNENG_DATA_DIR=str(tmp_path))

        assert sentence(done) == (
            "hengneng: HENGNENG_TIME_ZONE: Europe/Berlin shifts its clock;"
            " choose a zone that does not."
        )

    def test_refuses_a_zone_that_there_is_not(self, tmp_path):
        done = run("up", HENGNENG_TIME_ZONE="Asia/Nowhere", HENGNENG_DATA_DIR=str(tmp_path))

        assert sentence(done) == (
            "hengneng: HENGNENG_TIME_ZONE: Asia/Nowhere is no time zone;"
            " name one such as Asia/Shanghai."
        )

    def test_refuses_a_port_that_is_no_number(self, tmp_path):
        done = run("up", HENGNENG_PORT="http", HENGNENG_DATA_DIR=str(tmp_path))

        assert sentence(done) == (
            "hengneng: HENGNENG_PORT=http is not a port:"
            " choose a number of 1 to 65535, such as 8000."
        )

    def test_refuses_a_server_that_does_not_answer(self, tmp_path):
        address = f"postgresql://nobody@/none?host={tmp_path}"

        done = run(
            "up",
            "--port",
            str(free_port()),
            HENGNENG_DATA_DIR=str(tmp_path),
            HENGNENG_DATABASE_URL=address,
        )

        assert sentence(done).startswith("hengneng: the database does not answer: ")

    def test_refuses_an_address_that_is_none(self, tmp_path):
        done = run(
            "up",
            "--port",
            str(free_port()),
            HENGNENG_DATA_DIR=str(tmp_path),
            HENGNENG_DATABASE_URL="mysql:",
        )

        assert sentence(done).startswith(
            "hengneng: HENGNENG_DATABASE_URL is not a database's address ("
        )

    def test_refuses_a_data_folder_that_is_a_file(self, tmp_path):
        (tmp_path / "file").touch()

        done = run("up", "--port", str(free_port()), HENGNENG_DATA_DIR=str(tmp_path / "file"))

        assert sentence(done).startswith(f"hengneng: {tmp_path / 'file'}")


class TestMakeSecretKey:
    def test_makes_a_long_key_that_only_its_owner_reads(self, tmp_path, monkeypatch):
        monkeypatch.delenv("HENGNENG_SECRET_KEY_FILE", raising=False)

        database.make_secret_key(tmp_path)

        key = tmp_path / "secret.key"
        assert len(key.read_text()) == 67  # 50 bytes as base64
        assert stat.S_IMODE(key.stat().st_mode) == 0o600
        assert [path.name for path in tmp_path.iterdir()] == ["secret.key"]

    def test_keeps_the_key_it_made(self, tmp_path, monkeypatch):
        monkeypatch.setenv("HENGNENG_SECRET_KEY_FILE", str(tmp_path / "other.key"))
        (tmp_path / "other.key").write_text("kept")

        database.make_secret_key(tmp_path)

        assert (tmp_path / "other.key").read_text() == "kept"


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A checkout in a folder with a space, as far as the shell script looks at it."""
    root = tmp_path / "a clone"
    for name in ("hengneng", "src/hengneng/script"):
        source, target = database.ROOT / name, root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            target.symlink_to(source)
        else:
            target.write_bytes(source.read_bytes())
            target.chmod(0o755)
    (root / "src/hengneng/__init__.py").touch()
    return root


class TestShell:
    """The shell script finds its folder and its Python before anything is installed."""

    def call(self, script: Path, *words: str, **environment: str) -> tuple[int, str, str]:
        done = subprocess.run(
            [str(script), *words],
            cwd="/",
            env={"PATH": os.environ["PATH"]} | environment,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout, done.stderr

    def test_lists_the_verbs_from_anywhere_before_set_up(self, clone):
        code, out, _ = self.call(clone / "hengneng")

        assert code == 0
        assert "Start the platform and keep it running." in out

    def test_is_found_through_a_link(self, clone, tmp_path):
        (tmp_path / "bin").mkdir()
        (tmp_path / "bin" / "hengneng").symlink_to("../a clone/hengneng")

        code, out, _ = self.call(tmp_path / "bin" / "hengneng")

        assert code == 0
        assert "Start the platform and keep it running." in out

    def test_says_which_python_it_needs(self, clone, tmp_path):
        tools = tmp_path / "tools"
        tools.mkdir()
        for tool in ("dirname", "readlink", "sh"):
            (tools / tool).symlink_to(f"/usr/bin/{tool}")
        (tools / "python3").write_text("#!/bin/sh\nexit 1\n")  # too old
        (tools / "python3").chmod(0o755)

        code, out, err = self.call(clone / "hengneng", "up", PATH=str(tools))

        assert (code, out) == (1, "")
        assert err == (
            "hengneng: Python 3.11 or newer is not found: install it, then run ./hengneng again.\n"
        )
