"""Show how far an import has come while its transaction is still open."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

from django.db import connection

from hengneng.kernel import clock
from hengneng.kernel.jobs import operations as jobs


class _Shown:
    """A watcher that writes a progress.

    What the open transaction writes nobody else sees before its end, so the progress is written on
    the connection of a thread of its own.
    """

    def __init__(self, progress_id: int, thread: ThreadPoolExecutor) -> None:
        self._id = progress_id
        self._thread = thread
        self.told: list[Future[None]] = []

    def begin(self, parts: int) -> None:
        """Show how many parts there are, and that none is done: the work may be a second try."""
        self._do(lambda: jobs.begin(progress_id=self._id, total=parts, at=clock.now()))

    def advance(self, count: int) -> None:
        """Show that parts were done."""
        self._do(lambda: jobs.advance(progress_id=self._id, count=count))

    def _do(self, act: Callable[[], None]) -> None:
        self.told.append(self._thread.submit(act))


@contextmanager
def shown(progress_id: int) -> Iterator[_Shown]:
    """Give a watcher that writes a progress.

    Args:
        progress_id: The progress.
    """
    with ThreadPoolExecutor(max_workers=1) as thread:
        watcher = _Shown(progress_id, thread)
        try:
            yield watcher
        finally:
            thread.submit(_leave).result()
    for one in watcher.told:
        one.result()


def _leave() -> None:
    """Close this thread's own connection."""
    connection.close()
