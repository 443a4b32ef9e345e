"""A run: client processes that load one front together."""

import subprocess
import sys
from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from hengneng.bench import client
from hengneng.bench.messages import POINTS, Flavour, Sender

PROCESSES = 2
PATHS = {
    Flavour.NATIONAL: "/nhjc/uploadEnergyData",
    Flavour.REGISTERS: "/devices/v1/registers",
}


class Shape(NamedTuple):
    """Of what messages a load is made, ``client.Job``.

    Attributes:
        points: Of each terminal. [count]
        slots: In each message. [count]
        together: How many terminals take turns before the next so many do; None: all.
        is_built_ahead: Whether the bodies are built before the first is sent.
    """

    points: int = POINTS
    slots: int = 1
    together: int | None = None
    is_built_ahead: bool = True


WIDE = Shape()


class Refused(Exception):
    """Messages of the load were refused, so a speed would mean nothing."""


class Run(NamedTuple):
    """What a run came to.

    Attributes:
        messages: Messages received, the first ones of the order of sending. [count]
        seconds: From the first request to the last answer. [s]
        waits: From each message to its answer. [s]
        cpu_s: Processor time that the load's processes used. [s]
    """

    messages: int
    seconds: float
    waits: list[float]
    cpu_s: float

    @property
    def readings_per_second(self) -> float:
        """Readings received a second. [1/s]"""
        return self.messages * POINTS / self.seconds


class Position:
    """How far the load of some terminals has come on one front: slots already sent, by terminal."""

    def __init__(self, senders: Sequence[Sender], first: int) -> None:
        """Begin all terminals at one slot."""
        self.next = dict.fromkeys(range(len(senders)), first)
        self.senders = senders


def run(
    position: Position,
    *,
    port: int,
    until: int,
    connections: int,
    seconds: float | None,
    shape: Shape = WIDE,
) -> Run:
    """Load a front and move the position past what was received.

    Args:
        position: The terminals, and which slot each sends next.
        port: The front's.
        until: The slot at which each terminal stops at the latest, exclusive.
        connections: How many at once, over all processes. [count]
        seconds: When to stop; None: when all slots are sent. [s]
        shape: Of what messages.

    Raises:
        Refused: If a message was.
    """
    shares = [list(position.next)[part::PROCESSES] for part in range(PROCESSES)]
    shares = [share for share in shares if share]
    jobs = [
        client.Job(
            port=port,
            path=PATHS[position.senders[share[0]].flavour],
            senders=[
                (position.senders[place], position.next[place], until - position.next[place])
                for place in share
            ],
            connections=max(1, connections // len(shares)),
            seconds=seconds,
            points=shape.points,
            slots=shape.slots,
            together=shape.together,
            is_built_ahead=shape.is_built_ahead,
        )
        for share in shares
    ]
    outcomes = _together(jobs)
    if refused := sum(one.refused for one in outcomes):
        raise Refused(f"{refused} messages")
    for share, outcome in zip(shares, outcomes, strict=True):
        for place, received in zip(share, outcome.received, strict=True):
            position.next[place] += received * shape.slots
    began, ended = min(one.began for one in outcomes), max(one.ended for one in outcomes)
    waits = [wait for one in outcomes for wait in one.waits]
    used = sum(one.cpu_s for one in outcomes)
    return Run(sum(sum(one.received) for one in outcomes), ended - began, waits, used)


def _together(jobs: Sequence[client.Job]) -> list[client.Outcome]:
    """Do jobs in a process each, all beginning once all are ready."""
    command = [sys.executable, "-m", client.__name__]
    running = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) for _ in jobs
    ]
    try:
        for process, job in zip(running, jobs, strict=True):
            _write(process, msgspec.json.encode(job))
        for process in running:
            _read(process)
        for process in running:
            _write(process, b"go")
        return [msgspec.json.decode(_read(process), type=client.Outcome) for process in running]
    finally:
        for process in running:
            process.kill()
            process.communicate()


def _write(process: subprocess.Popen[bytes], line: bytes) -> None:
    assert process.stdin is not None  # noqa: S101 it is a pipe
    process.stdin.write(line + b"\n")
    process.stdin.flush()


def _read(process: subprocess.Popen[bytes]) -> bytes:
    """Return the next line.

    Raises:
        Refused: If the process ended instead.
    """
    assert process.stdout is not None  # noqa: S101 it is a pipe
    line = process.stdout.readline()
    if not line:
        raise Refused("a process of the load ended early")
    return line
