"""Run the tests, all or those named; this is what CI runs.

Without HENGNENG_TEST_DATABASE_URL the run makes a database server of its own and removes it after.
"""

import argparse
import os
import shutil
import subprocess
import sys

from hengneng.script import database

NEEDS_DATABASE = False
DEEP = "HENGNENG_TEST_LONG"  # tells tests of examples to try hundreds
_CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


class NoBrowser(Exception):
    """There is no Chromium, and CI may not leave the browser tests out."""


ANTICIPATED = (NoBrowser,)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Name the options."""
    parser.add_argument("paths", nargs="*", metavar="path", help="files or folders of tests")
    parser.add_argument(
        "--long", action="store_true", help="soak, fuzz and crash runs instead of the others"
    )
    parser.add_argument(
        "-n", type=int, default=None, metavar="N", help="processes (default: one for each core)"
    )
    parser.add_argument(
        "--database-only", action="store_true", help="only tests that use the database"
    )
    parser.add_argument("-k", default=None, metavar="WORDS", help="only tests whose names match")


def run(options: argparse.Namespace) -> int:
    """Run pytest; return its exit code."""
    wanted = "(long or deeper)" if options.long else "not long"
    if options.long and not options.paths:
        bring_spark()
    if chromium() is None:
        if os.environ.get("CI") == "true":
            raise NoBrowser("browser tests cannot run: install Chromium (apt install chromium).")
        print("browser tests not run: there is no Chromium.", file=sys.stderr)
        wanted += " and not browser"
    command = [sys.executable, "-m", "pytest", "-m", wanted, *_spread(options), *options.paths]
    if options.database_only:
        command.append("--database-only")
    if options.k:
        command += ["-k", options.k]
    # Named paths are the caller's; everything else in the run is seen from the root.
    command += [] if options.paths else ["--rootdir", str(database.ROOT)]
    folder = None if options.paths else database.ROOT
    environment = os.environ | {"LC_ALL": "C.UTF-8"} | ({DEEP: "1"} if options.long else {})
    return subprocess.run(command, cwd=folder, env=environment, check=False).returncode


def bring_spark() -> None:
    """Install PySpark, which only these runs ask; without it they say that Spark was not run."""
    print("Installing PySpark (some 400 MB the first time) …", file=sys.stderr)
    uv = [str(database.ROOT / ".venv" / "bin" / "uv"), "pip", "install", "--quiet"]
    lock = str(database.ROOT / "requirements" / "spark.lock")
    # No --no-build here, unlike at set-up: PySpark comes as source only.
    done = subprocess.run(
        [*uv, "--python", sys.executable, "--require-hashes", "-r", lock], check=False
    )
    if done.returncode != 0:
        print(
            "PySpark is not installed: its tests will say that they were not run.", file=sys.stderr
        )


def chromium() -> str | None:
    """Return the machine's Chromium; None where there is none."""
    return next(filter(None, map(shutil.which, _CHROMIUM)), None)


def _spread(options: argparse.Namespace) -> list[str]:
    """Return over how many processes to run: all cores, but one where only a part is asked for.

    Tests of one group stay in one process: what they share is played once, not once in each.
    """
    count = options.n or (1 if options.paths or options.long else os.cpu_count() or 1)
    return ["-n", str(count), "--dist", "loadgroup"] if count > 1 else []
