"""Admit a unit's pending terminal; with --list, show which wait.

The terminal's secret id goes to the registrant itself, when it next asks.
"""

import argparse
import sys

from django.utils import timezone

from hengneng.kernel import clock
from hengneng.kernel.policy.rules import Permission, Viewer
from hengneng.registry.terminals import operations, queries
from hengneng.registry.terminals.queries import AwaitingRow
from hengneng.script import person

NEEDS_DATABASE = True
NEEDS_CITY = True
# Whoever can run the script holds the platform itself.
_OPERATOR = Viewer(city=frozenset({Permission.ADMIT_TERMINAL}))


class NoUnitNamed(ValueError):
    """Name the unit by its code, or ask for --list."""


ANTICIPATED = (NoUnitNamed, operations.NothingPending)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add this verb's options."""
    parser.add_argument(
        "unit_code", nargs="?", metavar="UNIT_CODE", help="18-character social credit code"
    )
    parser.add_argument(
        "--request", type=int, metavar="ID", help="which request; else the unit's oldest"
    )
    parser.add_argument("--list", action="store_true", help="show what waits and change nothing")


def run(options: argparse.Namespace) -> int:
    """Admit, or list, and say so."""
    waiting = [
        row for row in queries.awaiting(_OPERATOR) if options.unit_code in (None, row.unit_code)
    ]
    if options.list:
        print("\n".join(map(_line, waiting)) or "no terminal waits for admission")
        return 0
    if options.unit_code is None:
        raise NoUnitNamed
    with person.acting():
        admitted = operations.admit(
            unit_code=options.unit_code, terminal_id=options.request, by=None, at=clock.now()
        )
    print("\n".join(f"admitted: {_line(row)}" for row in waiting if row.terminal_id == admitted.id))
    _warn([row for row in waiting if row.terminal_id != admitted.id])
    return 0


def _warn(others: list[AwaitingRow]) -> None:
    """Say on the error stream who else wants to speak for the unit."""
    if others:
        print("CAREFUL: others ask to speak for this unit too; they still wait:", file=sys.stderr)
        print("\n".join(map(_line, others)), file=sys.stderr)


def _line(row: AwaitingRow) -> str:
    """Return a request in one line."""
    shown = " with a client certificate" if row.has_certificate else ""
    contested = "; CONTESTED" if row.is_contested else ""
    return (
        f"request {row.terminal_id}, unit {row.unit_code} {row.unit_name},"
        f" from {row.source_address}{shown},"
        f" asked {timezone.localtime(row.requested_at):%Y-%m-%d %H:%M:%S},"
        f" last {timezone.localtime(row.asked_at):%Y-%m-%d %H:%M:%S}{contested}"
    )
