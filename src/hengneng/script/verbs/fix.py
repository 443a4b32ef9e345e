"""Mend what can be mended by itself: format, imports, generated documents, lists of texts."""

import argparse
import os
import subprocess
import sys

from hengneng.script.rooms import ROOT

NEEDS_DATABASE = False


def arguments(parser: argparse.ArgumentParser) -> None:
    """This verb takes no options."""


def run(options: argparse.Namespace) -> int:
    """Mend; say what was done and what still waits for a person. Exit 1 where lint is left."""
    del options
    left = _ruff("check", "--fix") + _ruff("format")
    _write_documents()
    _list_texts()
    return 1 if left else 0


def _ruff(*arguments: str) -> int:
    """Run ruff on the checkout; return its exit code."""
    command = [sys.executable, "-m", "ruff", *arguments, "."]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


def _write_documents() -> None:
    """Write the generated documents that are stale."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hengneng.settings")
    import django

    from hengneng.script import documents

    django.setup()
    for path in documents.write():
        print(f"written: {path.relative_to(ROOT)}")


def _list_texts() -> None:
    """Bring the list of texts for people in step with the code."""
    from hengneng.script import translations

    if waiting := translations.update():
        where = translations.CATALOGUE.relative_to(ROOT)
        print(f"{waiting} texts wait for their Chinese in {where}")
