import argparse
import importlib
import io
from datetime import UTC, datetime

import pytest

from hengneng.people.accounts import queries
from hengneng.registry.bodies import operations as bodies
from hengneng.registry.units.models import Unit
from hengneng.script import person

NOON = datetime(2020, 9, 30, 4, tzinfo=UTC)


@pytest.fixture
def city(db, settings, monkeypatch, tmp_path):
    """The bodies that ship, one unit, and ``li`` at the keyboard with nothing piped in."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.DATA_DIR = tmp_path
    queries._viewer_of_digest.cache_clear()
    monkeypatch.setattr(person, "user", lambda: "li")
    monkeypatch.setattr("sys.stdin", io.StringIO())
    bodies.load_city(by=None, at=NOON)
    return Unit.objects.create(code="91310000MA1FL0001X", name="甲", created_at=NOON)


@pytest.fixture
def verb(city, capsys):
    """Run a verb as the script does; return its exit code and what it printed."""

    def run(name, *arguments):
        module = importlib.import_module(f"hengneng.script.verbs.{name}")
        parser = argparse.ArgumentParser()
        module.arguments(parser)
        capsys.readouterr()
        code = module.run(parser.parse_args(arguments))
        return code, capsys.readouterr().out

    return run
