"""Check the code, changing nothing: format, lint, types, contracts, house tests, documents.

What fails is shown whole at the end. `./hengneng fix` mends what can be mended by itself.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import NamedTuple

from hengneng.script.rooms import ROOT

NEEDS_DATABASE = False

_BIN = Path(sys.executable).parent
_PYTEST = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider")
_OWN_STEP = ("test_translations.py", "test_documents.py")


class Step(NamedTuple):
    """One thing that is looked at, by a command that changes nothing."""

    name: str
    command: tuple[str, ...]


class Outcome(NamedTuple):
    """What a step said and how long it took."""

    step: Step
    passed: bool
    seconds: float
    said: str


def steps() -> list[Step]:
    """Return all steps, the longest first so that the cores end together."""
    python = sys.executable
    ignored = tuple(f"--ignore=tests/house/{name}" for name in _OWN_STEP)
    return [
        Step("types", (python, "-m", "mypy", "src/hengneng")),
        Step("house tests", (*_PYTEST, "tests/house", *ignored)),
        Step("migrations", (python, "-m", "django", "makemigrations", "--check", "--dry-run")),
        Step("translations", (*_PYTEST, "tests/house/test_translations.py")),
        Step("documents", (*_PYTEST, "tests/house/test_documents.py")),
        Step("contracts", (str(_BIN / "lint-imports"), "--no-logo", "--no-cache")),
        Step("lint", (python, "-m", "ruff", "check", ".")),
        Step("format", (python, "-m", "ruff", "format", "--check", ".")),
    ]


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add this verb's options."""
    parser.add_argument("--json", action="store_true", help="print the outcomes as one object")


def run(options: argparse.Namespace) -> int:
    """Run all steps side by side on the cores; say each as it ends, the failures whole."""
    outcomes = []
    for outcome in _outcomes():
        outcomes.append(outcome)
        if not options.json:
            verdict = "ok" if outcome.passed else "FAILED"
            print(f"{outcome.step.name:<14}{verdict:<8}{outcome.seconds:6.1f} s", flush=True)
    failed = [outcome for outcome in outcomes if not outcome.passed]
    if options.json:
        print(json.dumps({"steps": [_plain(outcome) for outcome in outcomes]}, ensure_ascii=False))
    else:
        for outcome in failed:
            print(f"\n--- {outcome.step.name}: {' '.join(outcome.step.command)}\n{outcome.said}")
    return 1 if failed else 0


def _outcomes() -> Iterator[Outcome]:
    """Yield each step's outcome as it ends."""
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        for done in as_completed([pool.submit(_run, step) for step in steps()]):
            yield done.result()


def _run(step: Step) -> Outcome:
    """Run one step from the top of the checkout."""
    began = time.monotonic()
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "hengneng.settings",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    done = subprocess.run(
        step.command,
        cwd=ROOT,
        env=environment,
        text=True,
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    return Outcome(step, done.returncode == 0, time.monotonic() - began, done.stdout)


def _plain(outcome: Outcome) -> dict[str, object]:
    """Return an outcome for other programs."""
    return {
        "name": outcome.step.name,
        "passed": outcome.passed,
        "seconds": round(outcome.seconds, 1),
        "said": "" if outcome.passed else outcome.said,
    }
