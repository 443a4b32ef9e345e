"""Start the platform with a living demo city of 640 units.

Like up, and beside it: units with invented names in every district, a year of history, virtual
meters read by gateways, terminals that send when their readings are due. A second run goes on where
the first one stopped; --anew begins again. Demo people for each role; their passwords are shown and
kept in DATA_DIR/demo/people.json.
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


class NotFounded(Exception):
    """The demo city could not be founded; the message says why."""


ANTICIPATED = (running.CannotRun, NoSuchHistory, FellSilent, NotFounded)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Name the options."""
    up.arguments(parser)
    parser.add_argument(
        "--days",
        type=int,
        default=DAYS,
        help="days of a new city's year on which the review units are read each quarter hour"
        f" (default: {DAYS})",
    )
    parser.add_argument(
        "--anew", action="store_true", help="put a new city in place of the one that stands"
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
        running.run(
            plan, found=lambda: _found(folder, options), prepare=lambda: _prepare(plan, folder)
        )
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
        recomputers=max(1, options.recomputers),
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


def _found(folder: Path, options: argparse.Namespace) -> None:
    """Settle the city in the database, where it is not there yet.

    Raises:
        NotFounded: If it cannot be.
    """
    from hengneng.demo import settling, template
    from hengneng.kernel import clock

    try:
        settling.settle(clock.now(), folder=folder, days=options.days, anew=options.anew)
    except (settling.HoldsOthers, settling.MemoryLost, template.CannotBuild) as error:
        raise NotFounded(str(error)) from error


def _prepare(plan: running.Plan, folder: Path) -> None:
    """Invite the city's people and show them, with where to go."""
    from django.db import connections

    from hengneng.demo import people
    from hengneng.kernel import clock
    from hengneng.script import person

    with person.acting():
        invited = people.invite(folder, at=clock.now())
    connections.close_all()
    print("Demo people (kept in people.json of the data folder's demo):")
    for who in invited:
        front = "portal/" if who.role == "ENERGY_MANAGER" else "desk/"
        print(
            f"  {who.name:<14} {who.password}  {plan.address}/{front:<8} {who.full_name} ·"
            f" {who.role.lower()} at {who.place}"
        )
    print(f"Open to everybody: {plan.address}/", flush=True)


def _tell(result: dict[str, object], *, as_json: bool) -> None:
    """Print what the run did."""
    if as_json:
        print(json.dumps(result))
        return
    print("\n".join(f"{name}: {value}" for name, value in result.items()))
