"""Run gateways: one, or those of several units in one process."""

import asyncio
import logging
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from typing import Any

from hengneng.gateway import clock as clocks
from hengneng.gateway import overview, status
from hengneng.gateway.clock import Clock
from hengneng.gateway.config import Config
from hengneng.gateway.outbox import Failure, Outbox, Reading
from hengneng.gateway.overview import Seen
from hengneng.gateway.polling import Poller
from hengneng.gateway.uploading import Uploader
from hengneng.protocol.records import DAY_SECONDS

logger = logging.getLogger(__name__)

# Readings held in memory while the disk takes none: half a day of 200 meters at 15 minutes. [count]
HELD_MAX = 10_000
_DISK_AGAIN_S = 10.0
_PRUNE_EVERY_S = 3600.0


class Gateway:
    """One unit's gateway: what it keeps and the parts that work on it."""

    def __init__(self, config: Config, clock: Clock) -> None:
        """Open the outbox and make the parts; nothing runs yet.

        Raises:
            OutboxInUse: If another process runs this gateway.
        """
        self.config, self._clock = config, clock
        self.outbox = Outbox(config.data_folder)
        self.uploader = Uploader(config, self.outbox, self._local_now)
        self.poller = Poller(config, clock, self._take)
        self._readings: list[Reading] = []
        self._failures: list[Failure] = []
        self._taken = asyncio.Event()
        self._trouble = ""

    async def run(self) -> None:
        """Read, keep and show, for ever; uploading has a thread of its own."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self.poller.run())
            group.create_task(self._keep_for_ever())
            group.create_task(self._prune_for_ever())
            if self.config.status_port:
                group.create_task(status.serve(self.config.status_port, self.seen))

    async def keep(self) -> None:
        """Keep what was read and not yet kept; what the disk does not take stays held."""
        readings, self._readings = self._readings, []
        failures, self._failures = self._failures, []
        try:
            await asyncio.to_thread(self.outbox.keep, readings, failures)
        except sqlite3.OperationalError as error:
            # The disk is full, or takes nothing: people must make room, we hold on meanwhile.
            self._hold([*readings, *self._readings], [*failures, *self._failures], str(error))
            return
        self._trouble = ""
        if readings:
            self.uploader.wake()

    def seen(self) -> Seen:
        """Return what the status pages show."""
        with self.outbox.looking() as connection:
            found = overview.everything(connection)
        standing = self.uploader.standing()
        return {
            "unit_code": self.config.unit_code,
            "held_readings": len(self._readings),
            "disk": self._trouble or "fine",
            "platform": standing.trouble or "fine",
            **found,
        }

    def _take(self, readings: Sequence[Reading], failures: Sequence[Failure]) -> None:
        """Take what a round brought; it is kept together with what comes at the same moment."""
        self._readings += readings
        self._failures += failures
        self._taken.set()

    def _hold(self, readings: list[Reading], failures: list[Failure], trouble: str) -> None:
        """Hold what the disk did not take, the newest of it where that grows too long."""
        if trouble != self._trouble:
            logger.error("%s: readings cannot be kept: %s", self.config.unit_code, trouble)
        if lost := max(len(readings) - HELD_MAX, 0):
            logger.error("%s: %d readings are lost", self.config.unit_code, lost)
        self._trouble = trouble
        self._readings, self._failures = readings[lost:], failures[-HELD_MAX:]

    async def _keep_for_ever(self) -> None:
        while True:
            await self._taken.wait()
            self._taken.clear()
            await self.keep()
            if self._trouble:
                await asyncio.sleep(_DISK_AGAIN_S)
                self._taken.set()

    async def _prune_for_ever(self) -> None:
        while True:
            before = int(self._local_now()) - self.config.retention_days * DAY_SECONDS
            try:
                await asyncio.to_thread(self.outbox.prune, before=before)
            except sqlite3.OperationalError as error:
                logger.warning("%s: old readings stay: %s", self.config.unit_code, error)
            await asyncio.sleep(_PRUNE_EVERY_S)

    def _local_now(self) -> float:
        return self._clock.now() + self.config.utc_offset_s


def run(configs: Sequence[Config], stop: threading.Event, *, clock: Clock | None = None) -> None:
    """Run gateways until told to stop; each reading that was taken is on disk then.

    Args:
        configs: One for each unit's gateway; each has an outbox of its own.
        stop: Ends all of them.
        clock: The time they go by; without it, the environment's.

    Raises:
        OutboxInUse: If another process runs one of them.
        OSError: If a status port is taken, or an outbox's folder cannot be made.
    """
    clock = clock or clocks.from_environment()
    with ExitStack() as stack:
        gateways = [stack.enter_context(_open(config, clock)) for config in configs]
        asyncio.run(_run(gateways, stop))


@contextmanager
def _open(config: Config, clock: Clock) -> Iterator[Gateway]:
    gateway = Gateway(config, clock)
    try:
        yield gateway
    finally:
        gateway.outbox.close()


async def _run(gateways: Sequence[Gateway], stop: threading.Event) -> None:
    """Run gateways until told to stop, or until one of them cannot go on."""
    uploads = ThreadPoolExecutor(len(gateways) or 1, thread_name_prefix="upload")
    loop, told = asyncio.get_running_loop(), asyncio.Event()
    _tell_when_set(stop, loop, told)
    running = [asyncio.ensure_future(gateway.run()) for gateway in gateways]
    uploading = [loop.run_in_executor(uploads, gateway.uploader.run) for gateway in gateways]
    everything: list[asyncio.Future[Any]] = [
        asyncio.ensure_future(told.wait()), *running, *uploading
    ]  # fmt: skip
    try:
        await asyncio.wait(everything, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for gateway in gateways:
            gateway.uploader.end()
        for task in (everything[0], *running):
            task.cancel()
        ended = await asyncio.gather(*everything, return_exceptions=True)
        uploads.shutdown()
    for gateway in gateways:
        await gateway.keep()
    for error in ended:
        if isinstance(error, Exception):
            raise _innermost(error)


def _innermost(error: Exception) -> Exception:
    """Return what a group of one error is about."""
    while isinstance(error, ExceptionGroup) and len(error.exceptions) == 1:
        (error,) = error.exceptions
    return error


def _tell_when_set(
    stop: threading.Event, loop: asyncio.AbstractEventLoop, told: asyncio.Event
) -> None:
    """Pass a thread's event on to the loop, without asking for it again and again."""

    def wait() -> None:
        stop.wait()
        if not loop.is_closed():
            loop.call_soon_threadsafe(told.set)

    threading.Thread(target=wait, name="stop", daemon=True).start()
