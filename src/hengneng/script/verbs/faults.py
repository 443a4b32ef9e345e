"""Play every fault of the field on real loads; print what was lost, misplaced, and who found it.

Brings up a platform of its own in a temporary folder and removes it again. Exit code 1 where a case
does not pass. Progress goes to the error stream. Energies are exact, in kWh.
"""

import argparse
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from hengneng.script import database

NEEDS_DATABASE = False  # it brings its own up
_LOADS = "HENGNENG_METERS_DIR"


class UnknownCase(LookupError):
    """There is no such case."""


ANTICIPATED = (UnknownCase,)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Name the options."""
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--case", metavar="NAME", help="play this case alone")
    parser.add_argument(
        "--seed", type=int, default=1, help="buildings, hours, values and mixtures (default: 1)"
    )
    parser.add_argument(
        "--keep", action="store_true", help="keep the result for docs/reference/faults.md"
    )


def run(options: argparse.Namespace) -> int:
    """Play, print the scoreboard; exit 1 where a case does not pass.

    Raises:
        UnknownCase: If there is no case of the name asked for.
    """
    from hengneng.bench.faults import board

    try:
        some = board.chosen(options.case, options.seed)
    except board.UnknownCase as refusal:
        raise UnknownCase(str(refusal)) from refusal
    told = _played(some, options.seed)
    if options.keep:
        print(f"kept in {board.keep(told)}", file=sys.stderr)
    print(json.dumps(told, ensure_ascii=False) if options.json else board.as_table(told))
    return 0 if all(row["pass"] for row in told["cases"]) else 1


def _played(some: Any, seed: int) -> dict[str, Any]:
    """Play cases on a new platform in a folder of its own."""
    # Not the caller's platform: a new one, with nothing of the caller's settings but the loads.
    for name in [name for name in os.environ if name.startswith("HENGNENG_") and name != _LOADS]:
        del os.environ[name]
    folder = Path(tempfile.mkdtemp(prefix="hengneng-faults-"))
    folder.chmod(0o755)  # the account that runs PostgreSQL must reach its data
    os.environ["HENGNENG_DATA_DIR"] = str(folder)
    try:
        with database.server(database.settle_environment()):
            return _told(some, seed)
    finally:
        shutil.rmtree(folder)


def _told(some: Any, seed: int) -> dict[str, Any]:
    """Play cases on the database that stands ready."""
    import django

    django.setup()
    from django.db import connections

    from hengneng.bench.faults import playing
    from hengneng.script import person
    from hengneng.telemetry.journal import operations as journal

    _say("making the platform ready")
    database.make_ready()
    try:
        with person.acting():
            return playing.play_all(some, seed=seed, tell=_say)
    finally:
        journal.stop()
        connections.close_all()


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)
