"""Measure the platform under load, beside a baseline; alone it lists what can be measured.

Starts a platform of its own (embedded PostgreSQL, fsync on, a temporary data folder), loads it over
HTTP from other processes, and removes it again. Progress goes to the error stream. In the results
`ratio` says how many times better the platform is than the baseline of the same run.
"""

import argparse
import json
import os
import shutil
import socket
import sys
import tempfile
from contextlib import redirect_stdout
from dataclasses import replace
from pathlib import Path

from hengneng.script import database, running

NEEDS_DATABASE = False  # it brings its own up
BENCHES = {
    "backfill": "a week of a whole city to final day totals, beside rows added up",
    "gateway": "what a gateway of 200 meters takes of a small machine",
    "ingest": "readings over HTTP to kept and counted, beside a row for each reading",
    "lake": "a year of building loads copied to Parquet and asked, beside PostgreSQL",
    "pages": "desk, unit page and board with a year of history, beside a bare page",
    "query": "a point's month and a city's year, beside rows and day totals",
    "recompute": "full days of a unit to their figures, beside the same entry by entry",
    "registry": "lists of 20,000 instruments in and out of a ledger of 100,000",
}
UNITS = {"backfill": 700, "ingest": 6, "lake": 104, "pages": 1000, "query": 616, "registry": 1000}
ASKINGS_A_ROUND = 10

# A machine so slow, or a platform so stuck, that no figure would mean anything. [s]
LIMIT_S = 180.0
LONG_LIMIT_S = 1800.0  # a week of a city, a year of figures


class UnknownBench(LookupError):
    """There is no such bench; ./hengneng bench lists them."""


class NotMeasured(Exception):
    """The bench came to no result; why stands above."""


ANTICIPATED = (running.CannotRun, UnknownBench, NotMeasured)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Name the options."""
    parser.add_argument("name", nargs="?", help="what to measure; without it: list what there is")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--seconds", type=float, default=2.0, help="length of a run (default: 2)")
    parser.add_argument(
        "--rounds", type=int, default=3, help="runs of each kind, taking turns (default: 3)"
    )
    parser.add_argument(
        "--units",
        type=int,
        help="ingest: of each flavour, 100 points each (6); backfill: 30 points each (700);"
        " query: 100 points each (616); lake: 3 points each (104); pages, registry: (1000)",
    )
    parser.add_argument(
        "--share",
        type=_share,
        default=1.0,
        help="backfill, query: a part of the units, for a trial: 0.1 (default: 1)",
    )
    parser.add_argument(
        "--connections", type=int, default=64, help="connections at once (default: 64)"
    )


def _share(text: str) -> float:
    """Return a share for argparse.

    Raises:
        ArgumentTypeError: If it is none.
    """
    try:
        share = float(text)
    except ValueError:
        share = 0.0
    if not 0 < share <= 1:
        raise argparse.ArgumentTypeError(f"{text} is no share: choose a number above 0, at most 1.")
    return share


def run(options: argparse.Namespace) -> int:
    """Measure, print the figures.

    Raises:
        UnknownBench: If there is no such bench.
        NotMeasured: If it came to no result.
    """
    if options.name is None:
        width = max(map(len, BENCHES))
        print("\n".join(f"  {name:<{width}}  {what}" for name, what in BENCHES.items()))
        return 0
    if options.name not in BENCHES:
        raise UnknownBench(f"there is no bench {options.name!r}; ./hengneng bench lists them.")
    alone = {"gateway": _of_a_gateway, "recompute": _of_recompute}
    told = alone.get(options.name, _measured)(options)
    from hengneng.bench import figures

    print(json.dumps(told, ensure_ascii=False) if options.json else figures.as_table(told))
    return 0


def _of_a_gateway(options: argparse.Namespace) -> dict[str, object]:
    """Run a gateway beside meters and a platform that only acknowledges; return what came of it.

    Raises:
        NotMeasured: If nothing did.
    """
    from hengneng.bench import gateway

    try:
        return gateway.measure(rounds=options.rounds, tell=_tell)
    except gateway.NotMeasured as refusal:
        raise NotMeasured(str(refusal)) from refusal


def _of_recompute(options: argparse.Namespace) -> dict[str, object]:
    """Work days out on a database of their own; return what came of it."""
    from django.db import connections

    for name in [name for name in os.environ if name.startswith("HENGNENG_")]:
        del os.environ[name]
    folder = Path(tempfile.mkdtemp(prefix="hengneng-bench-"))
    folder.chmod(0o755)  # the account that runs PostgreSQL must reach its data
    os.environ["HENGNENG_DATA_DIR"] = str(folder)
    try:
        with database.server(database.settle_environment()):
            import django

            django.setup()
            from hengneng.bench import recompute
            from hengneng.script import person
            from hengneng.telemetry.journal import operations as journal

            database.make_ready()
            try:
                with person.acting():
                    return recompute.measure(rounds=options.rounds, tell=_tell)
            finally:
                journal.stop()
                connections.close_all()
    finally:
        shutil.rmtree(folder)


def _measured(options: argparse.Namespace) -> dict[str, object]:
    """Run a platform with the load beside it in a folder of their own; return what came of it.

    Raises:
        NotMeasured: If nothing did.
    """
    # Not the caller's platform: a new one, with nothing of the caller's settings.
    for name in [name for name in os.environ if name.startswith("HENGNENG_")]:
        del os.environ[name]
    folder = Path(tempfile.mkdtemp(prefix="hengneng-bench-"))
    folder.chmod(0o755)  # the account that runs PostgreSQL must reach its data
    os.environ["HENGNENG_DATA_DIR"] = str(folder)
    database.settle_environment()
    try:
        with redirect_stdout(sys.stderr):
            running.run(_plan(options, folder))
        result = folder / "result.json"
        if not result.exists():
            raise NotMeasured
        told: dict[str, object] = json.loads(result.read_bytes())
        return told
    finally:
        shutil.rmtree(folder)


def _plan(options: argparse.Namespace, folder: Path) -> running.Plan:
    """Return what to run: the platform and what measures it."""
    plans = {
        "backfill": _of_backfill,
        "ingest": _of_ingest,
        "lake": _of_lake,
        "pages": _of_pages,
        "query": _of_query,
        "registry": _of_registry,
    }
    return plans[options.name](options, folder)


def _of_pages(options: argparse.Namespace, folder: Path) -> running.Plan:
    """Return what to run: the platform, and who asks for its pages."""
    import msgspec

    from hengneng.bench.plan import PagesPlan

    (port,) = _free_ports(1)
    asked = folder / "plan.json"
    load = PagesPlan(
        port=port,
        units=options.units or UNITS["pages"],
        askings=ASKINGS_A_ROUND * options.rounds,
        limit_s=5 * LIMIT_S,
        result=str(folder / "result.json"),
    )
    asked.write_bytes(msgspec.json.encode(load))
    return _beside_the_platform("pages", port, asked)


def _of_registry(options: argparse.Namespace, folder: Path) -> running.Plan:
    """Return what to run: the platform, and who brings it lists."""
    import msgspec

    from hengneng.bench.plan import RegistryPlan

    (port,) = _free_ports(1)
    asked = folder / "plan.json"
    load = RegistryPlan(
        port=port,
        units=options.units or UNITS["registry"],
        askings=ASKINGS_A_ROUND * options.rounds,
        limit_s=5 * LIMIT_S,
        folder=str(folder),
        result=str(folder / "result.json"),
    )
    asked.write_bytes(msgspec.json.encode(load))
    return _beside_the_platform("registry", port, asked)


def _beside_the_platform(role: str, port: int, asked: Path) -> running.Plan:
    """Return what to run: the platform, and one process beside it."""
    command = [sys.executable, "-m", "hengneng.script.benching", role, str(asked)]
    return running.Plan(
        host="127.0.0.1",
        port=port,
        workers=running.default_workers(),
        beside={"bench": command},
    )


def _of_ingest(options: argparse.Namespace, folder: Path) -> running.Plan:
    """Return what to run: the platform, the baseline's front, and the load."""
    import msgspec

    from hengneng.bench.plan import Plan

    port, rows_port = _free_ports(2)
    asked = folder / "plan.json"
    load = Plan(
        port=port,
        rows_port=rows_port,
        seconds=options.seconds,
        rounds=options.rounds,
        units=options.units or UNITS["ingest"],
        connections=options.connections,
        limit_s=LIMIT_S + 8 * options.seconds * options.rounds,
        processes=str(folder / "run" / "processes.json"),
        result=str(folder / "result.json"),
    )
    asked.write_bytes(msgspec.json.encode(load))
    command = [sys.executable, "-m", "hengneng.script.benching"]
    return running.Plan(
        host="127.0.0.1",
        port=port,
        workers=running.default_workers(),
        beside={
            "baseline": [*command, "rows", str(rows_port)],
            "bench": [*command, "ingest", str(asked)],
        },
    )


