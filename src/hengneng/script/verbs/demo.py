"""Start the platform with a demo city of 26 units that send their readings.

Like up, and beside it: units with invented names, real buildings' loads, 60 days of history sent
through the platform's own endpoints, then each reading when it is due. A second run goes on where
the first one stopped. One demo person for each role; their passwords are shown and kept in
DATA_DIR/demo/people.json.
"""

import argparse
import json
import sys
from contextlib import nullcontext, redirect_stdout
from pathlib import Path

from hengneng.script import running
from hengneng.script.verbs import up

NEEDS_DATABASE = False  # as up
DAYS = 60
_DAYS_MAX = 366


class NoSuchHistory(ValueError):
    """The history has 1 to 366 days."""


class FellSilent(Exception):
    """The demo city did not come to life; why stands above."""


ANTICIPATED = (running.CannotRun, NoSuchHistory, FellSilent)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Name the options."""
    up.arguments(parser)
    parser.add_argument(
        "--days", type=int, default=DAYS, help=f"days of history in a new city (default: {DAYS})"
    )
    parser.add_argument(
        "--for",
        dest="seconds",
        type=float,
        metavar="SECONDS",
        help="stop so long after the history is in and counted",
    )
    parser.add_argument(
        "--json", action="store_true", help="with --for: print what was done as one JSON object"
    )


def run(options: argparse.Namespace) -> int:
    """Run until told to stop, or until the time is up.

    Raises:
        NoSuchHistory: If the number of days is impossible.
        FellSilent: If the city was to live for a time and did not.
    """
    if not 1 <= options.days <= _DAYS_MAX:
        raise NoSuchHistory(f"--days {options.days}: choose 1 to {_DAYS_MAX}.")
    port = options.port or running.default_port()
    folder = _folder()
    result = folder / "result.json"
    result.unlink(missing_ok=True)
    plan = _plan(options, port, folder)
    # The one object is all that --json prints; what people read goes to the error stream then.
    with redirect_stdout(sys.stderr) if options.json else nullcontext():
        running.run(plan, prepare=lambda: _prepare(folder, options.days))
    if options.seconds is None:
        return 0
    if not result.exists():
        raise FellSilent
    _tell(json.loads(result.read_bytes()), as_json=options.json)
    return 0


def _plan(options: argparse.Namespace, port: int, folder: Path) -> running.Plan:
    """Return what to run: the platform, and the city beside it."""
    plan = running.Plan(
        host=options.host,
        port=port,
        workers=max(1, options.workers),
        ready_file=options.ready_file,
        may_simulate=True,
    )
    command = [sys.executable, "-m", "hengneng.script.living"]
    command += ["--url", plan.address, "--folder", str(folder)]
    if options.seconds is not None:
        command += ["--for", str(options.seconds)]
    plan.beside["demo"] = command
    return plan


def _folder() -> Path:
    """Return where the demo keeps what only its owner may read."""
    from hengneng.script import database

    return Path(database.settle_environment()) / "demo"


def _prepare(folder: Path, days: int) -> None:
    """Enter the city into the ledgers and show its people."""
    from django.db import connections

    from hengneng.demo import founding, people
    from hengneng.kernel import clock
    from hengneng.script import person

    at = clock.now()
    with person.acting():
        founding.found_city(folder, days=days, at=at)
        invited = people.invite(folder, at=at)
    connections.close_all()
    print("Demo people (kept in people.json of the data folder's demo):")
    for who in invited:
        print(
            f"  {who.name:<14} {who.password}  {who.full_name}  {who.role.lower()} at {who.place}"
        )


def _tell(result: dict[str, object], *, as_json: bool) -> None:
    """Print what the run did."""
    if as_json:
        print(json.dumps(result))
        return
    print("\n".join(f"{name}: {value}" for name, value in result.items()))
