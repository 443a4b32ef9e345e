"""The verb that looks at everything and changes nothing."""

import argparse
import json
import sys

import pytest

from hengneng.script.verbs import check

PASSING = check.Step("passing", (sys.executable, "-c", "print('fine')"))
FAILING = check.Step("failing", (sys.executable, "-c", "print('why'); raise SystemExit(3)"))


@pytest.fixture
def steps_are(monkeypatch):
    return lambda *steps: monkeypatch.setattr(check, "steps", lambda: list(steps))


class TestRun:
    def test_succeeds_where_every_step_does(self, steps_are, capsys):
        steps_are(PASSING)
        assert check.run(argparse.Namespace(json=False)) == 0
        assert "fine" not in capsys.readouterr().out

    def test_shows_every_failure_whole_and_fails(self, steps_are, capsys):
        steps_are(FAILING, PASSING, FAILING)
        assert check.run(argparse.Namespace(json=False)) == 1
        assert capsys.readouterr().out.count("\nwhy\n") == 2

    def test_reports_to_other_programs(self, steps_are, capsys):
        steps_are(FAILING)
        assert check.run(argparse.Namespace(json=True)) == 1
        (step,) = json.loads(capsys.readouterr().out)["steps"]
        assert (step["name"], step["passed"], step["said"]) == ("failing", False, "why\n")


def test_only_looks():
    commands = [" ".join(step.command) for step in check.steps()]
    assert not [command for command in commands if "--fix" in command]
    assert [command for command in commands if command.endswith("ruff format --check .")]
    assert [command for command in commands if command.endswith("makemigrations --check --dry-run")]
