"""Accept messages: requests that wait in one process share one transaction and one fsync."""

import hashlib
import logging
import os
import queue
import threading
from collections import defaultdict
from collections.abc import Iterable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as WaitedTooLong
from datetime import date, datetime

from django.db import DatabaseError, connection

from hengneng.protocol.records import Content, Extent, Flaw, extent_of
from hengneng.telemetry.journal import bodies
from hengneng.telemetry.journal.operations.writing import Accepted, Entry, write
from hengneng.telemetry.journal.rules import Channel

# A waiter gets its answer within this time, whatever becomes of the database. [s]
WAIT_S = 20.0
# A statement gives up earlier than its waiter does.
STATEMENT_TIMEOUT_MS = 10_000
GROUP_MAX = 200
# An idle process hands its connection back. [s]
IDLE_S = 60.0
_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()

logger = logging.getLogger(__name__)


class NotKept(Exception):
    """The message is not known to be kept; its sender must send it again."""


def accept(
    *,
    unit_id: int,
    terminal_id: int | None,
    channel: Channel,
    body: bytes,
    content: Content | Extent,
    at: datetime,
) -> Accepted:
    """Keep a message: when this returns it is committed, with its days, flaws and stale marks.

    The message is its own evidence, so no audit entry is written. Called inside a transaction it
    joins that transaction; otherwise it shares one with the requests that wait beside it.

    Args:
        unit_id: The unit it speaks for.
        terminal_id: The terminal that sent it; None for a person or a file.
        channel: By which way it came.
        body: The bytes exactly as received.
        content: What they say, or what is kept beside them if that is known.
        at: Now; the marks' time. Aware.

    Raises:
        NotKept: If it is not known to be kept. If it is after all, sending it again finds it.

    Source:
        ARCHITECTURE 1.1, 5.1.
    """
    days, flaws = content if isinstance(content, Extent) else extent_of(content)
    packed = bodies.pack(body)
    entry = Entry(
        unit_id=unit_id,
        sha256=hashlib.sha256(body).digest(),
        terminal_id=terminal_id,
        channel=int(channel),
        dictionary=packed.dictionary,
        body=packed.body,
        days=tuple(date.fromordinal(day + _EPOCH_ORDINAL) for day in days),
        flaws=_places_of(flaws),
        at=at,
    )
    if connection.in_atomic_block:
        return write(group=[entry])[0]
    return keep(entry=entry)


def keep(*, entry: Entry) -> Accepted:
    """Hand an entry to this process's committer and wait until it is committed.

    Raises:
        NotKept: If it is not known to be kept.
    """
    return _committer().keep(entry)


def stop() -> None:
    """End this process's committer and hand its connection back; a later ``accept`` starts anew."""
    with _Process.lock:
        committer, _Process.committer = _Process.committer, None
    if committer is not None:
        committer.stop()


def _places_of(flaws: Iterable[Flaw]) -> dict[str, list[int]]:
    """Return the places of a message's flawed records by reason."""
    places: defaultdict[str, list[int]] = defaultdict(list)
    for flaw in flaws:
        places[flaw.reason].append(flaw.position)
    return dict(places)


class _Waiting:
    """A message and the answer its sender waits for."""

    def __init__(self, entry: Entry) -> None:
        self.entry = entry
        self.answer: Future[Accepted] = Future()


class _Committer:
    """One thread that writes what the others bring, everything that waits at once."""

    def __init__(self) -> None:
        self._queue: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="journal-committer", daemon=True)
        self._thread.start()

    def is_alive(self) -> bool:
        """Answer whether the thread still takes messages."""
        return self._thread.is_alive()

    def keep(self, entry: Entry) -> Accepted:
        """Hand a message over and wait for its own answer.

        Raises:
            NotKept: If it failed, or no answer came in time.
        """
        waiting = _Waiting(entry)
        self._queue.put(waiting)
        try:
            return waiting.answer.result(timeout=WAIT_S)
        except WaitedTooLong as error:
            # Not begun: it never will be. Begun: it may yet be kept, and is found if sent again.
            waiting.answer.cancel()
            raise NotKept("no answer from the database in time") from error
        except DatabaseError as error:
            raise NotKept(str(error)) from error

    def stop(self) -> None:
        """Finish what waits, then end the thread."""
        self._queue.put(None)
        self._thread.join(timeout=WAIT_S)

    def _run(self) -> None:
        """Write group after group until told to stop."""
        try:
            while (group := self._next_group()) is not None:
                _commit(group)
        finally:
            connection.close()

    def _next_group(self) -> list[_Waiting] | None:
        """Wait for a message, then take all that wait with it; None: told to stop."""
        try:
            first = self._queue.get(timeout=IDLE_S)
        except queue.Empty:
            connection.close()
            first = self._queue.get()
        group: list[_Waiting] = []
        while first is not None:
            group.append(first)
            if len(group) == GROUP_MAX:
                return group
            try:
                first = self._queue.get_nowait()
            except queue.Empty:
                return group
        if group:
            self._queue.put(None)
        return group or None


def _commit(group: list[_Waiting]) -> None:
    """Write a group; if that fails, its members one by one, so that each gets its own answer."""
    live = [waiting for waiting in group if waiting.answer.set_running_or_notify_cancel()]
    if not live:
        return
    try:
        answers = _write_connected([waiting.entry for waiting in live])
    except Exception as error:  # noqa: BLE001 - every waiter is answered, whatever went wrong
        # A lone member is tried again too: the database may merely have been restarted.
        logger.warning("a group of %d messages failed, retrying each: %s", len(live), error)
        for waiting in live:
            _commit_alone(waiting)
    else:
        for waiting, answer in zip(live, answers, strict=True):
            waiting.answer.set_result(answer)


def _commit_alone(waiting: _Waiting) -> None:
    """Write one member of a group that failed."""
    try:
        answer = _write_connected([waiting.entry])[0]
    except Exception as error:  # noqa: BLE001 - handed to the waiter
        waiting.answer.set_exception(error)
    else:
        waiting.answer.set_result(answer)


def _write_connected(entries: list[Entry]) -> list[Accepted]:
    """Write over this thread's own connection, made anew where the last one was lost."""
    try:
        if connection.connection is None:
            connection.ensure_connection()
            with connection.cursor() as cursor:
                cursor.execute(f"SET statement_timeout = {STATEMENT_TIMEOUT_MS}")
        return write(group=entries)
    except DatabaseError:
        # After a restart of the database the old connection is only good for errors.
        connection.close_if_unusable_or_obsolete()
        raise


class _Process:
    """This process's committer: started by the first message, forgotten by a fork's child."""

    lock = threading.Lock()
    committer: _Committer | None = None


def _committer() -> _Committer:
    """Return this process's committer."""
    with _Process.lock:
        if _Process.committer is None or not _Process.committer.is_alive():
            _Process.committer = _Committer()
        return _Process.committer


def _forget() -> None:
    """Leave the parent's committer to the parent: its thread does not live in the child."""
    _Process.lock = threading.Lock()
    _Process.committer = None


os.register_at_fork(after_in_child=_forget)