def _of_backfill(options: argparse.Namespace, folder: Path) -> running.Plan:
    """Return what to run: the platform, the baseline's front, and the terminals of a city."""
    import msgspec

    from hengneng.bench.plan import BackfillPlan

    port, rows_port = _free_ports(2)
    asked = folder / "plan.json"
    load = BackfillPlan(
        port=port,
        rows_port=rows_port,
        units=_units(options),
        connections=options.connections,
        limit_s=LONG_LIMIT_S,
        processes=str(folder / "run" / "processes.json"),
        result=str(folder / "result.json"),
    )
    asked.write_bytes(msgspec.json.encode(load))
    plan = _beside_the_platform("backfill", port, asked)
    command = [sys.executable, "-m", "hengneng.script.benching", "rows", str(rows_port)]
    return replace(plan, beside={"baseline": command} | plan.beside)


def _of_query(options: argparse.Namespace, folder: Path) -> running.Plan:
    """Return what to run: the platform, and who asks its database."""
    import msgspec

    from hengneng.bench.plan import QueryPlan

    (port,) = _free_ports(1)
    asked = folder / "plan.json"
    load = QueryPlan(
        units=_units(options),
        askings=ASKINGS_A_ROUND * options.rounds,
        limit_s=LONG_LIMIT_S,
        result=str(folder / "result.json"),
    )
    asked.write_bytes(msgspec.json.encode(load))
    return _beside_the_platform("query", port, asked)


def _of_lake(options: argparse.Namespace, folder: Path) -> running.Plan:
    """Return what to run: the platform, and who copies its closed months."""
    import msgspec

    from hengneng.bench.plan import LakePlan

    (port,) = _free_ports(1)
    asked = folder / "plan.json"
    load = LakePlan(
        units=options.units or UNITS["lake"],
        rounds=options.rounds,
        limit_s=LONG_LIMIT_S,
        result=str(folder / "result.json"),
    )
    asked.write_bytes(msgspec.json.encode(load))
    return _beside_the_platform("lake", port, asked)


def _units(options: argparse.Namespace) -> int:
    """Return how many units a bench of a whole city takes, at least one."""
    whole: int = options.units or UNITS[options.name]
    share: float = options.share
    return max(1, round(whole * share))


def _free_ports(count: int) -> list[int]:
    """Return ports that nobody uses now."""
    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]
    finally:
        for probe in probes:
            probe.close()


def _tell(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)
