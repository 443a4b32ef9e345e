"""What a person asks of a gateway: run it, check its file, read once, look at its backlog."""

import argparse
import asyncio
import json
import math
import signal
import sqlite3
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType
from typing import Any, NamedTuple

from hengneng.gateway import batches, clock, config, hosting, overview
from hengneng.gateway.batches import State
from hengneng.gateway.config import Config
from hengneng.gateway.outbox import (
    Failure,
    NoOutbox,
    OtherEdition,
    Outbox,
    OutboxInUse,
    Reading,
    looking_at,
)
from hengneng.gateway.polling import lines_of
from hengneng.protocol import numbers
from hengneng.protocol.simulation import UnreadableClock

ANTICIPATED = (config.BadConfig, OutboxInUse, NoOutbox, OtherEdition, UnreadableClock)


class Told(NamedTuple):
    """What a command has to say.

    Attributes:
        said: For programs.
        text: For a person.
        code: Exit code.
    """

    said: Any
    text: str
    code: int = 0


def arguments(parser: argparse.ArgumentParser) -> None:
    """Name what can be asked."""
    asks = parser.add_subparsers(dest="ask", required=True, metavar="WHAT")
    run = asks.add_parser("run", help="read and upload until stopped")
    run.add_argument("configs", nargs="+", type=Path, metavar="CONFIG")
    for name, text in (
        ("check", "check a configuration file and change nothing"),
        ("read-once", "read every meter once and keep nothing"),
        ("backlog", "show what waits to be acknowledged"),
    ):
        ask = asks.add_parser(name, help=text)
        ask.add_argument("config", type=Path, metavar="CONFIG")
        ask.add_argument("--json", action="store_true", help="print one JSON object")
        if name == "backlog":
            ask.add_argument(
                "--retry-refused",
                action="store_true",
                help="put what was refused back among what waits; the gateway must not run",
            )


def run(options: argparse.Namespace, tell: Callable[[str], object]) -> int:
    """Do what is asked, telling what there is to say; return the exit code.

    Raises:
        BadConfig: If the file has faults, where more than a check is asked.
        NoOutbox: If there is none to look at.
        OutboxInUse: If the gateway runs already, or while its refused readings are to be put back.
    """
    if options.ask == "run":
        hosting.run([config.read(path) for path in options.configs], _stopped_by_signals())
        return 0
    asks = {"check": _check, "read-once": _read_once, "backlog": _backlog}
    told = asks[options.ask](options)
    tell(json.dumps(told.said, ensure_ascii=False) if options.json else told.text)
    return told.code


def _check(options: argparse.Namespace) -> Told:
    try:
        found = config.read(options.config)
    except config.BadConfig as error:
        faults = [fault._asdict() for fault in error.faults]
        return Told({"is_fine": False, "faults": faults}, str(error), code=1)
    registers = sum(len(meter.registers) for meter in found.meters)
    text = (
        f"{options.config} is fine: unit {found.unit_code}, {len(found.meters)} meters,"
        f" {registers} registers, every {found.poll_period_s} s, to {found.platform}"
    )
    return Told({"is_fine": True, "faults": []}, text)


def _read_once(options: argparse.Namespace) -> Told:
    found = config.read(options.config)
    readings, failures = asyncio.run(read_once(found))
    said = {
        "readings": [
            {
                "meter": one.meter,
                "register": one.register,
                "value": numbers.text_of(*one.number),
                "is_good": one.mark == "M",
            }
            for one in readings
        ],
        "failures": [one._asdict() for one in failures],
    }
    lines = [f"{one['meter']} {one['register']}  {one['value']}" for one in said["readings"]]
    lines += [f"{one.meter} {one.register}  {one.reason}: {one.detail}" for one in failures]
    return Told(said, "\n".join(lines), code=1 if failures else 0)


async def read_once(found: Config) -> tuple[list[Reading], list[Failure]]:
    """Return what every meter says now, and why others say nothing.

    Args:
        found: Which meters; each is asked as often as in a round.
    """
    now = clock.from_environment()
    readings: list[Reading] = []
    failures: list[Failure] = []

    def keep(read: Sequence[Reading], failed: Sequence[Failure]) -> None:
        readings.extend(read)
        failures.extend(failed)

    scheduled = math.floor(now.now()) + found.utc_offset_s
    async with asyncio.TaskGroup() as group:
        for line in lines_of(found, now):
            group.create_task(line.round(scheduled, keep))
    places = {meter.name: place for place, meter in enumerate(found.meters)}
    return sorted(readings, key=lambda one: places[one.meter]), failures


def _backlog(options: argparse.Namespace) -> Told:
    found = config.read(options.config)
    if options.retry_refused:
        _retry_refused(found)
    with looking_at(found.data_folder) as connection:
        seen = {"backlog": overview.backlog(connection)}
    return Told(seen["backlog"], overview.as_text(seen))


def _retry_refused(found: Config) -> None:
    """Put what was refused, or could not be sent, back among what waits.

    Raises:
        NoOutbox: If the gateway never ran.
        OutboxInUse: If it runs.
    """
    with looking_at(found.data_folder):
        pass  # there is one: Outbox would make it
    outbox = Outbox(found.data_folder)
    try:
        batches.take_apart(outbox, State.REFUSED, State.UNSENDABLE)
    finally:
        outbox.close()


def _stopped_by_signals() -> threading.Event:
    """Return an event that SIGTERM and SIGINT set, so that what runs can end in order."""
    stop = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    return stop


def refusal(error: Exception) -> str:
    """Return an anticipated error as a sentence."""
    return str(error) or (type(error).__doc__ or "").strip()


# A file that cannot be read, a port that is taken, an outbox that is damaged: people can mend it.
MENDABLE = (OSError, sqlite3.DatabaseError)
