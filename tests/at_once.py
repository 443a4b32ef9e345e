"""Acts of several people at the same instant, each in a thread with its own connection."""

import threading
from collections.abc import Callable

from django.db import IntegrityError, connection, transaction

POLL_SECONDS = 0.02


def is_refused(error: Exception | None) -> bool:
    """Answer whether a constraint kept a writer's row out; a deadlock is no refusal."""
    return isinstance(error, IntegrityError)


def together(*acts: Callable[[], object]) -> list[Exception | None]:
    """Run acts in threads that start together; return what each raised, None where nothing."""
    gate = threading.Barrier(len(acts))

    def after_gate(act: Callable[[], object]) -> Callable[[], object]:
        return lambda: (gate.wait(), act())

    return _in_threads(*map(after_gate, acts))


def overlapping(
    first: Callable[[], object],
    second: Callable[[], object],
    then: Callable[[], object] = lambda: None,
) -> list[Exception | None]:
    """Run two acts of which the second begins when the first is done, and not yet committed.

    Nothing is left to chance: the first goes on with ``then`` and commits once the second waits
    for it, or is over.

    Args:
        first: What the first does, in a transaction.
        second: What the second does.
        then: What the first does after that, in its transaction.

    Returns:
        What each raised, None where nothing.
    """
    is_done, is_over = threading.Event(), threading.Event()

    def hold() -> None:
        try:
            with transaction.atomic():
                first()
                is_done.set()
                while not is_over.wait(POLL_SECONDS) and not _is_waited_for():
                    pass
                then()
        finally:
            is_done.set()

    def follow() -> None:
        is_done.wait()
        try:
            second()
        finally:
            is_over.set()

    return _in_threads(hold, follow)


def _is_waited_for() -> bool:
    """Answer whether another connection waits for a lock of this one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted"
            " AND pg_backend_pid() = ANY(pg_blocking_pids(pid)))"
        )
        return bool(cursor.fetchone()[0])


def _in_threads(*acts: Callable[[], object]) -> list[Exception | None]:
    """Run each act in a thread; return what each raised, None where nothing."""
    raised: list[Exception | None] = [None] * len(acts)

    def run(place: int, act: Callable[[], object]) -> None:
        try:
            act()
        except Exception as error:  # noqa: BLE001 whatever it is, the test looks at it
            raised[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised
